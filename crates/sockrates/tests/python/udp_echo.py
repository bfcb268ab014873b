"""Echoes datagrams and prints their bytes; the first ones, as many as told, it loses."""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print("listening on %s:%d" % server.getsockname())
for number in range(1000):
    data, peer = server.recvfrom(65536)
    print(data)
    if number >= int(sys.argv[1]):
        server.sendto(data, peer)
