//! True time, and the clocks of the till that run beside it.
//!
//! Invariant: true time never goes back; the till's monotonic clock counts suspend unless a mutant says otherwise.
//! Deliberately absent: any real clock.

use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};

use crate::mutant::Mutant;

/// What the wall shows at true time 0: 2025-11-20.
const BEGIN_MS: i64 = 1_763_600_000_000;
/// What the monotonic clock shows at true time 0.
const FIRST_MONO_MS: i64 = 10_000_000;

/// All clocks.
#[derive(Debug)]
pub(crate) struct Clock {
    true_ms: u64,
    mono_offset: i64,
    wall_offset: i64,
    boot: u128,
    mutant: Option<Mutant>,
}

impl Clock {
    pub(crate) fn new(mutant: Option<Mutant>) -> Clock {
        Clock { true_ms: 0, mono_offset: FIRST_MONO_MS, wall_offset: 0, boot: 1, mutant }
    }

    pub(crate) fn true_ms(&self) -> u64 {
        self.true_ms
    }

    pub(crate) fn advance(&mut self, to: u64) {
        self.true_ms = self.true_ms.max(to);
    }

    /// What the till reads.
    pub(crate) fn moment(&self) -> Moment {
        let now = i64::try_from(self.true_ms).unwrap_or(i64::MAX);
        Moment {
            mono: Monotonic(u64::try_from(now + self.mono_offset).unwrap_or(0)),
            boot: BootId(self.boot),
            wall: WallTime { unix_ms: BEGIN_MS + now + self.wall_offset, offset_min: 480 },
        }
    }

    /// When the till's monotonic clock will show this, in true time.
    pub(crate) fn when(&self, mono: Monotonic) -> u64 {
        let mono = i64::try_from(mono.0).unwrap_or(i64::MAX);
        u64::try_from(mono.saturating_sub(self.mono_offset)).unwrap_or(0)
    }

    /// The wall clock is set.
    pub(crate) fn jump(&mut self, by_ms: i64) {
        self.wall_offset += by_ms;
        if self.mutant == Some(Mutant::DeadlineByWallClock) {
            self.mono_offset += by_ms;
        }
    }

    /// The machine slept for this long until now.
    pub(crate) fn slept(&mut self, for_ms: u64) {
        if self.mutant == Some(Mutant::ClockStopsInSuspend) {
            self.mono_offset -= i64::try_from(for_ms).unwrap_or(0);
        }
    }

    /// The machine starts anew: another boot, another zero.
    pub(crate) fn reboot(&mut self, mono_ms: u64) {
        let now = i64::try_from(self.true_ms).unwrap_or(i64::MAX);
        self.mono_offset = i64::try_from(mono_ms).unwrap_or(0) - now;
        if self.mutant != Some(Mutant::BootForgotten) {
            self.boot += 1;
        }
    }
}
