//! Registering, changing and taking out; level and edge.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use sockrates_poll::{
    Backend, Epoll, EpollEvents, EpollReady, Interest, Key, Poll, PollEvents, Selector,
};

use super::ends::numbered;
use super::{Cells, NOW, epolled, polled, selected, told};

pub(crate) fn all(cells: &mut Cells) {
    for backend in Backend::ALL {
        selectors(cells, *backend);
        closed_while_registered(cells, *backend);
    }
    polls(cells);
    epolls(cells);
    steps(cells);
    duplicates(cells);
}

/// The interest of a key, as Python numbers it.
fn interest<T>(key: &Key<T>) -> u32 {
    u32::from(key.interest.is_readable()) + 2 * u32::from(key.interest.is_writable())
}

fn selectors(cells: &mut Cells, backend: Backend) {
    let (a, b) = UnixStream::pair().unwrap();
    let mut selector = Selector::with(backend).unwrap();
    let name = &format!("{backend:?}");
    selector.register(&a, Interest::READ, ()).unwrap();
    cells.put("twice", name, done(selector.register(&a, Interest::WRITE, ())));
    let changed = selector.modify(&a, Interest::WRITE);
    let changed = changed.map(|()| interest(&selector.get_key(&a).unwrap()));
    cells.put("changed", name, told(changed));
    cells.put("after the change", name, told(selected(&mut selector)));
    cells.put("absent taken out", name, told(selector.unregister(&b).map(|key| interest(&key))));
    cells.put("absent changed", name, done(selector.modify(&b, Interest::READ)));
    cells.put("taken out", name, told(selector.unregister(&a).map(|key| interest(&key))));
    cells.put("taken out twice", name, told(selector.unregister(&a).map(|key| interest(&key))));
}

fn closed_while_registered(cells: &mut Cells, backend: Backend) {
    let (a, _b) = UnixStream::pair().unwrap();
    let only = numbered(&a, 901);
    drop(a);
    let mut selector = Selector::with(backend).unwrap();
    let name = &format!("{backend:?}");
    selector.register(&only, Interest::BOTH, ()).unwrap();
    drop(only);
    cells.put("closed while registered", name, told(selected(&mut selector)));
    let key = selector.unregister(&901).map(|key| interest(&key));
    cells.put("closed and taken out", name, told(key));
}

fn polls(cells: &mut Cells) {
    let (a, b) = UnixStream::pair().unwrap();
    let mut poll = Poll::new();
    poll.register(&a, PollEvents::IN).unwrap();
    poll.register(&a, PollEvents::OUT).unwrap();
    cells.put("twice", "poll", told(polled(&mut poll)));
    cells.put("absent changed", "poll", done(poll.modify(&b, PollEvents::IN)));
    cells.put("absent taken out", "poll", done(poll.unregister(&b)));
    poll.modify(&a, PollEvents::NONE).unwrap();
    cells.put("asked for nothing", "poll", told(polled(&mut poll)));
    drop(b);
    cells.put("asked for nothing, hung up", "poll", told(polled(&mut poll)));
}

fn epolls(cells: &mut Cells) {
    let (a, b) = UnixStream::pair().unwrap();
    let [epoll, other] = [(); 2].map(|()| Epoll::new().unwrap());
    let (inp, exclusive) = (EpollEvents::IN, EpollEvents::EXCLUSIVE);
    let mut put = |scene, outcome| cells.put(scene, "epoll", done(outcome));

    epoll.register(&a, inp, 0).unwrap();
    put("twice", epoll.register(&a, inp, 0));
    put("absent changed", epoll.modify(&b, inp, 0));
    put("absent taken out", epoll.unregister(&b));
    put("itself", epoll.register(&epoll, inp, 0));
    epoll.register(&other, inp, 0).unwrap();
    put("circle", other.register(&epoll, inp, 0));
    put("exclusive", other.register(&b, inp | exclusive, 0));
    put("exclusive changed", other.modify(&b, inp, 0));
    put("made exclusive", epoll.modify(&a, inp | exclusive, 0));
    put("exclusive once", epoll.register(&b, inp | exclusive | EpollEvents::ONESHOT, 0));
    put("exclusive urgent", epoll.register(&b, EpollEvents::PRI | exclusive, 0));
    put("none at most", epoll.poll(&mut EpollReady::new(0), NOW).map(drop));
}

/// What is told step by step, level or edge, always or once.
fn steps(cells: &mut Cells) {
    let both = EpollEvents::IN | EpollEvents::OUT;
    for (name, how) in [
        ("level", EpollEvents::NONE),
        ("edge", EpollEvents::ET),
        ("once", EpollEvents::ONESHOT),
        ("edge once", EpollEvents::ET | EpollEvents::ONESHOT),
    ] {
        let (mut a, mut b) = UnixStream::pair().unwrap();
        let epoll = Epoll::new().unwrap();
        let mut steps = Vec::new();
        let mut look = |times| {
            for _ in 0..times {
                steps.push(epolled(&epoll).unwrap().to_string());
            }
        };
        epoll.register(&a, both | how, 0).unwrap();
        look(2);
        b.write_all(b"xy").unwrap();
        look(2);
        a.read_exact(&mut [0]).unwrap();
        look(1);
        b.write_all(b"z").unwrap();
        look(2);
        epoll.modify(&a, both | how, 0).unwrap();
        look(2);
        drop(b);
        look(2);
        epoll.modify(&a, how, 0).unwrap();
        look(2);
        cells.put(name, "epoll", steps.join(" "));
    }
}

fn duplicates(cells: &mut Cells) {
    let (a, _b) = UnixStream::pair().unwrap();
    let epoll = Epoll::new().unwrap();
    epoll.register(&a, EpollEvents::OUT, 0).unwrap();
    let kept = a.try_clone().unwrap();
    drop(a);
    cells.put("closed with a duplicate", "epoll", told(epolled(&epoll)));
    drop(kept);
    cells.put("closed with its duplicate", "epoll", told(epolled(&epoll)));
}

fn done(outcome: io::Result<()>) -> String {
    told(outcome.map(|()| "done"))
}
