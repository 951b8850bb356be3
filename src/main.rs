//! Opens the shop: reads the command line, runs the command, says what went wrong.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;
use quickpay::cli::Cli;
use quickpay::commands;

/// Done, could not, used wrongly: the exit codes of every command.
fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help_or_fault) => {
            let asked_for = !help_or_fault.use_stderr();
            help_or_fault.print().ok();
            return if asked_for { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    commands::run(cli.command)
}
