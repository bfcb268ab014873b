//! The processor time of another process.

#![expect(unsafe_code, reason = "calls libc directly")]

use std::time::Duration;

/// How much processor time the process `id` has used: all its threads, user and system.
///
/// # Panics
/// Where there is no such process, or its time is not to be had.
#[must_use]
pub(crate) fn process_time(id: u32) -> Duration {
    let id = id.try_into().expect("a process's number");
    let mut clock = 0;
    // SAFETY: the pointer is to a number that lives through the call.
    let found = unsafe { libc::clock_getcpuclockid(id, &raw mut clock) };
    assert_eq!(found, 0, "clock_getcpuclockid of {id}");
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: as above.
    let read = unsafe { libc::clock_gettime(clock, &raw mut time) };
    assert_eq!(read, 0, "clock_gettime of process {id}: {}", std::io::Error::last_os_error());
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
