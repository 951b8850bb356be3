//! The rig inside the virtual machine: plays scanners and printers on the kernel's USB gadget side, runs quickpay on the
//! host side of the same kernel, and asserts what the program said and did.
//!
//! `rig-guest [--core] [NAME…]` runs, `rig-guest --list [--core] [NAME…]` names them. Exit 0 when every scenario passed.
//!
//! Invariant: a scenario that hangs ends the run as a failure; each starts with nothing plugged in.
//! Deliberately absent: any code of quickpay: it is judged by its words, and by what the devices got.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line for developers")]

mod guest {
    pub(crate) mod acm;
    pub(crate) mod codes;
    pub(crate) mod counter;
    pub(crate) mod errand;
    pub(crate) mod firmware;
    pub(crate) mod functionfs;
    pub(crate) mod gadget;
    pub(crate) mod gateway;
    pub(crate) mod gun;
    pub(crate) mod hid;
    pub(crate) mod hid_pos;
    pub(crate) mod keyboard;
    pub(crate) mod outcome;
    pub(crate) mod printer;
    pub(crate) mod run;
    pub(crate) mod scenario;
    pub(crate) mod scenarios {
        pub(crate) mod held;
        pub(crate) mod modem_manager;
        pub(crate) mod paper;
        pub(crate) mod plugging;
        pub(crate) mod qemu;
        pub(crate) mod reading;
        pub(crate) mod rules;
        pub(crate) mod serial_paper;
        pub(crate) mod speed;
    }
    pub(crate) mod serial_printer;
    pub(crate) mod shop;
    pub(crate) mod till;
    pub(crate) mod udevd;
}

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--list") {
        for scenario in guest::scenario::chosen(&words) {
            println!("{:<30} {}", scenario.name, scenario.words);
        }
        return ExitCode::SUCCESS;
    }
    guest::run::all(&words)
}
