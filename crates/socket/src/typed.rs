//! What the typed sockets have in common with the one inside them.

use sockrates_core::{Addr, Error, Result};

use crate::{Family, Socket, Type};

/// Lists a typed socket's names: it gets the words that every socket has, by way of the
/// [`Socket`] in its field `socket`, and the conversions, checked against its type. It is an
/// internet socket, or `unix`.
#[doc(hidden)]
#[macro_export]
macro_rules! typed {
    ($name:ident, $socket_type:expr) => {
        $crate::typed!(
            $name,
            $socket_type,
            ::std::net::SocketAddr,
            $crate::inet,
            $crate::expect_type
        );
    };
    ($name:ident, $socket_type:expr, unix) => {
        $crate::typed!(
            $name,
            $socket_type,
            $crate::core::Addr,
            ::std::result::Result::Ok,
            $crate::expect_local
        );
    };
    ($name:ident, $socket_type:expr, $addr:ty, $as_addr:path, $expect:path) => {
        /// The words that every socket has.
        impl $name {
            /// The socket inside, with every option and operation of its own.
            #[must_use]
            pub fn as_socket(&self) -> &$crate::Socket {
                &self.socket
            }

            /// The socket inside, taken out.
            #[must_use]
            pub fn into_socket(self) -> $crate::Socket {
                self.socket
            }

            /// The mode: what an operation does that would have to wait.
            #[must_use]
            pub fn mode(&self) -> $crate::core::Mode {
                self.socket.mode()
            }

            /// Sets the mode of the operations that start from now on.
            ///
            /// # Errors
            /// As in [`Socket::set_mode`]($crate::Socket::set_mode).
            #[doc(alias = "settimeout")]
            pub fn set_mode(&self, mode: $crate::core::Mode) -> $crate::core::Result<()> {
                self.socket.set_mode(mode)
            }

            /// Sets the timeout of each operation as a whole: `None` waits as long as it takes,
            /// zero never waits.
            ///
            /// # Errors
            /// As in [`Socket::set_timeout`]($crate::Socket::set_timeout).
            ///
            /// Source: Python `socket.settimeout`.
            #[doc(alias = "settimeout")]
            pub fn set_timeout(
                &self,
                timeout: ::std::option::Option<::std::time::Duration>,
            ) -> $crate::core::Result<()> {
                self.socket.set_timeout(timeout)
            }

            /// The timeout: `None` waits as long as it takes, zero never waits.
            ///
            /// Source: Python `socket.gettimeout`.
            #[doc(alias = "gettimeout")]
            #[must_use]
            pub fn timeout(&self) -> ::std::option::Option<::std::time::Duration> {
                self.socket.timeout()
            }

            /// Makes operations wait as long as it takes (`true`), or never (`false`).
            ///
            /// # Errors
            /// As in [`Socket::set_blocking`]($crate::Socket::set_blocking).
            ///
            /// Source: Python `socket.setblocking`.
            #[doc(alias = "setblocking")]
            pub fn set_blocking(&self, blocking: bool) -> $crate::core::Result<()> {
                self.socket.set_blocking(blocking)
            }

            /// Has a send or a receive that would have to wait call so many times more before it
            /// waits: quicker where the peer answers within microseconds, and a processor kept
            /// busy for nothing where it does not. 0, as every socket starts, waits at once. See
            /// [`Socket::set_spin`]($crate::Socket::set_spin) for what was measured.
            #[doc(alias = "SO_BUSY_POLL")]
            pub fn set_spin(&self, tries: u32) {
                self.socket.set_spin(tries);
            }

            /// How many times a send or a receive calls again before it waits.
            #[must_use]
            pub fn spin(&self) -> u32 {
                self.socket.spin()
            }

            /// The local address, as the system chose or completed it.
            ///
            /// # Errors
            /// `EBADF` on a closed socket.
            ///
            /// Source: POSIX.1-2024 `getsockname`.
            #[doc(alias = "getsockname")]
            pub fn local_addr(&self) -> $crate::core::Result<$addr> {
                self.socket.local_addr().and_then($as_addr)
            }

            /// Reads and clears the pending error, `SO_ERROR`; 0 where there is none.
            ///
            /// # Errors
            /// `EBADF` on a closed socket.
            #[doc(alias = "SO_ERROR")]
            pub fn take_error(&self) -> $crate::core::Result<$crate::core::Errno> {
                self.socket.take_error()
            }

            /// Whether it is the program that has closed it: what a failed operation is asked about
            /// by a thread that another may have interrupted so.
            #[must_use]
            pub fn is_closed(&self) -> bool {
                self.socket.is_closed()
            }

            /// Closes it and wakes whoever is blocked on it; again is no error. Dropping it closes
            /// it too.
            ///
            /// A socket shared with a duplicate, or converted from one of another library, is not
            /// this handle's to shut down, and wakes nobody.
            ///
            /// # Errors
            /// As in [`Socket::close`]($crate::Socket::close).
            pub fn close(&self) -> $crate::core::Result<()> {
                self.socket.close()
            }
        }

        impl ::std::convert::TryFrom<$crate::Socket> for $name {
            type Error = $crate::core::Error;

            /// The socket as this type, or an error that says what it is instead.
            fn try_from(socket: $crate::Socket) -> $crate::core::Result<Self> {
                $expect(socket, stringify!($name), $socket_type).map(|socket| Self { socket })
            }
        }

        impl ::std::convert::From<$name> for $crate::Socket {
            fn from(typed: $name) -> Self {
                typed.socket
            }
        }

        impl ::std::convert::TryFrom<::socket2::Socket> for $name {
            type Error = $crate::core::Error;

            /// The socket as this type, or an error that says what it is instead.
            fn try_from(socket: ::socket2::Socket) -> $crate::core::Result<Self> {
                Self::try_from($crate::Socket::from(socket))
            }
        }

        impl ::std::convert::From<$name> for ::socket2::Socket {
            fn from(typed: $name) -> Self {
                typed.socket.into()
            }
        }

        #[cfg(unix)]
        impl ::std::os::fd::AsFd for $name {
            fn as_fd(&self) -> ::std::os::fd::BorrowedFd<'_> {
                self.socket.as_fd()
            }
        }

        #[cfg(unix)]
        impl ::std::os::fd::AsRawFd for $name {
            fn as_raw_fd(&self) -> ::std::os::fd::RawFd {
                self.socket.as_raw_fd()
            }
        }

        #[cfg(unix)]
        impl ::std::convert::From<$name> for ::std::os::fd::OwnedFd {
            fn from(typed: $name) -> Self {
                typed.socket.into()
            }
        }

        #[cfg(unix)]
        impl ::std::convert::TryFrom<::std::os::fd::OwnedFd> for $name {
            type Error = $crate::core::Error;

            /// The descriptor as this type, or an error that says what it is instead.
            fn try_from(fd: ::std::os::fd::OwnedFd) -> $crate::core::Result<Self> {
                Self::try_from($crate::Socket::adopt(fd)?)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.socket).finish()
            }
        }
    };
}

/// Makes a typed socket an endpoint, by way of the [`Socket`] in its field `socket`.
#[doc(hidden)]
#[macro_export]
macro_rules! endpoint {
    ($name:ident) => {
        const _: () = {
            use ::std::net::IpAddr;
            use ::std::time::Duration;
            use $crate::core::{
                Addr, ControlRef, Deadline, Endpoint, Errno, Ready, RecvBuf, RecvControl,
                RecvFlags, Result, SendFlags, Shutdown, SocketOption,
            };

            impl Endpoint for $name {
                fn local_addr(&self) -> Result<Addr> {
                    Endpoint::local_addr(&self.socket)
                }

                fn peer_addr(&self) -> Result<Addr> {
                    Endpoint::peer_addr(&self.socket)
                }

                fn bind(&self, addr: &Addr) -> Result<()> {
                    Endpoint::bind(&self.socket, addr)
                }

                fn listen(&self, backlog: i32) -> Result<()> {
                    Endpoint::listen(&self.socket, backlog)
                }

                fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
                    Endpoint::connect(&self.socket, addr, deadline)
                }

                fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
                    Endpoint::connect_ex(&self.socket, addr)
                }

                fn disconnect(&self) -> Result<()> {
                    Endpoint::disconnect(&self.socket)
                }

                fn take_error(&self) -> Result<Errno> {
                    Endpoint::take_error(&self.socket)
                }

                fn shutdown(&self, how: Shutdown) -> Result<()> {
                    Endpoint::shutdown(&self.socket, how)
                }

                fn close(&self) -> Result<()> {
                    Endpoint::close(&self.socket)
                }

                fn abort(&self) -> Result<()> {
                    Endpoint::abort(&self.socket)
                }

                fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
                    Endpoint::wait(&self.socket, interest, deadline)
                }

                fn queued(&self) -> Result<usize> {
                    Endpoint::queued(&self.socket)
                }

                fn option(&self, option: SocketOption) -> Result<i32> {
                    Endpoint::option(&self.socket, option)
                }

                fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
                    Endpoint::set_option(&self.socket, option, value)
                }

                fn linger(&self) -> Result<Option<Duration>> {
                    Endpoint::linger(&self.socket)
                }

                fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
                    Endpoint::set_linger(&self.socket, linger)
                }

                fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
                    Endpoint::join(&self.socket, group, interface)
                }

                fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
                    Endpoint::leave(&self.socket, group, interface)
                }

                fn recv_with_control(
                    &self,
                    buf: &mut RecvBuf<'_>,
                    room: usize,
                    flags: RecvFlags,
                    deadline: Deadline,
                ) -> Result<RecvControl> {
                    Endpoint::recv_with_control(&self.socket, buf, room, flags, deadline)
                }

                fn send_with_control(
                    &self,
                    bytes: &[::std::io::IoSlice<'_>],
                    control: &[ControlRef<'_>],
                    to: Option<&Addr>,
                    flags: SendFlags,
                    deadline: Deadline,
                ) -> Result<usize> {
                    let socket = &self.socket;
                    Endpoint::send_with_control(socket, bytes, control, to, flags, deadline)
                }

                fn fileno(&self) -> Option<i64> {
                    Endpoint::fileno(&self.socket)
                }

                fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
                    let (socket, from) = Endpoint::accept(&self.socket, deadline)?;
                    Ok((Self::try_from(socket)?, from))
                }

                fn dup(&self) -> Result<Self> {
                    Ok(Self { socket: self.socket.dup()? })
                }
            }
        };
    };
}

/// `socket` where it is an internet socket of `wanted`.
#[doc(hidden)]
pub fn expect_type(socket: Socket, name: &'static str, wanted: Type) -> Result<Socket> {
    let rule = "it takes an INET or INET6 socket of its own type";
    expect(socket, name, wanted, &[Family::INET, Family::INET6], rule)
}

/// `socket` where it is a local socket of `wanted`.
#[doc(hidden)]
pub fn expect_local(socket: Socket, name: &'static str, wanted: Type) -> Result<Socket> {
    let rule = "it takes a UNIX socket of its own type";
    expect(socket, name, wanted, &[Family::UNIX], rule)
}

fn expect(
    socket: Socket,
    name: &'static str,
    wanted: Type,
    families: &[Family],
    rule: &'static str,
) -> Result<Socket> {
    let (family, got) = (socket.family(), socket.socket_type());
    if got == wanted && families.contains(&family) {
        return Ok(socket);
    }
    let value = format!("from a socket of {family:?} and {got:?}");
    Err(Error::Invalid { what: name, value, rule })
}

/// The address of an internet socket.
#[doc(hidden)]
pub fn inet(addr: Addr) -> Result<std::net::SocketAddr> {
    addr.as_inet()
        .ok_or_else(|| Error::invalid("address", addr.to_string(), "not an IPv4 or IPv6 address"))
}

/// What comes of the first of `addresses` with which `attempt` succeeds, else the last error.
#[doc(hidden)]
pub fn first_of<T>(addresses: &[Addr], attempt: impl Fn(&Addr) -> Result<T>) -> Result<T> {
    let mut failed = Error::invalid("host", "without an address", "name one that has some");
    for addr in addresses {
        match attempt(addr) {
            Ok(made) => return Ok(made),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}
