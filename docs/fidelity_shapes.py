"""The published shape of every congestion control's window, for the path of scenarios/classics/windows.yaml: computed from the
path and the formula alone. Taken from the run is only when each loss, mark or probe was noticed: there a cycle begins.
Slow start, and the repair of what it overran, are in no cycle; `doublings` and `gains` are of the start.

A shape is a list of cycles, each a list of (second, segments)."""
import math

SEGMENT = 1448
PACKET, ACK = 1500, 52
RATE, ACCESS_RATE, DELAY = 5e6, 100e6, 0.04
SLOT = PACKET * 8 / RATE                   # what a packet takes on the line; here and below in seconds and packets
ROUND_TRIP = 2 * DELAY + (PACKET + ACK) * 8 * (1 / RATE + 1 / ACCESS_RATE)
PRODUCT = ROUND_TRIP / SLOT
QUEUE = 33
HIGHEST = math.floor(PRODUCT + QUEUE) + 1  # the first whole window that does not fit
THRESHOLD = PRODUCT + 7                    # DCTCP's: of its packets the one that finds six waiting, and one being sent, is marked
STEP = 0.01
END = 25
BEGIN = 1                                  # what slow start overran is repaired, and the queue full for the second time
BEGIN_OF = {'bbr': 2, 'vegas': 2,          # start-up is drained
            'dctcp': 4}                    # α has settled: at the first full queue it is what seconds without marks left of it


def begin(name):
    return BEGIN_OF.get(name, BEGIN)


def round_trip(window):
    return max(ROUND_TRIP, window * SLOT)


# ---- What begins a cycle ----

def events(made, name, kind):
    times = [float(row['t']) for row in made.rows('events', name=kind, transfer=name)]
    return [t for t in times if begin(name) <= t < END]


def cuts(made, name):
    """Those that begin a cycle: not one that follows another at once, marks still coming."""
    entered, left = events(made, name, 'recovery-entered'), events(made, name, 'recovery-left')
    return [t for t in entered if t not in left]


def cycles(starts, window_after):
    """`window_after(seconds)` from each start to the next."""
    for start, end in zip(starts, [*starts[1:], END]):
        yield [(start + STEP * i, window_after(STEP * i)) for i in range(round((end - start) / STEP))]


# ---- The windows ----

def grown(window, seconds, segments=1):
    """By so many segments a round trip."""
    while seconds > 0:
        window += segments * min(STEP, seconds) / round_trip(window)
        seconds -= STEP
    return window


def reno(seconds):
    """RFC 5681: half, while the loss is repaired; then a segment a round trip."""
    return grown(HIGHEST / 2, seconds - round_trip(HIGHEST))


def tahoe(seconds):
    """Jacobson 1988: one segment, until what was lost is acknowledged; doubled each round trip up to half; then a segment."""
    slow = seconds - round_trip(HIGHEST)
    doubling = math.log2(HIGHEST / 2) * ROUND_TRIP
    return 2 ** (max(slow, 0) / ROUND_TRIP) if slow < doubling else grown(HIGHEST / 2, slow - doubling)


def cubic(seconds, plateau=HIGHEST):
    """RFC 9438 section 4.2, with K for β = 0.7 and C = 0.4; at least the window of section 4.3, which is as friendly as Reno's."""
    since = max(seconds - round_trip(HIGHEST), 0)
    k = ((plateau - 0.7 * HIGHEST) / 0.4) ** (1 / 3)
    return max(0.4 * (since - k) ** 3 + plateau, grown(0.7 * HIGHEST, since, 3 * (1 - 0.7) / (1 + 0.7)))


def converging_cubic(seconds):
    """Section 4.7: after a peak lower than the one before, a plateau of W · (1 + β) / 2."""
    return cubic(seconds, HIGHEST * (1 + 0.7) / 2)


def dctcp(seconds):
    """Alizadeh & al. 2010, section 3.3, of one sender: α = √(2/W), a cut by α/2; then a segment a round trip."""
    return grown(THRESHOLD * (1 - math.sqrt(2 / THRESHOLD) / 2), seconds - round_trip(THRESHOLD))


def vegas(_):
    """Brakmo & Peterson 1995: the product and between α = 2 and β = 4 segments that wait; here their middle."""
    return PRODUCT + 3


PROBE = 0.2 + ROUND_TRIP  # at least 200 ms and a round trip with four segments


def bbr(seconds):
    """Cardwell & al. 2016; Linux adds three bursts of two segments, and rounds to an even number: twice the product, after a
    probe of the round trip with four segments."""
    return 4 if seconds < PROBE else 2 * math.ceil((2 * PRODUCT + 6) / 2)


def bbr_in_flight(seconds):
    """The eight phases: 5/4 of the product, 3/4 of the rate until it is the product again, and that for six round trips."""
    phase = seconds / ROUND_TRIP % 8
    return PRODUCT * (1 + 0.25 * max(0, phase if phase < 1 else 2 - phase))


def falls(points, least):
    """When the window fell to this: BBR's probes of the round trip."""
    return [now[0] for before, now in zip(points, points[1:])
            if now[1] <= least * SEGMENT < before[1] and now[0] >= begin('bbr')]


def paced_at(points, gain):
    """When pacing came to so much of the rate, of which Linux paces a hundredth less."""
    rates = [(t, pacing / (0.99 * RATE * SEGMENT / PACKET)) for t, _, _, pacing in points]
    return [now[0] for before, now in zip(rates, rates[1:])
            if abs(now[1] - gain) < 0.01 < abs(before[1] - gain) and begin('bbr') <= now[0] < END]


def bbr_phases(made):
    """What is in flight, each eight phases from the one that asks for more."""
    starts = paced_at(made.congestion['bbr'], 1.25)
    return [[point for point in cycle if point[0] < cycle[0][0] + 8 * ROUND_TRIP] for cycle in cycles(starts, bbr_in_flight)]


# ---- What docs/make_fidelity asks ----

SHAPES = {'tahoe': tahoe, 'reno': reno, 'cubic': cubic, 'dctcp': dctcp}
NAMES = ['tahoe', 'reno', 'cubic', 'bbr', 'vegas', 'dctcp']
SEEN_CLOSELY = {'bbr', 'dctcp'}


def shape(made, name):
    """The published window, cycle by cycle."""
    if name == 'vegas':
        return list(cycles([begin(name)], vegas))
    if name == 'bbr':
        return [*list(cycles([begin(name) - PROBE], bbr))[:1], *cycles(falls(made.congestion[name], 4), bbr)]
    found = list(cycles(cuts(made, name), SHAPES[name]))
    if name == 'cubic':
        found[0] = [(t, converging_cubic(t - found[0][0][0])) for t, _ in found[0]]
    return found


def distance(made, name, shapes):
    """The mean difference, of the mean of the published window."""
    published = dict(point for cycle in shapes for point in cycle)  # of two cycles that overlap, the later
    ours, i, difference = made.congestion[name], 0, 0
    for second in sorted(published):
        while i + 1 < len(ours) and ours[i + 1][0] <= second:
            i += 1
        difference += abs(ours[i][1] / SEGMENT - published[second])
    return difference / sum(published.values())


def until_back(window_after, top=HIGHEST):
    """From a cut until the window is where the next one happens, and that has been noticed."""
    steps = next(i for i in range(1, 10000) if window_after(STEP * i) >= top)
    return STEP * steps + round_trip(top)


def mean_gap(starts):
    return (starts[-1] - starts[0]) / (len(starts) - 1)


def cubic_lengths(starts):
    """The first is the one that converges."""
    exact, whole = ([until_back(window_after, top) for window_after in (converging_cubic, cubic)] for top in (HIGHEST, HIGHEST - 1))
    ours = starts[1] - starts[0], mean_gap(starts[1:])
    ours, exact, whole = (f'the first {first:.2f} s, then {then:.2f} s' for first, then in (ours, exact, whole))
    return ours, f'{exact}; in whole segments {whole}'


def dctcp_lengths(made, starts):
    every = len([t for t in events(made, 'dctcp', 'recovery-entered') if starts[0] <= t < starts[-1]]) / (len(starts) - 1)
    return (f'{mean_gap(starts):.2f} s, with {every:.1f} cuts; α {marked_share(made, starts[0], starts[-1]):.2f}',
            f'{until_back(dctcp, THRESHOLD):.2f} s, with one cut; α {math.sqrt(2 / THRESHOLD):.2f}')


def marked_share(made, start, end):
    """Of the segments that were acknowledged, those whose ACK told of a mark: the mean of α."""
    telling = {row['packet'] for row in made.every_row('segments') if row['transfer'] == 'dctcp' and 'ECE' in row['flags']}
    acks = [row for row in made.rows('acks', transfer='dctcp', host='sender-dctcp') if start <= float(row['t']) < end]
    return sum(int(row['newly']) for row in acks if row['packet'] in telling) / sum(int(row['newly']) for row in acks)


def lengths(made, name):
    """Of a cycle, in words: ours on average, and the formula's."""
    if name == 'vegas':
        windows = {round(window / SEGMENT) for t, window, *_ in made.congestion[name] if begin(name) <= t < END}
        return f"always {' or '.join(map(str, sorted(windows)))} segments", f'{PRODUCT + 2:.1f} to {PRODUCT + 4:.1f} segments'
    if name == 'bbr':
        starts = paced_at(made.congestion[name], 1.25)
        gaps = [b - a for a, b in zip(starts, starts[1:]) if b - a < 1]
        return f'{sum(gaps) / len(gaps):.2f} s', f'{8 * ROUND_TRIP:.2f} s, eight round trips'
    starts = cuts(made, name)
    if name == 'cubic':
        return cubic_lengths(starts)
    if name == 'dctcp':
        return dctcp_lengths(made, starts)
    return f'{mean_gap(starts):.2f} s', f'{until_back(SHAPES[name]):.2f} s'


def doublings(made, name):
    """The window when all is acknowledged that was out when it was last asked for; until something is lost or marked."""
    first_cut = min(float(row['t']) for row in made.rows('events', name='recovery-entered', transfer=name))
    window_at = {t: window for t, window, *_ in made.congestion[name]}
    end, windows = 1, []
    for row in made.rows('acks', transfer=name):
        second, acked = float(row['t']), int(row['ack'])
        if acked >= end and second in window_at and second < first_cut:
            end = acked + window_at[second]
            windows.append(round(window_at[second] / SEGMENT))
    return windows


def gains(made):
    """BBR's pacing of the rate of the line: the most while it starts, and the least."""
    start = [pacing / (0.99 * RATE * SEGMENT / PACKET) for t, _, _, pacing in made.congestion['bbr'] if t < begin('bbr') and pacing]
    return max(start), min(start)


def drawn(shapes):
    """With a gap between cycles, which gnuplot takes for a pen lifted: an empty row."""
    for cycle in shapes:
        yield from ((f'{t:.3f}', f'{window:.2f}') for t, window in cycle[::2])
        yield ()
