//! The network interfaces of this machine.

use sockrates_core::{Error, Op, Result};

use crate::sys;

/// Number and name of every network interface, in the system's order.
///
/// ```
/// use sockrates_socket::{if_indextoname, if_nameindex, if_nametoindex};
///
/// for (index, name) in if_nameindex()? {
///     assert_eq!(if_nametoindex(&name)?, index);
///     assert_eq!(if_indextoname(index)?, name);
/// }
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// `ENOBUFS`; `EMFILE`.
///
/// Source: POSIX.1-2024 `if_nameindex`; Python `socket.if_nameindex`.
pub fn if_nameindex() -> Result<Vec<(u32, String)>> {
    sys::interfaces().map_err(|error| Error::from_io(Op::Resolve, &error))
}

/// The number of the interface called `name`, as IPv6 zones and multicast options want it.
///
/// # Errors
/// `ENODEV` where there is none.
///
/// Source: POSIX.1-2024 `if_nametoindex`; Python `socket.if_nametoindex`.
pub fn if_nametoindex(name: &str) -> Result<u32> {
    sys::interface_index(name).map_err(|error| Error::from_io(Op::Resolve, &error))
}

/// The name of the interface with the number `index`.
///
/// # Errors
/// `ENXIO` where there is none.
///
/// Source: POSIX.1-2024 `if_indextoname`; Python `socket.if_indextoname`.
pub fn if_indextoname(index: u32) -> Result<String> {
    sys::interface_name(index).map_err(|error| Error::from_io(Op::Resolve, &error))
}
