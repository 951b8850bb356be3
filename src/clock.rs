//! The only clock: one moment on every scale the core knows.
//!
//! Invariant: deadlines run on CLOCK_BOOTTIME, which counts suspend and follows no wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use rustix::time::{ClockId, clock_gettime};

/// Reads the machine's clocks.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    boot: BootId,
}

impl Clock {
    /// A clock of this boot. Where the kernel does not tell the boot's id, the start of the boot on the wall clock
    /// stands for it.
    #[must_use]
    pub fn new() -> Clock {
        let told = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        let id = told.and_then(|text| u128::from_str_radix(&text.trim().replace('-', ""), 16).ok());
        let started = || u128::try_from(wall_ms()).unwrap_or(0) / 1000 - u128::from(monotonic().0 / 1000);
        Clock { boot: BootId(id.unwrap_or_else(started)) }
    }

    /// Now.
    #[must_use]
    pub fn now(self) -> Moment {
        let zoned = jiff::Zoned::now();
        let offset_min = i16::try_from(zoned.offset().seconds() / 60).unwrap_or(0);
        Moment { mono: monotonic(), boot: self.boot, wall: WallTime { unix_ms: wall_ms(), offset_min } }
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::new()
    }
}

fn monotonic() -> Monotonic {
    let time = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let millis = u64::try_from(time.tv_nsec / 1_000_000).unwrap_or(0);
    Monotonic(seconds.saturating_mul(1000).saturating_add(millis))
}

fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
