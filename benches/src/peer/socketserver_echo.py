"""An echo server on the class of CPython's socketserver that the argument names: prints its port,
serves until its input ends."""
import os
import socketserver
import sys
import threading


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(4096):
            self.request.sendall(data)


class Server(getattr(socketserver, sys.argv[1])):
    request_queue_size = 4096
    daemon_threads = True


def end_with_input():
    sys.stdin.read()
    os._exit(0)


with Server(("127.0.0.1", 0), Echo) as server:
    threading.Thread(target=end_with_input, daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()
