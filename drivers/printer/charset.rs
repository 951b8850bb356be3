//! What a printer can print as text, and the bytes of it.
//!
//! Invariant: the bytes of a text are printable ASCII or GBK pairs, never a control byte, whatever the text holds; what
//! cannot be printed becomes a visible `?` and is named.
//! Deliberately absent: raster (part 4) and guesses such as a currency sign for its code.

use encoding_rs::{EncoderResult, GBK};

/// A printer's repertoire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Space to tilde.
    Ascii,
    /// ASCII and the two-byte part of GB18030, which is GBK: four-byte characters are not in any ROM.
    Gb18030,
}

impl Charset {
    /// The text as this charset can print it, without control characters; what is missing is added to the list once.
    #[must_use]
    pub fn spell(self, text: &str, missing: &mut Vec<char>) -> String {
        let mut spelled = String::with_capacity(text.len());
        for c in without_controls(text) {
            if self.has(c) {
                spelled.push(c);
            } else if let Some(plain) = plain_spelling(c) {
                spelled.push_str(&plain);
            } else {
                spelled.push('?');
                if !missing.contains(&c) {
                    missing.push(c);
                }
            }
        }
        spelled
    }

    /// The bytes of a spelled text; what is not in the charset comes out as `?`.
    #[must_use]
    pub fn bytes(self, spelled: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(spelled.len());
        for c in spelled.chars() {
            match (ascii(c), self) {
                (Some(byte), _) => bytes.push(byte),
                (None, Charset::Gb18030) => match gbk_pair(c) {
                    Some(pair) => bytes.extend(pair),
                    None => bytes.push(b'?'),
                },
                (None, Charset::Ascii) => bytes.push(b'?'),
            }
        }
        bytes
    }

    /// Columns that a printer gives a character of this charset: one a byte.
    #[must_use]
    pub fn columns_of(c: char) -> usize {
        if c.is_ascii() { 1 } else { 2 }
    }

    fn has(self, c: char) -> bool {
        match self {
            Charset::Ascii => ascii(c).is_some(),
            Charset::Gb18030 => ascii(c).is_some() || gbk_pair(c).is_some(),
        }
    }
}

/// A text without control and invisible formatting characters; breaks and tabs become spaces.
pub(crate) fn without_controls(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if c.is_control() => None,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => None,
        _ => Some(c),
    })
}

fn ascii(c: char) -> Option<u8> {
    u8::try_from(c).ok().filter(|byte| (0x20..0x7f).contains(byte))
}

/// The two bytes of a GBK character. The encoder without replacement is used: the convenient one writes HTML references.
fn gbk_pair(c: char) -> Option<[u8; 2]> {
    if ('\u{e000}'..='\u{f8ff}').contains(&c) {
        return None; // user-defined cells: empty in ROM
    }
    let (mut utf8, mut out) = ([0_u8; 4], [0_u8; 8]);
    let text = c.encode_utf8(&mut utf8);
    let (result, _read, written) =
        GBK.new_encoder().encode_from_utf8_without_replacement(text, &mut out, true);
    match (result, out.get(..written)) {
        (EncoderResult::InputEmpty, Some(&[lead @ 0x81..=0xfe, trail @ (0x40..=0x7e | 0x80..=0xfe)])) => {
            Some([lead, trail])
        }
        _ => None,
    }
}

/// The same sign in ASCII, for signs whose shape is no matter.
fn plain_spelling(c: char) -> Option<String> {
    let plain = match c {
        '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => " ",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2018}' | '\u{2019}' => "'",
        '\u{201c}' | '\u{201d}' => "\"",
        '\u{2026}' => "...",
        '\u{d7}' => "x",
        '\u{3001}' => ",",
        '\u{3002}' => ".",
        '\u{ff01}'..='\u{ff5e}' => return char::from_u32(u32::from(c) - 0xfee0).map(String::from),
        _ => return None,
    };
    Some(plain.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chinese_goes_out_as_gb18030_pairs() {
        // python-escpos 3.1 and receiptline 4.0.4 agree on these.
        assert_eq!(Charset::Gb18030.bytes("收据"), [0xCA, 0xD5, 0xBE, 0xDD]);
        assert_eq!(Charset::Gb18030.bytes("微信 A"), [0xCE, 0xA2, 0xD0, 0xC5, 0x20, 0x41]);
    }

    #[test]
    fn what_is_not_in_the_rom_is_a_visible_mark_and_is_named() {
        let mut missing = Vec::new();
        assert_eq!(Charset::Gb18030.spell("€ 한 㐀 😀 é é", &mut missing), "? ? ? ? é é");
        assert_eq!(missing, ['€', '한', '㐀', '😀']);
        missing.clear();
        assert_eq!(Charset::Ascii.spell("“收据” – 8\u{a0}×\u{a0}2…", &mut missing), "\"??\" - 8 x 2...");
        assert_eq!(missing, ['收', '据']);
        missing.clear();
        assert_eq!(Charset::Ascii.spell("金额:88(元)", &mut missing), "??:88(?)");
    }

    #[test]
    fn controls_and_invisible_signs_are_gone() {
        let mut missing = Vec::new();
        let nasty = "a\u{1b}@b\u{1d}V\u{0}c\nd\u{202e}e\u{85}f\u{feff}";
        assert_eq!(Charset::Gb18030.spell(nasty, &mut missing), "a@bVc def");
        assert!(missing.is_empty());
    }

    proptest! {
        #[test]
        fn no_text_can_make_a_command_byte(text in any::<String>()) {
            for charset in [Charset::Ascii, Charset::Gb18030] {
                let spelled = charset.spell(&text, &mut Vec::new());
                let bytes = charset.bytes(&spelled);
                prop_assert!(bytes.iter().all(|b| (0x20..0xff).contains(b) && *b != 0x7f));
                prop_assert!(charset == Charset::Gb18030 || bytes.is_ascii());
                let columns: usize = spelled.chars().map(Charset::columns_of).sum();
                prop_assert_eq!(columns, bytes.len());
                prop_assert_eq!(charset.bytes(&text.chars().filter(|c| c.is_control()).collect::<String>())
                    .iter().filter(|b| **b != b'?').count(), 0);
            }
        }
    }
}
