"""Sends messages, each over a connection of its own, and prints the bytes of each answer."""
import socket
import sys

MESSAGES = [b"one", b"", "你好".encode(), bytes(range(256)), b"x" * 65536]

for message in MESSAGES:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as conn:
        conn.sendall(message)
        conn.shutdown(socket.SHUT_WR)
        with conn.makefile("rb") as answer:
            print(answer.read())
