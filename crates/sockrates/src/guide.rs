//! Guides: how to come here from elsewhere.

/// A page of the guide: its name, its file, and what the search finds it by.
macro_rules! page {
    ($name:ident $file:literal $($alias:literal)*) => {
        $(#[doc(alias = $alias)])*
        pub mod $name {
            #![doc = include_str!($file)]
            #[expect(unused_imports, reason = "the links of the page name them")]
            use crate::*;
        }
    };
}

pub mod from_python {
    #![doc = include_str!("guide/from_python.md")]
    #[expect(unused_imports, reason = "the links of the page name them")]
    use crate::*;

    page! {
        socket "guide/from_python/socket.md"
        "AddressFamily" "AddressInfo" "CMSG_LEN" "CMSG_SPACE" "EAGAIN" "EBADF" "EWOULDBLOCK"
        "MsgFlag" "SocketIO" "SocketKind" "SocketType" "accept" "bind" "close" "connect"
        "connect_ex" "create_connection" "create_server" "detach" "dup" "error" "errorTab"
        "family" "fileno" "fromfd" "fromshare" "gaierror" "get_inheritable" "getaddrinfo"
        "getblocking" "getdefaulttimeout" "getfqdn" "gethostbyaddr" "gethostbyname"
        "gethostbyname_ex" "gethostname" "getnameinfo" "getpeername" "getprotobyname"
        "getservbyname" "getservbyport" "getsockname" "getsockopt" "gettimeout"
        "has_dualstack_ipv6" "has_ipv6" "herror" "htonl" "htons" "if_indextoname" "if_nameindex"
        "if_nametoindex" "inet_aton" "inet_ntoa" "inet_ntop" "inet_pton" "ioctl" "listen"
        "makefile" "mode" "name" "ntohl" "ntohs" "proto" "recv" "recv_fds" "recv_into"
        "recvfrom" "recvfrom_into" "recvmsg" "recvmsg_into" "send" "send_fds" "sendall"
        "sendfile" "sendmsg" "sendmsg_afalg" "sendto" "set_inheritable" "setblocking"
        "setdefaulttimeout" "sethostname" "setsockopt" "settimeout" "share" "shutdown"
        "socketpair" "timeout" "type"
    }

    page! {
        constants "guide/from_python/constants.md"
        "AF_INET" "AF_INET6" "AF_UNIX" "AF_UNSPEC" "AI_ADDRCONFIG" "AI_ALL" "AI_CANONNAME"
        "AI_DEFAULT" "AI_MASK" "AI_NUMERICHOST" "AI_NUMERICSERV" "AI_PASSIVE" "AI_V4MAPPED"
        "AI_V4MAPPED_CFG" "CAPI" "INADDR_ANY" "INADDR_BROADCAST" "INADDR_LOOPBACK" "INADDR_NONE"
        "IPPROTO_ICMP" "IPPROTO_ICMPV6" "IPPROTO_TCP" "IPPROTO_UDP" "IPV6_HOPLIMIT"
        "IPV6_JOIN_GROUP" "IPV6_LEAVE_GROUP" "IPV6_MULTICAST_HOPS" "IPV6_MULTICAST_IF"
        "IPV6_MULTICAST_LOOP" "IPV6_PKTINFO" "IPV6_RECVERR" "IPV6_RECVHOPLIMIT"
        "IPV6_RECVPKTINFO" "IPV6_RECVTCLASS" "IPV6_TCLASS" "IPV6_UNICAST_HOPS" "IPV6_V6ONLY"
        "IPX_TYPE" "IP_ADD_MEMBERSHIP" "IP_DROP_MEMBERSHIP" "IP_FREEBIND" "IP_MAX_MEMBERSHIPS"
        "IP_MULTICAST_IF" "IP_MULTICAST_LOOP" "IP_MULTICAST_TTL" "IP_PKTINFO" "IP_RECVERR"
        "IP_RECVTOS" "IP_RECVTTL" "IP_TOS" "IP_TRANSPARENT" "IP_TTL" "LOCAL_PEERCRED"
        "MSG_CMSG_CLOEXEC" "MSG_CTRUNC" "MSG_DONTROUTE" "MSG_DONTWAIT" "MSG_MORE" "MSG_NOSIGNAL"
        "MSG_OOB" "MSG_PEEK" "MSG_TRUNC" "MSG_WAITALL" "NI_DGRAM" "NI_IDN" "NI_MAXHOST"
        "NI_MAXSERV" "NI_NAMEREQD" "NI_NOFQDN" "NI_NUMERICHOST" "NI_NUMERICSERV"
        "SCM_CREDENTIALS" "SCM_RIGHTS" "SHUT_RD" "SHUT_RDWR" "SHUT_WR" "SOCK_CLOEXEC"
        "SOCK_DGRAM" "SOCK_NONBLOCK" "SOCK_RAW" "SOCK_RDM" "SOCK_SEQPACKET" "SOCK_STREAM"
        "SOMAXCONN" "SO_ACCEPTCONN" "SO_BROADCAST" "SO_DOMAIN" "SO_DONTROUTE" "SO_ERROR"
        "SO_EXCLUSIVEADDRUSE" "SO_KEEPALIVE" "SO_LINGER" "SO_MARK" "SO_OOBINLINE" "SO_PASSCRED"
        "SO_PEERCRED" "SO_PRIORITY" "SO_PROTOCOL" "SO_RCVBUF" "SO_RCVLOWAT" "SO_RCVTIMEO"
        "SO_REUSEADDR" "SO_REUSEPORT" "SO_SNDBUF" "SO_SNDTIMEO" "SO_TYPE" "SYSPROTO_CONTROL"
        "TCP_CORK" "TCP_DEFER_ACCEPT" "TCP_FASTOPEN" "TCP_KEEPALIVE" "TCP_KEEPCNT"
        "TCP_KEEPIDLE" "TCP_KEEPINTVL" "TCP_MAXSEG" "TCP_NODELAY" "TCP_NOTSENT_LOWAT"
        "TCP_QUICKACK" "TCP_SYNCNT" "TCP_USER_TIMEOUT"
    }

    page! {
        select "guide/from_python/select.md"
        "EPOLLERR" "EPOLLET" "EPOLLEXCLUSIVE" "EPOLLHUP" "EPOLLIN" "EPOLLMSG" "EPOLLONESHOT"
        "EPOLLOUT" "EPOLLPRI" "EPOLLRDBAND" "EPOLLRDHUP" "EPOLLRDNORM" "EPOLLWAKEUP"
        "EPOLLWRBAND" "EPOLLWRNORM" "EPOLL_CLOEXEC" "PIPE_BUF" "POLLERR" "POLLHUP" "POLLIN"
        "POLLMSG" "POLLNVAL" "POLLOUT" "POLLPRI" "POLLRDBAND" "POLLRDHUP" "POLLRDNORM"
        "POLLWRBAND" "POLLWRNORM" "close" "closed" "control" "data" "devpoll" "epoll" "error"
        "fflags" "fileno" "filter" "flags" "fromfd" "ident" "kevent" "kqueue" "modify" "poll"
        "register" "udata" "unregister"
    }

    page! {
        selectors "guide/from_python/selectors.md"
        "BaseSelector" "DefaultSelector" "DevpollSelector" "EVENT_READ" "EVENT_WRITE"
        "EpollSelector" "KqueueSelector" "PollSelector" "SelectSelector" "SelectorKey" "close"
        "data" "events" "fd" "fileno" "fileobj" "get_key" "get_map" "modify" "register" "select"
        "unregister"
    }

    page! {
        socketserver "guide/from_python/socketserver.md"
        "BaseRequestHandler" "BaseServer" "DatagramRequestHandler" "ForkingMixIn"
        "ForkingTCPServer" "ForkingUDPServer" "ForkingUnixDatagramServer"
        "ForkingUnixStreamServer" "RequestHandlerClass" "StreamRequestHandler" "TCPServer"
        "ThreadingMixIn" "ThreadingTCPServer" "ThreadingUDPServer" "ThreadingUnixDatagramServer"
        "ThreadingUnixStreamServer" "UDPServer" "UnixDatagramServer" "UnixStreamServer"
        "active_children" "address_family" "allow_reuse_address" "allow_reuse_port"
        "block_on_close" "client_address" "close_request" "collect_children" "connection"
        "daemon_threads" "disable_nagle_algorithm" "fileno" "finish" "finish_request"
        "get_request" "handle" "handle_error" "handle_request" "handle_timeout" "max_children"
        "max_packet_size" "packet" "process_request" "process_request_thread" "rbufsize"
        "request" "request_queue_size" "rfile" "serve_forever" "server" "server_activate"
        "server_address" "server_bind" "server_close" "service_actions" "setup" "shutdown"
        "shutdown_request" "socket" "socket_type" "timeout" "verify_request" "wbufsize" "wfile"
    }
}
