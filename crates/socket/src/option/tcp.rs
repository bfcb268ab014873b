//! Options of TCP.

use std::time::Duration;

use sockrates_core::{Error, Result, SocketOption};

use super::whole_seconds;
use crate::Socket;

/// Options of TCP.
impl Socket {
    /// Whether small writes are sent at once instead of being gathered; off unless set.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `ENOPROTOOPT` or `EOPNOTSUPP` where it is not TCP.
    ///
    /// Source: RFC 9293 3.7.4; Linux `tcp(7)`.
    #[doc(alias = "TCP_NODELAY")]
    pub fn nodelay(&self) -> Result<bool> {
        self.switch(SocketOption::NoDelay)
    }

    /// Sets what [`nodelay`](Self::nodelay) tells.
    ///
    /// # Errors
    /// As in [`nodelay`](Self::nodelay).
    pub fn set_nodelay(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::NoDelay, on)
    }

    /// Whether an idle connection is probed; off unless set.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// Source: RFC 9293 3.8.4; POSIX.1-2024 `setsockopt`.
    #[doc(alias = "SO_KEEPALIVE")]
    pub fn keepalive(&self) -> Result<bool> {
        self.switch(SocketOption::KeepAlive)
    }

    /// Sets what [`keepalive`](Self::keepalive) tells. When it probes, and how often, say
    /// [`set_keepalive_idle`](Self::set_keepalive_idle),
    /// [`set_keepalive_interval`](Self::set_keepalive_interval) and
    /// [`set_keepalive_count`](Self::set_keepalive_count).
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub fn set_keepalive(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::KeepAlive, on)
    }

    /// After how long without a sign of the peer the first probe is sent, in whole seconds; two
    /// hours or more unless set.
    ///
    /// # Errors
    /// As in [`nodelay`](Self::nodelay).
    #[doc(alias = "TCP_KEEPIDLE")]
    #[doc(alias = "TCP_KEEPALIVE")]
    pub fn keepalive_idle(&self) -> Result<Duration> {
        Ok(Duration::from_secs(self.count(SocketOption::KeepIdle)?.into()))
    }

    /// Sets what [`keepalive_idle`](Self::keepalive_idle) tells. A part of a second counts as a
    /// whole one.
    ///
    /// # Errors
    /// `EINVAL` for a time out of the system's range, which on Linux is 1 to 32767 s; else as in
    /// [`nodelay`](Self::nodelay).
    pub fn set_keepalive_idle(&self, idle: Duration) -> Result<()> {
        self.set_seconds(SocketOption::KeepIdle, idle)
    }

    /// How long a probe waits for its answer before the next one, in whole seconds.
    ///
    /// # Errors
    /// As in [`nodelay`](Self::nodelay).
    #[doc(alias = "TCP_KEEPINTVL")]
    pub fn keepalive_interval(&self) -> Result<Duration> {
        Ok(Duration::from_secs(self.count(SocketOption::KeepInterval)?.into()))
    }

    /// Sets what [`keepalive_interval`](Self::keepalive_interval) tells. A part of a second counts
    /// as a whole one.
    ///
    /// # Errors
    /// As in [`set_keepalive_idle`](Self::set_keepalive_idle).
    pub fn set_keepalive_interval(&self, interval: Duration) -> Result<()> {
        self.set_seconds(SocketOption::KeepInterval, interval)
    }

    /// How many probes may stay unanswered before the connection is given up.
    ///
    /// # Errors
    /// As in [`nodelay`](Self::nodelay).
    #[doc(alias = "TCP_KEEPCNT")]
    pub fn keepalive_count(&self) -> Result<u32> {
        self.count(SocketOption::KeepCount)
    }

    /// Sets what [`keepalive_count`](Self::keepalive_count) tells.
    ///
    /// # Errors
    /// `EINVAL` for a number out of the system's range, which on Linux is 1 to 127; else as in
    /// [`nodelay`](Self::nodelay).
    pub fn set_keepalive_count(&self, count: u32) -> Result<()> {
        self.set_count(SocketOption::KeepCount, count)
    }

    /// How long what was sent may stay unacknowledged before the connection is given up; `None` is
    /// as long as the system says.
    ///
    /// # Errors
    /// As in [`nodelay`](Self::nodelay); [`Error::Unsupported`] where it is not Linux.
    ///
    /// Source: RFC 9293 3.9.1.1, RFC 5482; Linux `tcp(7)`.
    #[doc(alias = "TCP_USER_TIMEOUT")]
    pub fn user_timeout(&self) -> Result<Option<Duration>> {
        let millis = self.count(SocketOption::UserTimeout)?;
        Ok((millis > 0).then(|| Duration::from_millis(millis.into())))
    }

    /// Sets what [`user_timeout`](Self::user_timeout) tells. A part of a millisecond counts as a
    /// whole one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for zero, and for more than 2147483647 ms; else as in
    /// [`user_timeout`](Self::user_timeout).
    pub fn set_user_timeout(&self, timeout: Option<Duration>) -> Result<()> {
        let millis = match timeout {
            None => Ok(0),
            Some(Duration::ZERO) => Err("0 ms".to_owned()),
            Some(time) => i32::try_from(time.as_nanos().div_ceil(1_000_000))
                .map_err(|_| format!("{} ms", time.as_millis())),
        };
        let rule = "use 1 to 2147483647 ms, or None for the system's own";
        let millis = millis.map_err(|value| Error::invalid("user timeout of", value, rule))?;
        self.set_option(SocketOption::UserTimeout, millis)
    }

    fn set_seconds(&self, option: SocketOption, time: Duration) -> Result<()> {
        self.set_option(option, i32::try_from(whole_seconds(time)).unwrap_or(i32::MAX))
    }
}
