"""Pages of every kind of body, some of them broken."""
import http.server

BODY = (bytes(i * i % 251 for i in range(251)) * 20_000)[:5_000_000]


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def head(self, *fields, status=200):
        self.send_response(status)
        for field in fields:
            self.send_header(*field.split(": "))
        self.end_headers()

    def do_GET(self):
        self.close_connection = True
        getattr(self, self.path[1:].replace("-", "_"))()

    def length(self):
        self.head("Content-Length: 5000000")
        self.wfile.write(BODY)

    def until_the_end(self):
        self.head("Connection: close")
        self.wfile.write(BODY)

    def chunked(self):
        self.head("Transfer-Encoding: Chunked")
        at = 0
        for size in [1, 3, 70_000, 2_000_000, 5_000_000]:
            piece = BODY[at:at + size]
            at += size
            self.wfile.write(b"%x;name=value\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\nTrailer: field\r\n\r\n")

    def asked(self):
        """What was asked, with a pause within a character."""
        body = self.raw_requestline + bytes(self.headers) + "車站".encode()
        self.head("Content-Length: %d" % len(body))
        self.wfile.write(body[:-1])
        self.wfile.flush()
        self.wfile.write(body[-1:])

    def early_hints(self):
        self.send_response_only(103)
        self.end_headers()
        self.head("Content-Length: 4")
        self.wfile.write(b"last and what is too much")

    def nothing(self):
        self.head(status=204)

    def missing(self):
        self.head("Content-Length: 7", status=404)
        self.wfile.write(b"not me\n")

    def bare_line_feeds(self):
        self.wfile.write(b"HTTP/1.0 200 OK\nContent-Length: 2\n\nok")

    def cut(self):
        self.head("Content-Length: 5000000")
        self.wfile.write(BODY[:-1])

    def cut_chunked(self):
        self.head("Transfer-Encoding: chunked")
        self.wfile.write(b"5\r\nhello\r\n")

    def cut_head(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")

    def long_head(self):
        self.head(*["X-%d: %s" % (i, "y" * 1000) for i in range(70)])

    def endless_line(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000)

    def vast_length(self):
        self.head("Content-Length: 18446744073709551615")
        self.wfile.write(b"short")

    def vast_chunk(self):
        self.head("Transfer-Encoding: chunked")
        self.wfile.write(b"ffffffffffff\r\nshort")

    def two_lengths(self):
        self.head("Content-Length: 4", "Content-Length: 5")

    def odd_length(self):
        self.head("Content-Length: +5")

    def zipped(self):
        self.head("Transfer-Encoding: gzip, chunked")

    def no_http(self):
        self.wfile.write(b"220 mail.example ESMTP\r\n\r\n")

    def silent(self):
        self.rfile.read()

    def endless(self):
        self.head("Connection: close")
        while True:
            self.wfile.write(BODY)

    def endless_hints(self):
        while True:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        """A client that gives up is none of our business."""


with Server(("127.0.0.1", 0), Pages) as server:
    print("listening on %s:%d" % server.server_address)
    server.serve_forever()
