//! A time when something has run out.

use std::time::{Duration, Instant};

/// A time when descriptors, memory, threads or processes have run out, if it is one: while it
/// lasts, one try follows the other after a pause that doubles from [`PAUSE_MIN`] to [`PAUSE_MAX`].
/// It ends when nobody waits any more, not when one got in: another may be waiting.
#[derive(Debug, Default)]
pub(crate) struct Dearth(Option<Pause>);

#[derive(Debug)]
struct Pause {
    length: Duration,
    until: Instant,
}

impl Dearth {
    /// Begins one with its first pause, unless it has begun; whether it had not.
    pub(crate) fn begin(&mut self) -> bool {
        let begins = self.0.is_none();
        if begins {
            self.extend();
        }
        begins
    }

    /// Whether it is one.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn lasts(&self) -> bool {
        self.0.is_some()
    }

    /// Ends it.
    pub(crate) fn end(&mut self) {
        self.0 = None;
    }

    /// One got in, so that the pauses begin anew.
    pub(crate) fn relax(&mut self) {
        if let Some(pause) = &mut self.0 {
            *pause = Pause { length: Duration::ZERO, until: Instant::now() };
        }
    }

    /// Whether there was a pause since one got in last.
    pub(crate) fn has_paused(&self) -> bool {
        self.0.as_ref().is_some_and(|pause| !pause.length.is_zero())
    }

    /// Begins the next pause.
    pub(crate) fn extend(&mut self) {
        let length = self.0.as_ref().map_or(Duration::ZERO, |pause| pause.length * 2);
        let length = length.clamp(PAUSE_MIN, PAUSE_MAX);
        self.0 = Some(Pause { length, until: Instant::now() + length });
    }

    /// When the pause ends; `None` where there is none.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.0.as_ref().map(|pause| pause.until).filter(|until| *until > Instant::now())
    }

    /// Ends the pause: the next try tells whether the dearth is over.
    pub(crate) fn resume(&mut self) {
        if let Some(pause) = &mut self.0 {
            pause.until = Instant::now();
        }
    }
}

const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_second() {
        let mut dearth = Dearth::default();
        assert!(dearth.until().is_none());
        assert!(dearth.begin());
        assert!(!dearth.begin());
        let lengths = (0..10).map(|_| {
            dearth.extend();
            dearth.0.as_ref().map_or(0, |pause| pause.length.as_millis())
        });
        assert!(lengths.eq([20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000]));
        dearth.resume();
        assert!(dearth.until().is_none());
        assert!(!dearth.begin(), "a pause that is cut short ends no dearth");
        dearth.relax();
        assert!(!dearth.has_paused());
        dearth.extend();
        assert!(dearth.has_paused() && dearth.until() <= Some(Instant::now() + PAUSE_MIN));
        dearth.end();
        assert!(dearth.begin());
    }
}
