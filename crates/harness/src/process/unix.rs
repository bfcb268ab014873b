//! The system calls that std does not wrap: the only `unsafe` of this crate.
#![expect(
    unsafe_code,
    reason = "poll, waitid, kill, dup2, limits, times and signal handlers have no safe form in std"
)]

use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, RawFd};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};

use crate::Stop;

/// This program, even where its file has been replaced since it started.
pub(super) fn this_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe()
}

/// The release of the operating system's kernel.
pub(crate) fn kernel_release() -> String {
    std::fs::read_to_string("/proc/sys/kernel/osrelease")
        .or_else(|_| {
            let output = std::process::Command::new("uname").arg("-r").output()?;
            Ok::<_, io::Error>(String::from_utf8_lossy(&output.stdout).into_owned())
        })
        .map_or_else(|_| "unknown".to_owned(), |release| release.trim().to_owned())
}

/// Takes stdin and stdout for itself. What the subject then reads is empty, and what it prints goes
/// to stderr.
pub(super) fn take_stdio() -> io::Result<(File, File)> {
    let orders = io::stdin().as_fd().try_clone_to_owned()?;
    let answers = io::stdout().as_fd().try_clone_to_owned()?;
    redirect(File::open("/dev/null")?.as_fd(), libc::STDIN_FILENO)?;
    redirect(io::stderr().as_fd(), libc::STDOUT_FILENO)?;
    Ok((orders.into(), answers.into()))
}

fn redirect(from: BorrowedFd<'_>, standard: RawFd) -> io::Result<()> {
    // SAFETY: dup2 touches no memory, and nothing owns the number of a standard stream.
    let result = unsafe { libc::dup2(from.as_raw_fd(), standard) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// How to end a group of processes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// By asking: SIGTERM.
    Ask,
    /// By force: SIGKILL.
    Force,
}

/// Ends the process group that `leader` leads. It may be a zombie, but not reaped.
pub(crate) fn end_group(leader: u32, how: End) {
    let signal = match how {
        End::Ask => libc::SIGTERM,
        End::Force => libc::SIGKILL,
    };
    let Ok(leader) = libc::pid_t::try_from(leader) else { return };
    // SAFETY: kill touches no memory. The group is ours until its leader is reaped. An error means
    // that nobody is left in it.
    unsafe { libc::kill(-leader, signal) };
}

/// Ends this process and everything it started in its group.
pub(super) fn end_own_group() -> ! {
    // SAFETY: kill touches no memory; 0 is the group of the calling process.
    unsafe { libc::kill(0, libc::SIGKILL) };
    std::process::abort()
}

/// Has the system keep how children end, though whoever started this program may ignore that of
/// theirs: it is inherited, and no child could be waited for.
pub(crate) fn keep_endings() {
    // SAFETY: it touches no memory, and the default calls nothing.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

/// Returns once the child `pid` has ended; it stays to be reaped.
pub(super) fn await_exit(pid: u32) {
    exit_of(pid, 0);
}

/// Whether the child `pid` has ended; it stays to be reaped. One that was reaped has.
pub(crate) fn has_ended(pid: u32) -> bool {
    exit_of(pid, libc::WNOHANG)
}

fn exit_of(pid: u32, flags: libc::c_int) -> bool {
    loop {
        // SAFETY: all zeros is a valid siginfo.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let flags = libc::WEXITED | libc::WNOWAIT | flags;
        // SAFETY: `info` is valid for writes.
        let result = unsafe { libc::waitid(libc::P_PID, pid as _, &raw mut info, flags) };
        match result {
            // Zero where there was nothing to tell without waiting.
            0 => return info.si_signo != 0,
            _ if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
            _ => return true,
        }
    }
}

/// Waits until one of `fds` can be read or has ended, or `until`; says which.
pub(super) fn readable<const N: usize>(
    fds: [Option<BorrowedFd<'_>>; N],
    until: Instant,
) -> io::Result<[bool; N]> {
    // The system skips negative numbers.
    let mut polled = fds.map(|fd| libc::pollfd {
        fd: fd.map_or(-1, |fd| fd.as_raw_fd()),
        events: libc::POLLIN,
        revents: 0,
    });
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let millis = left.as_nanos().div_ceil(Duration::from_millis(1).as_nanos());
        let millis = libc::c_int::try_from(millis).unwrap_or(libc::c_int::MAX);
        // SAFETY: the array is valid for N entries, and the descriptors are borrowed until after.
        let result = unsafe { libc::poll(polled.as_mut_ptr(), N as libc::nfds_t, millis) };
        if result >= 0 {
            return Ok(polled.map(|fd| fd.revents != 0));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// A time in which this process can open nothing more.
#[derive(Debug)]
pub(crate) struct Exhaustion {
    limit: libc::rlimit,
    _taken: Vec<File>,
}

impl Exhaustion {
    /// Takes every number that a descriptor may have. Nothing is left but what is open.
    pub(crate) fn begin() -> Result<Self, Stop> {
        let failed = |error: io::Error| Stop::HarnessError(format!("taking descriptors: {error}"));
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: `limit` is valid for writes.
        check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }).map_err(failed)?;
        // Descriptors are numbered from the lowest that is free: what is below is nearly full.
        // It is closed again at once, lest its number be free afterwards.
        let next = File::open("/dev/null").map_err(failed)?.as_raw_fd();
        let next = libc::rlim_t::try_from(next).unwrap_or_default() + SPARE;
        let low = libc::rlimit { rlim_cur: next.min(limit.rlim_cur), ..limit };
        set_limit(&low).map_err(failed)?;
        let taken = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        Ok(Self { limit, _taken: taken })
    }

    /// For how long this process has computed so far.
    pub(crate) fn computed() -> Duration {
        // SAFETY: all zeros is a valid usage.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: `usage` is valid for writes. It cannot fail.
        unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
        [usage.ru_utime, usage.ru_stime].into_iter().map(duration).sum()
    }
}

impl Drop for Exhaustion {
    fn drop(&mut self) {
        // Raising it to what it was before is always permitted.
        let _ = set_limit(&self.limit);
    }
}

/// Lets the programs that this one starts have the descriptor too.
pub(crate) fn keep_on_exec(fd: BorrowedFd<'_>) {
    // SAFETY: it touches no memory, and can only fail for a descriptor that is not open.
    unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, 0) };
}

/// Takes a file for this program alone, until it is closed.
pub(crate) fn take_alone(file: &File) -> io::Result<()> {
    // SAFETY: flock touches no memory, and the descriptor is borrowed until after.
    check(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) })
}

/// How many more descriptors are taken than there were: the files opened for it.
const SPARE: libc::rlim_t = 16;

fn set_limit(limit: &libc::rlimit) -> io::Result<()> {
    // SAFETY: `limit` is valid for reads.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) })
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_secs(whole(time.tv_sec)) + Duration::from_micros(whole(time.tv_usec))
}

/// The types of a time's parts differ by system.
fn whole(part: impl TryInto<u64>) -> u64 {
    part.try_into().unwrap_or_default()
}

/// Tells that somebody wants this program to end.
#[derive(Debug)]
pub(crate) struct Interrupt {
    wake: PipeReader,
}

static RAISED: AtomicBool = AtomicBool::new(false);
static WAKE: AtomicI32 = AtomicI32::new(-1);

impl Interrupt {
    /// From now on SIGINT and SIGTERM are noted; a second one ends the program at once.
    pub(crate) fn watch() -> io::Result<&'static Self> {
        static ONCE: OnceLock<Interrupt> = OnceLock::new();
        if let Some(interrupt) = ONCE.get() {
            return Ok(interrupt);
        }
        let (reader, writer) = io::pipe()?;
        let interrupt = ONCE.get_or_init(|| Self { wake: reader });
        // Never closed: the handler may use it as long as the program lives.
        WAKE.store(writer.into_raw_fd(), Ordering::SeqCst);
        for signal in [libc::SIGINT, libc::SIGTERM] {
            handle(signal)?;
        }
        Ok(interrupt)
    }

    /// Whether it happened.
    pub(crate) fn raised(&self) -> bool {
        RAISED.load(Ordering::SeqCst)
    }

    /// What can be read once it happened, and stays so.
    pub(super) fn wake(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

fn handle(signal: libc::c_int) -> io::Result<()> {
    // SAFETY: all zeros is a valid sigaction: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = note_signal as extern "C" fn(libc::c_int) as usize;
    // The second signal finds the default, which ends the program.
    action.sa_flags = libc::SA_RESTART | libc::SA_RESETHAND;
    // SAFETY: the handler is safe in a signal: it stores an atomic and calls write.
    let result = unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

extern "C" fn note_signal(_: libc::c_int) {
    RAISED.store(true, Ordering::SeqCst);
    // SAFETY: the byte is valid for reads and the descriptor is never closed. A failure is of no
    // consequence: the flag is set.
    unsafe { libc::write(WAKE.load(Ordering::SeqCst), [0_u8].as_ptr().cast(), 1) };
}

/// How a process ended, in words.
pub(super) fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with {code}"),
        (None, Some(signal)) => format!("killed by {}", signal_name(signal)),
        (None, None) => status.to_string(),
    }
}

fn signal_name(signal: libc::c_int) -> String {
    const NAMES: [(libc::c_int, &str); 13] = [
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGALRM, "SIGALRM"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGSYS, "SIGSYS"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGTRAP, "SIGTRAP"),
    ];
    let known = NAMES.iter().find(|(number, _)| *number == signal);
    known.map_or_else(|| format!("signal {signal}"), |(_, name)| (*name).to_owned())
}
