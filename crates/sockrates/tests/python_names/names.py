"""Prints every public name of Python's socket modules, one a line, after its version."""

import io
import select
import selectors
import socket
import socketserver
import sys
import types

# What the modules import from elsewhere is not theirs.
FOREIGN = {"abc", "collections", "collections.abc", "enum", "io", "math", "time"}
names = set()


def put(scope, members):
    names.update(f"{scope}.{name}" for name in members if not name.startswith("_"))


def members(what, *bases):
    """The names of `what` that none of `bases` has."""
    return set(dir(what)).difference(*(dir(base) for base in bases))


for module in (socket, select, selectors, socketserver):
    for name, value in vars(module).items():
        foreign = getattr(value, "__module__", None) in FOREIGN
        if not foreign and not isinstance(value, types.ModuleType):
            put(module.__name__, [name])

put("socket.socket", members(socket.socket))
put("socket.SocketIO", members(socket.SocketIO, io.RawIOBase))
for kind in ("poll", "epoll", "devpoll", "kqueue"):
    if hasattr(select, kind):
        made = getattr(select, kind)()
        put(f"select.{kind}", members(made))
if hasattr(select, "kevent"):
    put("select.kevent", members(select.kevent))

put("selectors.BaseSelector", members(selectors.BaseSelector))
put("selectors.SelectorKey", selectors.SelectorKey._fields)
for name, value in vars(selectors).items():
    if name.endswith("Selector") and name not in ("BaseSelector", "DefaultSelector"):
        put(f"selectors.{name}", members(value, selectors.BaseSelector))


def made(server, handler, kind):
    """A server, and what its handler has while it handles a request."""
    seen = {}

    class Handler(handler):
        def handle(self):
            seen.update(vars(self))

    with server(("127.0.0.1", 0), Handler) as running:
        with socket.socket(running.address_family, kind) as client:
            client.settimeout(10)
            client.connect(running.server_address)
            client.send(b"x")
            running.timeout = 10
            running.handle_request()
    return set(vars(running)), set(seen)


tcp, stream = made(socketserver.TCPServer, socketserver.StreamRequestHandler, socket.SOCK_STREAM)
_, datagram = made(socketserver.UDPServer, socketserver.DatagramRequestHandler, socket.SOCK_DGRAM)
_, base = made(socketserver.TCPServer, socketserver.BaseRequestHandler, socket.SOCK_STREAM)
put("socketserver.BaseServer", tcp - {"socket"})
put("socketserver.TCPServer", {"socket"} & tcp)
put("socketserver.BaseRequestHandler", base)
put("socketserver.StreamRequestHandler", stream - base)
put("socketserver.DatagramRequestHandler", datagram - base)

for name in socketserver.__all__:
    value = getattr(socketserver, name)
    bases = [base for base in value.__mro__[1:] if base.__module__ == "socketserver"]
    put(f"socketserver.{name}", members(value, object, *bases))

print("version %d %d %s" % (*sys.version_info[:2], sys.platform))
for name in sorted(names):
    print(name)
