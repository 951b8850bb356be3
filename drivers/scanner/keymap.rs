//! What a key writes on a US keyboard, by the kernel's key codes (`linux/input-event-codes.h`).
//!
//! Invariant: a key is known by its place, never by a layout of this machine; the gun is set to US.
//! Deliberately absent: Caps Lock (guns that toggle it do so around what they send as Shift anyway), Num Lock.

/// What pressing a key means to a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A printable character, without and with Shift.
    Writes { plain: u8, shifted: u8 },
    /// A digit of the keypad: itself, or a digit of an Alt code.
    KeypadDigit(u8),
    /// Enter, keypad Enter, Tab.
    End,
    /// Either Shift.
    Shift,
    /// Either Alt.
    Alt,
    /// Either Ctrl or Meta: a command, not text.
    Command,
    /// Caps Lock and Num Lock: not looked at.
    Lock,
    /// Anything else: no gun that is set up for text sends it.
    Other,
}

/// Key codes 2 to 53: the main block by its rows, without and with Shift. A space stands for a key without text.
const PLAIN: &[u8] = b"1234567890-=  qwertyuiop[]  asdfghjkl;'` \\zxcvbnm,./";
const SHIFTED: &[u8] = b"!@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:\"~ |ZXCVBNM<>?";

/// Key codes 71 to 82: the keypad's digits; 74, 78 and 83 are minus, plus and point.
const KEYPAD: &[u8] = b"789-456+1230.";

impl Key {
    /// The key of a kernel code.
    pub(super) fn of_code(code: u16) -> Key {
        match code {
            28 | 96 | 15 => Key::End,
            42 | 54 => Key::Shift,
            56 | 100 => Key::Alt,
            29 | 97 | 125 | 126 => Key::Command,
            58 | 69 => Key::Lock,
            57 => Key::Writes { plain: b' ', shifted: b' ' },
            86 => Key::Writes { plain: b'\\', shifted: b'|' }, // the 102nd key
            55 => Key::Writes { plain: b'*', shifted: b'*' },
            98 => Key::Writes { plain: b'/', shifted: b'/' },
            2..=53 => main_block(usize::from(code) - 2),
            71..=83 => keypad(usize::from(code) - 71),
            _ => Key::Other,
        }
    }
}

fn main_block(at: usize) -> Key {
    match (PLAIN.get(at), SHIFTED.get(at)) {
        (Some(b' ') | None, _) | (_, None) => Key::Other,
        (Some(plain), Some(shifted)) => Key::Writes { plain: *plain, shifted: *shifted },
    }
}

fn keypad(at: usize) -> Key {
    match KEYPAD.get(at) {
        Some(digit @ b'0'..=b'9') => Key::KeypadDigit(*digit),
        Some(sign) => Key::Writes { plain: *sign, shifted: *sign },
        None => Key::Other,
    }
}
