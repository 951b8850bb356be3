//! Reports of a HID POS scanner become scans (hardware notes, section 2.1).
//!
//! Invariant: a report that contradicts itself, a missing part or a part of another read never become a scan; a length
//! greater than its field is refused.
//! Deliberately absent: reading a device or a clock, the vendor's own symbology byte, asking a Honeywell gun to begin
//! (feature report 254 needs an ioctl, which needs unsafe code; the set-up barcode does the same).

use std::time::Duration;

use quickpay_core::payment_code::AimId;
use quickpay_core::time::Monotonic;

use super::Discard;
use super::framing::{Framed, Framing, FramingOptions};
use super::hid_descriptor::Layout;

/// What one report says.
#[derive(Clone, PartialEq, Eq)]
struct Part<'a> {
    aim: Option<AimId>,
    data: &'a [u8],
    continued: bool,
}

/// The state of one scanner's reports.
#[derive(Debug)]
pub struct HidPos {
    layout: Layout,
    framing: Framing,
    /// Of the read that is begun.
    aim: Option<AimId>,
}

impl HidPos {
    /// A device that was opened now.
    #[must_use]
    pub fn opened(layout: Layout, repeat_window: Duration, now: Monotonic) -> HidPos {
        let framing = Framing::opened(FramingOptions { idle_flush: None, repeat_window }, now);
        HidPos { layout, framing, aim: None }
    }

    /// One report as the device gave it, its id first if it has one. Reports about other things are passed over.
    pub fn push(&mut self, report: &[u8], now: Monotonic) -> Option<Framed> {
        if self.layout.report_id.is_some_and(|id| report.first() != Some(&id)) {
            return None;
        }
        let Some(part) = self.layout.part(report) else {
            return Some(self.framing.abandon(Discard::Unreadable, now));
        };
        let begins = self.framing.is_between();
        if !begins && part.aim.is_some() && part.aim != self.aim {
            return Some(self.framing.abandon(Discard::PartsLost, now)); // the last part of one, the first of another
        }
        self.take(&part, begins, now);
        if part.continued { None } else { self.framing.push_end(now) }
    }

    /// The device was asked and had nothing up to now: a part that does not follow soon is lost.
    pub fn idle(&mut self, now: Monotonic) -> Option<Framed> {
        self.framing.idle(now)
    }

    /// When [`idle`](HidPos::idle) would do something.
    #[must_use]
    pub fn deadline(&self) -> Option<Monotonic> {
        self.framing.deadline()
    }

    /// The kernel's queue was full, so that reports may be missing here.
    pub fn may_have_lost(&mut self, now: Monotonic) -> Framed {
        self.framing.abandon(Discard::PartsLost, now)
    }

    fn take(&mut self, part: &Part<'_>, begins: bool, now: Monotonic) {
        let mut data = part.data;
        if begins {
            self.aim = part.aim;
            if let Some(aim) = part.aim {
                let told = [b']', aim.code, aim.modifier];
                data = data.strip_prefix(&told).unwrap_or(data); // told twice: in its field and as a prefix
                told.iter().for_each(|byte| self.framing.push_data(*byte, now));
            }
        }
        data.iter().for_each(|byte| self.framing.push_data(*byte, now));
    }
}

impl Layout {
    /// `None` when the report is too short for what it claims, or claims more than its field holds.
    fn part<'a>(&self, report: &'a [u8]) -> Option<Part<'a>> {
        let field = report.get(self.data.clone())?;
        let continued = match self.continued {
            Some((byte, bit)) => report.get(byte)? >> bit & 1 != 0,
            None => false,
        };
        let aim_at = |at: usize| AimId::split(report.get(at..at.checked_add(3)?)?).0;
        let aim = self.aim.and_then(aim_at);
        let count = match &self.count {
            Some(count) => {
                report.get(count.clone())?.iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte))
            }
            None => field.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1),
        };
        // Some guns put all but the length one byte later than they say (hardware notes, section 2.1).
        let later = self.aim.filter(|at| aim.is_none() && at + 3 == self.data.start);
        if let Some(aim) = later.and_then(|at| aim_at(at + 1)) {
            let data = field.get(1..)?.get(..count)?;
            return Some(Part { aim: Some(aim), data, continued });
        }
        Some(Part { aim, data: field.get(..count)?, continued })
    }
}

#[cfg(test)]
#[path = "hid_pos_tests.rs"]
mod tests;
