//! Code page 858: Western Europe with the euro sign.

/// Bytes 80 to FF, in order.
const UPPER_HALF: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// Two of its cells, the soft hyphen and the space that does not break, never arrive here.
pub(super) fn cp858(c: char) -> Option<u8> {
    let place = UPPER_HALF.chars().position(|known| known == c)?;
    u8::try_from(0x80 + place).ok().filter(|byte| *byte != 0xff)
}
