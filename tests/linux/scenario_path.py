"""A scenario as `inorder dump` prints it, taken apart into transfers: the path of each, its programs, and TCP's settings as Linux
has them."""
import collections
import csv
import re
import socket

import yaml

SECOND = 10 ** 9
TIMES = {'ns': 1, 'us': 10 ** 3, 'ms': 10 ** 6, 's': SECOND, 'm': 60 * SECOND, 'min': 60 * SECOND, 'h': 3600 * SECOND}
SCALES = {'': 1, 'k': 10 ** 3, 'M': 10 ** 6, 'G': 10 ** 9, 'T': 10 ** 12, 'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30}
FOREVER = 2 ** 62
CLIENTS = {'sender': ('sink', 9), 'request-response': ('echo', 7), 'fetch': ('http-server', 80)}


# ---- Values ----

def parts(text):
    number, unit = re.fullmatch(r'([0-9.]+)([A-Za-z/]*)', str(text)).groups()
    return float(number), unit


def time_of(text):
    number, unit = parts(text)
    return round(number * TIMES[unit or 's'])


def size_of(text):
    number, unit = parts(text)
    return round(number * SCALES[unit.removesuffix('B')])


def rate_of(text):
    if text == 'unlimited':
        return 0
    number, unit = parts(text)
    return round(number * SCALES[re.sub('bit(/s)?$', '', unit)])


def millionths(text):
    return round(float(text.removesuffix('%')) * 10 ** 4)


def range_of(text, parse, default):
    return [parse(end) for end in text.split('..')] if text else default


# ---- Settings ----

SWITCH = {'on': 1, 'off': 0}
TCP, SOL = socket.IPPROTO_TCP, socket.SOL_SOCKET
SYSCTLS = {
    'sack': ('tcp_sack', SWITCH), 'timestamps': ('tcp_timestamps', SWITCH), 'dsack': ('tcp_dsack', SWITCH),
    'window-scaling': ('tcp_window_scaling', SWITCH), 'idle-restart': ('tcp_slow_start_after_idle', SWITCH),
    'tail-loss-probe': ('tcp_early_retrans', {'on': 3, 'off': 0}), 'frto': ('tcp_frto', {'on': 2, 'off': 0}),
    'ecn': ('tcp_ecn', {'off': 0, 'on': 1, 'passive': 2}), 'recovery': ('tcp_recovery', {'rack': 1, 'sack': 0}),
    'auto-tuning': ('tcp_moderate_rcvbuf', SWITCH)}
OPTIONS = {
    'congestion-control': lambda value: (TCP, socket.TCP_CONGESTION, value),
    'nagle': lambda value: (TCP, socket.TCP_NODELAY, int(value == 'off')),
    'mss': lambda value: (TCP, socket.TCP_MAXSEG, size_of(value)),
    'receive-buffer': lambda value: (SOL, 33, size_of(value)),    # SO_RCVBUFFORCE
    'send-buffer': lambda value: (SOL, 32, size_of(value))}       # SO_SNDBUFFORCE
ROUTES = {
    'initial-window': lambda value: ['initcwnd', str(value)],
    'min-rto': lambda value: ['rto_min', value],
    'delayed-ack': lambda value: ['quickack', '1'] if value == 'off' else None}
# Without a switch in Linux; what it always does, or never, is close enough to be worth a comparison.
NEAR = {'limited-transmit', 'prr', 'undo', 'hystart'}


def linux_settings(settings):
    """(sysctls, socket options, words of the route, what Linux has no name for)."""
    sysctls, options, route, unknown = {}, [], [], []
    for key, value in settings.items():
        if (key, value) == ('recovery', 'newreno'):
            sysctls['net.ipv4.tcp_sack'] = 0
        elif key in SYSCTLS and value in SYSCTLS[key][1]:
            sysctls[f'net.ipv4.{SYSCTLS[key][0]}'] = SYSCTLS[key][1][value]
        elif key in OPTIONS:
            options.append(OPTIONS[key](value))
        elif key in ROUTES and ROUTES[key](value):
            route += ROUTES[key](value)
        elif key not in NEAR:
            unknown.append(f'{key}: {value}')
    return sysctls, options, route, unknown


# ---- Hosts and links ----

class Links:
    """Every link by its own name, groups spread out."""

    def __init__(self, scenario):
        self.counts = {name: int(host.get('count') or 0) for name, host in scenario['hosts'].items()}
        self.found = []           # (name, name of the group of links, ends, the groups of the ends, values)
        for link in scenario['links']:
            counts = [self.counts.get(end) for end in link['between']]
            count = max((count for count in counts if count), default=None)
            for number in range(1, (count or 1) + 1):
                ends = [f'{end}-{number}' if of else end for end, of in zip(link['between'], counts)]
                self.found.append((f"{link['name']}-{number}" if count else link['name'], link['name'], ends, link['between'], link))

    def members(self, host):
        count = self.counts.get(host)
        return [f'{host}-{number}' for number in range(1, count + 1)] if count else [host]

    def group(self, host):
        stem = host.rpartition('-')[0]
        return stem if host not in self.counts and self.counts.get(stem) else host

    def path(self, left, right):
        """The links from one host to another: [(link, whether it is crossed from its first end)]."""
        ways, waiting = {left: []}, collections.deque([left])
        while waiting and right not in ways:
            here = waiting.popleft()
            for link in self.found:
                for place in (0, 1):
                    if link[2][place] == here and link[2][1 - place] not in ways:
                        ways[link[2][1 - place]] = ways[here] + [(link, place == 0)]
                        waiting.append(link[2][1 - place])
        return ways[right]


def towards(link, key, end):
    """A value of a link for packets towards one of its ends."""
    values = link[4]
    more = values.get(f'{key}-to', {}).get(end)
    if isinstance(values.get(key), dict) and isinstance(more, dict):
        return {**values[key], **more}
    return values.get(key) if more is None else more


def link_line(direction, link, end):
    limit = towards(link, 'queue', end)['limit']
    packets = round(parts(limit)[0]) if limit.endswith('pkt') else FOREVER
    return (f"link {direction} {rate_of(towards(link, 'rate', end))} {time_of(towards(link, 'delay', end))} {packets} "
            f"{millionths(towards(link, 'impair', end).get('loss', '0%'))}")


# ---- Transfers ----

class Experiment:
    """One transfer of a scenario."""

    def __init__(self, name):
        self.name = name
        self.links = [[], []]     # by direction: (line, name of the link, the host that it leads to)
        self.rules = []
        self.programs = [None, None]
        self.settings = [None, None]
        self.unknown = []
        self.mtu = 1500

    def ends(self, offloads):
        return [{'sysctls': sysctls, 'options': options, 'route': route, 'mtu': self.mtu, 'offloads': offloads, 'program': program}
                for (sysctls, options, route, _), program in zip(self.settings, self.programs)]

    def path(self, seed, is_logged, lost=None):
        """What the carrier reads; with `lost`, by link and where it leads, the packets that luck took in a run of ours, and no other luck."""
        lines = [f'seed {seed}', *['log'] * is_logged, *self.rules]
        for direction, links in enumerate(self.links):
            for place, (line, *name) in enumerate(links):
                lines.append(line if lost is None else re.sub('[0-9]+$', '0', line))
                lines += [f'rule {direction} {place} any {ordinal} 0 0 -1 0 {FOREVER} drop' for ordinal in (lost or {}).get(tuple(name), [])]
        return '\n'.join([*lines, ''])


class Scenario:
    def __init__(self, text, defaults, sizes):
        self.values = yaml.load(text, yaml.BaseLoader)
        self.defaults = yaml.load(defaults, yaml.BaseLoader)['tcp']
        self.links = Links(self.values)
        self.sizes = sizes

    def settings(self, host, app):
        """What differs from the defaults, the later on top."""
        group = self.values['hosts'][self.links.group(host)]
        settings = {**self.values['tcp'], **group.get('tcp', {}), **app.get('tcp', {})}
        return linux_settings({key: value for key, value in settings.items()
                               if value != self.defaults[key] or key == 'congestion-control'})

    def server(self, kind, port, host):
        for app in self.values['apps']:
            if kind in app and app['host'] in (host, self.links.group(host)) and int(app[kind]['port']) == port:
                return app
        raise KeyError(f'{kind} on {host}')

    def experiments(self):
        for app in self.values['apps']:
            for kind, (server_kind, port) in CLIENTS.items():
                if kind in app:
                    yield from self.transfers(app, kind, server_kind, port)

    def transfers(self, app, kind, server_kind, port):
        members = self.links.members(app['host'])
        to = app[kind].get('to') or re.match('http://([^/:]*)', app[kind]['url'])[1]
        host, _, given = to.partition(':')
        by_address = {values['addr']: name for name, values in self.values['hosts'].items()}
        host, port = by_address.get(host, host), int(given or app[kind].get('port', port))
        servers = self.links.members(host)
        for number, client in enumerate(members):
            right = servers[number % len(servers)]
            name = app['name'] if len(members) == 1 else f"{app['name']}-{number + 1}"
            yield self.experiment(name, kind, app, client, self.server(server_kind, port, right), server_kind, right)

    def experiment(self, name, kind, app, left, server, server_kind, right):
        made = Experiment(name)
        made.settings = [self.settings(left, app), self.settings(right, server)]
        made.unknown = sorted({key for settings in made.settings for key in settings[3]})
        made.programs = [program(kind, app[kind]), program(server_kind, server[server_kind])]
        if kind == 'fetch':
            request, response = self.sizes()[name]
            for one in made.programs:
                one.update(request=request, response=response)
        way = self.links.path(left, right)
        made.links = [[(link_line(0, link, link[3][is_forward]), link[0], link[2][is_forward]) for link, is_forward in way],
                      [(link_line(1, link, link[3][not is_forward]), link[0], link[2][not is_forward]) for link, is_forward in reversed(way)]]
        for links in made.links:  # a host does not overflow its own device (TCP small queues), of which the carrier has none
            line, *name = links[0]
            *start, _, lost = line.split()
            links[0] = (' '.join([*start, str(FOREVER), lost]), *name)
        made.rules = [*self.rule_lines(way, left, right)]
        made.mtu = min(size_of(link[4]['mtu']) for link, _ in way)
        return made

    def rule_lines(self, way, left, right):
        for rule in self.values.get('faults') or []:
            for place, (link, _) in enumerate(way):
                if rule['on'] in link[:2]:
                    for direction, (source, target) in enumerate([(left, right), (right, left)]):
                        match = rule['match']
                        ends = (match.get('from', source), match.get('to', target))
                        if ends in [(source, target), (self.links.group(source), self.links.group(target))]:
                            yield rule_line(direction, len(way) - 1 - place if direction else place, rule)


def rule_line(direction, link, rule):
    match = rule['match']
    since, until = range_of(match.get('time'), time_of, (0, FOREVER))
    first, last = range_of(match.get('bytes'), int, (0, -1))
    action = rule['do'] if isinstance(rule['do'], dict) else {rule['do']: ''}
    (what, value), = action.items()
    if what == 'hold-until':
        what, value = 'hold', f"{value.get('kind', 'any')} {nth(value)}"
    elif what == 'delay':
        value = time_of(value)
    return f"rule {direction} {link} {match.get('kind', 'any')} {nth(match)} {every(match)} {first} {last} {since} {until} {what} {value}"


def nth(match):
    return 0 if match.get('nth', 'all') == 'all' else int(match['nth'])


def every(match):
    return 0 if match.get('every', 'off') == 'off' else int(match['every'])


def program(kind, values):
    made = {'kind': kind}
    for key, parse in {'bytes': size_of, 'request': size_of, 'response': size_of, 'count': int, 'writes': int}.items():
        if values.get(key) and values[key] not in ('any', 'request'):
            made[key] = parse(values[key])
    if values.get('write', 'auto') != 'auto':
        made['write'] = size_of(values['write'])
        made['every'] = time_of(values.get('every', '0s')) / SECOND
    if isinstance(values.get('stall'), dict):
        made['stall_after'], made['stall_for'] = size_of(values['stall']['after']), time_of(values['stall']['for']) / SECOND
    return made


def stream_sizes(sheet):
    """Bytes of the client's and of the server's stream, by transfer, from segments.csv."""
    found = collections.defaultdict(lambda: [0, 0])
    client = {}
    with sheet.open(newline='') as file:
        for row in csv.DictReader(file):
            if row['protocol'] != 'tcp':
                continue
            place = row['from'] != client.setdefault(row['transfer'], row['from'])
            found[row['transfer']][place] = max(found[row['transfer']][place], int(row['offset'] or 0) + int(row['payload'] or 0))
    return found


def losses(recorded):
    """Of what `inorder run --record` wrote: the packets that luck lost, by link and where it leads."""
    found = {}
    for link in yaml.load(recorded, yaml.BaseLoader).get('links') or []:
        found[link['on'], link['to']] = [int(packet['ordinal']) for packet in link['packets'] if packet['as'] == 'loss']
    return found


def experiments(text, defaults, sizes):
    """Those of one dumped scenario; `defaults` is another, which changes no setting of TCP; `sizes` is asked where a transfer needs it."""
    return list(Scenario(text, defaults, sizes).experiments())
