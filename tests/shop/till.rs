//! A till in a process of its own, driven by the headless protocol.
//!
//! Invariant: it never outlives its test, and no wait is longer than [`LIMIT`].

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The longest that anything may take, also on a slow machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(40);

/// The program under test, with nothing of this machine's set-up.
pub(crate) fn quickpay() -> Command {
    bare(env!("CARGO_BIN_EXE_quickpay"))
}

/// A program with nothing of this machine's set-up.
fn bare(program: &str) -> Command {
    let mut command = Command::new(program);
    for name in ["QUICKPAY_SECRET_KEY", "CREDENTIALS_DIRECTORY", "RUST_LOG", "DISPLAY", "WAYLAND_DISPLAY"] {
        command.env_remove(name);
    }
    command
}

/// The secret key of every till; no file of the shop may hold it.
pub(crate) const KEY: &str = "sk_test_3Xq7PlantedKey9vRw";

/// How a till is started, where that differs from the usual.
#[derive(Debug, Default)]
pub(crate) struct Start {
    /// Kept in the environment.
    pub(crate) env: Vec<(&'static str, String)>,
    /// A program that starts it, with its arguments.
    pub(crate) through: Vec<String>,
}

/// What a till has said so far.
#[derive(Debug, Default)]
struct Said {
    events: Vec<Value>,
    ended: bool,
}

/// A running till.
#[derive(Debug)]
pub(crate) struct Till {
    body: Box<dyn Body>,
    hands: Option<ChildStdin>,
    said: Arc<(Mutex<Said>, Condvar)>,
    reader: Option<std::thread::JoinHandle<()>>,
    next_id: u64,
}

impl Till {
    /// Starts a till; its events are also kept in `events.jsonl` and its log in `till.log` of the folder.
    pub(crate) fn start(folder: &Path, how: &Start) -> Till {
        let mut child = command(folder, how).spawn().unwrap();
        let hands = child.stdin.take().unwrap();
        let mouth = child.stdout.take().unwrap();
        Till::of(folder, Box::new(child), hands, mouth)
    }

    /// A till whose process somebody else started, with the command of [`command`].
    pub(crate) fn of(folder: &Path, body: Box<dyn Body>, hands: ChildStdin, mouth: ChildStdout) -> Till {
        let said = Arc::new((Mutex::new(Said::default()), Condvar::new()));
        let ear = Arc::clone(&said);
        let lines = BufReader::new(mouth);
        let mut kept = appending(&folder.join("events.jsonl"));
        let reader = std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                writeln!(kept, "{line}").unwrap();
                let event = serde_json::from_str(&line)
                    .unwrap_or_else(|_| json!({ "event": "no JSON", "line": line }));
                ear.0.lock().unwrap().events.push(event);
                ear.1.notify_all();
            }
            ear.0.lock().unwrap().ended = true;
            ear.1.notify_all();
        });
        Till { hands: Some(hands), body, said, reader: Some(reader), next_id: 0 }
    }

    /// Writes a line as it is, to a till that may have ended.
    pub(crate) fn try_line(&mut self, line: &Value) {
        let hands = self.hands.as_mut().unwrap();
        writeln!(hands, "{line}").and_then(|()| hands.flush()).ok();
    }

    /// Writes a line as it is.
    pub(crate) fn line(&mut self, line: impl AsRef<[u8]>) {
        let hands = self.hands.as_mut().unwrap();
        hands
            .write_all(line.as_ref())
            .and_then(|()| hands.write_all(b"\n"))
            .and_then(|()| hands.flush())
            .unwrap();
    }

    /// Sends a request and waits for the event that answers it.
    pub(crate) fn ask(&mut self, mut request: Value) -> Value {
        self.next_id += 1;
        let id = json!(format!("r{}", self.next_id));
        request["id"] = id.clone();
        self.line(request.to_string());
        self.event(&format!("the answer to {}", request["do"]), |event| event["id"] == id)
    }

    pub(crate) fn enter(&mut self, amount: &str) -> Value {
        self.ask(json!({ "do": "enter_amount", "amount": amount }))
    }

    pub(crate) fn scan(&mut self, text: &str) -> Value {
        self.ask(json!({ "do": "scan", "text": text }))
    }

    /// Rings up an amount; the panel is armed afterwards.
    pub(crate) fn ring_up(&mut self, amount: &str) {
        let view = self.enter(amount);
        assert_eq!(view["state"], "armed", "{view}");
    }

    /// Rings up an amount and scans a code that must be taken; gives the sale's name.
    pub(crate) fn sell(&mut self, amount: &str, code: &str) -> String {
        self.ring_up(amount);
        let view = self.scan(code);
        assert_eq!(view["event"], "view", "{view}");
        view["sale"].as_str().unwrap().to_owned()
    }

    /// The first event, past or future, that fits.
    pub(crate) fn event(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.look(what, |events| events.iter().find(|event| fits(event)).cloned())
    }

    /// How many events there were so far.
    pub(crate) fn events_so_far(&self) -> usize {
        self.said.0.lock().unwrap().events.len()
    }

    /// Waits for an event that fits, or for the till's end: whether the event came first.
    pub(crate) fn lives_until(&self, fits: impl Fn(&Value) -> bool) -> bool {
        self.lives_until_after(0, fits)
    }

    /// The same, for events after the first `seen`.
    pub(crate) fn lives_until_after(&self, seen: usize, fits: impl Fn(&Value) -> bool) -> bool {
        let until = Instant::now() + LIMIT;
        let mut said = self.said.0.lock().unwrap();
        loop {
            if said.events[seen..].iter().any(&fits) {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if said.ended || left.is_zero() {
                let tail = said.events.len().saturating_sub(4);
                assert!(said.ended, "neither the event nor the end; it said {:#?}", &said.events[tail..]);
                return false;
            }
            said = self.said.1.wait_timeout(said, left).unwrap().0;
        }
    }

    /// Waits for an event that fits after the first `seen`, but no longer than `most`: whether it came.
    pub(crate) fn waits_for(&self, seen: usize, most: Duration, fits: impl Fn(&Value) -> bool) -> bool {
        let until = Instant::now() + most;
        let mut said = self.said.0.lock().unwrap();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let came = said.events[seen..].iter().any(&fits);
            if came || said.ended || left.is_zero() {
                return came;
            }
            said = self.said.1.wait_timeout(said, left).unwrap().0;
        }
    }

    /// Waits until a sale has been in a state.
    pub(crate) fn reaches(&self, sale: &str, state: &str) -> Value {
        let fits =
            |event: &Value| event["event"] == "sale" && event["sale"] == sale && event["state"] == state;
        self.event(&format!("{sale} {state}"), fits)
    }

    /// Waits until the screen, as it is now, fits.
    pub(crate) fn screen(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let is_view = |event: &&Value| event["event"] == "view";
        self.look(what, |events| events.iter().rev().find(is_view).filter(|view| fits(view)).cloned())
    }

    pub(crate) fn is_online(&self) {
        self.screen("online", |view| view["online"] == true);
    }

    pub(crate) fn is_offline(&self) {
        self.screen("offline", |view| view["online"] == false);
    }

    /// The states a sale was told to be in, in order.
    pub(crate) fn states_of(&self, sale: &str) -> Vec<String> {
        let mut states: Vec<String> = self.events_of("sale", sale, "state");
        states.dedup();
        states
    }

    /// The stages its papers were told to be in, in order.
    pub(crate) fn stages_of(&self, sale: &str) -> Vec<String> {
        self.events_of("receipt", sale, "job")
    }

    fn events_of(&self, event: &str, sale: &str, field: &str) -> Vec<String> {
        let said = self.said.0.lock().unwrap();
        let mine = said.events.iter().filter(|told| told["event"] == event && told["sale"] == sale);
        mine.map(|told| told[field].as_str().unwrap().to_owned()).collect()
    }

    /// A sale as it stands now, with its story.
    pub(crate) fn sale(&mut self, sale: &str) -> Value {
        self.ask(json!({ "do": "sale", "sale": sale }))
    }

    /// All sales as they stand now.
    pub(crate) fn sales(&mut self) -> Vec<Value> {
        self.ask(json!({ "do": "list" }))["sales"].as_array().unwrap().clone()
    }

    /// Waits until nothing is in doubt any more; money that is owed to a customer waits for a person.
    pub(crate) fn settles(&mut self) {
        let until = Instant::now() + LIMIT;
        loop {
            let open = self.ask(json!({ "do": "list", "open": true }))["sales"].as_array().unwrap().clone();
            if open.iter().all(|sale| sale["state"] == "refund_due") {
                return;
            }
            assert!(Instant::now() < until, "still open: {open:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn look<T>(&self, what: &str, find: impl Fn(&[Value]) -> Option<T>) -> T {
        let until = Instant::now() + LIMIT;
        let mut said = self.said.0.lock().unwrap();
        loop {
            if let Some(found) = find(&said.events) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            let tail = said.events.len().saturating_sub(8);
            assert!(!left.is_zero(), "no {what} in time; the till said {:#?}", &said.events[tail..]);
            assert!(!said.ended, "no {what}, the till has ended; it said {:#?}", &said.events[tail..]);
            said = self.said.1.wait_timeout(said, left).unwrap().0;
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.body.pid()
    }

    /// Closes its standard input.
    pub(crate) fn end_of_input(&mut self) {
        self.hands = None;
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        terminate(self.body.pid());
    }

    /// SIGKILL; nothing of it is left when this returns.
    pub(crate) fn kill(mut self) {
        self.die();
    }

    /// The same for a till whose place another one takes.
    pub(crate) fn die(&mut self) {
        self.body.kill();
        self.reader.take().unwrap().join().unwrap();
    }

    /// Waits for its end, and until all it said is heard.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let status = self.body.ended();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status
    }

    /// Stops it as a person would.
    pub(crate) fn quit(mut self) {
        self.line(r#"{"do":"quit"}"#);
        assert_eq!(self.ended().code(), Some(0));
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        self.body.kill();
    }
}

/// The process of a till.
pub(crate) trait Body: std::fmt::Debug + Send {
    fn pid(&self) -> u32;

    /// SIGKILL; nothing of it is left when this returns. It may have ended before.
    fn kill(&mut self);

    /// Waits for it to end by itself.
    fn ended(&mut self) -> ExitStatus;
}

impl Body for Child {
    fn pid(&self) -> u32 {
        self.id()
    }

    fn kill(&mut self) {
        Child::kill(self).ok();
        self.wait().ok();
    }

    fn ended(&mut self) -> ExitStatus {
        wait(self)
    }
}

/// The command that starts the till of a folder.
pub(crate) fn command(folder: &Path, how: &Start) -> Command {
    let mut command = match how.through.split_first() {
        None => quickpay(),
        Some((first, more)) => {
            let mut command = bare(first);
            command.args(more).arg(env!("CARGO_BIN_EXE_quickpay"));
            command
        }
    };
    command
        .args(["run", "--headless", "--config"])
        .arg(folder.join("terminal.toml"))
        .env("QUICKPAY_SECRET_KEY", KEY)
        .env("RUST_LOG", "debug")
        .envs(how.env.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(appending(&folder.join("till.log")));
    command
}

/// Waits for a process to end by itself.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let until = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > until {
            child.kill().ok();
            panic!("process {} does not end", child.id());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// SIGTERM.
pub(crate) fn terminate(pid: u32) {
    let sent = Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap();
    assert!(sent.success());
}

fn appending(file: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(file).unwrap()
}
