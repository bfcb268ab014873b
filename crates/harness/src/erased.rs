//! One object type for every transport: what the peer is called is translated to an optional
//! address.

use std::io::IoSlice;

use sockrates_core::{
    Addr, Deadline, Endpoint, Error, Kind, Listener, Mode, Op, Peer, Recv, RecvBuf, RecvFlags,
    Result, SendFlags, Transport,
};

/// A transport with its peer's type erased, and its endpoint beside it.
pub(crate) trait Erased: Send + Sync {
    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Option<Addr>>>;
    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize>;
    fn close_send(&self) -> Result<()>;
    fn kind(&self) -> Kind;
    fn mode(&self) -> Mode;
    fn set_mode(&self, mode: Mode) -> Result<()>;
    fn accept(&self, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)>;
    fn dup(&self) -> Result<Box<dyn Erased>>;
    fn endpoint(&self) -> &dyn Endpoint;
}

/// A listener with the type of its connections erased.
pub(crate) trait ErasedListener: Send + Sync {
    fn accept(&self, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)>;
    fn local_addr(&self) -> Result<Addr>;
}

/// A transport that is an endpoint too.
pub(crate) struct Whole<T>(pub(crate) T);

/// A transport that is nothing else.
pub(crate) struct Plain<T>(pub(crate) T);

/// The endpoint of a transport that has none: every operation is unsupported.
struct Nothing;

impl Endpoint for Nothing {}

/// Lists the wrappers: what they hold, and the three answers in which they differ.
macro_rules! erase {
    ($wrapper:ident, $($bound:ident)?, $accept:expr, $dup:expr, $endpoint:expr) => {
        impl<T: Transport $(+ $bound)? + Send + Sync + 'static> Erased for $wrapper<T> {
            fn recv_msg(
                &self,
                buf: &mut RecvBuf<'_>,
                flags: RecvFlags,
                deadline: Deadline,
            ) -> Result<Recv<Option<Addr>>> {
                recv(&self.0, buf, flags, deadline)
            }

            fn send_msg(
                &self,
                bytes: &[IoSlice<'_>],
                to: Option<&Addr>,
                flags: SendFlags,
                deadline: Deadline,
            ) -> Result<usize> {
                send(&self.0, bytes, to, flags, deadline)
            }

            fn close_send(&self) -> Result<()> {
                self.0.close_send()
            }

            fn kind(&self) -> Kind {
                self.0.kind()
            }

            fn mode(&self) -> Mode {
                self.0.mode()
            }

            fn set_mode(&self, mode: Mode) -> Result<()> {
                self.0.set_mode(mode)
            }

            fn accept(&self, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)> {
                $accept(&self.0, deadline)
            }

            fn dup(&self) -> Result<Box<dyn Erased>> {
                $dup(&self.0)
            }

            fn endpoint(&self) -> &dyn Endpoint {
                $endpoint(&self.0)
            }
        }
    };
}

erase!(Whole, Endpoint, whole_accept, whole_dup, as_endpoint);
erase!(
    Plain,
    ,
    |_, _| Err(Error::Unsupported { op: Op::Accept }),
    |_| Err(Error::Unsupported { op: Op::Dup }),
    |_| &Nothing
);

fn whole_accept<T>(endpoint: &T, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)>
where
    T: Transport + Endpoint + Send + Sync + 'static,
{
    let (conn, addr) = endpoint.accept(deadline)?;
    Ok((Box::new(Whole(conn)), addr))
}

fn whole_dup<T>(endpoint: &T) -> Result<Box<dyn Erased>>
where
    T: Transport + Endpoint + Send + Sync + 'static,
{
    Ok(Box::new(Whole(endpoint.dup()?)))
}

fn as_endpoint<T: Endpoint>(endpoint: &T) -> &dyn Endpoint {
    endpoint
}

fn recv<T: Transport>(
    transport: &T,
    buf: &mut RecvBuf<'_>,
    flags: RecvFlags,
    deadline: Deadline,
) -> Result<Recv<Option<Addr>>> {
    let Recv { len, peer, truncated } = transport.recv_msg(buf, flags, deadline)?;
    Ok(Recv { len, peer: peer.to_addr(), truncated })
}

fn send<T: Transport>(
    transport: &T,
    bytes: &[IoSlice<'_>],
    to: Option<&Addr>,
    flags: SendFlags,
    deadline: Deadline,
) -> Result<usize> {
    let Some(to) = to else { return transport.send_msg(bytes, None, flags, deadline) };
    let peer = T::Peer::from_addr(to).ok_or(Error::Unsupported { op: Op::Send })?;
    transport.send_msg(bytes, Some(&peer), flags, deadline)
}

/// A listener whose connections are endpoints too.
pub(crate) struct WholeListener<L>(pub(crate) L);

impl<L> ErasedListener for WholeListener<L>
where
    L: Listener + Send + Sync,
    L::Conn: Endpoint + Send + Sync + 'static,
{
    fn accept(&self, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)> {
        let (conn, addr) = self.0.accept(deadline)?;
        Ok((Box::new(Whole(conn)), addr))
    }

    fn local_addr(&self) -> Result<Addr> {
        self.0.local_addr()
    }
}

/// A listener whose connections are plain transports.
pub(crate) struct PlainListener<L>(pub(crate) L);

impl<L> ErasedListener for PlainListener<L>
where
    L: Listener + Send + Sync,
    L::Conn: Send + Sync + 'static,
{
    fn accept(&self, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)> {
        let (conn, addr) = self.0.accept(deadline)?;
        Ok((Box::new(Plain(conn)), addr))
    }

    fn local_addr(&self) -> Result<Addr> {
        self.0.local_addr()
    }
}
