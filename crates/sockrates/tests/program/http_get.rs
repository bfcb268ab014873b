//! `http_get`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, id};

use sockrates::TcpListener;

use crate::running::{Ended, Program};

/// A folder of one test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Fetches a page to the file `page`.
    fn get(&self, port: &str, path: &str) -> Ended {
        self.start(port, path, "60").end()
    }

    fn start(&self, port: &str, path: &str, timeout: &str) -> Program {
        let page = self.0.join("page");
        let args = ["127.0.0.1", port, path, "--timeout", timeout, "-o", page.to_str().unwrap()];
        Program::example("http_get", &args)
    }

    /// What was saved; there is nothing else in the folder.
    fn page(&self) -> Option<Vec<u8>> {
        let names: Vec<_> =
            fs::read_dir(&self.0).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| name == "page"), "{names:?}");
        fs::read(self.0.join("page")).ok()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The body of the long pages.
fn long() -> Vec<u8> {
    (0..5_000_000u64).map(|i| (i * i % 251) as u8).collect()
}

/// The pages in Python, and their port.
fn pages() -> Option<(Program, String)> {
    let mut server = Program::python("http_pages.py", &[])?;
    let port = server.port();
    Some((server, port))
}

#[test]
fn whole_bodies_are_saved_byte_by_byte_however_their_end_is_told() {
    let Some((_server, port)) = pages() else { return };
    let folder = Folder::new("whole");
    for path in ["/length", "/until-the-end", "/chunked"] {
        let ended = folder.get(&port, path);
        assert_eq!(ended.code, Some(0), "{path}: {ended:?}");
        assert!(folder.page().unwrap() == long(), "{path}: other bytes");
        assert!(ended.stdout.starts_with("HTTP/1.1 200 OK\nServer: "), "{path}: {ended:?}");
        let saved = format!("\n\nsaved 5000000 bytes to {}\n", folder.0.join("page").display());
        assert!(ended.stdout.ends_with(&saved), "{path}: {ended:?}");
        // Each time a MiB is full, or a chunk over it.
        let lines = if path == "/chunked" { 2 } else { 4 };
        assert_eq!(ended.stderr.lines().count(), lines, "progress of {path}: {ended:?}");
        let total = if path == "/length" { " of 5000000 bytes\n" } else { " bytes\n" };
        assert!(ended.stderr.contains(total), "{path}: {ended:?}");
    }
}

#[test]
fn the_request_is_a_proper_one_and_a_cut_character_is_whole_again() {
    let Some((_server, port)) = pages() else { return };
    let folder = Folder::new("asked");
    let ended = folder.get(&port, "/asked");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    let expected = format!(
        "GET /asked HTTP/1.1\r\nHost: 127.0.0.1:{port}\nAccept: */*\nConnection: close\n\n車站"
    );
    assert_eq!(String::from_utf8(folder.page().unwrap()).unwrap(), expected);
}

#[test]
fn odd_answers_that_are_answers_are_taken() {
    let Some((_server, port)) = pages() else { return };
    let folder = Folder::new("odd");
    for (path, body) in
        [("/early-hints", &b"last"[..]), ("/nothing", b""), ("/bare-line-feeds", b"ok")]
    {
        let ended = folder.get(&port, path);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{path}: {ended:?}");
        assert_eq!(folder.page().unwrap(), body, "{path}");
    }
    let ended = folder.get(&port, "/missing");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.stderr, "http_get: the server answered with status 404\n");
    assert!(ended.stdout.lines().last().unwrap().starts_with("saved "), "{ended:?}");
    assert_eq!(folder.page().unwrap(), b"not me\n");
}

#[test]
fn broken_answers_are_errors_that_name_the_server_and_leave_no_file() {
    let Some((_server, port)) = pages() else { return };
    let folder = Folder::new("broken");
    for (path, words) in [
        ("/cut", "the server hung up after 4999999 of 5000000 bytes"),
        ("/cut-chunked", "the peer ended the stream after 0 bytes"),
        ("/cut-head", "the peer ended the stream after 10 bytes"),
        ("/long-head", "a head of more than 65536 bytes"),
        ("/endless-line", "frame too long"),
        ("/vast-length", "the server hung up after 5 of 18446744073709551615 bytes"),
        ("/vast-chunk", "the peer sent or announced 281474976710655 bytes"),
        ("/two-lengths", "content-length is both 4 and 5"),
        ("/odd-length", "content-length \"+5\" is no number"),
        ("/zipped", "transfer coding \"gzip, chunked\""),
        ("/no-http", "this is no answer in HTTP/1"),
    ] {
        let ended = folder.get(&port, path);
        assert_eq!(ended.code, Some(1), "{path}: {ended:?}");
        let last = ended.stderr.lines().last().unwrap_or_default();
        let server = format!("http_get: 127.0.0.1:{port}: ");
        assert!(last.starts_with(&server) && last.contains(words), "{path}: {ended:?}");
        assert_eq!(folder.page(), None, "{path}");
    }
}

#[test]
fn one_timeout_is_for_all_of_it() {
    let Some((_server, port)) = pages() else { return };
    let folder = Folder::new("timeout");
    for path in ["/silent", "/endless", "/endless-hints"] {
        let ended = folder.start(&port, path, "0.3").end();
        assert_eq!(ended.code, Some(1), "{path}: {ended:?}");
        assert!(ended.stderr.contains("timed out"), "{path}: {ended:?}");
        assert_eq!(folder.page(), None, "{path}");
    }
}

#[test]
fn ctrl_c_ends_it_and_leaves_no_file() {
    let Some((_server, port)) = pages() else { return };
    let (folder, other) = (Folder::new("interrupt"), Folder::new("interrupt-silent"));
    let endless = folder.start(&port, "/endless", "600");
    endless.until_complains("http_get: 1");
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let silent_port = listener.local_addr().unwrap().port().to_string();
    let silent = other.start(&silent_port, "/", "600");
    let (stream, _) = listener.accept().unwrap();
    stream.recv_exact(&mut [0; 16]).unwrap();
    for program in [endless, silent] {
        program.interrupt();
        let ended = program.end();
        assert_eq!(ended.code, Some(130), "{ended:?}");
        assert!(ended.stderr.ends_with("http_get: interrupted\n"), "{ended:?}");
    }
    assert_eq!((folder.page(), other.page()), (None, None));
}

#[test]
fn a_page_of_pythons_http_server_is_had_as_curl_has_it() {
    let folder = Folder::new("curl");
    let files = Folder::new("files");
    fs::write(files.0.join("page"), long()).unwrap();
    let mut server = Command::new("python3");
    server.args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"]).current_dir(&files.0);
    let Some(mut server) = Program::start("http.server", &mut server) else {
        println!("SKIPPED: no python3 here; install the package python3 to run http.server");
        return;
    };
    server.until("port ");
    let port = server.until(" ").trim().to_owned();
    let ended = folder.get(&port, "/page");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(folder.page().unwrap() == long(), "other bytes");
    let Some((_pages, port)) = pages() else { return };
    for (path, code) in [("/length", 0), ("/until-the-end", 0), ("/chunked", 0), ("/cut", 18)] {
        let (url, out) = (format!("http://127.0.0.1:{port}{path}"), files.0.join("curl"));
        let mut curl = Command::new("curl");
        let Ok(status) = curl.args(["--silent", "--output"]).arg(&out).arg(url).status() else {
            println!("SKIPPED: no curl here; install the package curl to compare with it");
            return;
        };
        assert_eq!(status.code(), Some(code), "{path}");
        let ours = folder.get(&port, path);
        assert_eq!(ours.code == Some(0), code == 0, "{path}: {ours:?}");
        assert!(code != 0 || folder.page() == fs::read(out).ok(), "{path}: other bytes");
    }
}

#[test]
fn a_file_that_cannot_be_is_named_and_leaves_nothing() {
    let Some((_pages, port)) = pages() else { return };
    let folder = Folder::new("unsaved");
    let missing = folder.0.join("none").join("page");
    for out in [&folder.0, &missing] {
        let out = out.to_str().unwrap();
        let ended = Program::example("http_get", &["127.0.0.1", &port, "/length", "-o", out]).end();
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.starts_with(&format!("http_get: {out}: ")), "{ended:?}");
        assert!(!Path::new(&format!("{out}.part")).exists(), "{ended:?}");
    }
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    for (args, code, words) in [
        (&["127.0.0.1", "80", "x"][..], 2, "invalid value 'x' for '[PATH]'"),
        (&["127.0.0.1", "80", "/a b"], 2, "%20 is a space"),
        (&["127.0.0.1", "80", "/\r\nX: y"], 2, "visible ASCII"),
        (&["127.0.0.1", "80", "/車站"], 2, "any other as %XX"),
        (&["127.0.0.1", "0"], 2, "0 is not in 1..=65535"),
        (&["127.0.0.1", "--timeout", "-1"], 2, "write a number of seconds above 0"),
        (&[], 2, "<HOST>"),
        (&["127.0.0.1\r\nX: y", "80"], 1, "http_get: resolve"),
    ] {
        let ended = Program::example("http_get", args).end();
        assert_eq!(ended.code, Some(code), "{args:?}: {ended:?}");
        assert!(ended.stderr.contains(words), "{args:?}: {ended:?}");
    }
}
