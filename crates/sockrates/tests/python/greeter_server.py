"""Greets by name whoever comes, each on a thread, and prints the bytes of each line."""
import socketserver


class Greeter(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"Welcome!\n")
        for line in self.rfile:
            print(line)
            if line == b"exit\n":
                break
            self.wfile.write(b"Hello " + line)


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeter) as server:
    print("listening on %s:%d" % server.server_address)
    server.serve_forever()
