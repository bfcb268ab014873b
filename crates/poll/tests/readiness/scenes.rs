//! One descriptor in one state at a time.

use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixDatagram, UnixStream};

use socket2::{Domain, SockRef, Socket, Type};
use sockrates_poll::{Backend, Epoll, EpollEvents, Interest, PollEvents};

use super::ends::{closed, fill, half_closed, numbered, pipe, reset, settle, tcp};
use super::{Cells, by_epoll, by_poll, by_select, by_selector, told};

pub(crate) fn all(cells: &mut Cells) {
    connections(cells);
    listeners(cells);
    datagrams(cells);
    local(cells);
    pipes(cells);
    others(cells);
}

fn connections(cells: &mut Cells) {
    let (a, mut b) = tcp();
    cells.look("idle", &a);
    b.write_all(b"x").unwrap();
    settle(&a, PollEvents::IN);
    cells.look("data", &a);
    SockRef::from(&b).send_out_of_band(b"y").unwrap();
    settle(&a, PollEvents::PRI);
    cells.look("urgent", &a);

    let (a, b) = half_closed();
    cells.look("peer has ended", &a);
    cells.look("own end", &b);
    a.shutdown(Shutdown::Write).unwrap();
    settle(&a, PollEvents::NONE);
    cells.look("both ended", &a);

    let (a, _b) = tcp();
    a.shutdown(Shutdown::Read).unwrap();
    cells.look("reads no more", &a);

    let a = reset();
    cells.look("reset", &a);
    a.take_error().unwrap();
    cells.look("reset and asked", &a);
}

fn listeners(cells: &mut Cells) {
    let new = |domain| Socket::new(domain, Type::STREAM, None).unwrap();
    cells.look("unconnected", new(Domain::IPV4));
    let bound = new(Domain::IPV4);
    let any: std::net::SocketAddr = ([127, 0, 0, 1], 0).into();
    bound.bind(&any.into()).unwrap();
    cells.look("bound", &bound);
    let client = new(Domain::IPV4);
    client.set_nonblocking(true).unwrap();
    let _in_progress = client.connect(&bound.local_addr().unwrap());
    settle(&client, PollEvents::NONE);
    cells.look("refused", &client);

    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    cells.look("nobody calls", &listener);
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    settle(&listener, PollEvents::IN);
    cells.look("somebody calls", &listener);
}

fn datagrams(cells: &mut Cells) {
    let [a, b] = [(); 2].map(|()| UdpSocket::bind(("127.0.0.1", 0)).unwrap());
    cells.look("datagram idle", &a);
    b.send_to(b"", a.local_addr().unwrap()).unwrap();
    settle(&a, PollEvents::IN);
    cells.look("datagram empty", &a);

    let c = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    c.connect(b.local_addr().unwrap()).unwrap();
    drop(b);
    c.send(b"x").unwrap();
    settle(&c, PollEvents::NONE);
    cells.look("datagram refused", &c);
}

fn local(cells: &mut Cells) {
    let (a, b) = UnixStream::pair().unwrap();
    cells.look("unix idle", &a);
    fill(&a);
    cells.look("unix full", &a);
    cells.look("unix filled", &b);
    drop(b);
    cells.look("unix peer gone with data unread", &a);
    let (a, b) = UnixStream::pair().unwrap();
    drop(b);
    cells.look("unix peer gone", &a);
    cells.look("unix unconnected", Socket::new(Domain::UNIX, Type::STREAM, None).unwrap());
    let (a, b) = UnixDatagram::pair().unwrap();
    cells.look("unix datagram idle", &a);
    drop(b);
    cells.look("unix datagram peer gone", &a);
}

fn pipes(cells: &mut Cells) {
    let (r, w) = pipe();
    cells.look("pipe empty", &r);
    cells.look("pipe to write", &w);
    rustix::io::ioctl_fionbio(&w, true).unwrap();
    while rustix::io::write(&w, &[0; 4096]).is_ok() {}
    cells.look("pipe full", &w);
    cells.look("pipe filled", &r);
    drop(r);
    cells.look("pipe without reader", &w);
    let (r, w) = pipe();
    drop(w);
    cells.look("pipe without writer", &r);
}

fn others(cells: &mut Cells) {
    let path = std::env::current_exe().unwrap();
    cells.look("file", std::fs::File::open(path).unwrap());

    let inner = Epoll::new().unwrap();
    cells.look("epoll with nothing", &inner);
    let (a, _b) = UnixStream::pair().unwrap();
    inner.register(&a, EpollEvents::OUT, 0).unwrap();
    cells.look("epoll with something", &inner);

    let closed = closed(900);
    cells.put("closed", "select", told(by_select(closed)));
    cells.put("closed", "poll", told(by_poll(closed)));
    cells.put("closed", "epoll", told(by_epoll(closed)));

    let high = numbered(&a, 1024);
    cells.put("high", "select", told(by_select(high.as_fd())));
    cells.put("high", "poll", told(by_poll(high.as_fd())));
    let what = told(by_selector(Backend::Select, high.as_fd(), Interest::BOTH));
    cells.put("high", "Select", what);
}
