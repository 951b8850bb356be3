//! A person's PIN and the hash of it that the configuration holds.
//!
//! Invariant: a PIN is wiped when dropped, is never shown and never written; only its hash is, and that can be shown by
//! one way out. Verifying takes a person no time and a guesser a lot: argon2id (ADR 0013).
//! Deliberately absent: who may try how often (`pin_desk.rs`).

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error as ThisError;
use zeroize::Zeroizing;

/// The cost of a new hash: the least memory that OWASP's password storage cheat sheet names for argon2id (7 MiB, five
/// passes, one lane), because the whole till has 80 MB.
const MEMORY_KIB: u32 = 7 * 1024;
const PASSES: u32 = 5;
/// Hashes made elsewhere may cost more, up to what a till can bear.
const MOST_MEMORY_KIB: u32 = 64 * 1024;
const MOST_PASSES: u32 = 20;

/// What a person typed as a PIN.
pub struct Pin(Zeroizing<String>);

/// Why a text is no PIN for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
#[error("a PIN is 4 to 8 digits")]
pub struct NotAPin;

impl Pin {
    /// What was typed, right or wrong.
    #[must_use]
    pub fn typed(text: Zeroizing<String>) -> Pin {
        Pin(text)
    }

    /// A PIN that may be given to a person.
    ///
    /// # Errors
    /// [`NotAPin`] unless it is 4 to 8 digits.
    pub fn chosen(text: Zeroizing<String>) -> Result<Pin, NotAPin> {
        let fits = (4..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Pin(text)) } else { Err(NotAPin) }
    }

    /// Whether two people typed the same, or one twice.
    #[must_use]
    pub fn is_same(&self, other: &Pin) -> bool {
        *self.0 == *other.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// What the configuration knows of a PIN. Few digits can be guessed from it, so it is not shown by chance.
#[derive(Clone, PartialEq, Eq)]
pub struct PinHash(PasswordHash);

/// Why a configured text is no hash of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
pub enum NotAHash {
    /// Digits.
    #[error(
        "pin is a plain PIN, which anybody who sees this file could use; run `quickpay pin` and put its line here"
    )]
    Plain,
    /// Something else.
    #[error("pin is not a hash that `quickpay pin` makes ($argon2id$v=19$…); run it and put its line here")]
    Unknown,
    /// Cheaper than it must be, or dearer than a till can bear.
    #[error(
        "pin is a hash with too low or too high a cost (m=7168 to 65536, t=5 to 20, p=1); run `quickpay pin` and put its line here"
    )]
    Cost,
}

impl PinHash {
    /// The hash of a PIN with fresh random bytes as its salt.
    ///
    /// # Errors
    /// When the memory cannot be had.
    pub fn of(pin: &Pin, salt: &[u8; 16]) -> Result<PinHash, Error> {
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| Error::ParamsInvalid)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_with_salt(pin.0.as_bytes(), salt).map(PinHash)
    }

    /// Reads a configured hash.
    ///
    /// # Errors
    /// [`NotAHash`] says what to do; it never repeats the text.
    pub fn parse(text: &str) -> Result<PinHash, NotAHash> {
        if !text.starts_with('$') {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            return Err(if plain { NotAHash::Plain } else { NotAHash::Unknown });
        }
        let hash = PasswordHash::new(text).map_err(|_| NotAHash::Unknown)?;
        let known = hash.algorithm.as_str() == "argon2id" && hash.version == Some(0x13);
        if !known || hash.salt.is_none() || hash.hash.is_none() {
            return Err(NotAHash::Unknown);
        }
        let params = Params::try_from(&hash).map_err(|_| NotAHash::Unknown)?;
        let bearable = (MEMORY_KIB..=MOST_MEMORY_KIB).contains(&params.m_cost())
            && (PASSES..=MOST_PASSES).contains(&params.t_cost())
            && params.p_cost() == 1;
        if bearable { Ok(PinHash(hash)) } else { Err(NotAHash::Cost) }
    }

    /// Whether it is the hash of this PIN. Takes tens of milliseconds and the memory of its cost: never on the event loop.
    #[must_use]
    pub fn fits(&self, pin: &Pin) -> bool {
        match Argon2::default().verify_password(pin.0.as_bytes(), &self.0) {
            Ok(()) => true,
            Err(Error::PasswordInvalid) => false,
            Err(error) => {
                tracing::error!(%error, "a PIN could not be checked");
                false
            }
        }
    }

    /// The text for the configuration; the one way out.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Pin {
        Pin::typed(Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn a_hash_is_read_back_and_fits_its_pin_alone() {
        let hash = PinHash::of(&pin("4711"), &[7; 16]).unwrap();
        let read = PinHash::parse(&hash.reveal()).unwrap();
        assert!(read.fits(&pin("4711")));
        assert!(!read.fits(&pin("4712")) && !read.fits(&pin("")) && !read.fits(&pin("47110")));
        assert!(!format!("{read:?} {:?}", pin("4711")).contains("4711"));
    }

    #[test]
    fn equal_pins_have_unlike_hashes() {
        let of = |salt| PinHash::of(&pin("4711"), &[salt; 16]).unwrap().reveal();
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn a_plain_pin_and_a_cheap_hash_are_no_hash() {
        assert_eq!(PinHash::parse("4711"), Err(NotAHash::Plain));
        let salted = "$argon2id$v=19$m=16,t=2,p=1$MTIzNDU2Nzg5MDEyMzQ1Ng$hmF4E0fhh2kZcxDQZVRVuw";
        assert_eq!(PinHash::parse(salted), Err(NotAHash::Cost));
        for wrong in [
            "",
            "secret",
            "$argon2id$v=19$m=7168,t=5,p=1",
            "$2b$12$abc",
            "$argon2i$v=19$m=7168,t=5,p=1$MTIzNDU2Nzg5MDEyMzQ1Ng$hmF4E0fhh2kZcxDQZVRVuw",
        ] {
            assert_eq!(PinHash::parse(wrong), Err(NotAHash::Unknown), "{wrong}");
        }
    }

    #[test]
    fn a_pin_is_4_to_8_digits() {
        for wrong in ["", "123", "123456789", "12a4", "１２３４"] {
            assert!(Pin::chosen(Zeroizing::new(wrong.to_owned())).is_err(), "{wrong}");
        }
        assert!(Pin::chosen(Zeroizing::new("0000".to_owned())).is_ok());
    }
}
