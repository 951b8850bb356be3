//! Where the secret key comes from: the one place that reads it.
//!
//! Invariant: the key never comes from the configuration file or the command line, and is never printed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use quickpay_gateway::{EndpointError, KeyError, SecretKey};
use thiserror::Error;
use zeroize::Zeroizing;

use super::Gateway;

const VARIABLE: &str = "QUICKPAY_SECRET_KEY";
const CREDENTIAL: &str = "quickpay.secret-key";

/// Why there is no key to sell with.
#[derive(Debug, Error)]
pub enum KeyPlaceError {
    /// Nowhere.
    #[error(
        "no secret key: set [gateway] secret_key_file, the variable {VARIABLE}, or a systemd credential {CREDENTIAL}"
    )]
    Nowhere,
    /// A file that cannot be read.
    #[error("the secret key file {} cannot be read: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Not a secret key.
    #[error("the secret key from {place} is none: {error}")]
    NotAKey {
        /// Where it came from.
        place: String,
        /// Why.
        error: KeyError,
    },
    /// A key of the other mode.
    #[error(transparent)]
    WrongHost(#[from] EndpointError),
}

pub(super) fn find(gateway: &Gateway) -> Result<SecretKey, KeyPlaceError> {
    let key = if let Ok(text) = std::env::var(VARIABLE) {
        parse(&Zeroizing::new(text), VARIABLE)?
    } else if let Some(path) = credential() {
        read(&path)?
    } else {
        read(gateway.secret_key_file.as_ref().ok_or(KeyPlaceError::Nowhere)?)?
    };
    gateway.endpoint.admit(key.mode())?;
    Ok(key)
}

fn credential() -> Option<PathBuf> {
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    Some(PathBuf::from(directory).join(CREDENTIAL)).filter(|path| path.exists())
}

fn read(path: &Path) -> Result<SecretKey, KeyPlaceError> {
    let mode = std::fs::metadata(path).map(|file| file.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        tracing::warn!(file = %path.display(), "other users can read the secret key; chmod 600 it");
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| KeyPlaceError::Unreadable { path: path.to_owned(), error })?;
    parse(&Zeroizing::new(text), &path.display().to_string())
}

fn parse(text: &str, place: &str) -> Result<SecretKey, KeyPlaceError> {
    SecretKey::parse(text.trim()).map_err(|error| KeyPlaceError::NotAKey { place: place.to_owned(), error })
}
