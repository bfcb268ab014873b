"""Sends one client a line, and resets the connection once a line of it has arrived."""
import socket
import struct

server = socket.create_server(("127.0.0.1", 0))
print("listening on %s:%d" % server.getsockname())
conn, _ = server.accept()
conn.sendall(b"one moment\n")
conn.recv(100)
conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
conn.close()
