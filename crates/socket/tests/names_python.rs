//! Names of addresses and interfaces, beside CPython.
#![cfg(unix)]

mod python;

use std::collections::BTreeMap;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Error};
use sockrates_socket::{NameHints, getnameinfo, if_indextoname, if_nameindex, if_nametoindex};

const ADDRESSES: [&str; 5] =
    ["127.0.0.1:80", "[::1]:443", "[fe80::1%1]:9", "127.0.0.1:65431", "192.0.2.1:0"];

fn addr(text: &str) -> Addr {
    text.parse::<std::net::SocketAddr>().unwrap().into()
}

#[test]
fn names_are_those_of_cpython() {
    let mut cells = BTreeMap::new();
    let answer = |result| match result {
        Ok((host, service)) => format!("{host} {service}"),
        Err(Error::Resolve { code, .. }) => format!("code {code}"),
        Err(other) => panic!("{other}"),
    };
    let digits = NameHints::NUMERIC;
    let hints = [
        ("digits", digits),
        ("service", NameHints { numeric_service: false, ..digits }),
        ("datagram", NameHints { numeric_service: false, datagram: true, ..digits }),
        ("required", NameHints { name_required: true, ..digits }),
    ];
    for text in ADDRESSES {
        for (name, hints) in &hints {
            let told = getnameinfo(&addr(text), hints, Deadline::NEVER);
            cells.insert(format!("{text} {name}"), answer(told));
        }
    }
    let interfaces = if_nameindex().unwrap();
    let listed: Vec<_> = interfaces.iter().map(|(index, name)| format!("{index} {name}")).collect();
    cells.insert("interfaces".into(), listed.join(", "));
    let code = |result: Result<String, Error>| result.unwrap_err().errno().unwrap().code();
    cells.insert("no index".into(), code(if_indextoname(1_000_000)).to_string());
    let missing = if_nametoindex("no-such-if").map(|index| index.to_string());
    // CPython has no errno for it.
    assert_eq!(code(missing), sockrates_core::Errno::ENODEV.code());
    if let Some(theirs) = python::run(include_str!("names.py")) {
        python::compare(&cells, &theirs);
    }
}

#[test]
fn a_deadline_bounds_the_look_up_of_a_name() {
    let far = Deadline::after(Duration::from_secs(60));
    let told = getnameinfo(&addr("127.0.0.1:1"), &NameHints::default(), far).unwrap();
    assert!(!told.0.is_empty(), "{told:?}");
    let now = Deadline::after(Duration::ZERO);
    match getnameinfo(&addr("192.0.2.1:1"), &NameHints::default(), now) {
        Err(error) => assert!(error.is_timeout(), "{error}"),
        Ok(told) => assert_eq!(told.0, "192.0.2.1"), // the answer was faster
    }
}

#[test]
fn what_has_no_host_is_refused_by_name() {
    let error = getnameinfo(&Addr::Unnamed, &NameHints::NUMERIC, Deadline::NEVER).unwrap_err();
    let words = "address (unnamed): only an IP address has a host and a service";
    assert_eq!(error.to_string(), words);
    for name in ["", "a\0b", "no-such-if"] {
        assert!(if_nametoindex(name).is_err(), "{name:?}");
    }
}
