"""What connect_ex says of each port, in the words of the example port_check."""
import errno
import socket
import sys

STATES = {0: "open", errno.ECONNREFUSED: "closed", errno.EAGAIN: "no answer"}

for port in map(int, sys.argv[2:]):
    with socket.socket() as client:
        client.settimeout(float(sys.argv[1]))
        answer = client.connect_ex(("127.0.0.1", port))
        name = errno.errorcode.get(answer, str(answer))
        print(f"{port:>5}  {STATES[answer]:<11}  {name}")
