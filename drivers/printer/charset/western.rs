//! Code page 858: Western Europe with the euro sign.

use std::sync::LazyLock;

/// Bytes 80 to FF, in order.
const UPPER_HALF: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// The bytes of U+00A0 to U+00FF, all of which the page has.
static LATIN_1: LazyLock<[u8; 96]> = LazyLock::new(|| {
    let mut bytes = [0; 96];
    for (cell, c) in bytes.iter_mut().zip('\u{a0}'..) {
        *cell = place_of(c).unwrap_or(0);
    }
    bytes
});

/// Two of its cells, the soft hyphen and the space that does not break, never arrive here.
pub(super) fn cp858(c: char) -> Option<u8> {
    let latin = u32::from(c).checked_sub(0xa0).and_then(|offset| usize::try_from(offset).ok());
    let byte = match latin.and_then(|offset| LATIN_1.get(offset)) {
        Some(byte) => *byte,
        None => place_of(c)?,
    };
    Some(byte).filter(|byte| !matches!(byte, 0 | 0xff))
}

fn place_of(c: char) -> Option<u8> {
    let place = UPPER_HALF.chars().position(|known| known == c)?;
    u8::try_from(0x80 + place).ok()
}
