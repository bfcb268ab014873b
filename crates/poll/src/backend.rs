//! Which of the system's calls a selector uses.

/// Which of the system's calls a [`Selector`](crate::Selector) uses.
///
/// ```
/// use sockrates_poll::{Backend, Selector};
/// for backend in Backend::ALL {
///     let selector: Selector<()> = Selector::with(*backend)?;
///     assert_eq!(selector.backend(), *backend);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// `select(2)`: descriptors below [`FD_SETSIZE`](crate::FD_SETSIZE) only, and each wait costs
    /// as much as the highest of them. Tells neither errors nor hangups from readiness.
    Select,
    /// `poll(2)`: any number of descriptors; each wait costs as much as there are.
    Poll,
    /// `epoll(7)`: a wait costs as much as there are ready. No regular files (`EPERM`).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    Epoll,
}

impl Backend {
    /// What this target has, the simplest first, the best last.
    pub const ALL: &[Self] = &[
        Self::Select,
        Self::Poll,
        #[cfg(any(target_os = "linux", target_os = "android"))]
        Self::Epoll,
    ];

    /// The best this target has.
    pub const BEST: Self = Self::ALL[Self::ALL.len() - 1];
}
