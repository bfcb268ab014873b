//! The agents of this repository keep the protocol, and those that do not are told what is wrong.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const CPYTHON: &str = include_str!("../../../agents/cpython/agent.py");
const OWN: &str = concat!("'", env!("CARGO_BIN_EXE_sockrates"), "' agent");
const DOCUMENT: &str = include_str!("../../../docs/agent-protocol.md");
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/agent-protocol.schema.json");

#[test]
fn the_cpython_agent_is_all_well() {
    if !there_is_python() {
        return;
    }
    let (text, code) = smoke("whole", CPYTHON);
    assert!(text.contains("All is well"), "{text}");
    assert!(!text.contains("WRONG"), "{text}");
    assert_eq!(code, Some(0));
}

#[test]
fn the_rust_agent_is_all_well() {
    let run = sockrates(&["smoke", "--agent", OWN]);
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(text.contains("All is well") && !text.contains("WRONG"), "{text}");
    assert_eq!(run.status.code(), Some(0));
}

#[test]
fn the_rust_agent_keeps_the_contract_as_its_sockets_do() {
    let only = ["stream.eof", "stream.io", "stream.conn", "datagram.message", "datagram.address"];
    let out = format!("{}/own-agent", env!("CARGO_TARGET_TMPDIR"));
    let mut args = vec!["run", "--agent", OWN, "--profile", "core", "--out", &out];
    for subject in ["sockrates-tcp-v4", "sockrates-udp-v4", "sockrates-unix-*"] {
        args.extend(["--subject", subject]);
    }
    args.extend(only.iter().flat_map(|group| ["--only", group]));
    let run = sockrates(&args);
    let text = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{text}");
    // What is known of the agent that this program brings is known of the one given by hand.
    assert!(text.contains(" 0 regressions") && !text.contains(" 0 deviations"), "{text}");
}

#[test]
fn the_rust_agent_refuses_what_makes_no_sense() {
    let talk = |input: &str| {
        let run = std::thread::scope(|scope| {
            let mut agent = Command::new(env!("CARGO_BIN_EXE_sockrates"));
            agent.arg("agent").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut agent = agent.spawn().expect("the agent starts");
            let mut stdin = agent.stdin.take().expect("its input");
            let writer = scope.spawn(move || stdin.write_all(input.as_bytes()));
            let run = agent.wait_with_output().expect("it ends");
            // An agent that has had enough reads no more.
            let _ = writer.join().expect("the writer");
            run
        });
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (text(run.stdout), text(run.stderr), run.status.code())
    };
    let odd = [
        (r#"{"id":1,"cmd":"hello","proto":2}"#, "speaks protocol 1"),
        (r#"{"id":2,"cmd":"socket","subject":"sctp","as":"a"}"#, "no subject sctp"),
        (r#"{"id":3,"cmd":"queued","on":"nobody"}"#, "no socket nobody"),
        (r#"{"id":4,"cmd":"bind"}"#, "unsupported"),
        (r#"{"id":5,"cmd":"socket","subject":"tcp-v4"}"#, "missing field `as`"),
        (r#"{"id":6,"cmd":"timeout","on":"a","limit_ms":-1}"#, "-1 ms is no time"),
    ];
    for (line, word) in odd {
        let (said, _, code) = talk(&format!("{line}\n"));
        assert!(said.contains(word) && said.ends_with('\n'), "{line}: {said}");
        assert_eq!(code, Some(0));
    }
    for line in ["hello\n".to_owned(), "{}\n".to_owned(), "x".repeat(2 << 20)] {
        let (said, complaint, code) = talk(&line);
        assert!(said.is_empty() && complaint.starts_with("agent: `"), "{said}{complaint}");
        assert_eq!(code, Some(1));
    }
}

#[test]
fn the_agent_in_the_document_is_all_well() {
    if !there_is_python() {
        return;
    }
    let walk = DOCUMENT.split("In Python, whole:").nth(1).expect("the walk through an agent");
    let code = walk.split("```").nth(1).and_then(|code| code.strip_prefix("python\n"));
    let (text, _) = smoke("walk", code.expect("its code"));
    assert!(text.contains("All is well"), "{text}");
}

#[test]
fn the_go_agent_is_all_well() {
    if !Command::new("go").arg("version").output().is_ok_and(|run| run.status.success()) {
        return eprintln!("skipped: there is no go here");
    }
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../agents/go/agent.go");
    let agent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-agent");
    let mut build = Command::new("go");
    build.env("CGO_ENABLED", "0").args(["build", "-o"]).arg(&agent).arg(source);
    assert!(build.status().expect("go runs").success(), "the agent is built");
    let run = sockrates(&["smoke", "--agent", &format!("'{}'", agent.display())]);
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(text.contains("All is well") && !text.contains("WRONG"), "{text}");
}

/// What an agent may do wrong: the change to the one that does not, and the words that tell it.
const LIES: &[(&str, &str, &str, &[&str])] = &[
    ("counts-wrongly", r#"{"n": within"#, r#"{"n": 1 + within"#, &[r#""n":5"#, "how many bytes"]),
    (
        "counts-in-text",
        r#"{"n": within(sock, select.POLLOUT, message, send)}"#,
        r#"{"n": str(within(sock, select.POLLOUT, message, send))}"#,
        &["WRONG  carries a few bytes", "has `n` as \"5\": a number is written as 5"],
    ),
    (
        "aborts-undeclared",
        "dontwait queued abort",
        "dontwait queued",
        &["WRONG  refuses commands that it does not declare", "as abort is not declared"],
    ),
    (
        "peeks-undeclared",
        "deadline shutdown peek",
        "deadline shutdown",
        &["refuses flags that it does not declare", "as peek is not declared"],
    ),
    (
        "sends-text",
        "base64.b64encode(data).decode()",
        "data.decode('latin-1')",
        &["carries a few bytes", "as base64 with padding"],
    ),
    (
        "never-starts",
        r#"self.say({"id": message["id"], "started""#,
        r#"({"id": message["id"], "started""#,
        &["says that it has started", "`started` alone is missing", "write `started`"],
    ),
    (
        "one-at-a-time",
        "self.hand_over(message)",
        "self.say(self.answer(message))",
        &[
            "does other commands while a receive waits",
            "keeps all others from being done",
            "a thread of its own",
            "Nothing more",
        ],
    ),
    (
        "tells-etimedout",
        r#"else {"kind": "timed-out"}"#,
        r#"else {"errno": "ETIMEDOUT", "code": 110}"#,
        &["WRONG  keeps a deadline", "timed-out"],
    ),
    ("too-early", "else limit / 1000", "else limit / 4000", &["WRONG  keeps a deadline"]),
    (
        "answers-twice",
        "self.say(self.answer(message))",
        "self.say(self.answer(message)); self.say({'id': message['id'], 'ok': {}})",
        &["no command that waits for an answer", "answer each once"],
    ),
    (
        "prints",
        "    def do_ping(self, _):\n",
        "    def do_ping(self, _):\n        print('ping!', flush=True)\n",
        &["wrote `ping!`, which is no JSON", "Nothing more"],
    ),
    (
        "pretends",
        "        if cmd is None:\n            raise Unsupported",
        "        if cmd is None:\n            return {}",
        &["WRONG  says that it does not know a command", "answer every `cmd`"],
    ),
    (
        "forgets-without-closing",
        "del self.sockets[message[\"on\"]]\n        sock.close()",
        "del self.sockets[message[\"on\"]]\n        sock.detach()",
        &["WRONG  tells the end of a stream", "`release` has to close"],
    ),
    (
        "quotes-ids",
        r#"answer = {"id": message["id"]}"#,
        r#"answer = {"id": str(message["id"])}"#,
        &["WRONG  says hello", "no whole number"],
    ),
    (
        "stays",
        "os._exit(0)",
        "threading.Event().wait()",
        &["WRONG  exits when its input ends", "it still ran"],
    ),
    (
        "dies",
        "    def do_ping(self, _):\n",
        "    def do_ping(self, _):\n        print('no!', file=sys.stderr, flush=True)\n        \
         os._exit(3)\n",
        &["ended (exit status: 3)", "no!"],
    ),
    (
        "peeks-for-good",
        "flags |= bit",
        "flags |= bit * (name != 'peek')",
        &["WRONG  leaves what it peeks at", "MSG_PEEK"],
    ),
    (
        "hides-truncation",
        "bool(told & socket.MSG_TRUNC)",
        "False",
        &["WRONG  tells that a message lost its tail"],
    ),
    (
        "boasts",
        "\"trunc broadcast",
        "\"truncation broadcast",
        &["`truncation`, which there is not"],
    ),
    (
        "reuses-names",
        "if name in self.sockets:\n            raise ValueError(f\"the name {name} is taken\")",
        "pass",
        &["WRONG  refuses a name that is taken"],
    ),
    (
        "keeps-everything",
        "while self.sockets:",
        "while False:",
        &["WRONG  forgets everything at reset", "clear the table"],
    ),
    (
        "has-no-subjects",
        "caps) in SUBJECTS.items()",
        "caps) in {}.items()",
        &["WRONG  says hello", "offers nothing"],
    ),
];

#[test]
fn an_agent_that_lies_is_told_what_is_wrong() {
    if !there_is_python() {
        return;
    }
    for (name, from, to, words) in LIES {
        assert!(CPYTHON.contains(from), "{name}: the agent has no `{from}`");
        let (text, code) = smoke(name, &CPYTHON.replacen(from, to, 1));
        assert_eq!(code, Some(1), "{name}: {text}");
        for word in *words {
            assert!(text.contains(word), "{name}: `{word}` is not said:\n{text}");
        }
    }
}

#[test]
fn an_agent_that_does_not_start_or_ends_at_once_is_told_how_to_mend_that() {
    for (agent, words) in [
        ("no-such-program", ["WRONG  starts", "cannot be started", "say how to start it"]),
        ("true", ["WRONG  says hello", "it ended (exit status: 0)", "start it by hand"]),
        ("echo hi", ["WRONG  says hello", "it wrote `hi`", "answer the first line with one"]),
    ] {
        let run = sockrates(&["smoke", "--agent", agent]);
        let text = String::from_utf8_lossy(&run.stdout);
        assert_ne!(run.status.code(), Some(0), "{text}");
        for word in words {
            assert!(text.contains(word), "{agent}: `{word}` is not said:\n{text}");
        }
    }
}

#[test]
fn an_agent_that_leaves_its_output_to_another_program_has_ended() {
    let run = sockrates(&["smoke", "--agent", "sh -c 'sleep 20 & exit 3'"]);
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(text.contains("left its output open") && text.contains("exit status: 3"), "{text}");
    assert_ne!(run.status.code(), Some(0));
}

#[test]
fn an_agent_that_dies_costs_one_case_and_its_last_words_are_told() {
    if !there_is_python() {
        return;
    }
    let mortal = CPYTHON.replacen(
        "        sock.shutdown(socket.SHUT_WR)",
        "        print('out of breath', file=sys.stderr, flush=True)\n        os._exit(3)",
        1,
    );
    let mortal = mortal.replacen(r#""name": "cpython""#, r#""name": "mortal""#, 1);
    let agent = planted("mortal", &mortal);
    let out = agent.with_extension("out");
    let command = format!("python3 '{}'", agent.display());
    let run = sockrates(&[
        "run",
        "--agent",
        &command,
        "--bind",
        "127.0.0.2",
        "--subject",
        "mortal-tcp-v4",
        "--only",
        "stream.eof",
        "--out",
        &out.display().to_string(),
    ]);
    let text = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(1), "{text}");
    // Its words may be broken over two lines.
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("CRASHED") && words.contains("out of breath"), "{text}");
    assert!(text.contains(" 0 not run") && !text.contains("  0 ok"), "{text}");
    let quoted = command.replace('\'', r"'\''");
    let again = format!("run --bind 127.0.0.2 --agent '{quoted}' --subject mortal-tcp-v4 --only ");
    assert!(text.contains(&again), "{again} is not said: {text}");
}

/// A conversation that has every kind of line in it.
const TALK: &str = r#"
{"id":1,"cmd":"hello","proto":1}
{"id":2,"cmd":"ping"}
{"id":3,"cmd":"pair","subject":"tcp-v6","as":"a","and":"b"}
{"id":4,"cmd":"local_addr","on":"a"}
{"id":5,"cmd":"send","on":"a","data":"aGVsbG8="}
{"id":6,"cmd":"recv","on":"b","max":100,"flags":["peek"],"limit_ms":1500.5}
{"id":7,"cmd":"recv","on":"a","max":1,"limit_ms":0}
{"id":8,"cmd":"set_timeout","on":"a","ms":null}
{"id":9,"cmd":"timeout","on":"a"}
{"id":10,"cmd":"wait","on":"b","read":true,"write":false,"limit_ms":0}
{"id":11,"cmd":"set_option","on":"a","option":"TCP_NODELAY","value":1}
{"id":12,"cmd":"get_option","on":"a","option":[1,3]}
{"id":13,"cmd":"take_error","on":"a"}
{"id":14,"cmd":"close","on":"a"}
{"id":15,"cmd":"peer_addr","on":"a"}
{"id":16,"cmd":"pair","subject":"udp-v4","as":"c","and":"d"}
{"id":17,"cmd":"local_addr","on":"d"}
{"id":18,"cmd":"recv","on":"nobody","max":1}
{"id":19,"cmd":"no-such-command"}
{"id":20,"cmd":"linger","on":"b"}
{"id":21,"cmd":"reset"}
"#;

/// Lines that are none of the protocol.
const ODD: &str = r#"
{"id":1}
{"id":"1","ok":{}}
{"id":1,"ok":{},"err":{"text":"both"}}
{"id":1,"ok":[]}
{"id":1,"err":{}}
{"id":1,"err":{"errno":32}}
{"id":1,"started":"yes"}
{"id":1,"ok":{"data":"no base64"}}
{"id":1,"ok":{"addr":["127.0.0.1"]}}
{"id":1,"cmd":"recv","on":"a"}
{"id":1,"cmd":"send","data":""}
{"id":1,"cmd":"recv","on":"a","max":1,"flags":["loud"]}
{"cmd":"ping"}
"#;

#[test]
fn the_schema_takes_what_is_said_and_nothing_else() {
    if !there_is_python() {
        return;
    }
    if !runs(&["-c", "import jsonschema"]) {
        eprintln!("skipped: python3 has no jsonschema here");
        return;
    }
    assert_eq!(refused(TALK), [""; 0], "commands");
    let cpython = planted("talk", CPYTHON).display().to_string();
    for agent in [["python3", &cpython], [env!("CARGO_BIN_EXE_sockrates"), "agent"]] {
        let said = converse(agent, TALK);
        assert!(said.lines().count() >= 21, "{said}");
        assert_eq!(refused(&said), [""; 0], "answers");
    }
    let odd = refused(ODD);
    assert_eq!(odd, ODD.trim().lines().collect::<Vec<_>>(), "what should be refused");
}

/// What an agent says to a conversation, each command given once the last is answered.
fn converse(agent: [&str; 2], commands: &str) -> String {
    let driver = "
import subprocess, sys, json
agent = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for line in filter(str.strip, sys.stdin):
    print(line, end='', file=agent.stdin, flush=True)
    while True:
        answer = agent.stdout.readline()
        print(answer, end='')
        if 'started' not in json.loads(answer): break
agent.stdin.close(); agent.wait()
";
    python(&["-c", driver, agent[0], agent[1]], commands)
}

/// The lines that the schema refuses.
fn refused(lines: &str) -> Vec<String> {
    let driver = "
import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
judge = jsonschema.Draft202012Validator(schema)
for line in filter(str.strip, sys.stdin):
    if not judge.is_valid(json.loads(line)): print(line, end='')
";
    python(&["-c", driver, SCHEMA], lines).lines().map(str::to_owned).collect()
}

fn python(args: &[&str], input: &str) -> String {
    let input_file = planted(&format!("input-{}", input.len()), input);
    let stdin = std::fs::File::open(input_file).expect("the input");
    let run = Command::new("python3").args(args).stdin(stdin).stderr(Stdio::inherit()).output();
    let run = run.expect("python3");
    assert!(run.status.success());
    String::from_utf8(run.stdout).expect("text")
}

fn there_is_python() -> bool {
    let there = runs(&["-V"]);
    if !there {
        eprintln!("skipped: there is no python3 here");
    }
    there
}

fn runs(args: &[&str]) -> bool {
    let quiet = Command::new("python3").args(args).stderr(Stdio::null()).output();
    quiet.is_ok_and(|run| run.status.success())
}

/// What `smoke` says of an agent, and its exit code.
fn smoke(name: &str, source: &str) -> (String, Option<i32>) {
    let agent = format!("python3 '{}'", planted(name, source).display());
    let run = sockrates(&["smoke", "--agent", &agent]);
    (String::from_utf8_lossy(&run.stdout).into_owned(), run.status.code())
}

fn sockrates(args: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_sockrates")).args(args).output().expect("sockrates runs")
}

/// A file of this name and content.
fn planted(name: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.py"));
    std::fs::write(&path, content).expect("a temporary file");
    path
}
