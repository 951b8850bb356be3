//! One file per command, and what their ends mean: 0 done, 1 could not, 2 used wrongly.

mod check_config;
mod demo;
mod device_test;
mod devices;
mod doctor;
mod journal;
mod pin;
mod receipt;
mod run;
mod sandbox;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use quickpay_core::record::Entry;
use quickpay_store::{ReadEnd, RealDisk, show_journal};

use crate::cli::{Command, Journal};
use crate::config::{ConfigError, KeyPlaceError};

/// Runs a command to its end and says on standard error what went wrong.
#[must_use]
pub fn run(command: Command) -> ExitCode {
    if let Err(error) = crate::dump::forbid() {
        complain(
            &anyhow::Error::new(error).context("core dumps cannot be forbidden, and one would hold secrets"),
        );
        return ExitCode::from(1);
    }
    let draws = match &command {
        Command::Demo(_) => true,
        Command::Run(arguments) => !arguments.headless,
        Command::Sandbox(_) | Command::CheckConfig(_) | Command::Journal(_) | Command::Receipt(_) => false,
        Command::Doctor(_) | Command::Devices(_) | Command::Pin => false,
    };
    // Before any thread: where the machine has no font at all, the program has to start again with ours.
    if draws && let Err(error) = quickpay_ui::fonts::settle(&crate::assets::fonts()) {
        complain(&error.into());
        return ExitCode::from(1);
    }
    let ended = match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Sandbox(arguments) => sandbox::run(&arguments),
        Command::CheckConfig(arguments) => check_config::run(&arguments),
        Command::Journal(Journal::Show(arguments)) => journal::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Devices(arguments) => devices::run(&arguments),
        Command::Receipt(arguments) => receipt::run(&arguments),
        Command::Pin => pin::run(),
    };
    let Err(error) = ended else { return ExitCode::SUCCESS };
    complain(&error);
    let wrong_use = error.is::<ConfigError>() || error.is::<KeyPlaceError>() || error.is::<WrongUse>();
    ExitCode::from(if wrong_use { 2 } else { 1 })
}

/// The command was used wrongly.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUse(pub String);

#[allow(clippy::print_stderr, reason = "this is where a command tells a person why it ended")]
fn complain(error: &anyhow::Error) {
    eprintln!("quickpay: {error:#}");
}

/// The typeface of pictures of receipts.
pub(crate) fn typeface() -> Result<quickpay_drivers::printer::typeface::Typeface> {
    receipt::typeface()
}

/// Prints results; the one place that writes to standard output besides the headless protocol. A reader that has gone
/// away, as in `quickpay journal show | head`, is no fault.
fn say(line: &str) {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}").ok();
}

/// Shows all entries of a journal in order; takes no lock.
fn read(data_dir: &Path, show: &mut dyn FnMut(Entry)) -> Result<()> {
    let report = show_journal(&RealDisk, data_dir, show)?;
    match report.end {
        ReadEnd::Clean => {}
        ReadEnd::Torn(torn) => {
            tracing::info!(
                seq = torn.seq,
                bytes = torn.bytes,
                "the last entry is under way, or was cut by a power cut"
            );
        }
        ReadEnd::Damaged(damage) => {
            tracing::error!(%damage, "the journal is damaged here; entries before it are good; run `quickpay doctor verify`");
        }
    }
    if report.terminal.is_none() {
        return Err(no_journal(data_dir));
    }
    Ok(())
}

/// Nothing was found where the configuration says, and nothing was made there.
fn no_journal(data_dir: &Path) -> anyhow::Error {
    let words = "check data_dir in the configuration; a terminal that never ran has none";
    anyhow::anyhow!("there is no journal in {}; {words}", data_dir.display())
}
