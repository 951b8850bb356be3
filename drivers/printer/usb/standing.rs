//! What a USB printer says besides its data: port status and device id (USB printer class 1.1, section 4.2).
//!
//! Invariant: a byte that no well-behaved printer sends is not believed.

use crate::printer::hindrance::Hindrance;

/// What is said of a printer that would print our bytes as nonsense.
pub(crate) const SPEAKS_STAR: &str =
    "speaks Star's own language; switch it to ESC/POS emulation (its set-up program or its DIP switches)";

/// How a printer's port stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortStanding {
    /// Selected, with paper, without error.
    Well,
    /// Not ready to print.
    Hindered(Hindrance),
}

impl PortStanding {
    /// Reads `GET_PORT_STATUS`: bit 5 paper empty, 4 selected, 3 no error; the others are reserved and zero.
    #[must_use]
    pub fn of(byte: u8) -> Option<PortStanding> {
        let has = |bit: u8| byte & bit != 0;
        match (has(0x20), has(0x10), has(0x08)) {
            _ if byte & 0xc7 != 0 => None,
            (true, _, _) => Some(PortStanding::Hindered(Hindrance::PaperOut)),
            (false, true, true) => Some(PortStanding::Well),
            (false, true, false) => Some(PortStanding::Hindered(Hindrance::NeedsAttention)),
            // Zero is what a clone says that knows no status; "not selected" alone is no hindrance we could name.
            (false, false, _) => None,
        }
    }
}

/// Maker and model of an IEEE 1284 device id, such as `MFG:EPSON;MDL:TM-T20;CMD:ESC/POS;`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceId {
    /// `MFG`
    pub maker: String,
    /// `MDL`
    pub model: String,
    /// `CMD`: what it speaks, separated by commas.
    pub languages: String,
}

impl DeviceId {
    /// Reads the answer to `GET_DEVICE_ID`: two bytes of length, which some clones count without themselves, then pairs.
    #[must_use]
    pub fn parse(answer: &[u8]) -> Option<DeviceId> {
        DeviceId::of_text(&String::from_utf8_lossy(answer.get(2..)?))
    }

    /// Reads it as the kernel shows it, without its length.
    #[must_use]
    pub fn of_text(text: &str) -> Option<DeviceId> {
        let mut id = DeviceId::default();
        for (key, value) in text.split(';').filter_map(|pair| pair.split_once(':')) {
            let value: String = value.trim().chars().filter(|c| !c.is_control()).take(80).collect();
            match key.trim() {
                "MFG" | "MANUFACTURER" => id.maker = value,
                "MDL" | "MODEL" => id.model = value,
                "CMD" | "COMMAND SET" => id.languages = value,
                _ => {}
            }
        }
        (id != DeviceId::default()).then_some(id)
    }

    /// Whether it speaks Star's own language and not ours: what is printed on it would be nonsense.
    #[must_use]
    pub fn speaks_star(&self) -> bool {
        let speaks = |ours: &[&str]| {
            let languages = self.languages.split(',').map(str::trim);
            languages.into_iter().any(|said| ours.iter().any(|one| said.eq_ignore_ascii_case(one)))
        };
        speaks(&["STAR", "STARPRNT", "STARLINE"]) && !speaks(&["ESC/POS", "ESCPOS", "EPSON"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_says_well_paper_out_or_nothing_to_believe() {
        assert_eq!(PortStanding::of(0x18), Some(PortStanding::Well));
        for out in [0x38, 0x30, 0x20] {
            assert_eq!(PortStanding::of(out), Some(PortStanding::Hindered(Hindrance::PaperOut)), "{out:02x}");
        }
        assert_eq!(PortStanding::of(0x10), Some(PortStanding::Hindered(Hindrance::NeedsAttention)));
        for nothing in [0x00, 0x08, 0xff, 0x19, 0x58] {
            assert_eq!(PortStanding::of(nothing), None, "{nothing:02x}");
        }
    }

    #[test]
    fn a_device_id_is_read_whatever_its_length_says() {
        let text = b"\x00\x00MFG:EPSON;CMD:ESC/POS;MDL:TM-T20;CLS:PRINTER;";
        let id = DeviceId::parse(text).unwrap();
        assert_eq!((id.maker.as_str(), id.model.as_str(), id.speaks_star()), ("EPSON", "TM-T20", false));
        assert!(DeviceId::parse(b"\x00\x10MFG:Star;CMD:STAR;").unwrap().speaks_star());
        let switched = DeviceId::parse(b"\x00\x10MFG:Star;CMD:STAR, ESC/POS;").unwrap();
        assert!(!switched.speaks_star(), "both, so ours too");
        for silent in [b"".as_slice(), b"\0", b"\0\0", b"\0\x04\xff\xfe", b"\0\x09no pairs"] {
            assert_eq!(DeviceId::parse(silent), None);
        }
    }
}
