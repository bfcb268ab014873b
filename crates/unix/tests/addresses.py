# The cells of addresses.rs, in CPython's words. FOLDER comes before.
import os
import socket


def say(key, addr):
    if addr is None or addr == "" or addr == b"":
        print(f"{key}: (unnamed)")
    elif isinstance(addr, str):
        print(f"{key}: path {os.path.basename(addr)}")
    elif addr.startswith(b"\0named"):
        print(f"{key}: abstract named")
    else:
        name = addr[1:]
        is_hex = all(chr(byte) in "0123456789abcdefABCDEF" for byte in name)
        print(f"{key}: abstract of {len(name)}, hex: {str(is_hex).lower()}")


def new(kind=socket.SOCK_STREAM):
    return socket.socket(socket.AF_UNIX, kind)


def named(what):
    return b"\0named " + what + str(os.getpid()).encode()


path, dgram_path = os.path.join(FOLDER, "bound"), os.path.join(FOLDER, "dgram")
bound = new()
bound.bind(path)
bound.listen()
say("listener on a path", bound.getsockname())
client = new()
client.connect(path)
say("client", client.getsockname())
say("client's peer", client.getpeername())
accepted, source = bound.accept()
say("accepted from", source)
say("accepted", accepted.getsockname())
say("accepted's peer", accepted.getpeername())
chosen = new()
chosen.bind("")
say("listener on a chosen name", chosen.getsockname())
abstract = new()
abstract.bind(named(b"listener"))
say("listener on an abstract name", abstract.getsockname())
left, right = socket.socketpair()
say("pair", left.getsockname())
say("pair's peer", left.getpeername())
dgram, unbound = new(socket.SOCK_DGRAM), new(socket.SOCK_DGRAM)
dgram.bind(dgram_path)
say("unbound", unbound.getsockname())
unbound.sendto(b"!", dgram_path)
say("from an unbound one", dgram.recvfrom(8)[1])
sender = new(socket.SOCK_DGRAM)
sender.bind(named(b"sender"))
sender.sendto(b"!", dgram_path)
say("from an abstract one", dgram.recvfrom(8)[1])
dgram.sendto(b"!", sender.getsockname())
say("from a path", sender.recvfrom(8)[1])
