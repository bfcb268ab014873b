//! What the typed streams have in common.

/// Lists them for a typed stream, by way of the [`Socket`](crate::Socket) in its field `socket`.
#[doc(hidden)]
#[macro_export]
macro_rules! stream {
    ($name:ident) => {
        impl $name {
            /// Receives what has arrived, at least one byte, and returns how many; 0 is the end. An
            /// empty `buf` receives 0 bytes at once.
            ///
            /// # Errors
            /// As in [`Socket::recv`]($crate::Socket::recv).
            ///
            /// Source: POSIX.1-2024 `recv`; Python `socket.recv_into`.
            #[doc(alias = "recv_into")]
            #[inline]
            pub fn recv(&self, buf: &mut [u8]) -> $crate::core::Result<usize> {
                self.socket.recv_bytes(buf)
            }

            /// Receives by `deadline`, or by the mode's timeout where that is earlier, into memory
            /// that need not be initialised.
            ///
            /// # Errors
            /// As in [`Socket::recv_by`]($crate::Socket::recv_by).
            #[inline]
            pub fn recv_by(
                &self,
                buf: &mut $crate::core::RecvBuf<'_>,
                flags: $crate::core::RecvFlags,
                deadline: $crate::core::Deadline,
            ) -> $crate::core::Result<usize> {
                Ok(self.socket.recv_by(buf, flags, deadline)?.len)
            }

            /// Looks at what has arrived and leaves it there.
            ///
            /// # Errors
            /// As in [`Socket::recv`]($crate::Socket::recv).
            #[doc(alias = "MSG_PEEK")]
            pub fn peek(&self, buf: &mut [u8]) -> $crate::core::Result<usize> {
                Ok(self.socket.peek(buf)?.len)
            }

            /// Fills all of `buf`, within the mode's one timeout.
            ///
            /// # Errors
            /// As in [`Socket::recv_exact`]($crate::Socket::recv_exact): the error says how many
            /// bytes are in `buf`, and receiving can go on after them.
            pub fn recv_exact(&self, buf: &mut [u8]) -> $crate::core::Result<()> {
                self.socket.recv_exact(buf)
            }

            /// Fills all of `buf` by `deadline`.
            ///
            /// # Errors
            /// As in [`recv_exact`](Self::recv_exact).
            pub fn recv_exact_by(
                &self,
                buf: &mut [u8],
                deadline: $crate::core::Deadline,
            ) -> $crate::core::Result<()> {
                self.socket.recv_exact_by(buf, deadline)
            }

            /// Sends as much of `bytes` as fits, at least one byte, and returns how many.
            ///
            /// # Errors
            /// As in [`Socket::send`]($crate::Socket::send).
            ///
            /// Source: POSIX.1-2024 `send`; Python `socket.send`.
            #[inline]
            pub fn send(&self, bytes: &[u8]) -> $crate::core::Result<usize> {
                self.socket.send(bytes)
            }

            /// Sends the concatenation of `slices`, as much as fits.
            ///
            /// # Errors
            /// As in [`Socket::send`]($crate::Socket::send).
            #[doc(alias = "sendmsg")]
            pub fn send_vectored(
                &self,
                slices: &[::std::io::IoSlice<'_>],
            ) -> $crate::core::Result<usize> {
                self.socket.send_vectored(slices)
            }

            /// Sends all of `bytes`, within the mode's one timeout.
            ///
            /// # Errors
            /// As in [`Socket::send_all`]($crate::Socket::send_all): the error says how many bytes
            /// were sent.
            ///
            /// Source: Python `socket.sendall`.
            #[doc(alias = "sendall")]
            pub fn send_all(&self, bytes: &[u8]) -> $crate::core::Result<()> {
                self.socket.send_all(bytes)
            }

            /// Sends all of `bytes` by `deadline`.
            ///
            /// # Errors
            /// As in [`send_all`](Self::send_all).
            pub fn send_all_by(
                &self,
                bytes: &[u8],
                deadline: $crate::core::Deadline,
            ) -> $crate::core::Result<()> {
                self.socket.send_all_by(bytes, deadline)
            }

            /// Shuts down one side or both, for every duplicate of the stream.
            ///
            /// # Errors
            /// `ENOTCONN` where it is not connected; `EBADF` on a closed stream.
            ///
            /// Source: POSIX.1-2024 `shutdown`.
            pub fn shutdown(&self, how: $crate::core::Shutdown) -> $crate::core::Result<()> {
                self.socket.shutdown(how)
            }

            /// Another handle of the same connection, which ends with the last one.
            ///
            /// # Errors
            /// `EMFILE`; `EBADF` on a closed stream.
            #[doc(alias = "try_clone")]
            pub fn dup(&self) -> $crate::core::Result<Self> {
                Ok(Self::over(self.socket.dup()?))
            }
        }

        impl $crate::core::Transport for $name {
            type Peer = ();

            #[inline]
            fn recv_msg(
                &self,
                buf: &mut $crate::core::RecvBuf<'_>,
                flags: $crate::core::RecvFlags,
                deadline: $crate::core::Deadline,
            ) -> $crate::core::Result<$crate::core::Recv<()>> {
                self.socket.recv_by(buf, flags, deadline)
            }

            #[inline]
            fn send_msg(
                &self,
                bytes: &[::std::io::IoSlice<'_>],
                _: Option<&()>,
                flags: $crate::core::SendFlags,
                deadline: $crate::core::Deadline,
            ) -> $crate::core::Result<usize> {
                self.socket.send_by(bytes, None, flags, deadline)
            }

            fn close_send(&self) -> $crate::core::Result<()> {
                self.socket.shutdown($crate::core::Shutdown::Write)
            }

            fn mode(&self) -> $crate::core::Mode {
                self.socket.mode()
            }

            fn set_mode(&self, mode: $crate::core::Mode) -> $crate::core::Result<()> {
                self.socket.set_mode(mode)
            }
        }

        /// Waits as the mode says. A timeout is [`std::io::ErrorKind::TimedOut`], and no byte is
        /// lost.
        impl ::std::io::Read for &$name {
            fn read(&mut self, buf: &mut [u8]) -> ::std::io::Result<usize> {
                Ok(self.recv(buf)?)
            }
        }

        /// Waits as the mode says. `write_all` has the timeout for each piece; `send_all`
        /// has one for the whole.
        impl ::std::io::Write for &$name {
            fn write(&mut self, bytes: &[u8]) -> ::std::io::Result<usize> {
                Ok(self.send(bytes)?)
            }

            fn write_vectored(
                &mut self,
                slices: &[::std::io::IoSlice<'_>],
            ) -> ::std::io::Result<usize> {
                Ok(self.send_vectored(slices)?)
            }

            fn flush(&mut self) -> ::std::io::Result<()> {
                Ok(())
            }
        }

        impl ::std::io::Read for $name {
            fn read(&mut self, buf: &mut [u8]) -> ::std::io::Result<usize> {
                (&*self).read(buf)
            }
        }

        impl ::std::io::Write for $name {
            fn write(&mut self, bytes: &[u8]) -> ::std::io::Result<usize> {
                (&*self).write(bytes)
            }

            fn write_vectored(
                &mut self,
                slices: &[::std::io::IoSlice<'_>],
            ) -> ::std::io::Result<usize> {
                (&*self).write_vectored(slices)
            }

            fn flush(&mut self) -> ::std::io::Result<()> {
                Ok(())
            }
        }

        /// Many slices, and files, as a whole.
        impl $name {
            /// Sends the concatenation of all `slices`, however many, within the mode's one
            /// timeout.
            ///
            /// # Errors
            /// As in [`Socket::send_all_vectored`]($crate::Socket::send_all_vectored): the error
            /// says how many bytes were sent.
            #[doc(alias = "writev")]
            #[doc(alias = "write_all_vectored")]
            pub fn send_all_vectored(
                &self,
                slices: &[::std::io::IoSlice<'_>],
            ) -> $crate::core::Result<()> {
                self.socket.send_all_vectored(slices)
            }

            /// Sends the concatenation of all `slices` by `deadline`.
            ///
            /// # Errors
            /// As in [`send_all_vectored`](Self::send_all_vectored).
            pub fn send_all_vectored_by(
                &self,
                slices: &[::std::io::IoSlice<'_>],
                deadline: $crate::core::Deadline,
            ) -> $crate::core::Result<()> {
                self.socket.send_all_vectored_by(slices, deadline)
            }

            /// Sends the bytes of `file` that lie in `range`, straight from the system's cache of
            /// it where the system can, within the mode's one timeout, and returns how many that
            /// were: fewer than the range has where the file ends before. The file's own position
            /// is neither used nor moved.
            ///
            /// # Errors
            /// As in [`Socket::send_file_by`]($crate::Socket::send_file_by): the error says how
            /// many bytes were sent.
            ///
            /// Source: Linux `sendfile(2)`; Python `socket.sendfile`.
            #[doc(alias = "sendfile")]
            pub fn send_file(
                &self,
                file: &::std::fs::File,
                range: impl ::std::ops::RangeBounds<u64>,
            ) -> $crate::core::Result<u64> {
                self.socket.send_file(file, range)
            }

            /// Sends the bytes of `file` that lie in `range` by `deadline`.
            ///
            /// # Errors
            /// As in [`send_file`](Self::send_file).
            ///
            /// # Platform notes
            /// In blocking mode with a deadline the bytes go through a buffer: see
            /// [`Socket::send_file_by`]($crate::Socket::send_file_by).
            pub fn send_file_by(
                &self,
                file: &::std::fs::File,
                range: impl ::std::ops::RangeBounds<u64>,
                deadline: $crate::core::Deadline,
            ) -> $crate::core::Result<u64> {
                self.socket.send_file_by(file, range, deadline)
            }
        }
    };
}
