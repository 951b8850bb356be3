//! What a printer can print as text, and the bytes of it.
//!
//! Invariant: the bytes of a text are printable ASCII, one-byte signs of a code page or pairs of a national set, never
//! a control byte, whatever the text holds; what cannot be printed becomes a visible `?` and is named.
//! Deliberately absent: pictures of what is missing (`typeset`), and guesses such as a currency sign for its code.

mod national;
mod western;

use super::layout::ColumnsOf;

/// A printer's repertoire. Which one is right, only a person who read its test page can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Space to tilde.
    Ascii,
    /// ASCII and code page 858: Western Europe and the euro sign.
    Cp858 {
        /// The printer's number for it in `ESC t`: 19 on Epson, another elsewhere.
        page: u8,
    },
    /// ASCII and the two-byte part of GB18030, which is GBK: four-byte characters are not in any ROM.
    Gb18030,
    /// ASCII and Big5 without the vendors' additions.
    Big5,
    /// ASCII but the backslash (a won sign there), and KS X 1001 as EUC-KR.
    Korean,
    /// ASCII but the backslash (a yen sign there), half-width katakana, and JIS X 0208 as Shift JIS.
    ShiftJis,
}

impl Charset {
    /// The bytes that switch a printer to it, for the start of each job: on clones `ESC @` does not restore the mode, and
    /// printers sold in China start in Chinese mode and swallow bytes in pairs.
    #[must_use]
    pub fn mode(self) -> Vec<u8> {
        match self {
            Charset::Ascii => b"\x1c.".to_vec(),
            Charset::Cp858 { page } => vec![0x1c, b'.', 0x1b, b't', page],
            Charset::Gb18030 | Charset::Big5 => b"\x1c&".to_vec(),
            Charset::Korean => b"\x1c&\x1bR\x0d".to_vec(),
            Charset::ShiftJis => b"\x1bt\x01\x1cC\x01\x1bR\x08".to_vec(),
        }
    }

    /// Whether a text can be printed as it stands, or with signs that look the same.
    #[must_use]
    pub fn prints(self, text: &str) -> bool {
        without_controls(text).all(|c| self.has(c) || self.plain_spelling(c).is_some())
    }

    /// The text as this charset can print it, without control characters; what is missing is added to the list once.
    #[must_use]
    pub fn spell(self, text: &str, missing: &mut Vec<char>) -> String {
        let (mut spelled, mut rest) = (String::with_capacity(text.len()), text);
        while !rest.is_empty() {
            let (own, after) = rest.split_at(own_bytes_of(rest));
            spelled.push_str(own);
            let mut after = after.chars();
            if let Some(c) = after.next().and_then(without_control) {
                self.spell_one(c, &mut spelled, missing);
            }
            rest = after.as_str();
        }
        spelled
    }

    fn spell_one(self, c: char, spelled: &mut String, missing: &mut Vec<char>) {
        if self.has(c) {
            spelled.push(c);
        } else if let Some(plain) = self.plain_spelling(c) {
            spelled.push_str(&plain);
        } else {
            spelled.push('?');
            if !missing.contains(&c) {
                missing.push(c);
            }
        }
    }

    /// The bytes of a spelled text; what is not in the charset comes out as `?`.
    #[must_use]
    pub fn bytes(self, spelled: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(spelled.len());
        self.put(spelled, &mut bytes);
        bytes
    }

    /// Appends the bytes of a spelled text.
    pub(crate) fn put(self, spelled: &str, bytes: &mut Vec<u8>) {
        let mut rest = spelled;
        while !rest.is_empty() {
            let (own, after) = rest.split_at(own_bytes_of(rest));
            bytes.extend_from_slice(own.as_bytes());
            let mut after = after.chars();
            match after.next().map(|c| self.code(c)) {
                Some(Some(Code::One(byte))) => bytes.push(byte),
                Some(Some(Code::Pair(pair))) => bytes.extend_from_slice(&pair),
                Some(None) => bytes.push(b'?'),
                None => {}
            }
            rest = after.as_str();
        }
    }

    /// The columns that a printer gives the characters of this charset: one a byte.
    #[must_use]
    pub fn columns_of(self) -> ColumnsOf {
        match self {
            Charset::Ascii | Charset::Cp858 { .. } => |_| 1,
            Charset::Gb18030 | Charset::Big5 | Charset::Korean => |c| if c.is_ascii() { 1 } else { 2 },
            Charset::ShiftJis => {
                |c| if c.is_ascii() || ('\u{ff61}'..='\u{ff9f}').contains(&c) { 1 } else { 2 }
            }
        }
    }

    /// Whether its characters beyond ASCII take two columns and are sized by commands of their own.
    pub(crate) fn is_national(self) -> bool {
        match self {
            Charset::Ascii | Charset::Cp858 { .. } => false,
            Charset::Gb18030 | Charset::Big5 | Charset::Korean | Charset::ShiftJis => true,
        }
    }

    /// Where the backslash of ASCII is a won or yen sign.
    fn has_money_sign(self) -> bool {
        match self {
            Charset::Ascii | Charset::Cp858 { .. } | Charset::Gb18030 | Charset::Big5 => false,
            Charset::Korean | Charset::ShiftJis => true,
        }
    }

    fn plain_spelling(self, c: char) -> Option<String> {
        plain_spelling(c).filter(|plain| plain.chars().all(|plain| self.has(plain)))
    }

    fn has(self, c: char) -> bool {
        self.code(c).is_some()
    }

    fn code(self, c: char) -> Option<Code> {
        if let Some(byte) = ascii(c) {
            return (c != '\\' || !self.has_money_sign()).then_some(Code::One(byte));
        }
        match self {
            Charset::Ascii => None,
            Charset::Cp858 { page: _ } => western::cp858(c).map(Code::One),
            Charset::Gb18030 => national::gbk(c).map(Code::Pair),
            Charset::Big5 => national::big5(c).map(Code::Pair),
            Charset::Korean => national::ks_x_1001(c).map(Code::Pair),
            Charset::ShiftJis => national::half_width_katakana(c)
                .map(Code::One)
                .or_else(|| national::shift_jis(c).map(Code::Pair)),
        }
    }
}

/// How a character goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    One(u8),
    Pair([u8; 2]),
}

/// A text without control and invisible formatting characters; breaks and tabs become spaces.
pub(crate) fn without_controls(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(without_control)
}

fn without_control(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if c.is_control() => None,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => None,
        _ => Some(c),
    }
}

/// Whether a text goes out as it is in every set.
pub(crate) fn is_its_own_bytes(text: &str) -> bool {
    own_bytes_of(text) == text.len()
}

/// How many bytes at the beginning go out as they are in every set: printable ASCII, which most text is, needs no table.
/// The backslash is a money sign in some.
fn own_bytes_of(text: &str) -> usize {
    text.bytes().take_while(|byte| (0x20..0x7f).contains(byte) && *byte != b'\\').count()
}

fn ascii(c: char) -> Option<u8> {
    u8::try_from(c).ok().filter(|byte| (0x20..0x7f).contains(byte))
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

    const ALL: [Charset; 6] = [
        Charset::Ascii,
        Charset::Cp858 { page: 19 },
        Charset::Gb18030,
        Charset::Big5,
        Charset::Korean,
        Charset::ShiftJis,
    ];

    fn missing_of(charset: Charset, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        let _not_looked_at = charset.spell(text, &mut missing);
        missing
    }

    #[test]
    fn each_national_set_goes_out_in_its_own_code() {
        // Python's codecs big5, euc_kr, shift_jis and cp858 say the same.
        assert_eq!(Charset::Big5.bytes("收據 A"), [0xA6, 0xAC, 0xBE, 0xDA, 0x20, 0x41]);
        assert_eq!(Charset::Korean.bytes("영수증"), [0xBF, 0xB5, 0xBC, 0xF6, 0xC1, 0xF5]);
        assert_eq!(Charset::ShiftJis.bytes("領収書ｱ"), [0x97, 0xCC, 0x8E, 0xFB, 0x8F, 0x91, 0xB1]);
        assert_eq!(Charset::Cp858 { page: 19 }.bytes("Müller € é"), b"M\x81ller \xd5 \x82");
    }

    #[test]
    fn a_backslash_that_would_be_a_money_sign_is_missing() {
        assert_eq!(missing_of(Charset::Korean, "a\\b"), ['\\']);
        assert_eq!(missing_of(Charset::ShiftJis, "a\\b"), ['\\']);
        assert_eq!(missing_of(Charset::ShiftJis, "¥"), ['¥']);
        assert!(Charset::Big5.prints("a\\b"));
    }

    #[test]
    fn characters_that_only_some_makers_have_are_missing() {
        assert_eq!(missing_of(Charset::Korean, "똠방각하"), ['똠'], "not in KS X 1001");
        assert_eq!(missing_of(Charset::ShiftJis, "①髙"), ['①', '髙'], "NEC and IBM rows");
        assert_eq!(missing_of(Charset::Big5, "着深碁銹"), ['着', '碁', '銹'], "ETEN and HKSCS");
        assert_eq!(
            missing_of(Charset::Gb18030, "ḿ︐︙龴龻㐂龥"),
            ['ḿ', '︐', '︙', '龴', '龻', '㐂'],
            "not in GBK"
        );
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
            for charset in ALL {
                let mut missing = Vec::new();
                let spelled = charset.spell(&text, &mut missing);
                let bytes = charset.bytes(&spelled);
                prop_assert!(bytes.iter().all(|b| (0x20..0xff).contains(b) && *b != 0x7f));
                prop_assert!(charset != Charset::Ascii || bytes.is_ascii());
                prop_assert_eq!(charset.prints(&text), missing.is_empty());
                let columns: usize = spelled.chars().map(charset.columns_of()).sum();
                prop_assert_eq!(columns, bytes.len());
                prop_assert_eq!(charset.bytes(&text.chars().filter(|c| c.is_control()).collect::<String>())
                    .iter().filter(|b| **b != b'?').count(), 0);
            }
        }
    }
}
