//! What a printer says, told apart: real-time answers, automatic status, answers in order, all on one line (hardware notes,
//! section 3.2).
//!
//! Invariant: an answer is known by its fixed bits; what has none is nobody's answer. Memory is bounded.
//! Deliberately absent: which question was asked; the four answers to `DLE EOT` look alike, so that one is asked at a time.

use super::hindrance::{self, Hindrance, PaperSensor};

/// Texts of `GS I` are short; what goes on longer is no text.
const MAX_TEXT: usize = 80;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
const CONFIRMATION: u8 = 0x37;
const TEXT: u8 = 0x5f;

/// One thing that a printer said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The answer to a `DLE EOT` query, as it came.
    RealTime(u8),
    /// The automatic report: what hinders, if anything does.
    Report(Option<Hindrance>),
    /// The answer to `GS r 1`.
    Paper(PaperSensor),
    /// The answer to `GS ( H` with its id: all before it is on paper.
    Confirmed([u8; 4]),
    /// The answer to `GS I`.
    Text(Vec<u8>),
    /// It waits, or goes on.
    Flow,
    /// Something without the fixed bits of any answer.
    Noise,
}

/// A listener that knows where in an answer it is.
#[derive(Debug, Default)]
pub struct Ears(Within);

#[derive(Debug, Default)]
enum Within {
    #[default]
    Nothing,
    /// An automatic report: so many of its four bytes.
    Report(Vec<u8>),
    /// A confirmation: what came after its head.
    Confirmation(Vec<u8>),
    Text(Vec<u8>),
}

impl Ears {
    /// One byte more. An answer that breaks off is noise, and the byte that broke it is heard by itself.
    pub fn hear(&mut self, byte: u8) -> Vec<Said> {
        match std::mem::take(&mut self.0) {
            Within::Nothing => self.begin(byte).into_iter().collect(),
            Within::Report(bytes) if byte & 0x90 == 0 => self.report(bytes, byte).into_iter().collect(),
            Within::Confirmation(bytes) if fits_confirmation(bytes.len(), byte) => {
                self.confirmation(bytes, byte).into_iter().collect()
            }
            Within::Text(bytes) if byte == 0 => vec![Said::Text(bytes)],
            Within::Text(mut bytes) if bytes.len() < MAX_TEXT => {
                bytes.push(byte);
                self.0 = Within::Text(bytes);
                Vec::new()
            }
            Within::Report(_) | Within::Confirmation(_) | Within::Text(_) => {
                std::iter::once(Said::Noise).chain(self.begin(byte)).collect()
            }
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Said> {
        if byte == CONFIRMATION {
            self.0 = Within::Confirmation(Vec::new());
            return None;
        }
        if byte == TEXT {
            self.0 = Within::Text(Vec::new());
            return None;
        }
        if byte & 0x93 == 0x10 {
            self.0 = Within::Report(vec![byte]);
            return None;
        }
        Some(match byte {
            XON | XOFF => Said::Flow,
            _ if byte & 0x93 == 0x12 => Said::RealTime(byte),
            _ => hindrance::paper_sensor(byte).map_or(Said::Noise, Said::Paper),
        })
    }

    fn report(&mut self, mut bytes: Vec<u8>, byte: u8) -> Option<Said> {
        bytes.push(byte);
        if let [first, second, third, _] = bytes[..] {
            return Some(Said::Report(hindrance::of_report([first, second, third])));
        }
        self.0 = Within::Report(bytes);
        None
    }

    fn confirmation(&mut self, mut bytes: Vec<u8>, byte: u8) -> Option<Said> {
        bytes.push(byte);
        if let [_, a, b, c, d, 0] = bytes[..] {
            return Some(Said::Confirmed([a, b, c, d]));
        }
        self.0 = Within::Confirmation(bytes);
        None
    }
}

/// `37 22 d1 d2 d3 d4 00`: the ids are printable.
fn fits_confirmation(place: usize, byte: u8) -> bool {
    match place {
        0 => byte == 0x22,
        1..=4 => (0x20..=0x7e).contains(&byte),
        _ => byte == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(bytes: &[u8]) -> Vec<Said> {
        let mut ears = Ears::default();
        bytes.iter().flat_map(|byte| ears.hear(*byte)).collect()
    }

    #[test]
    fn answers_of_every_kind_in_one_stream_are_told_apart() {
        let stream = [
            &[0x12][..],                // DLE EOT: well
            &[0x14 | 0x08, 0, 0x0c, 0], // automatic report: offline, paper out
            b"\x37\x220042\x00",        // confirmed; its digits look like other answers
            &[0x11, 0x13],              // flow control
            b"_EPSON\0",                // GS I
            &[0x00, 0x0c],              // GS r 1 twice
            &[0x10, 0, 0, 0],           // automatic report: well
            &[0x32],                    // DLE EOT: paper out
        ]
        .concat();
        assert_eq!(
            heard(&stream),
            [
                Said::RealTime(0x12),
                Said::Report(Some(Hindrance::PaperOut)),
                Said::Confirmed(*b"0042"),
                Said::Flow,
                Said::Flow,
                Said::Text(b"EPSON".to_vec()),
                Said::Paper(PaperSensor::Paper),
                Said::Paper(PaperSensor::End),
                Said::Report(None),
                Said::RealTime(0x32),
            ]
        );
    }

    #[test]
    fn an_answer_that_breaks_off_is_noise_and_the_next_is_heard() {
        assert_eq!(heard(&[0x10, 0, 0x12]), [Said::Noise, Said::RealTime(0x12)]);
        assert_eq!(heard(b"\x37\x2200\x12"), [Said::Noise, Said::RealTime(0x12)]);
        assert_eq!(heard(&[0x37, 0x12]), [Said::Noise, Said::RealTime(0x12)]);
        assert_eq!(heard(&[0xff, 0x92]), [Said::Noise, Said::Noise]);
        let long = [&[TEXT][..], &[b'x'; MAX_TEXT + 1]].concat();
        assert_eq!(heard(&long)[0], Said::Noise);
    }

    proptest! {
        #[test]
        fn no_stream_makes_a_confirmation_of_nothing_and_what_is_kept_is_bounded(bytes: Vec<u8>) {
            let mut ears = Ears::default();
            for byte in &bytes {
                for said in ears.hear(*byte) {
                    if let Said::Confirmed(id) = said {
                        let whole = [&[0x37, 0x22][..], &id, &[0]].concat();
                        prop_assert!(bytes.windows(7).any(|window| window == whole));
                    }
                }
                let kept = match &ears.0 {
                    Within::Nothing => 0,
                    Within::Report(kept) | Within::Confirmation(kept) | Within::Text(kept) => kept.len(),
                };
                prop_assert!(kept <= MAX_TEXT);
            }
        }

        #[test]
        fn a_report_between_noise_of_flow_control_is_heard_whole(out: bool, xon in 0_usize..4) {
            let paper = if out { 0x0c } else { 0 };
            let stream = [vec![XON; xon], vec![0x10, 0, paper, 0]].concat();
            let expected = out.then_some(Hindrance::PaperOut);
            prop_assert_eq!(heard(&stream).last().cloned(), Some(Said::Report(expected)));
        }
    }
}
