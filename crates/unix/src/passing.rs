//! What only local sockets have: descriptors and credentials.

/// Lists a local socket's names for passing descriptors and credentials, by way of the
/// [`Socket`](sockrates_socket::Socket) in its field `socket`.
macro_rules! passing {
    ($name:ident: $($what:ident),+) => {
        $(crate::passing::passing!(@ $what $name);)+
    };
    (@ receiving $name:ident) => {
        /// Descriptors.
        impl $name {
            /// Receives bytes, and up to `max` descriptors that came with them, each closed on
            /// `exec`. More than `max` are closed, and `fds_truncated` tells.
            ///
            /// A plain receive closes the descriptors that come with what it receives.
            ///
            /// # Errors
            /// As in [`Socket::recv_fds`](sockrates_socket::Socket::recv_fds).
            ///
            /// Source: Linux `unix(7)`, `SCM_RIGHTS`; Python `socket.recv_fds`.
            pub fn recv_fds(
                &self,
                buf: &mut [u8],
                max: usize,
            ) -> ::sockrates_core::Result<::sockrates_socket::RecvFds> {
                self.socket.recv_fds(buf, max)
            }
        }
    };
    (@ credentials $name:ident) => {
        /// Credentials.
        impl $name {
            /// Whether every message received carries the
            /// [credentials](sockrates_core::Control::Credentials) of its sender; off unless set.
            ///
            /// # Errors
            /// As in
            /// [`Socket::set_pass_credentials`](sockrates_socket::Socket::set_pass_credentials).
            #[doc(alias = "SO_PASSCRED")]
            pub fn set_pass_credentials(&self, on: bool) -> ::sockrates_core::Result<()> {
                self.socket.set_pass_credentials(on)
            }
        }
    };
    (@ peer $name:ident) => {
        /// Descriptors and credentials, of the one peer.
        impl $name {
            /// Sends `bytes`, and duplicates of `fds` with them: at most 253 on Linux. On a stream
            /// there has to be a byte, and the descriptors go with the first.
            ///
            /// # Errors
            /// As in [`Socket::send_fds`](sockrates_socket::Socket::send_fds).
            ///
            /// Source: Linux `unix(7)`, `SCM_RIGHTS`; Python `socket.send_fds`.
            pub fn send_fds(
                &self,
                bytes: &[u8],
                fds: &[::std::os::fd::BorrowedFd<'_>],
            ) -> ::sockrates_core::Result<usize> {
                self.socket.send_fds(bytes, fds)
            }

            /// The peer's process, user and group, as they were when the connection was made.
            ///
            /// # Errors
            /// As in [`Socket::peer_credentials`](sockrates_socket::Socket::peer_credentials).
            ///
            /// Source: Linux `unix(7)`, `SO_PEERCRED`.
            #[doc(alias = "SO_PEERCRED")]
            pub fn peer_credentials(
                &self,
            ) -> ::sockrates_core::Result<::sockrates_core::Credentials> {
                self.socket.peer_credentials()
            }
        }
    };
}

pub(crate) use passing;
