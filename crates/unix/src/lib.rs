//! AF_UNIX: stream, datagram and seqpacket sockets.
