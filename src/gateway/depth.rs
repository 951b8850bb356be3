//! How deep a JSON text nests, found before it is parsed.

/// Deepest nesting that is read (platform notes, section 7).
pub(crate) const MAX_DEPTH: usize = 32;

/// Whether brackets outside strings nest at most [`MAX_DEPTH`] deep. Says nothing about well-formedness.
pub(crate) fn is_shallow(json: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_outside_strings_only() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_shallow(nested(MAX_DEPTH).as_bytes()));
        assert!(!is_shallow(nested(MAX_DEPTH + 1).as_bytes()));
        assert!(!is_shallow(nested(10_000).as_bytes()));
        assert!(is_shallow(format!(r#"{{"a":"{}\"{}"}}"#, "[".repeat(50), "{".repeat(50)).as_bytes()));
        assert!(is_shallow("[]".repeat(1000).as_bytes()));
    }
}
