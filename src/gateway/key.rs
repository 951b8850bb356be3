//! The merchant's secret key, which opens the gateway and says whether the money is real.
//!
//! Invariant: it cannot be printed, is wiped when dropped, and [`SecretKey::reveal`] is its one way out.
//! Deliberately absent: where keys come from (file, credential, environment), and `Display`.

use std::fmt;

use quickpay_core::answer::Mode;
use thiserror::Error;
use zeroize::Zeroizing;

/// Longest key that is taken; the known ones have about a hundred characters.
const MAX_LEN: usize = 512;

/// A key that may take payments, `sk_test_…` or `sk_live_…`.
#[derive(Clone)]
pub struct SecretKey {
    text: Zeroizing<String>,
    mode: Mode,
}

/// Why a text is not a secret key. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Nothing at all.
    #[error("the secret key is empty; it begins with sk_test_ or sk_live_")]
    Empty,
    /// `pk_…`
    #[error("this is a publishable key (pk_), which cannot take payments; the secret key begins with sk_")]
    Publishable,
    /// Another beginning.
    #[error("a secret key begins with sk_test_ or sk_live_; this text does not")]
    Prefix,
    /// A beginning and nothing behind it.
    #[error("the secret key ends after its prefix; copy the whole of it")]
    Short,
    /// A space, a quote, a colon, a line break or another sign that no key holds.
    #[error("a secret key holds letters, digits and = + / _ - . only; copy it without quotes or line breaks")]
    Character,
    /// Longer than any key.
    #[error("a secret key has at most {MAX_LEN} characters; this is more than one key")]
    Long,
}

impl SecretKey {
    /// Reads a key; white space around it (the line end of a file) is dropped.
    ///
    /// # Errors
    /// [`KeyError`] says what the text is instead; wiping it is the caller's.
    pub fn parse(text: &str) -> Result<SecretKey, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if text.starts_with("pk_") {
            return Err(KeyError::Publishable);
        }
        let (mode, rest) = if let Some(rest) = text.strip_prefix("sk_test_") {
            (Mode::Test, rest)
        } else if let Some(rest) = text.strip_prefix("sk_live_") {
            (Mode::Live, rest)
        } else {
            return Err(KeyError::Prefix);
        };
        if rest.is_empty() {
            return Err(KeyError::Short);
        }
        if text.len() > MAX_LEN {
            return Err(KeyError::Long);
        }
        if !rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"=+/_-.".contains(&b)) {
            return Err(KeyError::Character);
        }
        Ok(SecretKey { text: Zeroizing::new(text.to_owned()), mode })
    }

    /// Whether it moves test money or real money.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The key itself, for the one header that carries it.
    pub(crate) fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({:?}, redacted)", self.mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_decides_the_mode() {
        assert_eq!(SecretKey::parse("sk_test_NTE1OTU5Nzc=").map(|key| key.mode()), Ok(Mode::Test));
        assert_eq!(SecretKey::parse("sk_live_a+b/c=\n").map(|key| key.mode()), Ok(Mode::Live));
    }

    #[test]
    fn what_is_not_a_secret_key_is_named() {
        let why = |text: &str| SecretKey::parse(text).map(|_| ()).unwrap_err();
        assert_eq!(why(" \n"), KeyError::Empty);
        assert_eq!(why("pk_live_abc"), KeyError::Publishable);
        assert_eq!(why("whsec_abc"), KeyError::Prefix);
        assert_eq!(why("SK_TEST_abc"), KeyError::Prefix);
        assert_eq!(why("sk_test_"), KeyError::Short);
        assert_eq!(why("sk_test_a:b"), KeyError::Character);
        assert_eq!(why("sk_test_a\nsk_test_b"), KeyError::Character);
        assert_eq!(why(&format!("sk_test_{}", "a".repeat(600))), KeyError::Long);
    }

    #[test]
    fn a_key_cannot_be_printed() {
        let shown = format!("{:?}", SecretKey::parse("sk_test_secret").unwrap());
        assert_eq!(shown, "SecretKey(Test, redacted)");
    }
}
