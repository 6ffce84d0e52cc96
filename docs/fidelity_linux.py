"""What Linux did with the shipped scenarios, as tests/linux/measure_linux wrote it into fidelity_linux.json, for the tables of
docs/fidelity.md: medians of several runs; of random loss, means over the seeds of ours."""
import json

from fidelity_runs import DOCS, fail

MEASURED = json.loads((DOCS / 'fidelity_linux.json').read_text())
COUNTED = {'retransmitted': 'sent again', 'timeouts': 'timeouts', 'fast_recoveries': 'recoveries'}


def linux(scenario, transfer):
    """Figures of one transfer on Linux; None: Linux has no such TCP."""
    return MEASURED[scenario].get(transfer)


EXPLAINED = {('cubic-window', 'cubic-10ms-1in100')}  # by Linux's tick: the page says how


def within_a_tenth(scenario, ours, figure='finished_s'):
    """A time that differs more has a reason, or it must be found."""
    theirs = linux(scenario, ours['name'])[figure]
    if abs(ours[figure] - theirs) > theirs / 10 and (scenario, ours['name']) not in EXPLAINED:
        fail(f"{scenario}: {ours['name']}: {figure} is {ours[figure]:.3f}, Linux's {theirs:.3f}")


def beside_seconds(scenario, ours, figure='finished_s', digits=2):
    within_a_tenth(scenario, ours, figure)
    return f"{linux(scenario, ours['name'])[figure]:.{digits}f} s"


def beside(scenario, ours, digits=2):
    """A cell: when all was read on Linux, and what it counted otherwise than ours."""
    theirs = linux(scenario, ours['name'])
    if theirs is None:
        return ''
    others = [f'{theirs.get(figure, 0):g} {words}' for figure, words in COUNTED.items() if theirs.get(figure, 0) != ours[figure]]
    return ', '.join([beside_seconds(scenario, ours, digits=digits), *others])
