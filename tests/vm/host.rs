//! The rig outside the virtual machine: starts QEMU, shows what the guest says, plugs what the guest asks for.
//!
//! `rig-host VMLINUZ WORK counted|real [NAME…]`: WORK holds the file `initramfs` and gets the sockets and the guest's
//! whole console; then how time goes in the guest. Exit 0 when the guest said that everything passed.
//!
//! Invariant: QEMU never outlives this program, and the whole run has a limit.
//! Deliberately absent: scenarios and verdicts (the guest's business).
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line for developers")]

mod host {
    pub(crate) mod console;
    pub(crate) mod desk;
    pub(crate) mod machine;
    pub(crate) mod qmp;
}

use std::path::PathBuf;
use std::process::ExitCode;

use host::console::{self, Verdict};
use host::desk;
use host::machine::{Clock, Machine};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (Some(kernel), Some(work), Some(clock)) =
        (words.next(), words.next(), words.next().as_deref().and_then(Clock::named))
    else {
        eprintln!("rig-host VMLINUZ WORK counted|real [NAME…]; tests/vm/run does the rest");
        return ExitCode::from(2);
    };
    let work = PathBuf::from(work);
    let words: Vec<String> = words.collect();
    let verdict = Machine::start(&kernel, &work, clock, &words).and_then(|mut machine| {
        desk::open(&work)?;
        console::follow(&mut machine, &work, &words)
    });
    match verdict {
        Ok(Verdict::Passed) => ExitCode::SUCCESS,
        Ok(Verdict::Failed(why)) | Err(why) => {
            eprintln!("the rig: {why}");
            ExitCode::FAILURE
        }
    }
}
