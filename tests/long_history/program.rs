//! The program on a folder with a history; its gateway is a port where nobody listens.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(300);

pub(crate) struct Program {
    child: Child,
    hands: Option<ChildStdin>,
    lines: Receiver<String>,
    folder: PathBuf,
    /// Bytes of the log before this start.
    log_began: usize,
}

impl Program {
    /// Lets the doctor do something.
    pub(crate) fn doctor(folder: &Path, what: &str) {
        let config = Program::config(folder);
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_quickpay"));
        let ended = doctor.args(["doctor", what, "--config"]).arg(&config).status().unwrap();
        assert!(ended.success(), "doctor {what}: {ended}");
    }

    pub(crate) fn config(folder: &Path) -> PathBuf {
        let config = folder.join("terminal.toml");
        let data = folder.join("data");
        let paper = folder.join("paper.bin");
        let text = format!(
            "[terminal]\nid = \"T1\"\nmerchant = \"Corner Shop\"\ndata_dir = {data:?}\n\
             [gateway]\nbase_url = \"http://127.0.0.1:9\"\n[printer]\nkind = \"file\"\npath = {paper:?}\n"
        );
        std::fs::write(&config, text).unwrap();
        config
    }

    pub(crate) fn start(folder: &Path) -> Program {
        let config = Program::config(folder);
        let log = std::fs::File::options().create(true).append(true).open(folder.join("till.log")).unwrap();
        let log_began = usize::try_from(log.metadata().unwrap().len()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_quickpay"))
            .args(["run", "--headless", "--config"])
            .arg(&config)
            .env("QUICKPAY_SECRET_KEY", "sk_test_counter")
            .env("RUST_LOG", "info")
            .env("MALLOC_ARENA_MAX", std::env::var("MALLOC_ARENA_MAX").unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Program { hands: child.stdin.take(), child, lines, folder: folder.to_path_buf(), log_began }
    }

    pub(crate) fn ready(&self) {
        self.event(r#""event":"ready""#);
    }

    pub(crate) fn event(&self, part: &str) -> String {
        let until = Instant::now() + LIMIT;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("no {part}"));
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Sends a request with the id 1 and waits for its answer.
    pub(crate) fn ask(&mut self, request: &str) -> String {
        let hands = self.hands.as_mut().unwrap();
        hands.write_all(format!("{request}\n").as_bytes()).and_then(|()| hands.flush()).unwrap();
        self.event(r#""id":1"#)
    }

    /// Resident now, and at its highest.
    pub(crate) fn memory(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let kilobytes = |name: &str| -> u64 {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let megabytes = |name| kilobytes(name).div_ceil(1000);
        format!("{} MB (peak {} MB)", megabytes("VmRSS:"), megabytes("VmHWM:"))
    }

    pub(crate) fn wait_for_log(&self, words: &str, limit: Duration) {
        self.wait_for_more(words, self.count(words), limit);
    }

    /// As [`Program::wait_for_log`]; what was said since this start counts.
    pub(crate) fn wait_for_log_from_the_start(&self, words: &str, limit: Duration) {
        let said = std::fs::read_to_string(self.folder.join("till.log")).unwrap();
        let earlier = said.get(..self.log_began).unwrap().matches(words).count();
        self.wait_for_more(words, earlier, limit);
    }

    fn wait_for_more(&self, words: &str, before: usize, limit: Duration) {
        let until = Instant::now() + limit;
        while self.count(words) == before && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(self.count(words) > before, "the log never says: {words}");
    }

    fn count(&self, words: &str) -> usize {
        std::fs::read_to_string(self.folder.join("till.log")).unwrap().matches(words).count()
    }

    pub(crate) fn quit(mut self) {
        self.hands.as_mut().unwrap().write_all(b"{\"do\":\"quit\"}\n").unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
