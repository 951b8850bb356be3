//! quickpay itself, headless: requests in, events out, each with the time at which it was heard.
//!
//! Invariant: it never outlives its scenario, and no wait is without a limit.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::outcome::{Outcome, Trying as _, ensure};

/// Where the rig puts the program.
pub(crate) const PROGRAM: &str = "/rig/quickpay";
/// The longest that anything may take that has no limit of its own.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// An event and when it was heard.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) at: Instant,
    pub(crate) event: Value,
}

impl Heard {
    /// A field of the event as text.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.event.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct Said {
    events: Vec<Heard>,
    ended: bool,
}

/// How much had been said at some moment: what is looked for afterwards is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(usize);

impl Mark {
    /// Before anything was said.
    pub(crate) const START: Mark = Mark(0);
}

/// A running till.
#[derive(Debug)]
pub(crate) struct Till {
    child: Child,
    hands: ChildStdin,
    said: Arc<(Mutex<Said>, Condvar)>,
    next_id: u64,
    folder: PathBuf,
}

impl Till {
    /// Starts the program with the configuration that lies in a folder, as root or as a user of this number and group,
    /// and waits until it takes requests.
    pub(crate) fn start(folder: &Path, user: Option<(u32, u32)>) -> Outcome<Till> {
        let log =
            File::options().create(true).append(true).open(folder.join("till.log")).trying("till.log")?;
        let mut command = Command::new(PROGRAM);
        if let Some((user, group)) = user {
            command.uid(user).gid(group);
        }
        let mut child = command
            .args(["run", "--headless", "--config"])
            .arg(folder.join("terminal.toml"))
            .env("QUICKPAY_SECRET_KEY", "sk_test_rig")
            .env("RUST_LOG", "info,quickpay_drivers=debug")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .trying("quickpay run")?;
        let hands = child.stdin.take().ok_or("no input")?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output")?);
        let said = Arc::new((Mutex::new(Said::default()), Condvar::new()));
        let ear = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let heard =
                    Heard { at: Instant::now(), event: serde_json::from_str(&line).unwrap_or_default() };
                lock(&ear.0).events.push(heard);
                ear.1.notify_all();
            }
            lock(&ear.0).ended = true;
            ear.1.notify_all();
        });
        let mut till = Till { child, hands, said, next_id: 0, folder: folder.to_path_buf() };
        match till.event(Mark::START, "ready", LIMIT, |heard| heard.text("event") == "ready") {
            Ok(_) => Ok(till),
            Err(why) => Err(format!("{why}: {:?}", till.child.wait())),
        }
    }

    /// Sends a request and waits for the event that answers it.
    pub(crate) fn ask(&mut self, mut request: Value) -> Outcome<Value> {
        self.next_id += 1;
        let id = json!(format!("r{}", self.next_id));
        if let Some(fields) = request.as_object_mut() {
            fields.insert("id".to_owned(), id.clone());
        }
        writeln!(self.hands, "{request}").trying("asking the till")?;
        let answers = |heard: &Heard| heard.event.get("id") == Some(&id);
        Ok(self.event(Mark::START, &format!("answer to {request}"), LIMIT, answers)?.event)
    }

    /// Rings up an amount; the panel is armed afterwards.
    pub(crate) fn ring_up(&mut self, amount: &str) -> Outcome {
        let view = self.ask(json!({ "do": "enter_amount", "amount": amount }))?;
        ensure(view.get("state").is_some_and(|state| state == "armed"), || format!("not armed: {view}"))
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(lock(&self.said.0).events.len())
    }

    /// The first event since a mark that fits.
    pub(crate) fn event(
        &self,
        since: Mark,
        what: &str,
        limit: Duration,
        fits: impl Fn(&Heard) -> bool,
    ) -> Outcome<Heard> {
        let until = Instant::now() + limit;
        let mut said = lock(&self.said.0);
        loop {
            if let Some(found) = said.events.iter().skip(since.0).find(|heard| fits(heard)) {
                return Ok(found.clone());
            }
            let left = until.saturating_duration_since(Instant::now());
            ensure(!said.ended, || format!("no {what}: the till has ended"))?;
            ensure(!left.is_zero(), || format!("no {what} within {} ms", limit.as_millis()))?;
            said = self.said.1.wait_timeout(said, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// All events since a mark that fit.
    pub(crate) fn events(&self, since: Mark, fits: impl Fn(&Heard) -> bool) -> Vec<Heard> {
        lock(&self.said.0).events.iter().skip(since.0).filter(|heard| fits(heard)).cloned().collect()
    }

    /// How many refusals there were since a mark.
    pub(crate) fn refusals(&self, since: Mark) -> usize {
        let said = lock(&self.said.0);
        said.events.iter().skip(since.0).filter(|heard| heard.text("event") == "refused").count()
    }

    /// Waits for a view since a mark that shows a device in a state.
    pub(crate) fn device(&self, since: Mark, device: &str, state: &str, limit: Duration) -> Outcome<Heard> {
        let fits = |heard: &Heard| heard.text("event") == "view" && heard.text(device) == state;
        self.event(since, &format!("{device} {state}"), limit, fits)
    }

    /// Waits for the refusal of a scan, or of anything else.
    pub(crate) fn refused(&self, since: Mark, reason: &str) -> Outcome<Heard> {
        let fits = |heard: &Heard| heard.text("event") == "refused";
        let refused = self.event(since, &format!("refusal {reason}"), LIMIT, fits)?;
        ensure(refused.text("reason") == reason, || {
            format!("refused as {}, not {reason}", refused.text("reason"))
        })?;
        Ok(refused)
    }

    /// Waits until a sale of these events is in a state; gives the event.
    pub(crate) fn sale(&self, since: Mark, state: &str) -> Outcome<Heard> {
        let fits = |heard: &Heard| heard.text("event") == "sale" && heard.text("state") == state;
        self.event(since, &format!("sale {state}"), LIMIT, fits)
    }

    /// Waits until a paper is in a state; gives the event.
    pub(crate) fn paper(&self, since: Mark, job: &str, limit: Duration) -> Outcome<Heard> {
        let fits = |heard: &Heard| heard.text("event") == "receipt" && heard.text("job") == job;
        self.event(since, &format!("paper {job}"), limit, fits)
    }

    /// The last things it said, and the end of its log: for a person.
    pub(crate) fn tail(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.join("till.log")).unwrap_or_default();
        let mut tail: Vec<String> = log.lines().rev().take(12).map(str::to_owned).collect();
        tail.reverse();
        let said = lock(&self.said.0);
        let from = said.events.len().saturating_sub(8);
        tail.extend(said.events.iter().skip(from).map(|heard| heard.event.to_string()));
        tail
    }

    /// Stops it as a person would; it must end well.
    pub(crate) fn quit(mut self) -> Outcome {
        writeln!(self.hands, "{}", json!({ "do": "quit" })).trying("asking the till to quit")?;
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().trying("the till")? {
                return ensure(status.success(), || format!("the till ended with {status}"));
            }
            ensure(Instant::now() < until, || "the till does not end".to_owned())?;
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A power cut.
    pub(crate) fn kill(mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        TAIL.with(|kept| *kept.borrow_mut() = self.tail());
    }
}

std::thread_local! {
    /// What the last till of this thread said last, for the report of a failure.
    static TAIL: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// What the last till said last.
pub(crate) fn last_words() -> Vec<String> {
    TAIL.with(|kept| kept.borrow().clone())
}

fn lock<T>(said: &Mutex<T>) -> MutexGuard<'_, T> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}
