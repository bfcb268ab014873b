//! What an agent may say, read strictly.

use serde_json::{Map, Value};
use sockrates_core::{Errno, Error, Op};

use super::{base64, lines};

/// One line of an agent's.
#[derive(Debug, PartialEq)]
pub(super) struct Said {
    /// The command it is about.
    pub(super) id: u64,
    /// What came of it.
    pub(super) what: What,
}

/// What came of a command.
#[derive(Debug, PartialEq)]
pub(super) enum What {
    /// It has begun and may take long; the answer follows.
    Started {
        /// The thread on which it runs, where it has one to itself.
        thread: Option<u64>,
        /// It has been tried and waits by now.
        waiting: bool,
    },
    /// It has ended well.
    Done(Map<String, Value>),
    /// It failed.
    Failed(Failure),
    /// The agent cannot do that.
    Unsupported,
}

/// How an operation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The system said so.
    Os(Errno),
    /// Its time ran out.
    TimedOut,
    /// The language's library refused, in these words.
    Refused(String),
    /// A receive failed so after it had taken these bytes.
    Partly(Vec<u8>, Box<Failure>),
}

impl Failure {
    /// As an error of `op`.
    pub(super) fn error(self, op: Op) -> Error {
        match self {
            Self::Os(errno) => Error::os(op, errno),
            Self::TimedOut => Error::TimedOut { op, done: 0 },
            Self::Refused(text) => Error::invalid(op.name(), text, "refused by the library"),
            Self::Partly(taken, failure) => match failure.error(op) {
                Error::TimedOut { op, .. } => Error::TimedOut { op, done: taken.len() },
                Error::Os { op, errno, .. } => Error::Os { op, errno, done: taken.len() },
                other => other,
            },
        }
    }

    /// What it took before it failed.
    pub(super) fn taken(&self) -> &[u8] {
        match self {
            Self::Partly(taken, _) => taken,
            _ => &[],
        }
    }
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub(super) fn read(line: &str) -> Result<Said, String> {
    let value: Value =
        serde_json::from_str(line).map_err(|error| format!("is no JSON ({error})"))?;
    let Value::Object(mut fields) = value else {
        return Err("is no JSON object; every line is one".to_owned());
    };
    let id = match fields.remove("id") {
        Some(id) => id.as_u64().ok_or("has an `id` that is no whole number")?,
        None => return Err("has no `id`; repeat the one of the command".to_owned()),
    };
    let what = match (fields.remove("started"), fields.remove("ok"), fields.remove("err")) {
        (Some(Value::Bool(true)), None, None) => What::Started {
            thread: fields.get("thread").and_then(Value::as_u64),
            waiting: fields.get("waiting") == Some(&Value::Bool(true)),
        },
        (None, Some(Value::Object(answer)), None) => What::Done(answer),
        (None, Some(_), None) => {
            return Err(
                "has an `ok` that is no object; write {} where there is nothing to tell".to_owned()
            );
        }
        (None, None, Some(error)) => What::Failed(failure(&error)?),
        (None, None, None) if fields.get("unsupported") == Some(&Value::Bool(true)) => {
            What::Unsupported
        }
        _ => {
            return Err("has to have exactly one of `ok`, `err`, `unsupported` and `started`, \
                        the latter two `true`"
                .to_owned());
        }
    };
    Ok(Said { id, what })
}

fn failure(error: &Value) -> Result<Failure, String> {
    let Some(data) = error.get("data") else { return plain(error) };
    let taken = data.as_str().and_then(base64::decode);
    let taken = taken.ok_or("has an `err` whose `data` is no base64")?;
    Ok(Failure::Partly(taken, Box::new(plain(error)?)))
}

fn plain(error: &Value) -> Result<Failure, String> {
    if error.get("kind").and_then(Value::as_str) == Some("timed-out") {
        return Ok(Failure::TimedOut);
    }
    if let Some(errno) = errno(error)? {
        return Ok(Failure::Os(errno));
    }
    match error.get("text").and_then(Value::as_str) {
        Some(text) => Ok(Failure::Refused(lines::beginning(text))),
        None => Err("has an `err` without `errno`, `kind` \"timed-out\" or `text`".to_owned()),
    }
}

/// The error number that `errno` names, or else `code` tells.
pub(super) fn errno(of: &Value) -> Result<Option<Errno>, String> {
    let code = match of.get("code") {
        None | Some(Value::Null) => None,
        Some(code) => {
            let number = code.as_i64().and_then(|code| i32::try_from(code).ok());
            Some(number.ok_or("has a `code` that is no error number")?)
        }
    };
    let name = match of.get("errno") {
        None | Some(Value::Null) => None,
        Some(name) => Some(name.as_str().ok_or("has an `errno` that is no name, as \"EPIPE\"")?),
    };
    let fits = |code: &i32| name.is_some() && Errno::from_code(*code).name() == name;
    let named = code.filter(fits).or_else(|| NUMBERS.into_iter().flatten().find(fits));
    match (named.or(code), name) {
        (Some(code), _) => Ok(Some(Errno::from_code(code))),
        (None, Some(name)) => Err(format!("names the unknown errno {name} and gives no `code`")),
        (None, None) => Ok(None),
    }
}

/// What is wrong with a field of an answer that has another type than all of its name have.
pub(super) fn mistyped(name: &str, value: &Value) -> Option<String> {
    let told = match (name, value) {
        ("n" | "len" | "value" | "code" | "ms", Value::String(_)) => "a number is written as 5",
        ("read" | "write" | "error" | "hangup" | "truncated", Value::Number(_)) => {
            "it is `true` or `false`"
        }
        ("addr" | "from", Value::String(text)) if !text.starts_with(['/', '\0']) => {
            "an address is written as [\"127.0.0.1\",80]"
        }
        ("addr" | "from", Value::Array(parts)) if parts.get(1).is_some_and(Value::is_string) => {
            "the port is a number, as in [\"127.0.0.1\",80]"
        }
        _ => return None,
    };
    Some(format!("has `{name}` as {value}: {told}"))
}

/// Where error numbers lie: POSIX systems', then Winsock's. The agent may run on another system
/// than this, so that the name counts and the number does not.
const NUMBERS: [std::ops::RangeInclusive<i32>; 2] = [1..=200, 10_000..=11_100];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_answer_is_read() {
        let what = |line: &str| read(line).unwrap().what;
        assert_eq!(what(r#"{"id":1,"ok":{}}"#), What::Done(Map::new()));
        assert_eq!(what(r#"{"id":1,"unsupported":true}"#), What::Unsupported);
        let started = What::Started { thread: Some(7), waiting: false };
        assert_eq!(what(r#"{"id":1,"started":true,"thread":7}"#), started);
        let timed_out = What::Failed(Failure::TimedOut);
        assert_eq!(what(r#"{"id":1,"err":{"kind":"timed-out"}}"#), timed_out);
        let partly = what(r#"{"id":1,"err":{"kind":"timed-out","data":"Zm9v"}}"#);
        let What::Failed(partly) = partly else { panic!("{partly:?}") };
        assert_eq!(partly.taken(), b"foo");
        assert_eq!(partly.error(Op::Recv), Error::TimedOut { op: Op::Recv, done: 3 });
    }

    #[test]
    fn the_name_of_an_error_counts_more_than_its_number() {
        let errno = |text: &str| errno(&serde_json::from_str(text).unwrap());
        assert_eq!(errno(r#"{"errno":"EPIPE","code":99999}"#), Ok(Some(Errno::EPIPE)));
        assert_eq!(errno(r#"{"errno":"EPIPE"}"#), Ok(Some(Errno::EPIPE)));
        assert_eq!(errno(r#"{"errno":"EODD","code":9001}"#), Ok(Some(Errno::from_code(9001))));
        assert!(errno(r#"{"errno":"EODD"}"#).unwrap_err().contains("EODD"));
        assert_eq!(errno("{}"), Ok(None));
    }

    #[test]
    fn of_a_long_text_the_beginning_is_kept() {
        let line = format!(r#"{{"id":1,"err":{{"text":"{}"}}}}"#, "a".repeat(900_000));
        let What::Failed(Failure::Refused(text)) = read(&line).unwrap().what else {
            panic!("it is refused")
        };
        assert!(text.len() < 200 && text.ends_with("a…"), "{text}");
    }

    #[test]
    fn a_value_of_a_wrong_type_is_told() {
        let wrong = |name: &str, value: Value| mistyped(name, &value);
        let told = wrong("n", "5".into()).unwrap();
        assert_eq!(told, "has `n` as \"5\": a number is written as 5");
        assert!(wrong("read", 1.into()).unwrap().contains("`true`"));
        assert!(wrong("addr", "127.0.0.1:80".into()).unwrap().contains("[\"127.0.0.1\",80]"));
        assert!(wrong("from", serde_json::json!(["::1", "80"])).unwrap().contains("port"));
        assert_eq!(wrong("addr", "/run/a".into()), None);
        assert_eq!(wrong("n", 5.into()), None);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        for (line, word) in [
            ("hello", "no JSON"),
            ("[1]", "no JSON object"),
            ("{}", "no `id`"),
            (r#"{"id":"1","ok":{}}"#, "whole number"),
            (r#"{"id":1}"#, "exactly one"),
            (r#"{"id":1,"ok":{},"err":{}}"#, "exactly one"),
            (r#"{"id":1,"ok":7}"#, "no object"),
            (r#"{"id":1,"err":{}}"#, "without"),
            (r#"{"id":1,"err":{"errno":32}}"#, "no name"),
            (r#"{"id":1,"err":{"code":"x"}}"#, "no error number"),
            (r#"{"id":1,"err":{"kind":"timed-out","data":"x"}}"#, "no base64"),
            (r#"{"id":1,"started":1}"#, "exactly one"),
        ] {
            let said = read(line).unwrap_err();
            assert!(said.contains(word), "{line}: {said}");
        }
    }
}
