//! The examples as programs: what people see of them, and what CPython on the other side sees.
#![cfg(unix)]

mod ack;
mod chat;
mod echo;
mod greeter;
mod http_get;
mod http_hello;
mod port_check;
mod running;
mod servers;
mod udp;
