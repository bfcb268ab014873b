# What CPython's select and selectors tell, scene by scene: one "scene mechanism: what" a line.
import os, resource, select, selectors, socket, struct, tempfile

SOON = 10_000
LINGER_0 = struct.pack("ii", 1, 0)
IN, PRI, OUT, RDHUP = select.POLLIN, select.POLLPRI, select.POLLOUT, select.POLLRDHUP
EVERY = IN | PRI | OUT | RDHUP
EVERY_EPOLL = select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT | select.EPOLLRDHUP

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def put(scene, mechanism, what):
    print(f"{scene} {mechanism}: {what}")


def settle(fd, events):
    poll = select.poll()
    poll.register(fd, events)
    assert poll.poll(SOON)


def tcp():
    listener = socket.create_server(("127.0.0.1", 0))
    a = socket.create_connection(listener.getsockname())
    b, _ = listener.accept()
    return a, b


def told(call):
    try:
        return call()
    except KeyError:
        return "no such key"
    except ValueError:
        return "refused"
    except OSError as error:
        return f"errno {error.errno}"


def by_select(fd):
    found = select.select([fd], [fd], [fd], 0)
    return "".join(letter for letter, ready in zip("rwx", found) if ready)


def by_poll(fd):
    poll = select.poll()
    poll.register(fd, EVERY)
    return sum(events for _, events in poll.poll(0))


def by_epoll(fd):
    with select.epoll() as epoll:
        epoll.register(fd, EVERY_EPOLL)
        return sum(events for _, events in epoll.poll(0))


def by_selector(kind, fd, interest):
    with kind() as selector:
        selector.register(fd, interest)
        return sum(events for _, events in selector.select(0))


KINDS = {
    "Select": selectors.SelectSelector,
    "Poll": selectors.PollSelector,
    "Epoll": selectors.EpollSelector,
}
INTERESTS = {"r": 1, "w": 2, "rw": 3}


def look(scene, *ends):
    """The first of the ends is looked at; the others only stay open."""
    fd = ends[0] if isinstance(ends[0], int) else ends[0].fileno()
    put(scene, "select", told(lambda: by_select(fd)))
    put(scene, "poll", told(lambda: by_poll(fd)))
    put(scene, "epoll", told(lambda: by_epoll(fd)))
    for name, kind in KINDS.items():
        for letters, interest in INTERESTS.items():
            what = told(lambda: by_selector(kind, fd, interest))
            put(scene, f"{name} {letters}", what)


def connections():
    a, b = tcp()
    look("idle", a, b)
    b.send(b"x")
    settle(a, IN)
    look("data", a, b)
    b.send(b"y", socket.MSG_OOB)
    settle(a, PRI)
    look("urgent", a, b)

    a, b = tcp()
    b.shutdown(socket.SHUT_WR)
    settle(a, RDHUP)
    look("peer has ended", a, b)
    look("own end", b, a)
    a.shutdown(socket.SHUT_WR)
    settle(a, 0)
    look("both ended", a, b)

    a, b = tcp()
    a.shutdown(socket.SHUT_RD)
    look("reads no more", a, b)

    a, b = tcp()
    b.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    b.close()
    settle(a, 0)
    look("reset", a)
    a.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    look("reset and asked", a)


def listeners():
    look("unconnected", socket.socket())
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    look("bound", bound)
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(bound.getsockname())
    settle(client, 0)
    look("refused", client)

    listener = socket.create_server(("127.0.0.1", 0))
    look("nobody calls", listener)
    client = socket.create_connection(listener.getsockname())
    settle(listener, IN)
    look("somebody calls", listener, client)


def datagrams():
    a, b = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]
    for end in (a, b):
        end.bind(("127.0.0.1", 0))
    look("datagram idle", a, b)
    b.sendto(b"", a.getsockname())
    settle(a, IN)
    look("datagram empty", a, b)

    gone = b.getsockname()
    c = socket.socket(type=socket.SOCK_DGRAM)
    c.connect(gone)
    b.close()
    c.send(b"x")
    settle(c, 0)
    look("datagram refused", c)


def local():
    a, b = socket.socketpair()
    look("unix idle", a, b)
    a.setblocking(False)
    try:
        while True:
            a.send(bytes(4096))
    except BlockingIOError:
        pass
    look("unix full", a, b)
    look("unix filled", b, a)
    b.close()
    look("unix peer gone with data unread", a)
    a, b = socket.socketpair()
    b.close()
    look("unix peer gone", a)
    look("unix unconnected", socket.socket(socket.AF_UNIX))
    a, b = socket.socketpair(type=socket.SOCK_DGRAM)
    look("unix datagram idle", a, b)
    b.close()
    look("unix datagram peer gone", a)


def pipes():
    r, w = os.pipe()
    look("pipe empty", r)
    look("pipe to write", w)
    os.set_blocking(w, False)
    try:
        while True:
            os.write(w, bytes(4096))
    except BlockingIOError:
        pass
    look("pipe full", w)
    look("pipe filled", r)
    os.close(r)
    look("pipe without reader", w)
    r, w = os.pipe()
    os.close(w)
    look("pipe without writer", r)


def others():
    with tempfile.TemporaryFile() as file:
        look("file", file)
    with select.epoll() as inner:
        look("epoll with nothing", inner)
        a, b = socket.socketpair()
        inner.register(a, select.EPOLLOUT)
        look("epoll with something", inner)
    a, b = socket.socketpair()
    os.dup2(a.fileno(), 900)
    os.close(900)
    put("closed", "select", told(lambda: by_select(900)))
    put("closed", "poll", told(lambda: by_poll(900)))
    put("closed", "epoll", told(lambda: by_epoll(900)))
    os.dup2(a.fileno(), 1024)
    put("high", "select", told(lambda: by_select(1024)))
    put("high", "poll", told(lambda: by_poll(1024)))
    put("high", "Select", told(lambda: by_selector(selectors.SelectSelector, 1024, 3)))
    os.close(1024)


def closed_while_registered():
    for name, kind in KINDS.items():
        a, b = socket.socketpair()
        os.dup2(a.fileno(), 901)
        a.close()
        selector = kind()
        selector.register(901, 3)
        os.close(901)

        def selected():
            return sum(events for _, events in selector.select(0))

        put("closed while registered", name, told(selected))
        put("closed and taken out", name, told(lambda: selector.unregister(901).events))


def registrations():
    a, b = socket.socketpair()
    for name, kind in KINDS.items():
        selector = kind()
        selector.register(a, 1)
        put("twice", name, told(lambda: selector.register(a, 2)))
        put("changed", name, told(lambda: selector.modify(a, 2).events))
        put("after the change", name, sum(events for _, events in selector.select(0)))
        put("absent taken out", name, told(lambda: selector.unregister(b)))
        put("absent changed", name, told(lambda: selector.modify(b, 1)))
        put("taken out", name, told(lambda: selector.unregister(a).events))
        put("taken out twice", name, told(lambda: selector.unregister(a)))

    poll = select.poll()
    poll.register(a, IN)
    poll.register(a, OUT)
    put("twice", "poll", sum(events for _, events in poll.poll(0)))
    put("absent changed", "poll", told(lambda: poll.modify(b, IN)))
    put("absent taken out", "poll", told(lambda: poll.unregister(b)))
    poll.modify(a, 0)
    put("asked for nothing", "poll", sum(events for _, events in poll.poll(0)))
    b.close()
    put("asked for nothing, hung up", "poll", sum(events for _, events in poll.poll(0)))


def epolls():
    et, oneshot, exclusive = select.EPOLLET, select.EPOLLONESHOT, select.EPOLLEXCLUSIVE
    epollin, epollout = select.EPOLLIN, select.EPOLLOUT
    a, b = socket.socketpair()
    epoll, other = select.epoll(), select.epoll()

    def says(call):
        return told(lambda: call() or "done")

    put("twice", "epoll", says(lambda: epoll.register(a, epollin) or epoll.register(a, epollin)))
    put("absent changed", "epoll", says(lambda: epoll.modify(b, epollin)))
    put("absent taken out", "epoll", says(lambda: epoll.unregister(b)))
    put("itself", "epoll", says(lambda: epoll.register(epoll, epollin)))
    put("circle", "epoll", says(lambda: epoll.register(other, 1) or other.register(epoll, 1)))
    put("exclusive", "epoll", says(lambda: other.register(b, epollin | exclusive)))
    put("exclusive changed", "epoll", says(lambda: other.modify(b, epollin)))
    put("made exclusive", "epoll", says(lambda: epoll.modify(a, epollin | exclusive)))
    both = exclusive | oneshot
    put("exclusive once", "epoll", says(lambda: epoll.register(b, epollin | both)))
    put("exclusive urgent", "epoll", says(lambda: epoll.register(b, select.EPOLLPRI | exclusive)))
    put("none at most", "epoll", told(lambda: epoll.poll(0, 0)))

    def found(epoll):
        return sum(events for _, events in epoll.poll(0))

    for name, how in [("level", 0), ("edge", et), ("once", oneshot), ("edge once", et | oneshot)]:
        a, b = socket.socketpair()
        epoll = select.epoll()
        epoll.register(a, epollin | epollout | how)
        steps = [found(epoll), found(epoll)]
        b.send(b"xy")
        steps += [found(epoll), found(epoll)]
        a.recv(1)
        steps += [found(epoll)]
        b.send(b"z")
        steps += [found(epoll), found(epoll)]
        epoll.modify(a, epollin | epollout | how)
        steps += [found(epoll), found(epoll)]
        b.close()
        steps += [found(epoll), found(epoll)]
        epoll.modify(a, how)
        steps += [found(epoll), found(epoll)]
        put(name, "epoll", " ".join(map(str, steps)))

    a, b = socket.socketpair()
    epoll = select.epoll()
    epoll.register(a, epollout)
    kept = a.dup()
    a.close()
    put("closed with a duplicate", "epoll", found(epoll))
    kept.close()
    put("closed with its duplicate", "epoll", found(epoll))


connections()
listeners()
datagrams()
local()
pipes()
others()
closed_while_registered()
registrations()
epolls()
