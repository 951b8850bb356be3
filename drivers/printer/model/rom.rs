//! The character generator: which sign a byte means, for each market that printers are built for.
//!
//! Invariant: written from the makers' manuals and the public decoders, not from our encoder.

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS};

/// The market whose characters are in the ROM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rom {
    /// Simplified Chinese, and code page 858 as number 19 outside Chinese mode.
    #[default]
    Simplified,
    /// Traditional Chinese.
    Traditional,
    /// Korean.
    Korean,
    /// Japanese.
    Japanese,
}

/// The modes that decide what a byte means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Modes {
    /// `FS &`
    pub(super) national: bool,
    /// `ESC t`
    pub(super) page: u8,
    /// `ESC R`
    pub(super) country: u8,
    /// `FS C`
    pub(super) kanji_code: u8,
}

impl Modes {
    pub(super) const FACTORY: Modes = Modes { national: false, page: 0, country: 0, kanji_code: 0 };
}

/// What a byte begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Single(char),
    Lead,
}

const UNKNOWN: char = '\u{25a1}';
const EPSON_CP858: u8 = 19;
const EPSON_KATAKANA: u8 = 1;
const COUNTRY_JAPAN: u8 = 8;
const COUNTRY_KOREA: u8 = 13;

const CP858: [&str; 8] = [
    "ÇüéâäàåçêëèïîìÄÅ",
    "ÉæÆôöòûùÿÖÜø£Ø×ƒ",
    "áíóúñÑªº¿®¬½¼¡«»",
    "░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
    "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤",
    "ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀",
    "ÓßÔÒõÕµþÞÚÛÙýÝ¯´",
    "\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
];

impl Rom {
    pub(super) fn sign(self, byte: u8, modes: Modes) -> Sign {
        match byte {
            b'\\' if modes.country == COUNTRY_JAPAN => Sign::Single('\u{a5}'),
            b'\\' if modes.country == COUNTRY_KOREA => Sign::Single('\u{20a9}'),
            0..=0x7f => Sign::Single(char::from(byte)),
            _ if self.is_lead(byte, modes) => Sign::Lead,
            _ => Sign::Single(upper_half(byte, modes.page)),
        }
    }

    pub(super) fn pair(self, lead: u8, trail: u8) -> char {
        let encoding: &Encoding = match self {
            Rom::Simplified => GBK,
            Rom::Traditional => BIG5,
            Rom::Korean => EUC_KR,
            Rom::Japanese => SHIFT_JIS,
        };
        let bytes = [lead, trail];
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn is_lead(self, byte: u8, modes: Modes) -> bool {
        match self {
            Rom::Simplified | Rom::Traditional | Rom::Korean => modes.national && byte >= 0x81,
            Rom::Japanese => {
                matches!(modes.kanji_code, 1 | b'1') && matches!(byte, 0x81..=0x9f | 0xe0..=0xfc)
            }
        }
    }
}

fn upper_half(byte: u8, page: u8) -> char {
    let place = usize::from(byte & 0x7f);
    match page {
        EPSON_CP858 => CP858.get(place / 16).and_then(|row| row.chars().nth(place % 16)).unwrap_or(UNKNOWN),
        EPSON_KATAKANA if (0xa1..=0xdf).contains(&byte) => {
            char::from_u32(0xff61 + u32::from(byte - 0xa1)).unwrap_or(UNKNOWN)
        }
        _ => UNKNOWN, // the model has no other page
    }
}
