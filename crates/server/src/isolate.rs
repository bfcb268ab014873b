//! Calls into the program's own code, whose panics end there.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sockrates_core::Result;

use crate::Cause;

/// What `call` returns; an error or a panic of it is a cause.
///
/// What it touches is not looked at after a panic but to be dropped or closed, so that it need not
/// be unwind safe.
#[inline]
pub(crate) fn call<T>(call: impl FnOnce() -> Result<T>) -> Result<T, Box<Cause>> {
    // Boxed within, for what comes out is copied, whatever it is.
    catch(|| call().map_err(|error| Box::new(Cause::Error(error))))?
}

/// What `call` returns; a panic of it is a cause.
#[inline]
pub(crate) fn catch<T>(call: impl FnOnce() -> T) -> Result<T, Cause> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| Cause::Panic(message(payload)))
}

#[cold]
fn message(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    // Dropping what was thrown may panic in its turn; what that throws is left alone.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
    text.unwrap_or_else(|| "(no message)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }

    #[test]
    fn a_panic_is_told_in_its_own_words() {
        let said = |call: fn()| catch(call).unwrap_err().to_string();
        assert_eq!(said(|| panic!("plain")), "panicked: plain");
        assert_eq!(said(|| panic!("{}", 7)), "panicked: 7");
        assert_eq!(said(|| std::panic::panic_any(Bomb)), "panicked: (no message)");
    }
}
