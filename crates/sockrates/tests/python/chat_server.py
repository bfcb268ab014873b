"""Greets one client, prints the bytes of each line it sends and answers with what is typed."""
import socket
import sys

server = socket.create_server(("127.0.0.1", 0))
print("listening on %s:%d" % server.getsockname())
conn, _ = server.accept()
with conn, conn.makefile("rb") as lines:
    conn.sendall(b"Can I help you?\n")
    for line in lines:
        print(line)
        if line.strip().lower() == b"bye":
            break
        answer = sys.stdin.readline()
        conn.sendall(answer.encode())
        if answer.strip().lower() == "bye":
            print(lines.read())
            break
