//! `quickpay check-config FILE`

use anyhow::Result;
use quickpay_drivers::printer::list::is_of_star;
use quickpay_drivers::printer::port::PrinterKind;

use super::say;
use crate::cli::CheckConfig;
use crate::config::{Config, KeyPlaceError, Printer};

pub(super) fn run(arguments: &CheckConfig) -> Result<()> {
    crate::telemetry::start("warn");
    let config = Config::read(&arguments.file)?;
    match config.secret_key() {
        Ok(key) => say(&format!("{}: well; a {:?} key is in place", arguments.file.display(), key.mode())),
        Err(error @ (KeyPlaceError::WrongHost(_) | KeyPlaceError::NotAKey { .. })) => {
            return Err(error.into());
        }
        Err(error) => say(&format!("{}: well, but it cannot sell yet: {error}", arguments.file.display())),
    }
    if names_star(&config.printer) {
        say(
            "[printer]: vendor 0519 is Star, whose printers speak a language of their own until they are switched to ESC/POS \
             emulation; `quickpay devices` says whether this one was",
        );
    }
    Ok(())
}

/// What it speaks only the printer itself can say, so this is a hint and no fault.
fn names_star(printer: &Printer) -> bool {
    match printer {
        Printer::Device { kind: PrinterKind::Usb(settings), .. } => is_of_star(&settings.identity),
        Printer::Device { .. } | Printer::None => false,
    }
}
