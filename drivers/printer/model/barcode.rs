//! What a `GS k` Code 128 command holds.
//!
//! Invariant: pure; written from the printer's manual, not from our encoder.

use super::super::code128;

/// A Code 128 symbol: its modules and what a scanner would read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) modules: Vec<bool>,
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    A,
    B,
    C,
}

impl Set {
    fn start(self) -> u8 {
        match self {
            Set::A => 103,
            Set::B => 104,
            Set::C => 105,
        }
    }

    fn switch(self) -> u8 {
        match self {
            Set::A => 101,
            Set::B => 100,
            Set::C => 99,
        }
    }
}

/// `None` when the printer would refuse it: it must begin with a code set.
pub(super) fn code_128(data: &[u8]) -> Option<Symbol> {
    let (mut values, mut text) = (Vec::new(), String::new());
    let mut set = None;
    let mut rest = data;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let brace = *byte == b'{';
        if brace {
            let (selector, after) = rest.split_first()?;
            rest = after;
            let chosen = match selector {
                b'A' => Some(Set::A),
                b'B' => Some(Set::B),
                b'C' => Some(Set::C),
                b'{' => None,
                _ => return None,
            };
            if let Some(chosen) = chosen {
                values.push(if set.is_none() { chosen.start() } else { chosen.switch() });
                set = Some(chosen);
                continue;
            }
        }
        values.push(match set? {
            Set::A => byte.checked_sub(0x20).or_else(|| byte.checked_add(64)).filter(|value| *value < 96)?,
            Set::B => byte.checked_sub(0x20).filter(|value| *value < 96)?,
            Set::C => Some(*byte).filter(|value| *value < 100)?,
        });
        match set? {
            Set::A | Set::B => text.push(char::from(*byte)),
            Set::C => text.push_str(&format!("{byte:02}")),
        }
    }
    Some(Symbol { modules: code128::modules(&values)?, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_sets_and_braces_are_read_as_the_manual_says() {
        assert_eq!(code_128(b"{BNo.{C\x0c\x22").unwrap().text, "No.1234");
        assert_eq!(code_128(b"{Ba{{b").unwrap().text, "a{b");
        assert_eq!(code_128(b"S0001"), None);
        assert_eq!(code_128(b"{B\x01"), None);
        assert_eq!(code_128(b"{B"), code_128(b"{B"));
    }
}
