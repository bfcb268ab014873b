import socket

DIGITS = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
HINTS = [
    ("digits", DIGITS),
    ("service", socket.NI_NUMERICHOST),
    ("datagram", socket.NI_NUMERICHOST | socket.NI_DGRAM),
    ("required", DIGITS | socket.NI_NAMEREQD),
]
ADDRESSES = [
    ("127.0.0.1:80", ("127.0.0.1", 80)),
    ("[::1]:443", ("::1", 443)),
    ("[fe80::1%1]:9", ("fe80::1", 9, 0, 1)),
    ("127.0.0.1:65431", ("127.0.0.1", 65431)),
    ("192.0.2.1:0", ("192.0.2.1", 0)),
]
for text, addr in ADDRESSES:
    for name, flags in HINTS:
        try:
            told = " ".join(socket.getnameinfo(addr, flags))
        except socket.gaierror as error:
            told = f"code {error.errno}"
        print(f"{text} {name}: {told}")
listed = ", ".join(f"{index} {name}" for index, name in socket.if_nameindex())
print(f"interfaces: {listed}")
try:
    socket.if_indextoname(1000000)
except OSError as error:
    print(f"no index: {error.errno}")
