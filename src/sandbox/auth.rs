//! Who may speak to the gateway: HTTP Basic with the secret key as user and an empty password; a key is compared and
//! dropped, never kept or logged. Transport security is absent: the sandbox is for loopback.

use std::fmt;

use crate::refusal::Refusal;

/// Which secret keys are accepted.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum ApiKeys {
    /// Every key that begins with `sk_test_`.
    #[default]
    AnyTestKey,
    /// These and no other.
    Only(Vec<String>),
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyTestKey => f.write_str("AnyTestKey"),
            Self::Only(keys) => write!(f, "Only({} keys)", keys.len()),
        }
    }
}

impl ApiKeys {
    /// Reads an `Authorization` header.
    pub(crate) fn check(&self, header: Option<&str>) -> Result<(), Refusal> {
        let no = |message: &str| Refusal::Unauthorized { message: message.to_owned() };
        let header =
            header.ok_or_else(|| no("no Authorization header; send the secret key by HTTP Basic"))?;
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(no("Authorization must be Basic"));
        }
        let user = base64(rest.trim()).and_then(|bytes| String::from_utf8(bytes).ok());
        let user = user.ok_or_else(|| no("Authorization is not valid base64"))?;
        let (key, password) = user.split_once(':').ok_or_else(|| no("Basic needs user:password"))?;
        if !password.is_empty() {
            return Err(no("the password must be empty"));
        }
        if key.starts_with("pk_") {
            return Err(no("a publishable key (pk_) may not do this; use the secret key"));
        }
        if key.starts_with("sk_live_") {
            return Err(no("a live key was sent to the sandbox; use a key that begins with sk_test_"));
        }
        let accepted = match self {
            Self::AnyTestKey => key.len() > "sk_test_".len() && key.starts_with("sk_test_"),
            Self::Only(keys) => keys.iter().any(|known| known == key),
        };
        if accepted { Ok(()) } else { Err(no("this API key is not known here")) }
    }
}

/// Standard base64, padded or not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = ((held << 6) | u32::from(six)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).ok()?);
        }
    }
    Some(bytes)
}
