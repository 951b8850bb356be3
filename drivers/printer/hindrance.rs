//! What a printer says about itself, byte by byte (hardware notes, section 3.2).
//!
//! Invariant: an answer is known by its fixed bits; what does not have them is nobody's answer.

/// Asks with `DLE EOT 2` why the printer is offline, if it is.
pub const ASK_OFFLINE_CAUSE: &[u8] = &[0x10, 0x04, 2];

pub use quickpay_core::print::Hindrance;

/// The answer to `DLE EOT 2`: `Some(None)` when nothing hinders.
#[must_use]
pub fn offline_cause(byte: u8) -> Option<Option<Hindrance>> {
    if byte & 0x93 != 0x12 {
        return None;
    }
    let hindrances =
        [(0x04, Hindrance::CoverOpen), (0x20, Hindrance::PaperOut), (0x40, Hindrance::NeedsAttention)];
    Some(hindrances.into_iter().find(|(bit, _)| byte & bit != 0).map(|(_, hindrance)| hindrance))
}

/// What an automatic report says, by its first three bytes: the cover before the paper before errors, since a person has
/// to open the one to mend the other.
pub(crate) fn of_report([first, errors, paper]: [u8; 3]) -> Option<Hindrance> {
    let cover_open = first & 0x20 != 0;
    let paper_out = paper & 0x0c != 0;
    let error = errors & 0x68 != 0; // cutter, unrecoverable, recovers by itself
    if cover_open {
        return Some(Hindrance::CoverOpen);
    }
    if paper_out {
        return Some(Hindrance::PaperOut);
    }
    error.then_some(Hindrance::NeedsAttention)
}

/// The answer to `GS r 1`, which comes in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperSensor {
    /// There is paper, perhaps little.
    Paper,
    /// The end sensor sees none.
    End,
}

/// Reads the answer to `GS r 1`.
#[must_use]
pub fn paper_sensor(byte: u8) -> Option<PaperSensor> {
    if byte & 0x90 != 0 {
        return None;
    }
    Some(if byte & 0x0c == 0 { PaperSensor::Paper } else { PaperSensor::End })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_by_their_fixed_bits() {
        assert_eq!(offline_cause(0x12), Some(None));
        assert_eq!(offline_cause(0x32), Some(Some(Hindrance::PaperOut)));
        assert_eq!(offline_cause(0x36), Some(Some(Hindrance::CoverOpen)));
        assert_eq!(offline_cause(0x52), Some(Some(Hindrance::NeedsAttention)));
        for foreign in [0x00, 0x0c, 0x10, 0x11, 0x13, 0x37, 0x5f, 0x92] {
            assert_eq!(offline_cause(foreign), None, "{foreign:02x}");
        }
        assert_eq!(paper_sensor(0x00), Some(PaperSensor::Paper));
        assert_eq!(paper_sensor(0x03), Some(PaperSensor::Paper));
        assert_eq!(paper_sensor(0x0c), Some(PaperSensor::End));
        assert_eq!(paper_sensor(0x12), None);
    }
}
