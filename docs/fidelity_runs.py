"""Runs of the shipped scenarios for docs/make_fidelity, and what it makes of them: tables and pictures by name."""
import collections
import concurrent.futures
import csv
import functools
import itertools
import json
import os
import pathlib
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent
SCENARIOS = DOCS.parent / 'scenarios'
OK, EXPECTATION_FAILED = 0, 4

tables, pictures, long_ones = {}, {}, set()


def table(function):
    tables[function.__name__.replace('_', '-')] = function
    return function


def picture(function):
    pictures[function.__name__.replace('_', '-')] = function
    return function


def takes_long(function):
    long_ones.add(function.__name__.replace('_', '-'))
    return function


def fail(message):
    sys.exit(f'make_fidelity: {message}')


# ---- Runs ----

class Place:
    """The program that runs, and the folder for what it leaves; make_fidelity fills it in."""
    program = None
    work = None


place = Place()
numbers = itertools.count()


class Run:
    """One run: its summary, its only transfer's figures, and what its CSV files have."""

    def __init__(self, directory, summary):
        self.directory = directory
        self.summary = summary
        self.transfers = {transfer['name']: transfer for transfer in summary['transfers']}
        self.transfer = summary['transfers'][0]
        self.dropped = summary['packets']['dropped']

    def __getitem__(self, figure):
        return self.transfer[figure]

    def every_row(self, sheet):
        with (self.directory / f'{sheet}.csv').open(newline='') as file:
            yield from csv.DictReader(file)

    @functools.cached_property
    def congestion(self):
        """By sender: (second, window, in flight, pacing in bit/s), the windows in bytes."""
        found = collections.defaultdict(list)
        for row in self.every_row('congestion'):
            if row['cwnd'] and row['host'].startswith('sender'):
                found[row['transfer']].append((float(row['t']), int(row['cwnd']), int(row['in_flight']), int(row['pacing'] or 0)))
        return found

    def rows(self, sheet, /, **wanted):
        return [row for row in self.every_row(sheet) if all(row[key] == value for key, value in wanted.items())]


@functools.cache
def run(scenario, seed=None, trace='summary', has_other_luck=False):
    """One run of a shipped scenario. It keeps what it expects, unless that is said of its own seed and this one `has_other_luck`."""
    directory = place.work / f'run-{next(numbers)}'
    luck = ['--seed', str(seed)] if seed is not None else []
    result = subprocess.run([place.program, 'run', SCENARIOS / f'{scenario}.yaml', '--json', '--quiet', '--no-plots',
                             '--trace', trace, '--out', directory, *luck],
                            capture_output=True, text=True, check=False)
    if result.returncode not in (OK, EXPECTATION_FAILED if has_other_luck else OK):
        fail(f'{scenario} {luck} ends with {result.returncode}:\n{result.stderr}')
    made = Run(directory, json.loads(result.stdout))
    if not all(transfer['verified'] for transfer in made.transfers.values()):
        fail(f'{scenario} {luck}: not every byte arrived in order')
    return made


def each(function, cases):
    """function(*case) of every case, several at a time, in their order."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda case: function(*case), cases))


def grid(*axes):
    return list(itertools.product(*axes))
