//! The examples as programs: what people see of them, and what CPython on the other side sees.
#![cfg(unix)]

mod chat;
mod http_get;
mod port_check;
mod running;
mod udp;
