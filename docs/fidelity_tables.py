"""The tables of docs/fidelity.md: each yields its header, then its rows, with bars between the cells."""
import itertools
import math

from fidelity_runs import each, grid, run, table, takes_long

# ---- Fall and Floyd 1996 ----

DROPS = {'one': [14], 'two': [14, 28], 'three': [14, 26, 28], 'four': [14, 24, 26, 28]}
RECOVERIES = ['tahoe', 'reno', 'newreno', 'sack']
THEIRS = {'tahoe': ['fast retransmit, then slow start'] * 4,
          'reno': ['fast recovery'] + ['waits for the timer'] * 3,
          'newreno': ['fast recovery'] + ['no timeout, one hole a round trip'] * 3,
          'sack': ['fast recovery'] + ['no timeout, about one round trip'] * 3}


def classic(number):
    return run(f'classics/{number}-drop' + ('s' if number != 'one' else ''), trace='full')


def resent_at(made, name):
    """Seconds from the fast retransmit to the last time that one of the holes was sent again."""
    sent = [row for row in made.rows('segments', transfer=name) if row['near'].startswith('sender')]
    holes = {row['seq'] for row in made.rows('segments', transfer=name, drop='fault')}
    again = [float(row['t_tx']) for row in sent if row['seq'] in holes and int(row['sending'] or 0) > 1]
    return again[-1] - again[0]


@table
def fall_floyd():
    yield 'lost | recovery | timeouts | sent again | last hole sent again | all read | Fall & Floyd'
    for place, (number, lost) in enumerate(DROPS.items()):
        made = classic(number)
        for name in RECOVERIES:
            flow = made.transfers[name]
            yield (f"{', '.join(map(str, lost))} | `{name}` | {flow['timeouts']} | {flow['retransmitted']} "
                   f"| {resent_at(made, name):.2f} s later | {flow['finished_s']:.2f} s | {THEIRS[name][place]}")


# ---- Mathis and others 1997 ----

SHARES = {0.1: '150MB', 0.2: '100MB', 0.5: '60MB', 1: '40MB', 2: '25MB', 5: '12MB'}
MATHIS_MSS, MATHIS_RTT = 1460, 0.1


def mathis_c(share, acks):
    made = run('classics/mathis', f'links.line.impair-to.reader.loss={share}%', f'apps.bulk.bytes={SHARES[share]}',
               f'tcp.delayed-ack={acks}')
    segments = made['bytes'] / MATHIS_MSS
    lost = made.dropped['loss'] / (segments + made['retransmitted'])
    return made['goodput_bps'], lost, made['goodput_bps'] / 8 * MATHIS_RTT / MATHIS_MSS * math.sqrt(lost), made['timeouts']


@takes_long
@table
def mathis():
    cases = grid(SHARES, ['off', '200ms'])
    made = dict(zip(cases, each(mathis_c, cases)))
    yield 'asked for | lost | an ACK a segment: Mbit/s | timeouts | C | delayed ACKs: Mbit/s | timeouts | C | Mathis & al.: C'
    for share in SHARES:
        (fast, lost, c, timeouts), (slow, _, delayed_c, delayed_timeouts) = (made[share, acks] for acks in ('off', '200ms'))
        yield (f'{share} % | {lost:.2%} | {fast / 1e6:.2f} | {timeouts} | {c:.2f} '
               f'| {slow / 1e6:.2f} | {delayed_timeouts} | {delayed_c:.2f} | 1.31 and 0.93'.replace('%', ' %').replace('  %', ' %'))


# ---- RFC 9438 ----

def windows_of(made, name):
    """(second, congestion window in bytes), as it changes."""
    rows = [row for row in made.rows('congestion', transfer=name) if row['cwnd'] and row['host'].startswith('sender')]
    return [(float(row['t']), int(row['cwnd'])) for row in rows]


def plateau_of(nth, delay, size):
    made = run('classics/cubic-plateau', f'faults.lose-one.match.nth={nth}', f'links.line.delay={delay}',
               f'apps.bulk.bytes={size}', trace='full')
    entered, left = (float(made.rows('events', name=f'recovery-{what}')[0]['t']) for what in ('entered', 'left'))
    windows = windows_of(made, 'bulk')
    highest = max(bytes for t, bytes in windows if t <= entered)
    comes, goes = (next(t for t, bytes in windows if t > left and bytes >= highest + more) for more in (0, 1460))
    return highest / 1460, comes - left, goes - left


@takes_long
@table
def cubic_plateau():
    cases = [(100, '50ms', '25MB'), (200, '50ms', '40MB'), (400, '50ms', '60MB'),
             (100, '100ms', '12MB'), (200, '100ms', '20MB'), (400, '100ms', '40MB')]
    yield 'round trip | W, segments | comes back to W after | goes beyond after | the middle | RFC 9438: K'
    for (_, delay, _), (highest, comes, goes) in zip(cases, each(plateau_of, cases)):
        yield (f"{2 * int(delay[:-2])} ms | {highest:.0f} | {comes:.2f} s | {goes:.2f} s | {(comes + goes) / 2:.2f} s "
               f'| {(highest * 0.3 / 0.4) ** (1 / 3):.2f} s')


WINDOWS = {(100, 100): (12, 12), (100, 1000): (38, 38), (100, 10000): (187, 120),
           (10, 100): (12, 12), (10, 1000): (38, 38), (10, 10000): (120, 120)}  # RFC 9438 tables 1 and 2: CUBIC, Reno
LINUX_WINDOWS = {(100, 100): ('10.6', '10.5'), (100, 1000): ('42.4', ''), (100, 10000): ('201', ''),
                 (10, 100): ('9.4', '10.9'), (10, 1000): ('33.2', '')}
WINDOW_SIZES = {100: 8, 1000: 40, 10000: 300}


def mean_window(round_trip, every, control):
    """Of the second half of a transfer: the first half's is that of a shorter one, which goes the same way."""
    size = WINDOW_SIZES[every]
    short, whole = (run('classics/cubic-window', f'links.line.delay={round_trip // 2}ms', f'faults.lose.match.every={every}',
                        f'apps.bulk.bytes={part}MB', f'tcp.congestion-control={control}') for part in (size // 2, size))
    return size * 5e5 / (whole['finished_s'] - short['finished_s']) * round_trip / 1000 / 1460


@takes_long
@table
def cubic_window():
    cases = [(*key, control) for key in WINDOWS for control in ('cubic', 'reno')]
    made = dict(zip(cases, each(mean_window, cases)))
    yield 'round trip | lost | CUBIC, segments | RFC 9438 | Linux | Reno, segments | RFC 9438 | Linux'
    for (round_trip, every), (cubic, reno) in WINDOWS.items():
        linux_cubic, linux_reno = LINUX_WINDOWS.get((round_trip, every), ('', ''))
        yield (f"{round_trip} ms | 1 in {every} | {made[round_trip, every, 'cubic']:.1f} | {cubic} | {linux_cubic} "
               f"| {made[round_trip, every, 'reno']:.1f} | {reno} | {linux_reno}")


# ---- What people meet ----

# A Linux 6.18 kernel at both ends of two TUN devices that a program joined into the same path. Seconds where nothing is said.
LINUX_TAIL = {1: 0.53, 2: 0.36, 3: 0.47}
LINUX_OPEN = {'lost-syn': 3.10, 'lost-syn-ack': 1.06}
LINUX_REORDER = {('on', 'on'): ['0', '0', '1, 1', '1, 1', '1, 1'], ('on', 'off'): ['0', '0', '3, 2', '3, 2', '3, 2'],
                 ('off', 'on'): ['0', '0', '2, 2', '2, 2', '2, 2'], ('off', 'off'): ['0', '0', '93, 2', '77, 2', '113, 3']}
LINUX_NAGLE = {(1, 'on'): 0.23, (2, 'on'): 1.29, (3, 'on'): 1.28, (1, 'off'): 0.23, (2, 'off'): 0.23, (3, 'off'): 0.24}
LINUX_STALL = 3.44
LINUX_QUEUE = {'reno': [9.95, 8.88, 8.44, 8.43], 'cubic': [8.91, 8.43, 8.43, 8.43], 'bbr': [8.47, 8.45, 8.44, 8.44]}
LINUX_LOSS = {'reno': [2.87, 3.64, 5.69, 8.35, 13.15, 24.09], 'cubic': [2.88, 3.23, 5.23, 8.38, 14.14, 27.94],
              'bbr': [2.64, 2.65, 2.67, 2.70, 2.79, 2.86]}  # means of eight seeds of that program's own

TAILS = {1: '36500..36999', 2: '35000..36999', 3: '34000..36999'}


@table
def tail_loss():
    yield 'lost at the end | sent again | timeouts | all read | without the probe | Linux'
    for number, range in TAILS.items():
        made, without = (run('everyday/tail-loss', f'faults.lose-tail.match.bytes={range}', f'tcp.tail-loss-probe={probe}')
                         for probe in ('on', 'off'))
        yield (f"{number} | {made['retransmitted']} | {made['timeouts']} | {made['finished_s']:.2f} s "
               f"| {without['finished_s']:.2f} s, {without['timeouts']} timeout | {LINUX_TAIL[number]:.2f} s")


@table
def lost_control():
    yield 'lost | scenario | sent again | timeouts | all read | open after | Linux'
    for what, scenario in [('three SYNs', 'lost-syn'), ('the SYN-ACK', 'lost-syn-ack'), ('a FIN', 'lost-fin'),
                           ('the last ACK', 'everyday/lost-last-ack')]:
        made = run(scenario)
        linux = f'{LINUX_OPEN[scenario]:.2f} s' if scenario in LINUX_OPEN else ''
        yield (f"{what} | `{scenario}` | {made['retransmitted']} | {made['timeouts']} | {made['finished_s']:.2f} s "
               f"| {made['connect_s']:.2f} s | {linux}")


BY = [1, 2, 3, 5, 10]
HELD = {'first': 40, 'second': 90, 'third': 140}


def reordered(by, sack, timestamps):
    holds = [f'faults.{name}.do.hold-until.nth={nth + by}' for name, nth in HELD.items()]
    return run('everyday/reorder-by', *holds, f'tcp.sack={sack}', f'tcp.timestamps={timestamps}', trace='full')


@table
def reorder_by():
    yield 'SACK | timestamps | overtaken by | sent again | recoveries | of which undone | all read | Linux: sent again, recoveries'
    cases = grid(['on', 'off'], ['on', 'off'], BY)
    for (sack, timestamps, by), made in zip(cases, each(lambda sack, timestamps, by: reordered(by, sack, timestamps), cases)):
        undone = len(made.rows('events', name='recovery-undone'))
        yield (f"{sack} | {timestamps} | {by} | {made['retransmitted']} | {made['fast_recoveries']} | {undone} "
               f"| {made['finished_s']:.3f} s | {LINUX_REORDER[sack, timestamps][BY.index(by)]}")


@table
def duplicates():
    made = run('duplicate')
    yield 'copies | sent again | counted as needless | bytes read twice'
    yield f"{made.summary['packets']['duplicated']} | {made['retransmitted']}, the SYN-ACK | {made['spurious']} | 0"


@table
def stalled_reader():
    yield 'reader | sent again | timeouts | all read | Linux'
    for what, scenario in [('stops for 3 s', 'everyday/stalled-reader'), ('and its window update is lost', 'slow-reader')]:
        made = run(scenario)
        linux = f'{LINUX_STALL:.2f} s' if scenario.startswith('everyday') else ''
        yield f"{what} | {made['retransmitted']} | {made['timeouts']} | {made['finished_s']:.2f} s | {linux}"


@table
def nagle():
    yield 'pieces | Nagle: twenty exchanges | Linux | no Nagle: twenty exchanges | Linux'
    for pieces in (1, 2, 3):
        times = {nagle: run('everyday/nagle', f'apps.chat.writes={pieces}', f'tcp.nagle={nagle}')['finished_s']
                 for nagle in ('on', 'off')}
        yield (f"{pieces} | {times['on']:.2f} s | {LINUX_NAGLE[pieces, 'on']:.2f} s | {times['off']:.2f} s "
               f"| {LINUX_NAGLE[pieces, 'off']:.2f} s")


QUEUES = {'¼': 10, '½': 21, '1': 42, '2': 83}
CONTROLS = ['reno', 'cubic', 'bbr']


def queued(control, limit):
    return run('classics/queue-depth', f'tcp.congestion-control={control}', f'links.line.queue.limit={limit}pkt')


@takes_long
@table
def queue_depth():
    yield 'control | queue, bandwidth-delay products | packets | dropped | recoveries | timeouts | all read | of the line | Linux'
    cases = grid(CONTROLS, QUEUES.values())
    names = itertools.cycle(QUEUES)
    for (control, limit), name, made in zip(cases, names, each(queued, cases)):
        linux = LINUX_QUEUE[control][list(QUEUES.values()).index(limit)]
        yield (f"`{control}` | {name} | {limit} | {made.dropped['queue-full']} | {made['fast_recoveries']} | {made['timeouts']} "
               f"| {made['finished_s']:.2f} s | {made['goodput_bps'] / 1e5:.0f} % | {linux:.2f} s")


LOSSES = [0.1, 0.2, 0.5, 1, 2, 5]
SEEDS = range(8)


def lossy(share, control):
    """The mean of several seeds: of one alone, luck says more than TCP does."""
    made = [run('classics/random-loss', f'tcp.congestion-control={control}', f'links.line.impair-to.right.loss={share}%',
                seed=seed) for seed in SEEDS]
    return sum(one['finished_s'] for one in made) / len(made)


@takes_long
@table
def random_loss():
    cases = grid(LOSSES, CONTROLS)
    made = dict(zip(cases, each(lossy, cases)))
    yield 'lost | ' + ' | '.join(f'`{control}` | Linux' for control in CONTROLS)
    for share in LOSSES:
        yield f'{share} % | ' + ' | '.join(
            f"{made[share, control]:.2f} s | {LINUX_LOSS[control][LOSSES.index(share)]:.2f} s" for control in CONTROLS)
