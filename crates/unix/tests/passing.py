# The other process of passing.rs. NAME, the abstract name of its listener, comes before.
import os
import socket

with socket.socket(socket.AF_UNIX) as peer:
    peer.connect(NAME)
    text, fds, flags, _ = socket.recv_fds(peer, 64, 4)
    for fd in fds:
        os.write(fd, b"from CPython")
        os.close(fd)
    print(f"text: {text.decode()}")
    print(f"fds: {len(fds)}")
    reading, writing = os.pipe()
    socket.send_fds(peer, [b"the reading end"], [reading])
    os.close(reading)
    os.write(writing, b"back again")
    os.close(writing)
print(f"pid: {os.getpid()}")
