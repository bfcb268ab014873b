//! A time when something has run out.

use std::time::{Duration, Instant};

/// A time when descriptors, memory, threads or processes have run out, if it is one: while it
/// lasts, one try follows the other after a pause that doubles from [`PAUSE_MIN`] to [`PAUSE_MAX`].
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

    /// Begins the next pause.
    pub(crate) fn extend(&mut self) {
        let length = match &self.0 {
            Some(pause) => (pause.length * 2).min(PAUSE_MAX),
            None => PAUSE_MIN,
        };
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
    }
}
