"""Acknowledges messages, one for each connection and process, and prints their bytes."""
import socketserver


class Acknowledge(socketserver.StreamRequestHandler):
    def handle(self):
        print(self.rfile.read())
        self.wfile.write(b"ACK!")


with socketserver.ForkingTCPServer(("127.0.0.1", 0), Acknowledge) as server:
    print("listening on %s:%d" % server.server_address)
    server.serve_forever()
