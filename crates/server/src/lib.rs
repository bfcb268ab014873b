//! Servers: a handler, served one by one, by threads, by processes or by an event loop.
