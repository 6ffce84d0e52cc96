"""The two ends of a path: network namespaces with a TUN device each, and in them the programs of a scenario on real sockets."""
import array
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time

PORT = 9
ADDRESSES = ('10.0.0.1', '10.0.0.2')
PRIORITY = 50                     # real time: what else the machine does makes nothing late
CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
SIOCETHTOOL, ETHTOOL_SGSO, ETHTOOL_SGRO = 0x8946, 0x24, 0x2c
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
PIECE = 1 << 16
PATIENCE = 15                     # seconds for connections to end after their programs have
ENDED = {'06', '0A'}              # TIME-WAIT and LISTEN, as /proc/net/tcp has them

COUNTERS = ('RetransSegs', 'TCPTimeouts', 'TCPSackRecovery', 'TCPRenoRecovery', 'TCPFastRetrans', 'TCPLossProbes', 'TCPFullUndo',
            'TCPPartialUndo', 'TCPDSACKUndo', 'TCPLossUndo', 'TCPSpuriousRTOs', 'TCPDSACKRecv', 'TCPSynRetrans', 'OutSegs')


# ---- The namespace ----

def ip(*words):
    subprocess.run(['ip', *words], check=True)


def offload(command, is_on):
    """One of a device's offloads, by ethtool's ioctl."""
    value = array.array('I', [command, is_on])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, struct.pack('16sP', b'tun0', value.buffer_info()[0]) + bytes(16))


def enter_namespace(number, end):
    """A network of its own, whose only device is a TUN; returns that."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'unshare')
    tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', b'tun0', IFF_TUN | IFF_NO_PI))
    for name, value in {'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv4.tcp_no_metrics_save': 1, **end['sysctls']}.items():
        with open('/proc/sys/' + name.replace('.', '/'), 'w') as file:
            file.write(f'{value}\n')
    if not end['offloads']:
        offload(ETHTOOL_SGSO, 0)
    ip('addr', 'add', ADDRESSES[number] + '/24', 'dev', 'tun0')
    ip('link', 'set', 'tun0', 'up', 'txqueuelen', '10000', 'mtu', str(end['mtu']))
    ip('route', 'replace', '10.0.0.0/24', 'dev', 'tun0', 'src', ADDRESSES[number], *end['route'])
    return tun


def counters():
    """What nstat shows, since the namespace began."""
    found = {}
    for path in ('/proc/thread-self/net/snmp', '/proc/thread-self/net/netstat'):
        with open(path) as file:
            lines = [line.split() for line in file]
        for names, values in zip(lines[::2], lines[1::2]):
            if names[0] in ('Tcp:', 'TcpExt:'):
                found.update(zip(names[1:], values[1:]))
    return {name: int(found[name]) for name in COUNTERS}


def wait_for_end():
    """Until no connection is left but in TIME-WAIT, so that all is counted that closing takes."""
    for _ in range(PATIENCE * 10):
        with open('/proc/thread-self/net/tcp') as file:
            if all(line.split()[3] in ENDED for line in list(file)[1:]):
                return
        time.sleep(0.1)


# ---- Programs ----

def set_options(made, options):
    for level, name, value in options:
        made.setsockopt(level, name, value.encode() if isinstance(value, str) else value)


def read_up_to(stream, size):
    """Read `size` bytes, or to the end; returns how many came, and when the last."""
    total, last = 0, None
    while total < size:
        piece = stream.recv(min(PIECE, size - total))
        if not piece:
            break
        total, last = total + len(piece), time.monotonic()
    return total, last


def sink(stream, program):
    if program.get('stall_after'):
        read_up_to(stream, program['stall_after'])
        time.sleep(program['stall_for'])
    _, _ = read_up_to(stream, 1 << 60)
    return {'finished': time.monotonic()}


def write_all(stream, program):
    size, piece = program['bytes'], program.get('write') or 1 << 20
    for at in range(0, size, piece):
        stream.sendall(bytes(min(piece, size - at)))
        if program.get('every') and at + piece < size:
            time.sleep(program['every'])
    return {}


def echo(stream, program):
    while read_up_to(stream, program['request'])[0] == program['request']:
        stream.sendall(bytes(program['response']))
    return {}


def exchange(stream, program):
    """Requests written in pieces as ours does: equal ones, the first longer by what is left."""
    request, pieces = program['request'], program.get('writes', 1)
    sizes = [request // pieces + (place < request % pieces) for place in range(pieces)]
    for _ in range(program['count']):
        for size in sizes:
            stream.sendall(bytes(size))
        read_up_to(stream, program['response'])
    return {'finished': time.monotonic()}


def serve_once(stream, program):
    """As an HTTP server: the answer, the end of its own side, then whatever still comes."""
    read_up_to(stream, program['request'])
    stream.sendall(bytes(program['response']))
    stream.shutdown(socket.SHUT_WR)
    read_up_to(stream, 1 << 60)
    return {}


def fetch(stream, program):
    stream.sendall(bytes(program['request']))
    read_up_to(stream, program['response'])
    return {'finished': time.monotonic()}


PROGRAMS = {'sink': sink, 'sender': write_all, 'echo': echo, 'request-response': exchange, 'http-server': serve_once, 'fetch': fetch}


def serve(listener, program):
    stream, _ = listener.accept()
    with stream:
        return PROGRAMS[program['kind']](stream, program)


def start(stream, program):
    began = time.monotonic()
    stream.connect((ADDRESSES[1], PORT))
    opened = time.monotonic()
    with stream:
        return {'began': began, 'opened': opened, **PROGRAMS[program['kind']](stream, program)}


def live(number, end, parent):
    """One end, in a process of its own: hands over its device, waits for the path, runs, tells."""
    tun = enter_namespace(number, end)
    stream = socket.socket()
    set_options(stream, end['options'])
    if number == 1:
        stream.bind((ADDRESSES[1], PORT))
        stream.listen(5)
    socket.send_fds(parent, [b'ready'], [tun])
    os.close(tun)
    parent.recv(2)
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    told = (start if number == 0 else serve)(stream, end['program'])
    stream.close()
    wait_for_end()
    parent.sendall(json.dumps({**told, 'counters': counters()}).encode() + b'\n')
    parent.recv(1)                # the other end may still want answers


class End:
    """That process, seen from outside."""

    def __init__(self, number, end):
        self.socket, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self.socket.close()
            try:
                live(number, end, theirs)
            except OSError as error:
                print(f'end {number}: {error}', file=sys.stderr)
                os._exit(1)
            os._exit(0)
        theirs.close()
        _, fds, _, _ = socket.recv_fds(self.socket, 16, 1)
        self.tun = fds[0]

    def go(self):
        self.socket.sendall(b'go')

    def tell(self, seconds):
        self.socket.settimeout(seconds)
        with self.socket.makefile() as lines:
            return json.loads(lines.readline())

    def end(self):
        self.socket.shutdown(socket.SHUT_RDWR)  # the other end's process has a copy
        os.close(self.tun)
        os.waitpid(self.pid, 0)


def run(ends, carrier, path, seconds):
    """The left end talks to the right one over a path; what each told. `carrier` is the program, `path` its input."""
    both = [End(number, end) for number, end in enumerate(ends)]
    fds = [end.tun for end in both]
    carrying = subprocess.Popen([carrier, *map(str, fds)], stdin=subprocess.PIPE, pass_fds=fds)
    os.sched_setscheduler(carrying.pid, os.SCHED_FIFO, os.sched_param(PRIORITY + 10))
    carrying.stdin.write(path.encode())
    carrying.stdin.close()
    try:
        for end in reversed(both):
            end.go()
        return [end.tell(seconds) for end in both]
    finally:
        carrying.terminate()
        carrying.wait()
        for end in both:
            end.end()
