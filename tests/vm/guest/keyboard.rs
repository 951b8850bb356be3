//! A scanner that types: a boot keyboard, and the reports of its keys for a US layout.

use super::hid::HidFunction;
use super::outcome::Outcome;

/// The keyboard of the HID specification's appendix B, without its lights.
const DESCRIPTOR: &[u8] = &[
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, // generic desktop, keyboard, application
    0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, // modifiers, one bit each
    0x75, 0x01, 0x95, 0x08, 0x81, 0x02, // eight of them
    0x95, 0x01, 0x75, 0x08, 0x81, 0x03, // a byte of nothing
    0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, // six keys
    0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
];

/// The function of such a scanner.
pub(crate) const FUNCTION: HidFunction = HidFunction { protocol: 1, report_bytes: 8, descriptor: DESCRIPTOR };

const SHIFT: u8 = 0x02;
const ENTER: u8 = 0x28;

/// No key is down.
pub(crate) const RELEASE: [u8; 8] = [0; 8];

/// One key goes down.
pub(crate) fn press(character: char) -> Outcome<[u8; 8]> {
    let (modifiers, key) = match character {
        '\n' => (0, ENTER),
        '0' => (0, 0x27),
        '1'..='9' => (0, 0x1E + offset(character, '1')),
        'a'..='z' => (0, 0x04 + offset(character, 'a')),
        'A'..='Z' => (SHIFT, 0x04 + offset(character, 'A')),
        ']' => (0, 0x30),
        _ => return Err(format!("this keyboard has no {character:?}")),
    };
    Ok([modifiers, 0, key, 0, 0, 0, 0, 0])
}

fn offset(character: char, first: char) -> u8 {
    u8::try_from(u32::from(character) - u32::from(first)).unwrap_or(0)
}

/// Each key down and up.
pub(crate) fn reports(text: &str) -> Outcome<Vec<[u8; 8]>> {
    let mut reports = Vec::new();
    for character in text.chars() {
        reports.push(press(character)?);
        reports.push(RELEASE);
    }
    Ok(reports)
}
