//! Two-byte sets of East Asia, as far as the ROM of any printer for that market has them.
//!
//! Invariant: a pair's bytes are never control bytes. The encoders without replacement are used: the convenient ones write
//! HTML references.

use encoding_rs::{BIG5, EUC_KR, EncoderResult, Encoding, GBK, SHIFT_JIS};

/// Without what the edition of 2022 moved into two bytes (presentation forms, parts of ideographs, U+1E3F): older sets,
/// which ROMs were made from, have those in four bytes or not at all, as the referees of `tests/referees` say.
pub(super) fn gbk(c: char) -> Option<[u8; 2]> {
    match c {
        '\u{e000}'..='\u{f8ff}' => return None, // user-defined cells: empty in ROM
        '\u{1e3f}' | '\u{9fb4}'..='\u{9fbb}' | '\u{fe10}'..='\u{fe19}' => return None,
        _ => {}
    }
    match pair(GBK, c)? {
        pair @ [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe] => Some(pair),
        _ => None,
    }
}

/// Symbols, both levels of hanzi, and nothing of ETEN (C6A1 to C8FE, F9D6 on) or HKSCS.
pub(super) fn big5(c: char) -> Option<[u8; 2]> {
    let pair @ [_, 0x40..=0x7e | 0xa1..=0xfe] = pair(BIG5, c)? else { return None };
    match u16::from_be_bytes(pair) {
        0xa140..=0xa3bf | 0xa440..=0xc67e | 0xc940..=0xf9d5 => Some(pair),
        _ => None,
    }
}

/// The 94 by 94 cells, without the later syllables of the Unified Hangul Code.
pub(super) fn ks_x_1001(c: char) -> Option<[u8; 2]> {
    match pair(EUC_KR, c)? {
        pair @ [0xa1..=0xc8 | 0xca..=0xfd, 0xa1..=0xfe] => Some(pair),
        _ => None,
    }
}

/// JIS X 0208, without the rows of NEC (87, ED, EE) and IBM (FA to FC).
pub(super) fn shift_jis(c: char) -> Option<[u8; 2]> {
    match pair(SHIFT_JIS, c)? {
        pair @ [0x81..=0x84 | 0x88..=0x9f | 0xe0..=0xea, 0x40..=0x7e | 0x80..=0xfc] => Some(pair),
        _ => None,
    }
}

/// The one-byte half of Shift JIS.
pub(super) fn half_width_katakana(c: char) -> Option<u8> {
    match u32::from(c).checked_sub(0xff61)? {
        offset @ 0..=0x3e => u8::try_from(0xa1 + offset).ok(),
        _ => None,
    }
}

fn pair(encoding: &'static Encoding, c: char) -> Option<[u8; 2]> {
    let (mut utf8, mut out) = ([0_u8; 4], [0_u8; 8]);
    let text = c.encode_utf8(&mut utf8);
    let (result, _read, written) =
        encoding.new_encoder().encode_from_utf8_without_replacement(text, &mut out, true);
    match (result, out.get(..written)) {
        (EncoderResult::InputEmpty, Some(&[lead, trail])) => Some([lead, trail]),
        _ => None,
    }
}
