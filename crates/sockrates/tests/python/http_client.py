"""Asks an HTTP server with http.client, over one connection, and with urllib."""
import http.client
import sys
import urllib.error
import urllib.request

server = "127.0.0.1:" + sys.argv[1]
conn = http.client.HTTPConnection(server)
sockets = set()
for method, path, body in [
    ("GET", "/", None),
    ("HEAD", "/", None),
    ("GET", "/nope", None),
    ("HEAD", "/nope", None),
    ("POST", "/", b"x" * 100_000),
    ("PUT", "/", iter([b"chunks", b"x" * 10_000])),
    ("GET", "/?query", None),
]:
    conn.request(method, path, body)
    sockets.add(conn.sock)
    with conn.getresponse() as answer:
        length = answer.getheader("Content-Length")
        print(method, path, answer.status, answer.reason, length, len(answer.read()))
print(len(sockets), "connection")

with urllib.request.urlopen(f"http://{server}/") as page:
    print(page.headers.get_content_type(), page.read())
try:
    urllib.request.urlopen(f"http://{server}/nope", data=b"name=value")
except urllib.error.HTTPError as error:
    print(error)
