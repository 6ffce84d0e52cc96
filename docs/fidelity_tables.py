"""The tables of docs/fidelity.md: each yields its header, then its rows, with bars between the cells."""
import functools
import math

import fidelity_shapes
from fidelity_linux import beside, beside_seconds, linux, within_a_tenth
from fidelity_runs import each, fail, grid, run, table, takes_long

# ---- Fall and Floyd 1996 ----

DROPS = {'one': [14], 'two': [14, 28], 'three': [14, 26, 28], 'four': [14, 24, 26, 28]}
RECOVERIES = ['tahoe', 'reno', 'newreno', 'sack']
THEIRS = {'tahoe': ['fast retransmit, then slow start'] * 4,
          'reno': ['fast recovery'] + ['waits for the timer'] * 3,
          'newreno': ['fast recovery'] + ['no timeout, one hole a round trip'] * 3,
          'sack': ['fast recovery'] + ['no timeout, about one round trip'] * 3}


def classic_name(number):
    return f'{number}-drop' + ('s' if number != 'one' else '')


def classic(number):
    return run(f'classics/{classic_name(number)}', trace='full')


def resent_at(made, name):
    """Seconds from the fast retransmit to the last time that one of the holes was sent again."""
    sent = [row for row in made.rows('segments', transfer=name) if row['near'].startswith('sender')]
    holes = {row['seq'] for row in made.rows('segments', transfer=name, drop='fault')}
    again = [float(row['t_tx']) for row in sent if row['seq'] in holes and int(row['sending'] or 0) > 1]
    return again[-1] - again[0]


@table
def fall_floyd():
    yield 'lost | recovery | timeouts | sent again | last hole sent again | all read | Linux | Fall & Floyd'
    for place, (number, lost) in enumerate(DROPS.items()):
        made = classic(number)
        for name in RECOVERIES:
            flow = made.transfers[name]
            yield (f"{', '.join(map(str, lost))} | `{name}` | {flow['timeouts']} | {flow['retransmitted']} "
                   f"| {resent_at(made, name):.2f} s later | {flow['finished_s']:.2f} s | {beside(classic_name(number), flow)} "
                   f'| {THEIRS[name][place]}')


# ---- Mathis and others 1997 ----

SHARES = {0.1: '1in1000', 0.2: '1in500', 0.5: '1in200', 1: '1in100', 2: '1in50', 5: '1in20'}
MATHIS_MSS, MATHIS_RTT = 1460, 0.1
MATHIS_SEEDS = range(4)  # the scenario's own is 0, for which it says what it expects; for all together C is asked below
MATHIS_LEAST, MATHIS_MOST = 0.93, 1.31


def mathis_runs():
    return each(lambda seed: run('classics/mathis', seed=seed, has_other_luck=seed != 0), [(seed,) for seed in MATHIS_SEEDS])


def mathis_c(share, acks):
    """Over all seeds: bit/s, the share that was sent again, C of that, and timeouts."""
    flows = [made.transfers[f'{acks}-{SHARES[share]}'] for made in mathis_runs()]
    size, seconds, again = (sum(flow[key] for flow in flows) for key in ('bytes', 'finished_s', 'retransmitted'))
    speed, again = 8 * size / seconds, again / (size / MATHIS_MSS + again)
    c = speed / 8 * MATHIS_RTT / MATHIS_MSS * math.sqrt(again)
    if not MATHIS_LEAST <= c <= MATHIS_MOST:
        fail(f'mathis: with {share} % lost, {acks}, C is {c:.2f}')
    return speed, again, c, sum(flow['timeouts'] for flow in flows)


@takes_long
@table
def mathis():
    yield ('asked for | an ACK a segment: sent again | Mbit/s | timeouts | C | Mathis & al. '
           '| delayed ACKs: sent again | Mbit/s | timeouts | C | Mathis & al.')
    for share in SHARES:
        cells = [f'{share} %']
        for acks, theirs in (('each', '1.31'), ('delayed', '0.93')):
            speed, again, c, timeouts = mathis_c(share, acks)
            cells += [f'{100 * again:.2f} %', f'{speed / 1e6:.2f}', str(timeouts), f'{c:.2f}', theirs]
        yield ' | '.join(cells)


# ---- RFC 9438 ----

def plateau_of(made, name):
    """The window at the loss in segments; when the recovery is over, when the window is back, and when beyond."""
    entered, left = (float(made.rows('events', name=f'recovery-{what}', transfer=name)[0]['t']) for what in ('entered', 'left'))
    windows = made.congestion[name]
    highest = max(bytes for t, bytes, *_ in windows if t <= entered)
    comes, goes = (next(t for t, bytes, *_ in windows if t > left and bytes >= highest + more) for more in (0, 1460))
    return highest / 1460, left, comes - left, goes - left


def cubic_k(highest):
    """RFC 9438 section 4.2, for β = 0.7 and C = 0.4."""
    return (highest * 0.3 / 0.4) ** (1 / 3)


@takes_long
@table
def cubic_plateau():
    made = run('classics/cubic-plateau', trace='full')
    yield 'round trip | W, segments | comes back to W after | goes beyond after | the middle | RFC 9438: K'
    for name in made.transfers:
        highest, _, comes, goes = plateau_of(made, name)
        yield (f"{name.split('-')[1][:-2]} ms | {highest:.0f} | {comes:.2f} s | {goes:.2f} s | {(comes + goes) / 2:.2f} s "
               f'| {cubic_k(highest):.2f} s')


WINDOWS = {(100, 100): (12, 12), (100, 1000): (38, 38), (100, 10000): (187, 120),
           (10, 100): (12, 12), (10, 1000): (38, 38), (10, 10000): (120, 120)}  # RFC 9438 tables 1 and 2: CUBIC, Reno


def mean_windows(round_trip, every, control):
    """In segments: ours, and Linux's."""
    flow = run('classics/cubic-window').transfers[f'{control}-{round_trip}ms-1in{every}']
    within_a_tenth('cubic-window', flow)
    return [flow['bytes'] / seconds * round_trip / 1000 / 1460
            for seconds in (flow['finished_s'], linux('cubic-window', flow['name'])['finished_s'])]


@takes_long
@table
def cubic_window():
    yield 'round trip | lost | CUBIC, segments | RFC 9438 | Linux | Reno, segments | RFC 9438 | Linux'
    for (round_trip, every), (cubic, reno) in WINDOWS.items():
        (our_cubic, linux_cubic), (our_reno, linux_reno) = (mean_windows(round_trip, every, control) for control in ('cubic', 'reno'))
        yield (f'{round_trip} ms | 1 in {every} | {our_cubic:.1f} | {cubic} | {linux_cubic:.1f} '
               f'| {our_reno:.1f} | {reno} | {linux_reno:.1f}')


# ---- Every congestion control ----

@takes_long
@table
def windows():
    made = run('classics/windows', trace='full')
    yield 'control | cycles | mean distance from the published window | a cycle, on average | by the formula'
    for name in fidelity_shapes.NAMES:
        cycles = fidelity_shapes.shape(made, name)
        ours, theirs = fidelity_shapes.lengths(made, name)
        yield (f'`{name}` | {len(cycles)} | {fidelity_shapes.distance(made, name, cycles):.1%} | {ours} | {theirs}'.replace('%', ' %'))


@takes_long
@table
def starts():
    made = run('classics/windows', trace='full')
    yield 'control | at its start | published | ours'
    for name, published in [('tahoe', '10, 20, 40, 80'), ('reno', '10, 20, 40, 80'), ('cubic', '10, 20, 40, 80, if HyStart lets it'),
                            ('vegas', '10, 10, 20, 20, 40')]:
        windows = ', '.join(map(str, fidelity_shapes.doublings(made, name)))
        yield f'`{name}` | the window, from round trip to round trip | {published} | {windows}'
    most, least = fidelity_shapes.gains(made)
    yield f'`bbr` | paced while it starts, of the rate | 2 / ln 2 = {2 / math.log(2):.2f} | {most:.2f}'
    yield f'`bbr` | paced while it drains | ln 2 / 2 = {math.log(2) / 2:.2f} | {least:.2f}'


# ---- What people meet ----

@table
def tail_loss():
    yield 'lost at the end | sent again | timeouts | all read | Linux | without the probe | Linux'
    made = run('everyday/tail-loss')
    for number, name in enumerate(['one', 'two', 'three'], 1):
        flow, without = made.transfers[name], made.transfers[f'{name}-no-probe']
        yield (f"{number} | {flow['retransmitted']} | {flow['timeouts']} | {flow['finished_s']:.2f} s | {beside('tail-loss', flow)} "
               f"| {without['finished_s']:.2f} s, {without['timeouts']} timeout | {beside('tail-loss', without)}")


@table
def lost_control():
    yield 'lost | scenario | sent again | timeouts | open after | Linux | all read | Linux'
    for what, scenario in [('three SYNs', 'lost-syn'), ('the SYN-ACK', 'lost-syn-ack'), ('a FIN', 'lost-fin'),
                           ('the last ACK', 'everyday/lost-last-ack')]:
        made = run(scenario)
        name = scenario.split('/')[-1]
        yield (f"{what} | `{scenario}` | {made['retransmitted']} | {made['timeouts']} "
               f"| {made['connect_s']:.2f} s | {beside_seconds(name, made.transfer, 'connect_s')} "
               f"| {made['finished_s']:.2f} s | {beside(name, made.transfer)}")


BY = [1, 2, 3, 5, 10]
OPTIONS = {('on', 'on'): '', ('on', 'off'): '-sack', ('off', 'on'): '-timestamps', ('off', 'off'): '-neither'}


@table
def reorder_by():
    yield 'SACK | timestamps | overtaken by | sent again | recoveries | of which undone | all read | Linux'
    made = run('everyday/reorder-by', trace='full')
    for (sack, timestamps), by in grid(OPTIONS, BY):
        name = f'by-{by}{OPTIONS[sack, timestamps]}'
        flow, undone = made.transfers[name], len(made.rows('events', name='recovery-undone', transfer=name))
        yield (f"{sack} | {timestamps} | {by} | {flow['retransmitted']} | {flow['fast_recoveries']} | {undone} "
               f"| {flow['finished_s']:.3f} s | {beside('reorder-by', flow, digits=3)}")


def read_twice(made):
    """Bytes that programs read, less those of the streams."""
    reads = [row for row in made.rows('reassembly', kind='read')]
    ends = {(row['host'], row['conn']): int(row['end']) for row in reads}
    return sum(int(row['end']) - int(row['first']) for row in reads) - sum(end - 1 for end in ends.values())


@table
def duplicates():
    made = run('duplicate', trace='full')
    again = [row['flags'] for row in made.rows('segments', duplicate='0') if row['sending'] not in ('', '1')]
    came = [row for row in made.rows('segments') if row['drop'] == '-' and int(row['payload']) > 0]
    copies = len(made.rows('reassembly', kind='duplicate'))
    yield 'copies | segments of data that came | of them known already | sent again | counted as needless | bytes read twice | all read | Linux'
    yield (f"{made.summary['packets']['duplicated']} | {len(came)} | {copies} | {len(again)}, {' and '.join(again)} "
           f"| {made['spurious']} | {read_twice(made)} | {made['finished_s']:.2f} s | {beside('duplicate', made.transfer)}")


@table
def stalled_reader():
    yield 'reader | sent again | timeouts | all read | Linux'
    for what, scenario in [('stops for 3 s', 'everyday/stalled-reader'), ('and its window update is lost', 'slow-reader')]:
        made = run(scenario)
        yield (f"{what} | {made['retransmitted']} | {made['timeouts']} | {made['finished_s']:.2f} s "
               f"| {beside(scenario.split('/')[-1], made.transfer)}")


@table
def nagle():
    yield 'pieces | Nagle: twenty exchanges | Linux | no Nagle: twenty exchanges | Linux'
    made = run('everyday/nagle')
    for pieces, name in enumerate(['one', 'two', 'three'], 1):
        flows = [made.transfers[f'{name}{ending}'] for ending in ('', '-no-nagle')]
        yield f'{pieces} | ' + ' | '.join(f"{flow['finished_s']:.2f} s | {beside('nagle', flow)}" for flow in flows)


QUEUES = {'quarter': ('¼', 10), 'half': ('½', 21), 'one': ('1', 42), 'two': ('2', 83)}
CONTROLS = ['reno', 'cubic', 'bbr']


class Queue:
    """What one queue dropped, and for how long others waited there, in ms."""

    def __init__(self):
        self.dropped = 0
        self.waits = []

    def meets(self, row):
        if row['drop'] == 'queue-full':
            self.dropped += 1
        else:
            self.waits.append((int(row['t_tx_ns']) - int(row['t_enqueue_ns'])) / 1e6)

    def mean_wait(self):
        return sum(self.waits) / len(self.waits)


@functools.cache
def queues():
    """By control and queue. Links are named after the queue, with the number of the control."""
    found = {(control, queue): Queue() for control, queue in grid(CONTROLS, QUEUES)}
    links = {f'{queue}-{number}': (control, queue) for (number, control), queue in grid(enumerate(CONTROLS, 1), QUEUES)}
    for row in run('classics/queue-depth', trace='full').every_row('segments'):
        if row['near'] == 'gateway' and row['link'] in links:
            found[links[row['link']]].meets(row)
    return found


def queued(control, queue):
    return run('classics/queue-depth', trace='full').transfers[f'{control}-{queue}']


@takes_long
@table
def queue_depth():
    yield ('control | queue, bandwidth-delay products | packets | dropped | a packet waits, on average | recoveries | timeouts '
           '| all read | of the line | Linux')
    for control, (queue, (share, packets)) in grid(CONTROLS, QUEUES.items()):
        flow, met = queued(control, queue), queues()[control, queue]
        yield (f"`{control}` | {share} | {packets} | {met.dropped} | {met.mean_wait():.0f} ms | {flow['fast_recoveries']} "
               f"| {flow['timeouts']} | {flow['finished_s']:.2f} s | {flow['goodput_bps'] / 1e5:.0f} % "
               f"| {beside('queue-depth', flow)}")


SEEDS = range(16)


def lossy_runs():
    return each(lambda seed: run('classics/random-loss', seed=seed), [(seed,) for seed in SEEDS])


def lossy(share, control):
    """The mean of several seeds: of one alone, luck says more than TCP does."""
    flows = [made.transfers[lossy_name(share, control)] for made in lossy_runs()]
    return {figure: sum(flow[figure] for flow in flows) / len(SEEDS) for figure in ('finished_s', 'retransmitted', 'timeouts')}


def lossy_name(share, control):
    return f'{control}-{SHARES[share]}'


@takes_long
@table
def random_loss():
    yield 'lost | ' + ' | '.join(f'`{control}` | Linux' for control in CONTROLS)
    for share in SHARES:
        cells = []
        for control in CONTROLS:
            mean = {'name': lossy_name(share, control), **lossy(share, control)}
            within_a_tenth('random-loss', mean)
            cells += [f"{mean['finished_s']:.2f} s", f"{linux('random-loss', mean['name'])['finished_s']:.2f} s"]
        yield f'{share} % | ' + ' | '.join(cells)
