"""Sends a line of the input for each line that the server sends, whose bytes it prints."""
import socket
import sys

conn = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
with conn, conn.makefile("rb") as lines:
    for line in lines:
        print(line)
        if line.strip().lower() == b"bye":
            break
        question = sys.stdin.readline()
        conn.sendall(question.encode())
        if question.strip().lower() == "bye":
            print(lines.read())
            break
