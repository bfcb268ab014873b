//! Ports, by number or by name.

use std::fmt;

use sockrates_core::{Error, Result};

/// A port: a number of 0 to 65535, or the name of a service.
///
/// Any number can be said, so that one that is no port is an error where it is used, not a
/// different port.
///
/// ```
/// use sockrates_socket::Service;
/// assert_eq!(Service::from(80).port()?, Some(80));
/// assert_eq!(Service::from("http").port()?, None);
/// assert!(Service::from(65_536).port().is_err());
/// # Ok::<(), sockrates_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// A port number.
    Number(i64),
    /// A name, such as `"http"`, or a number in digits.
    Name(String),
}

impl Service {
    /// The port number; `None` for a name that has to be looked up.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number below 0 or over 65535.
    pub fn port(&self) -> Result<Option<u16>> {
        let number = match self {
            Self::Number(number) => *number,
            Self::Name(name) => match name.parse() {
                Ok(number) => number,
                Err(_) => return Ok(None),
            },
        };
        match u16::try_from(number) {
            Ok(port) => Ok(Some(port)),
            Err(_) => Err(Error::invalid("port", number.to_string(), "use 0 to 65535")),
        }
    }
}

/// Lists the number types that a port may come as.
macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Service {
            fn from(number: $kind) -> Self {
                Self::Number(number.into())
            }
        }
    )*};
}

numbers!(u16, i32, u32, i64);

impl From<&str> for Service {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for Service {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}
