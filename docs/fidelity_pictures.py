"""The pictures of docs/fidelity.md: series written to a folder, and drawn by a template of plots/fidelity."""
import csv
import functools
import itertools
import subprocess

import fidelity_shapes
from fidelity_linux import linux
from fidelity_runs import DOCS, fail, grid, picture, pictures, place, run, takes_long
from fidelity_tables import (CONTROLS, DROPS, QUEUES, RECOVERIES, SHARES, WINDOWS, classic, lossy, lossy_name,
                             mathis_c, mean_windows, plateau_of, queued, queues)

TEMPLATES = DOCS.parent / 'plots/fidelity'

def write_series(path, header, rows):
    with path.open('w', newline='') as file:
        csv.writer(file, lineterminator='\n').writerows([header, *rows])


def draw(template, series, **values):
    """The bytes of plots/fidelity/TEMPLATE.gp's picture of the series in this folder."""
    target = series / 'picture.svg'
    words = ''.join(f'{name}="{value}";' for name, value in {'target': target, 'series': series, **values}.items())
    result = subprocess.run(['gnuplot', '-e', words, TEMPLATES / f'{template}.gp'], capture_output=True, text=True, check=False)
    if result.returncode != 0 or not target.exists():
        fail(f'gnuplot {template}: {result.stderr}')
    return target.read_bytes()


def series_folder(name):
    folder = place.work / f'series-{name}'
    folder.mkdir()
    return folder


def write_recovery(made, name, folder):
    """Of one sender: segments as they leave, ACKs as they arrive; numbers count from 0, as in the paper."""
    sent = [row for row in made.rows('segments', transfer=name) if row['link'].startswith('line')]
    data = [row for row in sent if row['far'].startswith('reader') and int(row['payload']) > 0]
    number = lambda seq: (int(seq) - 1) // 1000
    kinds = {'new': lambda row: row['sending'] == '1' and row['drop'] == '-',
             'again': lambda row: row['sending'] != '1',
             'lost': lambda row: row['drop'] != '-'}
    for kind, is_kind in kinds.items():
        write_series(folder / f'{name}-{kind}.csv', ['t', 'number'],
                     [(row['t_tx'], number(row['seq'])) for row in data if is_kind(row)])
    acks = [row for row in made.rows('acks', transfer=name) if row['host'].startswith('sender')]
    write_series(folder / f'{name}-acks.csv', ['t', 'number'], [(row['t'], number(row['ack'])) for row in acks])


def outcome(flow):
    timeouts = 'no timeout' if flow['timeouts'] == 0 else f"{flow['timeouts']} timeout"
    return f"{timeouts}, {flow['retransmitted']} sent again, all read at {flow['finished_s']:.2f} s"


def recoveries_picture(number):
    made = classic(number)
    folder = series_folder(number)
    for name in RECOVERIES:
        write_recovery(made, name, folder)
    lost = ', '.join(map(str, DROPS[number]))
    ends = {name: made.transfers[name]['finished_s'] for name in RECOVERIES}
    last, short = max(ends.values()), max(end for name, end in ends.items() if name != 'reno')
    return draw('recoveries', folder, lost=lost, last=last, short=short, **{name: outcome(made.transfers[name]) for name in RECOVERIES})


for drops in DROPS:
    pictures[f'{drops}-drop' + ('s' if drops != 'one' else '')] = functools.partial(recoveries_picture, drops)


def changes(points):
    """Of (t, …) only those where something else changes, and the last."""
    kept = [next(group) for _, group in itertools.groupby(points, key=lambda point: point[1:])]
    return kept + points[-1:]


def thinned(points, gap):
    """Of each stretch of time the first, the lowest, the highest and the last."""
    for _, group in itertools.groupby(points, key=lambda point: int(point[0] / gap)):
        group = list(group)
        extremes = {0, len(group) - 1, *(pick(range(len(group)), key=lambda i: group[i][1]) for pick in (min, max))}
        yield from (group[i] for i in sorted(extremes))


def window_rows(made, name, column, size, gap=0.05):
    """Column 1: the window; 2: what is in flight."""
    points = [(row[0], round(row[column] / size, 1)) for row in made.congestion[name]]
    return list(thinned(changes(points), gap))


@takes_long
@picture
def windows():
    made = run('classics/windows', trace='full')
    folder = series_folder('windows')
    for name in fidelity_shapes.NAMES:
        fine = name in fidelity_shapes.SEEN_CLOSELY
        for column, kind, gap in ((1, 'cwnd', 0.08), (2, 'in_flight', 0.25)):
            write_series(folder / f'{name}-{kind}.csv', ['t', 'segments'],
                         window_rows(made, name, column, fidelity_shapes.SEGMENT, gap / 10 if fine else gap))
        write_series(folder / f'{name}-shape.csv', ['t', 'segments'], fidelity_shapes.drawn(fidelity_shapes.shape(made, name)))
    write_series(folder / 'bbr-phases.csv', ['t', 'segments'], fidelity_shapes.drawn(fidelity_shapes.bbr_phases(made)))
    return draw('windows', folder, product=fidelity_shapes.PRODUCT)


@takes_long
@picture
def cubic_curve():
    """A window of 209 segments at 100 ms, beside the curve of RFC 9438."""
    made, name = run('classics/cubic-plateau', trace='full'), 'w209-100ms'
    highest, left, *_ = plateau_of(made, name)
    folder = series_folder('cubic-curve')
    write_series(folder / 'cwnd.csv', ['t', 'segments'], window_rows(made, name, 1, 1460))
    return draw('cubic-curve', folder, left=left, highest=highest)


@takes_long
@picture
def mathis_speeds():
    folder = series_folder('mathis')
    for acks in ('each', 'delayed'):
        made = [mathis_c(share, acks) for share in SHARES]
        write_series(folder / f'{acks}.csv', ['lost', 'mbit'], [(100 * lost, speed / 1e6) for speed, lost, *_ in made])
    return draw('mathis', folder)


@takes_long
@picture
def cubic_windows():
    folder = series_folder('cubic-window')
    for control, round_trip in grid(['cubic', 'reno'], [100, 10]):
        rows = [(1 / every, mean_windows(round_trip, every, control)[0]) for at, every in WINDOWS if at == round_trip]
        write_series(folder / f'{control}-{round_trip}.csv', ['lost', 'segments'], rows)
    return draw('cubic-window', folder)


def megabits(size, seconds):
    return size * 8 / seconds


@takes_long
@picture
def random_loss():
    folder = series_folder('random-loss')
    for control in CONTROLS:
        rows = [(share, megabits(3, lossy(share, control)['finished_s']),
                 megabits(3, linux('random-loss', lossy_name(share, control))['finished_s'])) for share in SHARES]
        write_series(folder / f'{control}.csv', ['x', 'ours', 'linux'], rows)
    return draw('random-loss', folder)


@takes_long
@picture
def queue_depth():
    folder = series_folder('queue-depth')
    for control in CONTROLS:
        rows = [(packets, megabits(10, queued(control, queue)['finished_s']),
                 megabits(10, linux('queue-depth', f'{control}-{queue}')['finished_s']), queues()[control, queue].mean_wait())
                for queue, (_, packets) in QUEUES.items()]
        write_series(folder / f'{control}.csv', ['x', 'ours', 'linux', 'wait'], rows)
    return draw('queue-depth', folder)
