//! The ways to take a frame from Framed, which all have to give the same.

use sockrates_core::{Framed, Framing, Result, Transport};

/// A way to take the next frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// Lent, one at a time.
    Next,
    /// In memory of the caller's.
    Into,
    /// Of all that one receive has brought.
    Batch,
}

impl Way {
    pub(super) const ALL: [Self; 3] = [Self::Next, Self::Into, Self::Batch];

    /// The next frame, or `None` at the end.
    pub(super) fn take<T: Transport, F: Framing>(
        self,
        framed: &mut Framed<T, F>,
    ) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Next => Ok(framed.next()?.map(<[u8]>::to_vec)),
            Self::Into => {
                let mut body = Vec::new();
                Ok(framed.next_into(&mut body)?.then_some(body))
            }
            Self::Batch => loop {
                if let Some(frame) = framed.frames().next() {
                    return frame.map(|frame| Some(frame.to_vec()));
                }
                if !framed.fill()? {
                    return Ok(None);
                }
            },
        }
    }
}
