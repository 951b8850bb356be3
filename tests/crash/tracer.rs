//! A till whose every system call is seen before and after it is made, and that can be ended between any two of them.
//!
//! Invariant: a call at whose beginning the till is killed is not carried out; all threads share one count.
//! A tracer is a thread: only the thread that took a process over may ask about it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, ExitStatus};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::call::{Call, Memory};
use crate::shop::till::{Body, Start, Till, command};

/// Whether the till lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    GoOn,
    Kill,
}

/// Who looks at the calls.
pub(crate) trait Watcher: Send {
    /// Before a call is made.
    fn begins(&mut self, thread: i32, call: &Call, memory: &Memory) -> Verdict;

    /// After it was made.
    fn ends(&mut self, thread: i32, result: i64);
}

/// A traced process.
#[derive(Debug)]
struct Traced {
    pid: i32,
    thread: Option<JoinHandle<ExitStatus>>,
    status: Option<ExitStatus>,
}

/// Starts the till of a folder under the eyes of a watcher.
pub(crate) fn start<W: Watcher + 'static>(folder: &Path, watcher: Arc<Mutex<W>>) -> Till {
    let (tell, told) = mpsc::channel();
    let own = folder.to_path_buf();
    let thread = std::thread::spawn(move || follow(&own, &*watcher, &tell));
    let (pid, hands, mouth) = told.recv().unwrap();
    Till::of(folder, Box::new(Traced { pid, thread: Some(thread), status: None }), hands, mouth)
}

/// Starts, takes over, and follows to the end.
#[allow(clippy::zombie_processes, reason = "the follower waits for every process of its thread")]
fn follow<W: Watcher>(
    folder: &Path,
    watcher: &Mutex<W>,
    tell: &mpsc::Sender<(i32, ChildStdin, ChildStdout)>,
) -> ExitStatus {
    // A shell that waits for a word, so that the program is ours before its first call.
    let through = ["sh", "-c", "read -r go && exec \"$@\"", "sh"].map(str::to_owned).to_vec();
    let mut child = command(folder, &Start { through, ..Start::default() }).spawn().unwrap();
    let leader = Pid::from_raw(child.id() as i32);
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_EXITKILL;
    ptrace::seize(leader, options).unwrap();
    let mut hands = child.stdin.take().unwrap();
    hands.write_all(b"go\n").unwrap();
    tell.send((leader.as_raw(), hands, child.stdout.take().unwrap())).unwrap();
    Follower { leader, watcher, memory: None, status: None }.follow()
}

struct Follower<'a, W> {
    leader: Pid,
    watcher: &'a Mutex<W>,
    memory: Option<Memory>,
    status: Option<ExitStatus>,
}

impl<W: Watcher> Follower<'_, W> {
    fn follow(mut self) -> ExitStatus {
        // This thread's own processes only: other tests wait for theirs.
        let mine = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
        loop {
            match waitpid(None, Some(mine)) {
                Ok(WaitStatus::PtraceSyscall(thread)) => self.at_a_call(thread),
                Ok(WaitStatus::PtraceEvent(thread, _, event)) => {
                    if event == libc::PTRACE_EVENT_EXEC {
                        self.memory = Some(Memory::of(self.leader));
                    }
                    self.go_on(thread, None);
                }
                Ok(WaitStatus::Stopped(thread, signal)) => self.go_on(thread, Some(signal)),
                Ok(WaitStatus::Exited(thread, code)) if thread == self.leader => {
                    self.status = Some(ExitStatus::from_raw(code << 8));
                }
                Ok(WaitStatus::Signaled(thread, signal, _)) if thread == self.leader => {
                    self.status = Some(ExitStatus::from_raw(signal as i32));
                }
                Ok(_) | Err(Errno::EINTR) => {}
                Err(Errno::ECHILD) => return self.status.unwrap(),
                Err(error) => panic!("waiting for a traced till: {error}"),
            }
        }
    }

    fn at_a_call(&self, thread: Pid) {
        let (Some(memory), Ok(stop)) = (&self.memory, ptrace::syscall_info(thread)) else {
            return self.go_on(thread, None);
        };
        let mut watcher = self.watcher.lock().unwrap();
        if stop.op == libc::PTRACE_SYSCALL_INFO_ENTRY {
            let Some(call) = Call::entered(thread) else { return };
            if watcher.begins(thread.as_raw(), &call, memory) == Verdict::Kill {
                kill(self.leader, Signal::SIGKILL).unwrap();
                return;
            }
        } else if let Some(result) = Call::result(thread) {
            watcher.ends(thread.as_raw(), result);
        }
        drop(watcher);
        self.go_on(thread, None);
    }

    fn go_on(&self, thread: Pid, signal: Option<Signal>) {
        let done = if self.memory.is_some() {
            ptrace::syscall(thread, signal)
        } else {
            ptrace::cont(thread, signal)
        };
        assert!(matches!(done, Ok(()) | Err(Errno::ESRCH)), "{done:?}"); // it may just have been killed
    }
}

impl Body for Traced {
    fn pid(&self) -> u32 {
        self.pid.unsigned_abs()
    }

    fn kill(&mut self) {
        if self.status.is_none() {
            kill(Pid::from_raw(self.pid), Signal::SIGKILL).ok();
            self.ended();
        }
    }

    fn ended(&mut self) -> ExitStatus {
        if let Some(thread) = self.thread.take() {
            self.status = Some(thread.join().unwrap());
        }
        self.status.unwrap()
    }
}

/// Kills a till at the beginning of a call, counted from the moment it is armed.
#[derive(Debug, Default)]
pub(crate) struct KillAt {
    /// Counts from now on.
    pub(crate) armed: bool,
    /// Calls since then.
    pub(crate) seen: u64,
    /// At which of them, from 1.
    pub(crate) at: u64,
    /// The call it was killed at.
    pub(crate) killed_at: Option<String>,
    /// What the calls since it was armed were.
    pub(crate) names: BTreeMap<String, u64>,
}

impl Watcher for KillAt {
    fn begins(&mut self, _thread: i32, call: &Call, _memory: &Memory) -> Verdict {
        if !self.armed || self.killed_at.is_some() {
            return Verdict::GoOn;
        }
        self.seen += 1;
        *self.names.entry(call.name()).or_default() += 1;
        if self.seen != self.at {
            return Verdict::GoOn;
        }
        self.killed_at = Some(call.name());
        Verdict::Kill
    }

    fn ends(&mut self, _thread: i32, _result: i64) {}
}
