//! `quickpay doctor`: the health of the journal and the store, and what can be mended.

use anyhow::{Result, bail};
use quickpay_store::doctor;

use super::{no_journal, say};
use crate::cli::Doctor;
use crate::clock::Clock;
use crate::config::Config;

pub(super) fn run(arguments: &Doctor) -> Result<()> {
    crate::telemetry::start("warn");
    let now = Clock::new().now().wall;
    let (sound, words) = match arguments {
        Doctor::Verify(of) => {
            let Config { data_dir, settings, .. } = Config::read(&of.config)?;
            let report = doctor::verify(&data_dir, Some(&settings.terminal));
            if report.found_no_journal() {
                return Err(no_journal(&data_dir));
            }
            (report.is_sound(), report.to_string())
        }
        Doctor::Repair(of) => {
            let report = doctor::repair(&Config::read(&of.config)?.data_dir, now)?;
            (report.is_sound(), report.to_string())
        }
        Doctor::Rebuild(of) => {
            let report = doctor::rebuild(&Config::read(&of.config)?.data_dir, now)?;
            (report.is_sound(), report.to_string())
        }
    };
    say(words.trim_end());
    if sound { Ok(()) } else { bail!("not sound; see above for what remains and what to do") }
}
