//! What the typed streams have in common: whole operations that no datagram socket has.

/// Lists them for a typed stream, by way of the [`Socket`](crate::Socket) in its field `socket`.
#[doc(hidden)]
#[macro_export]
macro_rules! bulk {
    ($name:ident) => {
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
