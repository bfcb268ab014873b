//! Readiness: select, poll and epoll, each as itself, and a `Selector` over them.
