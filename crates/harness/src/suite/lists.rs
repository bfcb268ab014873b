//! The lists of the suites: a name for each clause of the catalogue.
//!
//! Written by the test in `writing.rs`, not by hand: run it with `INSTA_UPDATE=always`.

/// A `#[test]` for each clause about streams, for a transport of bytes.
///
/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).
#[macro_export]
macro_rules! stream_suite {
    ($subject:expr) => {
        $crate::suite_tests! { $subject;
            "stream.io" stream_io {
                intact both_ways available boundaries prompt empty_send send_all_empty
                empty_send_after_end empty_recv empty_recv_idle vectored empty_parts many_parts
                append uninit partial send_all_progress recv_exact_progress recv_exact_end peek
                peek_end waitall waitall_end waitall_deadline dontwait_recv dontwait_send more
                queued source destination
            }
            "stream.eof" stream_eof {
                drained sticky half own write_after empty_write_after queued twice unconnected
                wrong_number read_side late_data simultaneous wakes_reader unsupported
            }
            "stream.reset" stream_reset {
                close_twice closed write_to_closed stays_broken abort unread queued_data once
                pending_error close_wakes shutdown_wakes abort_wakes wakes_writer last_reference
                graceful linger_bounded linger_delivers linger_zero
            }
            "stream.deadline" stream_deadline {
                past_recv past_send past_ready recv_fires send_fires timeout_fires minimum setting
                recv_leaves_send send_leaves_recv cleared recv_resumes send_resumes nonblock_empty
                nonblock_full mode_kept send_all_total recv_exact_total interrupted_recv
                interrupted_send interrupted_timeout
            }
        }
    };
}

/// A `#[test]` for each clause about datagrams, for a transport of messages.
///
/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).
#[macro_export]
macro_rules! datagram_suite {
    ($subject:expr) => {
        $crate::suite_tests! { $subject;
        }
    };
}

/// A `#[test]` for each clause about framings.
///
/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).
#[macro_export]
macro_rules! framing_suite {
    ($subject:expr) => {
        $crate::suite_tests! { $subject;
        }
    };
}
