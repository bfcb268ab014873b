//! What came of a command, as the line that says so.

use std::time::Duration;

use serde_json::{Value, json};
use sockrates_core::{Addr, Errno, Error};

use super::super::{address, base64};

/// The fields of a success, or why there is none.
pub(super) type Outcome = Result<Value, Failed>;

/// Why a command did not succeed.
#[derive(Debug)]
pub(super) enum Failed {
    /// The operation failed.
    Error(Error),
    /// It failed after it had received these bytes.
    Partly(Vec<u8>, Error),
    /// The command made no sense.
    Text(String),
    /// There is no such thing here.
    Unsupported,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<String> for Failed {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A success with nothing to tell.
pub(super) fn nothing<T>(_: T) -> Value {
    json!({})
}

/// The line that says what came of the command `id`.
pub(super) fn line(id: u64, outcome: Outcome) -> Value {
    match outcome {
        Ok(told) => json!({"id": id, "ok": told}),
        Err(Failed::Unsupported) => json!({"id": id, "unsupported": true}),
        Err(Failed::Text(text)) => json!({"id": id, "err": {"text": text}}),
        Err(Failed::Error(error)) => failure(id, &error),
        Err(Failed::Partly(bytes, error)) => {
            let mut told = failure(id, &error);
            if let (Some(told), false) = (told.get_mut("err"), bytes.is_empty()) {
                told["data"] = json!(base64::encode(&bytes));
            }
            told
        }
    }
}

fn failure(id: u64, error: &Error) -> Value {
    let (inner, text) = (innermost(error), error.to_string());
    match inner {
        Error::Unsupported { .. } => line(id, Err(Failed::Unsupported)),
        Error::TimedOut { .. } => json!({"id": id, "err": {"kind": "timed-out", "text": text}}),
        _ => match inner.errno() {
            None => line(id, Err(Failed::Text(text))),
            Some(errno) => {
                let mut told = number(errno);
                told["text"] = json!(text);
                json!({"id": id, "err": told})
            }
        },
    }
}

fn innermost(error: &Error) -> &Error {
    match error {
        Error::At { error, .. } => innermost(error),
        other => other,
    }
}

/// An error number, as an answer.
pub(super) fn number(errno: Errno) -> Value {
    match errno.name() {
        None => json!({"code": errno.code()}),
        Some(name) => json!({"code": errno.code(), "errno": name}),
    }
}

/// An address, as an answer.
pub(super) fn addr(addr: &Addr) -> Outcome {
    Ok(json!({"addr": address::to_json(addr).ok_or(Failed::Unsupported)?}))
}

/// What a command names as an address.
pub(super) fn named(value: &Value) -> Result<Addr, Failed> {
    let wrong = || Failed::Text(format!("{value} is no address; write [\"127.0.0.1\",80]"));
    address::from_json(value).ok_or_else(wrong)
}

/// A time in milliseconds; `None` is none.
pub(super) fn time(ms: Option<f64>) -> Result<Option<Duration>, String> {
    let time = |ms: f64| {
        Duration::try_from_secs_f64(ms / 1000.0)
            .map_err(|error| format!("{ms} ms is no time: {error}"))
    };
    ms.map(time).transpose()
}

/// A time, as an answer.
pub(super) fn ms(time: Option<Duration>) -> Value {
    json!({"ms": time.map(|time| time.as_secs_f64() * 1000.0)})
}

#[cfg(test)]
mod tests {
    use sockrates_core::Op;

    use super::*;

    #[test]
    fn each_outcome_is_one_of_the_three_answers() {
        let said = |outcome: Outcome| line(7, outcome).to_string();
        assert_eq!(said(Ok(json!({"n": 5}))), r#"{"id":7,"ok":{"n":5}}"#);
        let error = |error: Error| said(Err(error.into()));
        assert_eq!(error(Error::Unsupported { op: Op::Dup }), r#"{"id":7,"unsupported":true}"#);
        let late = error(Error::TimedOut { op: Op::Recv, done: 0 });
        assert!(late.contains(r#""kind":"timed-out""#), "{late}");
        let at = Addr::from(([127, 0, 0, 1], 80));
        let refused = Box::new(Error::os(Op::Connect, Errno::ECONNREFUSED));
        let refused = error(Error::At { addr: at, error: refused });
        assert!(refused.contains(r#""errno":"ECONNREFUSED""#), "{refused}");
        let timed_out = Error::TimedOut { op: Op::Recv, done: 3 };
        let partly = said(Err(Failed::Partly(b"foo".to_vec(), timed_out)));
        assert!(partly.contains(r#""data":"Zm9v""#), "{partly}");
        let odd = error(Error::invalid("host", "x", "no"));
        assert_eq!(odd, r#"{"err":{"text":"host x: no"},"id":7}"#);
    }

    #[test]
    fn times_are_read_where_they_are_some() {
        assert_eq!(time(None), Ok(None));
        assert_eq!(time(Some(1500.5)), Ok(Some(Duration::from_micros(1_500_500))));
        assert!(time(Some(-1.0)).unwrap_err().contains("-1 ms"));
        assert!(time(Some(f64::MAX)).is_err());
    }
}
