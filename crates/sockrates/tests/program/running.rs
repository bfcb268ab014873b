//! A program that runs beside a test: its input, its output as it comes, its end.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, Once};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take that happens at once, on a machine that is busy.
const BOUND: Duration = Duration::from_secs(30);

/// A program that is killed when this is dropped.
pub(crate) struct Program {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    printed: Arc<Printed>,
    /// How much of the output the test has seen.
    seen: usize,
}

/// How a program ended, and all that it printed.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// What a program has printed so far, to stdout and to stderr.
#[derive(Default)]
struct Printed {
    streams: Mutex<[Stream; 2]>,
    more: Condvar,
}

#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    ended: bool,
}

impl Program {
    /// The example `name` with `args`.
    pub(crate) fn example(name: &str, args: &[&str]) -> Self {
        Self::start(name, &mut example(name, args)).expect("an example starts")
    }

    /// The script `name` of `tests/python` with `args`; `None`, and a line that says so, where
    /// there is no CPython 3.
    pub(crate) fn python(name: &str, args: &[&str]) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(name);
        let started = Self::start(name, Command::new("python3").arg("-u").arg(script).args(args));
        if started.is_none() {
            println!("SKIPPED: no python3 here; install the package python3 to run {name}");
        }
        started
    }

    /// `command` as it is; `None` where there is no such program.
    pub(crate) fn start(name: &str, command: &mut Command) -> Option<Self> {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match piped.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => panic!("{name} does not start: {error}"),
        };
        let printed = Arc::<Printed>::default();
        printed.collect(0, child.stdout.take().expect("a pipe"));
        printed.collect(1, child.stderr.take().expect("a pipe"));
        let stdin = child.stdin.take();
        Some(Self { name: name.to_owned(), child, stdin, printed, seen: 0 })
    }

    /// Waits for the next `words` on stdout, and returns what was printed up to and with them.
    #[track_caller]
    pub(crate) fn until(&mut self, words: &str) -> String {
        let from = self.seen;
        let (words, mut to) = (words.as_bytes(), None);
        self.wait(|[stdout, _]| {
            let rest = &stdout.bytes[from..];
            let at = rest.windows(words.len()).position(|window| window == words);
            to = at.map(|at| from + at + words.len());
            to.is_some() || stdout.ended
        });
        let Some(to) = to else { panic!("it never prints {:?}: {}", text(words), self.told()) };
        self.seen = to;
        text(&self.printed.streams.lock().unwrap()[0].bytes[from..to])
    }

    /// The rest of the line at hand.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        self.until("\n").trim_end_matches('\n').to_owned()
    }

    /// The port in its line `listening on HOST:PORT`.
    #[track_caller]
    pub(crate) fn port(&mut self) -> String {
        let line = self.line();
        let port = line.strip_prefix("listening on ").and_then(|addr| addr.rsplit_once(':'));
        port.unwrap_or_else(|| panic!("no address: {line}")).1.to_owned()
    }

    /// Waits for `words` on stderr.
    #[track_caller]
    pub(crate) fn until_complains(&self, words: &str) {
        let said = |[_, stderr]: &[Stream; 2]| text(&stderr.bytes).contains(words);
        self.wait(|streams| said(streams) || streams[1].ended);
        assert!(said(&self.printed.streams.lock().unwrap()), "{words}: {}", self.told());
    }

    /// Types a line.
    #[track_caller]
    pub(crate) fn types(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("its input is open");
        stdin.write_all(format!("{line}\n").as_bytes()).expect("it reads its input");
    }

    /// Ends its input, as Ctrl-D does.
    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Sends it the signal of Ctrl-C.
    #[track_caller]
    pub(crate) fn interrupt(&self) {
        interrupt(&self.child);
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        self.wait(|streams| streams.iter().all(|stream| stream.ended));
        let code = self.child.wait().expect("it has ended").code();
        let streams = self.printed.streams.lock().unwrap();
        let [stdout, stderr] = [0, 1].map(|i| text(&streams[i].bytes));
        drop(streams);
        Ended { code, stdout, stderr }
    }

    #[track_caller]
    fn wait(&self, mut done: impl FnMut(&[Stream; 2]) -> bool) {
        let start = Instant::now();
        let mut streams = self.printed.streams.lock().unwrap();
        while !done(&streams) {
            let left = BOUND.saturating_sub(start.elapsed());
            if left.is_zero() {
                drop(streams);
                panic!("waited for {BOUND:?}: {}", self.told());
            }
            streams = self.printed.more.wait_timeout(streams, left).unwrap().0;
        }
    }

    fn told(&self) -> String {
        let streams = self.printed.streams.lock().unwrap();
        // The end of it is what tells, and endless output would bury it.
        let last = |bytes: &[u8]| text(&bytes[bytes.len().saturating_sub(2000)..]);
        let [out, err] = [0, 1].map(|i| last(&streams[i].bytes));
        format!("{} has printed {out:?} and complained {err:?}", self.name)
    }
}

impl Printed {
    /// Collects what arrives at a pipe, on a thread that ends with it.
    fn collect(self: &Arc<Self>, which: usize, mut pipe: impl Read + Send + 'static) {
        let printed = Arc::clone(self);
        thread::spawn(move || {
            let mut piece = [0; 4096];
            loop {
                let n = pipe.read(&mut piece).unwrap_or(0);
                let mut streams = printed.streams.lock().unwrap();
                streams[which].bytes.extend_from_slice(&piece[..n]);
                streams[which].ended = n == 0;
                printed.more.notify_all();
                if n == 0 {
                    return;
                }
            }
        });
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Sends a program the signal of Ctrl-C.
#[track_caller]
pub(crate) fn interrupt(child: &Child) {
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill starts").success());
}

/// `text` as Python shows its bytes.
pub(crate) fn repr(text: &str) -> String {
    format!("b'{}'", text.as_bytes().escape_ascii())
}

/// The command that starts the example `name` with `args`.
pub(crate) fn example(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(built(name));
    command.args(args);
    command
}

/// The program of the example `name`. `cargo test` builds the examples, but not where it is asked
/// for one test alone: then they are built here, if one is missing or out of date.
fn built(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    let test = std::env::current_exe().expect("a test has a program");
    let profile = test.parent().and_then(Path::parent).expect("target/debug/deps/test");
    BUILT.call_once(|| {
        if are_current(profile) {
            return;
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "sockrates", "--examples", "--target-dir"]);
        build.arg(profile.parent().expect("target/debug"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo starts").success(), "the examples are built");
    });
    profile.join("examples").join(name)
}

/// Whether every example was built after its source was written and the libraries were built.
fn are_current(profile: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let files = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("a folder of cargo's");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libsockrates") && name.ends_with(".rlib")
    };
    let newest =
        files(&profile.join("deps")).iter().filter(|path| ours(path)).map(|path| time(path)).max();
    let mut sources = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"));
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    sources.iter().all(|source| {
        let program = profile.join("examples").join(source.file_stem().unwrap_or_default());
        let then = time(&program);
        then.is_some() && then >= time(source) && Some(then) >= newest
    })
}
