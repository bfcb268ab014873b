"""Sends datagrams of many kinds and compares what comes back, which is cut at the length given."""
import socket
import sys

port, longest = map(int, sys.argv[1:])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    for data in (b"hello", b"", bytes(range(256)), "你好".encode(), b"x" * 65507):
        client.send(data)
        assert client.recv(65536) == data[:longest]
        print(len(data), "bytes")
