"""Acknowledges lines, each client's on a thread, and prints their bytes; hangs up after "end"."""
import socketserver


class Acknowledge(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            print(line)
            if line == b"end\n":
                break
            self.wfile.write(b"ACK!\n" if line != b"odd\n" else b"\x1b?\n")


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Acknowledge) as server:
    print("listening on %s:%d" % server.server_address)
    server.serve_forever()
