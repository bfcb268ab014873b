"""Talks with an echo server as many clients at once: good ones, slow, stuck and rude ones."""
import socket
import struct
import sys
import threading

DATA = bytes(i * i % 251 for i in range(1 << 20))


def connect():
    conn = socket.socket()
    # Small, so that the data does not fit.
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    conn.settimeout(25)
    conn.connect(("127.0.0.1", int(sys.argv[1])))
    return conn


def talk(conn):
    conn.sendall(DATA)
    conn.shutdown(socket.SHUT_WR)


# Who does not read is not read from for ever, and holds up nobody.
stuck = connect()
stuck.settimeout(0.5)
sent = 0
try:
    while sent < 64 << 20:
        sent += stuck.send(DATA[sent % len(DATA):])
    sys.exit("the server takes 64 MiB that nobody reads")
except TimeoutError:
    print("stuck")

for _ in range(20):
    rude = connect()
    rude.sendall(b"x" * 1000)
    rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    rude.close()
print("reset")

conns = [connect() for _ in range(20)]
for number, conn in enumerate(conns):
    conn.sendall(b"client %d\n" % number)
for number, conn in enumerate(conns):
    with conn, conn.makefile("rb") as lines:
        assert lines.readline() == b"client %d\n" % number
        conn.shutdown(socket.SHUT_WR)
        assert lines.read() == b""
print("20 at once")

pair = [connect(), connect()]
for conn in pair:
    threading.Thread(target=talk, args=(conn,), daemon=True).start()
for conn in pair:
    echo = bytearray()
    while piece := conn.recv(997):
        echo += piece
    assert echo == DATA
print("2 MiB, slowly")

# Nothing of what got stuck is lost.
stuck.settimeout(25)
stuck.shutdown(socket.SHUT_WR)
with stuck, stuck.makefile("rb") as echo:
    assert echo.read() == (DATA * 64)[:sent]
print("all")
