"""Says each line of the input, and prints the bytes of each answer: none after "exit"."""
import socket
import sys

conn = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
with conn, conn.makefile("rb") as answers:
    print(answers.readline())
    for name in sys.stdin:
        conn.sendall(name.encode())
        print(answers.readline())
