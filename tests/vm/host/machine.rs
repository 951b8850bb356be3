//! QEMU, without a window, a disk or a network.

use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// How time goes in the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// It counts instructions, 2 ns each, and runs on while the guest sleeps: what is measured inside does not depend on
    /// how busy this machine is.
    Counted,
    /// As outside.
    Real,
}

impl Clock {
    pub(crate) fn named(word: &str) -> Option<Clock> {
        match word {
            "counted" => Some(Clock::Counted),
            "real" => Some(Clock::Real),
            _ => None,
        }
    }

    fn options(self) -> &'static [&'static str] {
        match self {
            Clock::Counted => &["-icount", "shift=1"],
            Clock::Real => &[],
        }
    }
}

/// The machine; switched off when dropped.
#[derive(Debug)]
pub(crate) struct Machine(Child);

impl Machine {
    /// Boots a kernel with the initramfs that lies in `work`. The first serial line is the console, the second the
    /// guest's way to ask for things.
    pub(crate) fn start(
        kernel: &str,
        work: &Path,
        clock: Clock,
        words: &[String],
    ) -> Result<Machine, String> {
        let socket =
            |name: &str| format!("socket,id={name},path={},server=on,wait=off", work.join(name).display());
        // A panic ends the machine; mitigations only cost time here. What stands after "--" is the first process's.
        let append =
            format!("console=ttyS0 panic=-1 oops=panic loglevel=5 mitigations=off -- {}", words.join(" "));
        let mut command = Command::new("qemu-system-x86_64");
        command
            .args("-accel tcg -cpu max -m 1536 -smp 1 -nodefaults -no-reboot -display none".split(' '))
            .args(clock.options())
            .args(["-device", "qemu-xhci,id=xhci", "-append", &append, "-kernel", kernel, "-initrd"])
            .arg(work.join("initramfs"))
            .args(["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"])
            .args(["-chardev", &socket("talk"), "-serial", "chardev:talk"])
            .args(["-chardev", &socket("gun")])
            .args(["-chardev", &socket("qmp"), "-mon", "chardev=qmp,mode=control"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command.spawn().map(Machine).map_err(|error| format!("QEMU does not start: {error}"))
    }

    /// What the console says, to be taken once.
    pub(crate) fn console(&mut self) -> Result<ChildStdout, String> {
        self.0.stdout.take().ok_or_else(|| "the console is taken already".to_owned())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
