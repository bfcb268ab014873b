"""Sends lines over one connection, the last ones at once, and prints the bytes of the answers."""
import socket
import sys

conn = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
with conn, conn.makefile("rb") as answers:
    for line in [b"one", b"", "你好".encode(), b"x" * 4095]:
        conn.sendall(line + b"\n")
        print(answers.readline())
    conn.sendall(b"a\nb\nc\nrest")
    conn.shutdown(socket.SHUT_WR)
    print(answers.read())
