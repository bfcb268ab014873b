"""CPython's side of the oracle: a program a line on stdin, each outcome a line on stdout."""

import fcntl
import json
import select
import socket
import struct
import sys
import termios
import threading
import time

TIMEOUTS = {
    "none": None, "zero": 0.0, "minus_zero": -0.0, "short": 0.004, "long": 20.0,
    "negative": -1.0, "nan": float("nan"), "infinite": float("inf"), "huge": 1e18,
}
FAMILIES = {"v4": socket.AF_INET, "v6": socket.AF_INET6}
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
FLAGS = {
    "plain": 0, "peek": socket.MSG_PEEK, "wait_all": socket.MSG_WAITALL,
    "dont_wait": socket.MSG_DONTWAIT, "trunc": socket.MSG_TRUNC,
}
OPTIONS = {
    "error": (socket.SOL_SOCKET, socket.SO_ERROR), "type": (socket.SOL_SOCKET, socket.SO_TYPE),
    "accept_conn": (socket.SOL_SOCKET, socket.SO_ACCEPTCONN),
    "keep_alive": (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
    "broadcast": (socket.SOL_SOCKET, socket.SO_BROADCAST),
    "no_delay": (socket.IPPROTO_TCP, socket.TCP_NODELAY),
}
PLACES = {  # v4 host, v6 host, port, port to bind
    "loopback": ("127.0.0.1", "::1", 0, 0), "anywhere": ("", "", 0, 0),
    "shorthand": ("127.1", "127.1", 0, 0), "broadcast": ("<broadcast>", "<broadcast>", 9, 0),
    "foreign": ("192.0.2.1", "2001:db8::1", 0, 0), "other_family": ("::1", "127.0.0.1", 9, 9),
    "zone": ("fe80::1%lo", "fe80::1%lo", 0, 0),
    "port_too_large": ("127.0.0.1", "::1", 65536, 65536),
    "port_negative": ("127.0.0.1", "::1", -1, -1),
}
SLOW = {"buffer": 65536, "len": 2 << 20, "timeout": 0.1, "pace": 0.008}
ESTABLISHED, SYN_SENT, CLOSED, LISTENING = 1, 2, 7, 10


def payload(step, length):
    pattern = bytes((step * 41 + position * 7) & 255 for position in range(251))
    return (pattern * (length // 251 + 1))[:length]


def failed(error):
    if isinstance(error, (ValueError, OverflowError)):
        return {"class": "ValueError"}
    said = {"class": type(error).__name__}
    if error.errno is not None:
        said["errno"] = error.errno
    return said


class Run:
    """One program: its sockets, and the ports that it has come across."""

    def __init__(self, patience):
        self.patience = patience
        self.sockets = {}
        self.ports = {}
        self.deaf = []

    def carry_out(self, steps):
        try:
            for number, step in enumerate(steps):
                said = self.outcome(number, step)
                tell(said)
                if "unsettled" in said:
                    break
        finally:
            for made in [*self.sockets.values(), *self.deaf]:
                discard(made)

    def outcome(self, number, step):
        if step["slot"] not in self.sockets and step["op"] != "create":
            return {"class": "absent"}
        try:
            value = getattr(self, step["op"])(step, number)
            said = {"class": "ok"}
            if value is not None:
                said["value"] = value
        except (OSError, ValueError, OverflowError) as error:
            said = failed(error)
        if not all(self.settled(*wait.popitem()) for wait in step.get("then", ())):
            said["unsettled"] = True
        return said

    # What is waited for.

    def settled(self, what, at):
        slot, count = at if isinstance(at, list) else (at, 0)
        made = self.sockets.get(slot)
        if made is None or made.fileno() < 0:
            return True
        until = time.monotonic() + self.patience
        while not has(made, what, count):
            if time.monotonic() > until:
                return False
            poll = select.poll()
            poll.register(made, select.POLLIN)
            poll.poll(1)
        return True

    # Addresses, to the system and back.

    def place(self, made, to, binding=False):
        if isinstance(to, dict):
            return self.sockets[to["of"]].getsockname()[:2]
        v4, v6, port, port_to_bind = PLACES[to]
        host = v4 if made.family == socket.AF_INET else v6
        return host, port_to_bind if binding else port

    def named(self, made, address):
        host, port = address[:2]
        key = made.family, made.type, port
        return [host, port and self.ports.setdefault(key, len(self.ports) + 1)]

    # The operations.

    def create(self, step, number):
        made = socket.socket(FAMILIES[step["family"]], KINDS[step["kind"]])
        self.sockets[step["slot"]] = made
        made.settimeout(TIMEOUTS[step["timeout"]])

    def bind(self, step, number):
        made = self.sockets[step["slot"]]
        made.bind(self.place(made, step["to"], binding=True))

    def listen(self, step, number):
        made = self.sockets[step["slot"]]
        made.listen() if step["backlog"] is None else made.listen(step["backlog"])

    def connect(self, step, number):
        made = self.sockets[step["slot"]]
        made.connect(self.place(made, step["to"]))

    def connect_ex(self, step, number):
        made = self.sockets[step["slot"]]
        return {"number": made.connect_ex(self.place(made, step["to"]))}

    def accept(self, step, number):
        accepted, address = self.sockets[step["slot"]].accept()
        self.sockets[step["into"]] = accepted
        return {"address": self.named(accepted, address)}

    def send(self, step, number):
        sent = self.sockets[step["slot"]].send(payload(number, step["len"]))
        return {"number": sent}

    def send_to(self, step, number):
        made = self.sockets[step["slot"]]
        to = self.place(made, step["to"])
        return {"number": made.sendto(payload(number, step["len"]), to)}

    def send_all(self, step, number):
        self.sockets[step["slot"]].sendall(payload(number, step["len"]))

    def send_all_slowly(self, step, number):
        made, reader = self.sockets[step["slot"]], self.sockets[step["reader"]]
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SLOW["buffer"])
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW["buffer"])
        made.settimeout(SLOW["timeout"])
        ended = threading.Event()
        reading = threading.Thread(target=read_slowly, args=(reader, ended))
        reading.start()
        try:
            made.sendall(payload(number, SLOW["len"]))
        finally:
            ended.set()
            reading.join()

    def recv(self, step, number):
        got = self.sockets[step["slot"]].recv(step["len"], FLAGS[step["flag"]])
        return {"bytes": got.hex()}

    def recv_from(self, step, number):
        made = self.sockets[step["slot"]]
        got, address = made.recvfrom(step["len"], FLAGS[step["flag"]])
        return {"message": [got.hex(), address and self.named(made, address)]}

    def shutdown(self, step, number):
        self.sockets[step["slot"]].shutdown(step["how"])

    def set_timeout(self, step, number):
        self.sockets[step["slot"]].settimeout(TIMEOUTS[step["timeout"]])

    def set_blocking(self, step, number):
        self.sockets[step["slot"]].setblocking(step["on"])

    def get_timeout(self, step, number):
        made = self.sockets[step["slot"]]
        timeout = made.gettimeout()
        shown = "none" if timeout is None else f"{timeout:.3f}"
        return {"text": f"{shown} {str(made.getblocking()).lower()}"}

    def get_sock_name(self, step, number):
        made = self.sockets[step["slot"]]
        return {"address": self.named(made, made.getsockname())}

    def get_peer_name(self, step, number):
        made = self.sockets[step["slot"]]
        return {"address": self.named(made, made.getpeername())}

    def get_option(self, step, number):
        return {"number": self.sockets[step["slot"]].getsockopt(*OPTIONS[step["option"]])}

    def set_option(self, step, number):
        made = self.sockets[step["slot"]]
        made.setsockopt(*OPTIONS[step["option"]], step["value"])

    def dup(self, step, number):
        self.sockets[step["into"]] = self.sockets[step["slot"]].dup()

    def close(self, step, number):
        made = self.sockets[step["slot"]]
        name = made.getsockname() if made.fileno() >= 0 else None
        made.close()
        if name and made.type == socket.SOCK_DGRAM:
            self.hold(made.family, name)

    def hold(self, family, name):
        """Has the port of a closed datagram socket held by one that hears itself only: else the
        system may give it to a stranger. A duplicate of the closed socket holds it just as well."""
        deaf = socket.socket(family, socket.SOCK_DGRAM)
        self.deaf.append(deaf)
        try:
            deaf.bind(name)
            deaf.connect(deaf.getsockname())
        except OSError:
            discard(deaf)


def read_slowly(reader, ended):
    while not ended.wait(SLOW["pace"]):
        try:
            if not reader.recv(SLOW["buffer"], socket.MSG_DONTWAIT):
                return
        except BlockingIOError:
            pass
        except OSError:
            return


def has(made, what, count):
    if what == "queued":
        return queued(made) >= count
    if what == "readable":
        return bool(polled(made) & select.POLLIN)
    if what == "failed":
        return bool(polled(made) & select.POLLERR)
    info = made.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    state, pending = info[0], struct.unpack_from("I", info, 24)[0]
    if what == "ended":
        return state not in (ESTABLISHED, 4, 5)
    if what == "over":
        return state == CLOSED
    if what == "answered":
        return state != SYN_SENT
    return state != LISTENING or pending == count


def polled(made):
    poll = select.poll()
    poll.register(made, select.POLLIN)
    events = poll.poll(0)
    return events[0][1] if events else 0


def queued(made):
    return struct.unpack("i", fcntl.ioctl(made, termios.FIONREAD, bytes(4)))[0]


def discard(made):
    """Closes with a reset, so that no port stays taken for a minute."""
    try:
        if made.fileno() >= 0 and made.type == socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        made.close()
    except OSError:
        pass


def tell(said):
    print(json.dumps(said), flush=True)


tell({"class": "ready"})
for line in sys.stdin:
    program = json.loads(line)
    Run(program["patience"]).carry_out(program["steps"])
