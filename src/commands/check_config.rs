//! `quickpay check-config FILE`

use anyhow::Result;

use super::say;
use crate::cli::CheckConfig;
use crate::config::{Config, KeyPlaceError};

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
    Ok(())
}
