//! What an agent of ours says to a hello.

use std::sync::Arc;

use serde_json::{Value, json};
use sockrates_core::Kind;

use super::super::address;
use crate::{Caps, TransportSubject};

/// What the protocol has no words for: descriptors are of one process, what stands beside the data
/// is not carried, and what is told of several attempts is not either.
const UNSPOKEN: Caps =
    Caps::FD.and(Caps::RIGHTS).and(Caps::CONTROL).and(Caps::CONNECT_ANY).and(Caps::PATHS);

/// The answer to a hello.
pub(super) fn hello(name: &str, version: &str, subjects: &[Arc<dyn TransportSubject>]) -> Value {
    let subjects: Vec<Value> = subjects.iter().map(|subject| offer(subject.as_ref())).collect();
    let os = std::env::consts::OS;
    json!({"proto": 1, "name": name, "version": version, "os": os, "subjects": subjects})
}

fn offer(subject: &dyn TransportSubject) -> Value {
    let kind = if subject.kind() == Kind::Datagram { "datagram" } else { "stream" };
    let caps: Vec<_> = subject.caps().without(UNSPOKEN).names().collect();
    let any = subject.any_addr().ok().and_then(|any| address::to_json(&any));
    let loopback = subject.loopback();
    json!({"name": subject.name(), "kind": kind, "caps": caps, "any": any, "loopback": loopback})
}
