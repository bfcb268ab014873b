import fcntl, os, select, socket

TIMEOUTS = {"none": None, "zero": 0.0, "some": 5.0}


def name(timeout):
    return next(name for name, value in TIMEOUTS.items() if value == timeout)


def show(key, made):
    nonblock = bool(fcntl.fcntl(made, fcntl.F_GETFL) & os.O_NONBLOCK)
    print(f"{key}: {name(made.gettimeout())} {made.getblocking()} {nonblock}")


for default, timeout in TIMEOUTS.items():
    socket.setdefaulttimeout(timeout)
    new = socket.socket()
    show(f"new, default {default}", new)
    new.settimeout(5.0)
    show(f"dup of some, default {default}", new.dup())
    for made in socket.socketpair():
        show(f"socketpair, default {default}", made)
    socket.setdefaulttimeout(None)
    plain = socket.socket().detach()
    socket.setdefaulttimeout(timeout)
    show(f"adopted, default {default}", socket.socket(fileno=plain))
    for listener_name, listener_timeout in TIMEOUTS.items():
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client = socket.socket()
        client.settimeout(5.0)
        client.connect(listener.getsockname())
        listener.settimeout(5.0)
        select.select([listener], [], [])
        listener.settimeout(listener_timeout)
        show(f"accepted from {listener_name}, default {default}", listener.accept()[0])
    new = socket.socket(type=socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    show(f"SOCK_NONBLOCK, default {default}", new)
    print(f"type, default {default}: {int(new.type)}")
