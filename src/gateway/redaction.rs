//! Making the gateway's words fit to be kept: short, on one line, and without anything that may be a secret.
//!
//! Invariant: a run of 13 to 24 digits (a payment code), a secret key, a client secret and a `Basic` header are never
//! let through, whoever wrote them.
//! Deliberately absent: our own secrets; those are never handed to a log in the first place.

/// Longest text that leaves this crate in an answer (platform notes, section 7).
pub(crate) const MAX_TEXT_BYTES: usize = 1024;
/// Longest excerpt of an answer in the log (wire contract, section 5).
pub(crate) const MAX_EXCERPT_BYTES: usize = 512;

/// A word of the gateway: no secrets, no control characters, cut.
pub(crate) fn clean(text: &str) -> String {
    cut(&redact(text), MAX_TEXT_BYTES).to_owned()
}

/// The beginning of an answer, for the log. Cut generously before redacting and exactly after it, so that no secret is
/// halved into something that no longer looks like one.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let begin = body.get(..MAX_EXCERPT_BYTES * 2).unwrap_or(body);
    cut(&redact(&String::from_utf8_lossy(begin)), MAX_EXCERPT_BYTES).to_owned()
}

/// Overwrites every place where the gateway repeats a secret of ours.
pub(crate) fn scrub(body: &mut [u8], secret: &str) {
    let secret = secret.as_bytes();
    if secret.is_empty() {
        return;
    }
    let mut from = 0;
    while let Some(found) =
        body.get(from..).and_then(|rest| rest.windows(secret.len()).position(|w| w == secret))
    {
        let start = from + found;
        let end = start + secret.len();
        if let Some(place) = body.get_mut(start..end) {
            place.fill(b'x');
        }
        from = end;
    }
}

/// Cuts at a character boundary.
pub(crate) fn cut(text: &str, max_bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(max_bytes)).unwrap_or_default()
}

fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_TEXT_BYTES * 2));
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            rest = redact_word(word, after, &mut out);
        } else {
            out.push(if first.is_control() { ' ' } else { first });
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Writes one word, or what stands for it, and returns what is left of the text behind it.
fn redact_word<'a>(word: &str, after: &'a str, out: &mut String) -> &'a str {
    let key_like = word.starts_with("sk_live_") || word.starts_with("sk_test_");
    if key_like || word.contains("_secret_") {
        out.push_str("[secret]");
        return after.trim_start_matches(|c: char| !c.is_whitespace() && !matches!(c, '"' | ',' | '\\'));
    }
    if word == "Basic" && after.starts_with(' ') {
        out.push_str("Basic [secret]");
        let value = after.trim_start();
        return value.trim_start_matches(|c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\'));
    }
    if (13..=24).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()) {
        out.push_str("[digits]");
    } else {
        out.push_str(word);
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_looks_like_a_payment_code_is_blotted_out() {
        assert_eq!(clean("code 132993614656096754 is used"), "code [digits] is used");
        assert_eq!(clean("{\"c\":\"132993614656096754\"}"), "{\"c\":\"[digits]\"}");
        assert_eq!(clean("1234567890123"), "[digits]");
        assert_eq!(
            clean("123456789012 4200001234567890123456789012"),
            "123456789012 4200001234567890123456789012"
        );
        assert_eq!(clean("pi_1760544113783996416"), "pi_1760544113783996416");
    }

    #[test]
    fn keys_and_client_secrets_are_blotted_out() {
        assert_eq!(clean("key sk_live_a+b/c= refused"), "key [secret] refused");
        assert_eq!(clean("\"pi_17_secret_QXX\",\"b\""), "\"[secret]\",\"b\"");
        assert_eq!(clean("Authorization: Basic c2tfdGVzdF8=, x"), "Authorization: Basic [secret] x");
    }

    #[test]
    fn words_stay_on_one_line_and_are_cut_between_characters() {
        assert_eq!(clean("a\r\nb\u{1b}[31m"), "a  b [31m");
        assert_eq!(clean(&"支".repeat(1000)).len(), 1023);
        assert!(excerpt(&[b'a'; 5000]).len() == MAX_EXCERPT_BYTES);
        assert!(excerpt(&[0xff; 5000]).len() <= MAX_EXCERPT_BYTES);
    }

    #[test]
    fn a_secret_that_is_repeated_is_overwritten_everywhere() {
        let mut body = b"fpABC and fpABCfpABC".to_vec();
        scrub(&mut body, "fpABC");
        assert_eq!(body, b"xxxxx and xxxxxxxxxx");
    }
}
