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
            "stream.conn" stream_conn {
                addresses refused refused_leaks_nothing again in_progress error_clears
                refused_receive completed pending pending_name pending_receive pending_send deadline
                mode_timeout mode_timeout_number retry_after_timeout abandoned invalid_peer
                local_address chosen_address several several_errors several_deadline reuse to_itself
                wrong_family listening unconnected_name unconnected_receive unconnected_send
            }
            "stream.io" stream_io {
                intact both_ways available boundaries prompt empty_send send_all_empty empty_recv
                empty_recv_idle vectored empty_parts many_parts append uninit partial
                send_all_progress recv_exact_progress recv_exact_end peek peek_end waitall
                waitall_end waitall_deadline dontwait_recv dontwait_send more queued source
                destination
            }
            "stream.eof" stream_eof {
                drained sticky half own unread_input write_after empty_write_after queued twice
                unconnected wrong_number read_side late_data simultaneous wakes_reader unsupported
            }
            "stream.reset" stream_reset {
                close_twice closed write_to_closed stays_broken abort unread queued_data once
                pending_error close_wakes shutdown_wakes abort_wakes wakes_writer last_reference
                graceful linger_bounded linger_delivers linger_zero
            }
            "stream.deadline" stream_deadline {
                past_recv past_send past_ready recv_fires send_fires timeout_fires minimum setting
                recv_leaves_send send_leaves_recv cleared recv_resumes send_resumes nonblock_empty
                nonblock_full mode_kept send_all_total timeout_total recv_exact_total waitall_total
                interrupted_recv interrupted_send interrupted_timeout
            }
            "stream.concurrent" stream_concurrent {
                send_while_recv recv_while_send readers writers cancelled_recv cancelled_send
                recv_buffer send_buffer all_at_once close_race shutdown_race peer_gone
            }
            "stream.listen" stream_listen {
                chosen_port in_use foreign bound_twice unbound accept_unlistening accept_accepted
                accept_empty accept_deadline accept_address early_data early_close early_reset
                once_each order overflow negative_backlog close_resets close_keeps_accepted
                close_wakes shutdown_wakes close_on_exec accepted_mode inherited_options
            }
            "stream.option" stream_option {
                nodelay keepalive keep_idle keep_times keep_range linger buffers kind listens
                unknown hops reuse_lingering lingering reuse_listening shared_port unshared_port
                only_v6 dual_stack urgent urgent_inline urgent_none
            }
            "stream.path" stream_path {
                names taken too_long nul nobody unlinked left
            }
            "stream.rights" stream_rights {
                needs_byte apart after first_byte
            }
            "stream.state" stream_state {
                fresh peek_all no_room_at_end queued_before_shutdown peer_after_end peer_after_reset
                listen_again listen_connected bind_connected linger_taken_back wait_idle wait_data
                wait_end wait_shutdown
            }
            "cross.errno" cross_errno {
                refused broken_pipe reset would_block unconnected in_use closed timed_out raw
            }
            "cross.process" cross_process {
                broken_pipe close_on_exec descriptors threads
            }
            "cross.capability" cross_capability {
                operations flags waiting options
            }
            "cross.rights" cross_rights {
                arrives order close_on_exec none sender_gone peek most unknown no_room some_room
                no_numbers plain_receive receiver_gone
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
            "datagram.message" datagram_message {
                boundaries empty truncation truncation_told length_told no_room peek peek_short
                longest too_long intact accounted order would_block overflow gathered appends
                dont_wait wait_all out_of_band queued batches both_ways concurrent_senders
                concurrent_receivers
            }
            "datagram.address" datagram_address {
                source reply several_peers peek_source autobind bind_any bind_taken bind_twice
                bind_foreign no_destination peer connect filter reconnect disconnect elsewhere
                before_connect port_zero wrong_family broadcast broadcast_allowed
            }
            "datagram.error" datagram_error {
                refusal refusal_on_send wakes_receiver once usable keeps_queue so_error unconnected
                loop_survives listen accept
            }
            "datagram.shutdown" datagram_shutdown {
                write close_send reverse no_end read wakes_receiver not_connected failed close_wakes
                frees_address closed close_twice sent_survives dup
            }
            "datagram.option" datagram_option {
                kind unknown buffers broadcast hops shared_address join leave stranger bystander
                join_twice no_group group_hops group_loop told_hops told_class told_destination
                told_time untold
            }
            "datagram.rights" datagram_rights {
                apart empty truncated
            }
            "datagram.deadline" datagram_deadline {
                past_recv past_ready past_send recv_fires timeout_fires minimum mode_kept cleared
                nonblock_send usable arrival_wakes loses_nothing idle interrupted_recv
                interrupted_timeout
            }
            "datagram.transfer" datagram_transfer {
                sizes batches cut directions two_senders
            }
            "datagram.state" datagram_state {
                fresh failed_connect bind_connected peek_length wait_idle wait_empty
            }
            "cross.errno" cross_errno {
                would_block in_use closed timed_out raw
            }
            "cross.process" cross_process {
                close_on_exec descriptors threads
            }
            "cross.capability" cross_capability {
                operations flags waiting options
            }
            "cross.rights" cross_rights {
                arrives order close_on_exec none sender_gone peek most unknown no_room some_room
                no_numbers plain_receive receiver_gone
            }
        }
    };
}

/// A `#[test]` for each clause about framings.
///
/// With a format's name after the subject also for each clause of that format.
///
/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).
#[macro_export]
macro_rules! framing_suite {
    ($subject:expr) => {
        $crate::suite_tests! { $subject;
            "framing.core" framing_core {
                round_trip chunking sequence empty max over_max_refused over_max_detected trailing
                need window_max deterministic parts reset canonical
            }
            "framing.error" framing_error {
                clean_end cut_short arbitrary same_however_cut sticky resync declared before_error
                interrupted partial_write datagrams one_datagram memory linear
            }
        }
    };
    ($subject:expr, length) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.length" framing_length {
                header wide zero inclusive largest
            }
        }
    };
    ($subject:expr, leb128) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.varint" framing_varint {
                leb128_vectors leb128_overlong leb128_overflow
            }
        }
    };
    ($subject:expr, rfc9000) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.varint" framing_varint {
                rfc9000_vectors rfc9000_shortest rfc9000_overlong rfc9000_largest
            }
        }
    };
    ($subject:expr, delimiter) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.delimiter" framing_delimiter {
                behind split inside part discarded
            }
        }
    };
    ($subject:expr, lines) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.lines" framing_lines {
                end cr_lf lone_lf lone_cr inside discarded unterminated
            }
        }
    };
    ($subject:expr, netstring) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.netstring" framing_netstring {
                vectors leading_zero digits comma overflow
            }
        }
    };
    ($subject:expr, cobs) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.cobs" framing_cobs {
                vectors overhead zero resync idle last_block
            }
        }
    };
    ($subject:expr, slip) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.slip" framing_slip {
                vectors first_end nothing_between bad_escape resync
            }
        }
    };
    ($subject:expr, chunked) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.chunked" framing_chunked {
                vectors size overflow extensions trailers bare_lf data_end end_inside_message
            }
        }
    };
    ($subject:expr, whole) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.whole" framing_whole {
                untouched at_end datagrams
            }
        }
    };
    ($subject:expr, fixed) => {
        $crate::framing_suite!($subject);
        $crate::suite_modules! {
            "framing.fixed" framing_fixed {
                size
            }
        }
    };
}

/// A `#[test]` for each clause about readiness, for a back end.
///
/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).
#[macro_export]
macro_rules! readiness_suite {
    ($subject:expr) => {
        $crate::suite_tests! { $subject;
            "readiness.level" readiness_level {
                idle data partial drained interest both end half_close full room listener pending
                connected refused refused_error reset reset_error unasked hangup hangup_write
                own_end receive send unconnected
            }
            "readiness.api" readiness_api {
                zero none timeout rounding empty arrival longest interrupted interrupted_timeout
                keys one_of_many every_one same_end twice again absent absent_modified unregistered
                unregistered_others number_reused modified modified_key sequence nothing_asked
                closed closed_duplicate closed_reused wake wake_before wake_nothing wake_ready
                wake_once wake_threads live_registered live_modified undeclared descriptors
                close_on_exec
            }
            "readiness.edge" readiness_edge {
                arrival leftovers again registered modified room end drain oneshot_disarms
                oneshot_silent oneshot_once oneshot_rearmed exclusive exclusive_modified nesting
                nesting_itself nesting_circle
            }
        }
    };
}

/// A `#[test]` for each clause about servers of connections.
///
/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).
#[macro_export]
macro_rules! server_suite {
    ($subject:expr) => {
        $crate::suite_tests! { $subject;
            "server.start" server_start {
                address at_once in_use several dual_stack
            }
            "server.serve" server_serve {
                order split large half_close close apart many
            }
            "server.fault" server_fault {
                error error_others panic panic_others abort abort_others repeated reset left unread
                told told_only exhausted exhausted_idle
            }
            "server.bound" server_bound {
                cap cap_waits cap_fault cap_stop slow deaf backpressure idle idle_active
            }
            "server.stop" server_stop {
                refuses at_once drains grace forces forces_unread prompt in_time twice concurrent
                within within_live within_within rebind dropped leaves_nothing
            }
        }
    };
}

/// A `#[test]` for each clause about servers of datagrams.
///
/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).
#[macro_export]
macro_rules! datagram_server_suite {
    ($subject:expr) => {
        $crate::suite_tests! { $subject;
            "server.datagram" server_datagram {
                address in_use answers source apart boundaries empty long error panic abort told
                told_only gone stop stop_twice stop_within rebind dropped leaves_nothing
            }
        }
    };
}
