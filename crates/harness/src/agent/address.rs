//! Addresses in JSON, as Python has them: a list for IP, text for a local path, or after a NUL for
//! an abstract name.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use serde_json::{Value, json};
use sockrates_core::Addr;

/// What an agent is told; `None` where it cannot be told.
pub(super) fn to_json(addr: &Addr) -> Option<Value> {
    Some(match addr {
        Addr::Inet(SocketAddr::V4(addr)) => json!([addr.ip().to_string(), addr.port()]),
        Addr::Inet(SocketAddr::V6(addr)) => {
            json!([addr.ip().to_string(), addr.port(), addr.flowinfo(), addr.scope_id()])
        }
        Addr::Path(path) => json!(path.to_str()?),
        Addr::Abstract(name) => json!(format!("\0{}", std::str::from_utf8(name).ok()?)),
        Addr::Unnamed => Value::Null,
        _ => return None,
    })
}

/// What an agent tells; `None` where it makes no sense.
pub(super) fn from_json(value: &Value) -> Option<Addr> {
    match value {
        Value::Null => Some(Addr::Unnamed),
        Value::String(path) => Some(match path.strip_prefix('\0') {
            Some(name) => Addr::Abstract(name.into()),
            None => Addr::Path(path.into()),
        }),
        Value::Array(parts) => inet(parts).map(Addr::Inet),
        _ => None,
    }
}

fn inet(parts: &[Value]) -> Option<SocketAddr> {
    let [ip, port, rest @ ..] = parts else { return None };
    let ip: IpAddr = ip.as_str()?.parse().ok()?;
    let port = u16::try_from(port.as_u64()?).ok()?;
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    match (ip, rest) {
        (_, []) => Some(SocketAddr::new(ip, port)),
        (IpAddr::V6(ip), [flow, scope]) => {
            Some(SocketAddrV6::new(ip, port, number(flow)?, number(scope)?).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_went() {
        let scoped = SocketAddrV6::new("fe80::1".parse().unwrap(), 9, 1, 2);
        let addrs = [
            Addr::from(([127, 0, 0, 1], 80)),
            Addr::Inet(scoped.into()),
            Addr::Path("/run/a".into()),
            Addr::Abstract(b"00012".into()),
            Addr::Unnamed,
        ];
        for addr in addrs {
            assert_eq!(from_json(&to_json(&addr).unwrap()), Some(addr));
        }
        let short = from_json(&json!(["::1", 7])).unwrap();
        assert_eq!(short, Addr::from(([0, 0, 0, 0, 0, 0, 0, 1], 7)));
    }

    #[test]
    fn what_is_no_address_is_none() {
        let odd = [
            json!(7),
            json!([]),
            json!(["127.0.0.1"]),
            json!(["localhost", 1]),
            json!(["127.0.0.1", 65536]),
            json!(["127.0.0.1", "80"]),
            json!(["127.0.0.1", 80, 0, 0]),
            json!(["::1", 80, 0]),
        ];
        for value in odd {
            assert_eq!(from_json(&value), None, "{value}");
        }
    }
}
