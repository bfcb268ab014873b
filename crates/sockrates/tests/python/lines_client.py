"""Two clients at once, each with two lines; prints the answers. With "crash", the first crashes."""
import socket
import sys

conns = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(2)]
first, second = [conn.makefile("rwb", buffering=0) for conn in conns]
for conn in (first, second):
    conn.write("你好\n".encode())
    print(conn.readline())
if "crash" in sys.argv:
    first.write(b"crash\n")
    print(first.readline())
for conn in (second,) if "crash" in sys.argv else (second, first):
    conn.write(b"and bye")
    conns[conn is second].shutdown(socket.SHUT_WR)
    print(conn.read())
