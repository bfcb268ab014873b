"""The CPython agent: the standard library's `socket`, judged by sockrates.

It speaks docs/agent-protocol.md: commands come as lines of JSON on standard input, answers go to
standard output, and the data travels over real sockets. Nothing but the standard library is used.
Where a command names a deadline of its own, which CPython's sockets do not have, the socket is
polled first, as a program would do it.
"""

import base64
import errno
import fcntl
import json
import os
import platform
import queue
import select
import socket
import struct
import sys
import termios
import threading
import time

HOST = sys.argv[1] if len(sys.argv) > 1 else None

BOTH = """addresses socket connect-ex so-error ready nonblock timeout deadline shutdown peek
    dontwait queued abort close dup buffers reuse inet options hops""".split()
STREAM = BOTH + """listen connect half-close waitall oob linger accept-reset stall nodelay
    keepalive keep-times reuse-port""".split()
DATAGRAM = BOTH + "trunc broadcast refusal multicast".split()

V4, V6 = HOST or "127.0.0.1", HOST or "::1"
SUBJECTS = {
    "tcp-v4": (socket.AF_INET, socket.SOCK_STREAM, V4, STREAM),
    "tcp-v6": (socket.AF_INET6, socket.SOCK_STREAM, V6, STREAM + ["only-v6"]),
    "udp-v4": (socket.AF_INET, socket.SOCK_DGRAM, V4, DATAGRAM + ["sendto"]),
    "udp-v6": (socket.AF_INET6, socket.SOCK_DGRAM, V6, DATAGRAM + ["sendto"]),
    "udp-connected": (socket.AF_INET, socket.SOCK_DGRAM, V4, DATAGRAM),
}
if HOST:
    family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
    SUBJECTS = {name: spec for name, spec in SUBJECTS.items() if spec[0] == family}

# What may have to wait, and so runs on a thread of its own and says that it has started.
WAITS = set("pair client accept connect connect_ex recv send wait close release abort".split())

# The flags of messages, less what CPython's answers have no room for.
FLAGS = ["peek", "waitall", "dontwait", "oob", "more", "dontroute"]

# IPv6's own names for what the protocol names as of IPv4.
OF_V6 = {
    "IP_TTL": "IPV6_UNICAST_HOPS",
    "IP_TOS": "IPV6_TCLASS",
    "IP_MULTICAST_TTL": "IPV6_MULTICAST_HOPS",
    "IP_MULTICAST_LOOP": "IPV6_MULTICAST_LOOP",
    "IP_MULTICAST_IF": "IPV6_MULTICAST_IF",
}
# What these bring goes beside the data, where this agent does not look.
BESIDE = {"IP_RECVTTL", "IP_RECVTOS", "IP_PKTINFO", "SO_TIMESTAMPNS", "IP_RECVERR"}
LEVELS = {"SO": socket.SOL_SOCKET, "TCP": socket.IPPROTO_TCP}
LEVELS |= {"IP": socket.IPPROTO_IP, "IPV6": socket.IPPROTO_IPV6}

class Unsupported(Exception):
    """CPython has no way to do this."""

def only(possible):
    if not possible:
        raise Unsupported

class Agent:
    """The sockets by their names, and what can be done with them."""

    def __init__(self):
        self.sockets = {}
        self.writing = threading.Lock()
        self.work = queue.SimpleQueue()
        self.idle = 0
        self.counting = threading.Lock()

    def serve(self, lines):
        """Does what the lines say until they end."""
        for line in lines:
            message = json.loads(line)
            if message["cmd"] in WAITS:
                self.hand_over(message)
            else:
                self.say(self.answer(message))
        # Threads may be blocked for ever: leave without them.
        os._exit(0)

    def hand_over(self, message):
        """Has a thread perform it: one that is idle, or a new one."""
        with self.counting:
            fresh = self.idle == 0
            self.idle -= 0 if fresh else 1
        if fresh:
            threading.Thread(target=self.labour, daemon=True).start()
        self.work.put(message)

    def labour(self):
        while True:
            message = self.work.get()
            thread = threading.get_native_id()
            self.say({"id": message["id"], "started": True, "thread": thread})
            answer = self.answer(message)
            # Idle before the answer is out, so that whoever hears it finds this thread.
            with self.counting:
                self.idle += 1
            self.say(answer)

    def answer(self, message):
        answer = {"id": message["id"]}
        try:
            answer["ok"] = self.do(message) or {}
        except Unsupported:
            answer["unsupported"] = True
        except TimeoutError as error:
            answer["err"] = failure(error) if error.errno else {"kind": "timed-out"}
        except (socket.gaierror, ValueError, OverflowError, TypeError) as error:
            answer["err"] = {"text": f"{type(error).__name__}: {error}"}
        except OSError as error:
            answer["err"] = failure(error)
        return answer

    def say(self, answer):
        line = json.dumps(answer, separators=(",", ":")).encode() + b"\n"
        with self.writing:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

    def do(self, message):
        """Looks the command up: one about a socket gets it, one that makes sockets does not."""
        cmd = getattr(self, "do_" + message["cmd"], None)
        if cmd is None:
            raise Unsupported
        if "on" not in message:
            return cmd(message)
        name = message["on"]
        if name not in self.sockets:
            raise ValueError(f"there is no socket {name}")
        return cmd(self.sockets[name], message)

    def keep(self, name, sock):
        if name in self.sockets:
            raise ValueError(f"the name {name} is taken")
        self.sockets[name] = sock

    def do_hello(self, _):
        kinds = {socket.SOCK_STREAM: "stream", socket.SOCK_DGRAM: "datagram"}
        subjects = [
            {"name": name, "kind": kinds[kind], "caps": caps, "any": [host, 0]}
            for name, (_, kind, host, caps) in SUBJECTS.items()
        ]
        version = {"version": platform.python_version(), "os": sys.platform}
        return {"proto": 1, "name": "cpython", **version, "subjects": subjects}

    def do_ping(self, _):
        return {}

    def do_reset(self, _):
        while self.sockets:
            self.sockets.popitem()[1].close()

    def do_socket(self, message):
        self.keep(message["as"], make(message))

    def do_listener(self, message):
        self.keep(message["as"], bound(message, backlog=128))

    def do_client(self, message):
        sock = make(message)
        only(sock.type == socket.SOCK_STREAM)
        try:
            connect(sock, message)
        except BaseException:
            sock.close()
            raise
        self.keep(message["as"], sock)

    def do_pair(self, message):
        name = message["subject"]
        if SUBJECTS[name][1] == socket.SOCK_STREAM:
            with bound(message, backlog=1) as listener:
                a = make(message)
                a.connect(listener.getsockname())
                b = listener.accept()[0]
        else:
            a, b = bound(message), bound(message)
            if name == "udp-connected":
                a.connect(b.getsockname())
                b.connect(a.getsockname())
        self.keep(message["as"], a)
        self.keep(message["and"], b)

    def do_accept(self, sock, message):
        if not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            message["limit_ms"] = None  # It fails at once, which polling would not see.
        conn, addr = within(sock, select.POLLIN, message, lambda _: sock.accept())
        self.keep(message["as"], conn)
        return {"addr": addr}

    def do_dup(self, sock, message):
        self.keep(message["as"], sock.dup())

    def do_release(self, sock, message):
        del self.sockets[message["on"]]
        sock.close()

    def do_recv(self, sock, message):
        room, flags = message["max"], flags_of(message)
        if sock.type == socket.SOCK_STREAM:
            data = within(sock, select.POLLIN, message, lambda more: sock.recv(room, flags | more))
            return {"data": base64.b64encode(data).decode()}
        receive = lambda more: sock.recvmsg(room, 0, flags | more)
        data, _, told, addr = within(sock, select.POLLIN, message, receive)
        return {
            "data": base64.b64encode(data).decode(),
            "from": addr,
            "truncated": bool(told & socket.MSG_TRUNC),
        }

    def do_send(self, sock, message):
        data, flags = base64.b64decode(message["data"]), flags_of(message)
        if message.get("to") is not None:
            to = tuple(message["to"])
            send = lambda more: sock.sendto(data, flags | more, to)
        else:
            send = lambda more: sock.send(data, flags | more)
        return {"n": within(sock, select.POLLOUT, message, send)}

    def do_bind(self, sock, message):
        sock.bind(tuple(message["addr"]))

    def do_listen(self, sock, message):
        sock.listen(message["backlog"])

    def do_connect(self, sock, message):
        connect(sock, message)

    def do_connect_ex(self, sock, message):
        return number(sock.connect_ex(tuple(message["to"])))

    def do_take_error(self, sock, _):
        return number(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def do_local_addr(self, sock, _):
        return {"addr": sock.getsockname()}

    def do_peer_addr(self, sock, _):
        return {"addr": sock.getpeername()}

    def do_close_send(self, sock, _):
        only(sock.type == socket.SOCK_STREAM)
        sock.shutdown(socket.SHUT_WR)

    def do_shutdown(self, sock, message):
        named = {"read": socket.SHUT_RD, "write": socket.SHUT_WR, "both": socket.SHUT_RDWR}
        sock.shutdown(named.get(message["how"], message["how"]))

    def do_close(self, sock, _):
        sock.close()

    def do_abort(self, sock, _):
        if sock.type == socket.SOCK_STREAM and sock.fileno() >= 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    def do_timeout(self, sock, _):
        timeout = sock.gettimeout()
        return {"ms": None if timeout is None else timeout * 1000}

    def do_set_timeout(self, sock, message):
        sock.settimeout(None if message["ms"] is None else message["ms"] / 1000)

    def do_wait(self, sock, message):
        wanted = select.POLLIN * message["read"] | select.POLLOUT * message["write"]
        told = poll(sock, wanted, limit_of(message))
        bits = [select.POLLIN, select.POLLOUT, select.POLLERR, select.POLLHUP]
        names = ["read", "write", "error", "hangup"]
        return {name: bool(told & bit) for name, bit in zip(names, bits)}

    def do_queued(self, sock, _):
        told = fcntl.ioctl(open_number(sock), termios.FIONREAD, bytes(4))
        return {"n": struct.unpack("i", told)[0]}

    def do_get_option(self, sock, message):
        only(message["option"] != "IP_MULTICAST_IF" or sock.family == socket.AF_INET6)
        return {"value": sock.getsockopt(*option(sock, message["option"]))}

    def do_set_option(self, sock, message):
        name, value = message["option"], message["value"]
        if name == "IP_MULTICAST_IF" and sock.family == socket.AF_INET:
            value = struct.pack("4s4si", bytes(4), bytes(4), value)
        sock.setsockopt(*option(sock, name), value)

    def do_linger(self, sock, _):
        told = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        is_on, seconds = struct.unpack("ii", told)
        return {"ms": seconds * 1000 if is_on else None}

    def do_set_linger(self, sock, message):
        ms = message["ms"]
        value = struct.pack("ii", ms is not None, int((ms or 0) / 1000))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, value)

    def do_join(self, sock, message):
        member(sock, message, "IP_ADD_MEMBERSHIP", "IPV6_JOIN_GROUP")

    def do_leave(self, sock, message):
        member(sock, message, "IP_DROP_MEMBERSHIP", "IPV6_LEAVE_GROUP")

def make(message):
    return socket.socket(*SUBJECTS[message["subject"]][:2])

def bound(message, backlog=None):
    sock = make(message)
    sock.bind((SUBJECTS[message["subject"]][2], 0))
    if backlog is not None:
        sock.listen(backlog)
    return sock

def connect(sock, message):
    """Connects; a deadline is the socket's timeout for the time, as there is no other."""
    limit, before = limit_of(message), sock.gettimeout()
    if limit is None or before == 0:
        return sock.connect(tuple(message["to"]))
    sock.settimeout(max(1e-6, limit if before is None else min(limit, before)))
    try:
        sock.connect(tuple(message["to"]))
    finally:
        sock.settimeout(before)

def limit_of(message):
    limit = message.get("limit_ms")
    return None if limit is None else limit / 1000

def within(sock, event, message, call):
    """Calls, at the latest at the command's deadline: by then the socket is ready, or never."""
    limit, timeout = limit_of(message), sock.gettimeout()
    if limit is None or timeout == 0 or "dontwait" in message.get("flags", ()):
        return call(0)
    end = time.monotonic() + (limit if timeout is None else min(limit, timeout))
    while poll(sock, event, max(0, end - time.monotonic())):
        try:
            return call(socket.MSG_DONTWAIT)
        except BlockingIOError:  # Another thread was faster, or a datagram socket is shut down.
            if time.monotonic() >= end:
                break
    raise TimeoutError

def poll(sock, events, seconds):
    """What the socket is ready for, once it is ready for any of the events."""
    poller = select.poll()
    poller.register(open_number(sock), events)
    # Rounded up, so that no wait ends early.
    told = poller.poll(None if seconds is None else -int(-seconds * 1000 // 1))
    return told[0][1] if told else 0

def open_number(sock):
    """The descriptor's number; of a closed socket there is none."""
    if sock.fileno() < 0:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sock.fileno()

def flags_of(message):
    flags = 0
    for name in message.get("flags", ()):
        bit = getattr(socket, "MSG_" + name.upper(), None)
        only(name in FLAGS and bit is not None)
        flags |= bit
    return flags

def option(sock, name):
    """The level and the number of an option."""
    if isinstance(name, list):
        return name
    only(name not in BESIDE)
    if sock.family == socket.AF_INET6:
        name = OF_V6.get(name, name)
    only(hasattr(socket, name))
    return LEVELS[name.split("_")[0]], getattr(socket, name)

def member(sock, message, of_v4, of_v6):
    group = socket.inet_pton(sock.family, message["group"])
    if sock.family == socket.AF_INET6:
        name, value = of_v6, struct.pack("16sI", group, message["interface"])
    else:
        name, value = of_v4, struct.pack("4s4si", group, bytes(4), message["interface"])
    sock.setsockopt(*option(sock, name), value)

def number(code):
    """An error number as an answer."""
    return {"code": code, "errno": errno.errorcode.get(code)}

def failure(error):
    return {**number(error.errno), "text": str(error)}

if __name__ == "__main__":
    Agent().serve(sys.stdin.buffer)
