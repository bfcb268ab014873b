import errno, os, select, socket, tempfile

MODES = {"blocking": None, "timeout": 5.0, "non-blocking": 0.0}


def cell(name, *codes):
    print(f"{name}: {' '.join(str(code) for code in codes)}", flush=True)


def new(family, kind, timeout):
    made = socket.socket(family, kind)
    made.settimeout(timeout)
    return made


def settled(client):
    """Waits until the attempt has ended; an idle socket is at its end already."""
    poll = select.poll()
    poll.register(client, select.POLLOUT)
    assert poll.poll(10_000)


def calls(client, addr, times):
    codes = []
    for _ in range(times):
        codes.append(client.connect_ex(addr))
        if codes[-1] == errno.EINPROGRESS:
            settled(client)
    return codes


def tcp(family, host):
    version = "v4" if family == socket.AF_INET else "v6"
    listener = new(family, socket.SOCK_STREAM, None)
    listener.bind((host, 0))
    listener.listen(8)
    unused = new(family, socket.SOCK_STREAM, None)
    unused.bind((host, 0))
    for mode, timeout in MODES.items():
        with new(family, socket.SOCK_STREAM, timeout) as client:
            cell(f"{version} success {mode}", *calls(client, listener.getsockname(), 3))
        with new(family, socket.SOCK_STREAM, timeout) as client:
            cell(f"{version} refused {mode}", *calls(client, unused.getsockname(), 4))
        with new(family, socket.SOCK_STREAM, timeout) as client:
            first = calls(client, unused.getsockname(), 1)
            pending = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            then = calls(client, unused.getsockname(), 2)
            cell(f"{version} refused and asked {mode}", *first, pending, *then)
        client = new(family, socket.SOCK_STREAM, timeout)
        client.close()
        cell(f"{version} closed {mode}", client.connect_ex(listener.getsockname()))
        listening = new(family, socket.SOCK_STREAM, timeout)
        listening.listen(1)
        cell(f"{version} listening {mode}", listening.connect_ex(listener.getsockname()))


def no_answer():
    for mode, timeout in {"timeout": 0.05, "non-blocking": 0.0}.items():
        listener = new(socket.AF_INET, socket.SOCK_STREAM, None)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        queued = new(socket.AF_INET, socket.SOCK_STREAM, None)
        queued.connect(listener.getsockname())
        client = new(socket.AF_INET, socket.SOCK_STREAM, timeout)
        codes = [client.connect_ex(listener.getsockname()) for _ in range(3)]
        cell(f"no answer {mode}", *codes)


def datagram():
    one = new(socket.AF_INET, socket.SOCK_DGRAM, None)
    one.bind(("127.0.0.1", 0))
    for mode, timeout in MODES.items():
        with new(socket.AF_INET, socket.SOCK_DGRAM, timeout) as client:
            cell(f"datagram {mode}", *calls(client, one.getsockname(), 3))


def unix(folder):
    path = lambda name: os.path.join(folder, name)
    listener = new(socket.AF_UNIX, socket.SOCK_STREAM, None)
    listener.bind(path("full"))
    listener.listen(0)
    queued = new(socket.AF_UNIX, socket.SOCK_STREAM, None)
    queued.connect(path("full"))
    roomy = new(socket.AF_UNIX, socket.SOCK_STREAM, None)
    roomy.bind(path("roomy"))
    roomy.listen(8)
    stale = new(socket.AF_UNIX, socket.SOCK_STREAM, None)
    stale.bind(path("stale"))
    stale.close()
    datagrams = new(socket.AF_UNIX, socket.SOCK_DGRAM, None)
    datagrams.bind(path("datagrams"))
    open(path("file"), "w").close()
    for mode, timeout in MODES.items():
        for name in ["roomy", "missing", "stale", "file", "datagrams", "full"]:
            if (name, mode) == ("full", "blocking"):
                continue
            with new(socket.AF_UNIX, socket.SOCK_STREAM, timeout) as client:
                cell(f"unix {name} {mode}", *calls(client, path(name), 2))


tcp(socket.AF_INET, "127.0.0.1")
if socket.has_ipv6:
    tcp(socket.AF_INET6, "::1")
no_answer()
datagram()
with tempfile.TemporaryDirectory() as folder:
    unix(folder)
