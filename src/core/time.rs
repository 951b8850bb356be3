//! Injected time: the core never reads a clock, it is told.
//!
//! Invariant: deadlines run on [`Monotonic`], which counts suspend and never jumps; [`WallTime`] is for people.
//! Deliberately absent: reading a clock, time zones (only the offset that was in force is kept).

use std::fmt;
use std::time::Duration;

/// Milliseconds on a clock that never jumps and counts suspend (CLOCK_BOOTTIME), from an arbitrary zero per boot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Monotonic(pub u64);

impl Monotonic {
    /// This instant plus a wait.
    #[must_use]
    pub fn after(self, wait: Duration) -> Monotonic {
        Monotonic(self.0.saturating_add(millis(wait)))
    }

    /// Time since an earlier instant; zero when it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Monotonic) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// Which boot of the machine a [`Monotonic`] belongs to; instants of two boots cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BootId(pub u128);

/// Milliseconds since 1970-01-01 UTC with the shop's offset from UTC in minutes: for people, never for deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime {
    /// Milliseconds since the epoch, UTC.
    pub unix_ms: i64,
    /// Minutes east of UTC that were in force at the till.
    pub offset_min: i16,
}

/// One moment on every clock the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The clock of deadlines.
    pub mono: Monotonic,
    /// The boot it belongs to.
    pub boot: BootId,
    /// The clock of people.
    pub wall: WallTime,
}

/// A wall time taken apart for printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// Year of the Gregorian calendar.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl WallTime {
    /// What this clock would have shown so long ago.
    #[must_use]
    pub fn before(self, ago: Duration) -> WallTime {
        let ms = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
        WallTime { unix_ms: self.unix_ms.saturating_sub(ms), ..self }
    }

    /// The date and time at the till.
    #[must_use]
    pub fn civil(self) -> Civil {
        let local_s = self.unix_ms.div_euclid(1000).saturating_add(i64::from(self.offset_min) * 60);
        let day_s = local_s.rem_euclid(86_400);
        let (year, month, day) = date_of(local_s.div_euclid(86_400));
        let small = |n: i64| u8::try_from(n).unwrap_or(0);
        Civil {
            year,
            month,
            day,
            hour: small(day_s / 3600),
            minute: small(day_s / 60 % 60),
            second: small(day_s % 60),
        }
    }

    /// `14:02`, the time at the till.
    #[must_use]
    pub fn clock(self) -> String {
        let civil = self.civil();
        let mut text = String::with_capacity(5);
        two_digits(&mut text, civil.hour);
        text.push(':');
        two_digits(&mut text, civil.minute);
        text
    }

    /// `2026-11-20`, the date at the till.
    #[must_use]
    pub fn date(self) -> String {
        let mut text = String::with_capacity(LONGEST_TIME);
        self.civil().put_date(&mut text);
        text
    }
}

/// `2026-11-20 14:02:05 +08:00`.
const LONGEST_TIME: usize = 26;

impl Civil {
    /// Written by hand: every paper and every view has times, and the formatter's padding took a twentieth of a simulated life.
    fn put_date(self, text: &mut String) {
        match u8::try_from(self.year / 100) {
            Ok(century) if century < 100 && self.year >= 0 => {
                two_digits(text, century);
                two_digits(text, u8::try_from(self.year % 100).unwrap_or(0));
            }
            Ok(_) | Err(_) => text.push_str(&format!("{:04}", self.year)),
        }
        text.push('-');
        two_digits(text, self.month);
        text.push('-');
        two_digits(text, self.day);
    }
}

/// A number below 100 with its leading zero.
fn two_digits(text: &mut String, number: u8) {
    text.push(char::from(b'0' + number / 10 % 10));
    text.push(char::from(b'0' + number % 10));
}

/// `2026-11-20 14:02:05 +08:00`.
impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        let offset = self.offset_min.unsigned_abs();
        let mut text = String::with_capacity(LONGEST_TIME);
        civil.put_date(&mut text);
        for (before, number) in [(' ', civil.hour), (':', civil.minute), (':', civil.second)] {
            text.push(before);
            two_digits(&mut text, number);
        }
        text.push_str(if self.offset_min < 0 { " -" } else { " +" });
        two_digits(&mut text, u8::try_from(offset / 60).unwrap_or(99));
        text.push(':');
        two_digits(&mut text, u8::try_from(offset % 60).unwrap_or(0));
        f.write_str(&text)
    }
}

/// Civil date from days since 1970-01-01, by eras of 400 years (146,097 days) that begin on 1 March.
fn date_of(days: i64) -> (i64, u8, u8) {
    let shifted = days.saturating_add(719_468); // days from 0000-03-01 to 1970-01-01
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(unix_ms: i64, offset_min: i16) -> String {
        WallTime { unix_ms, offset_min }.to_string()
    }

    #[test]
    fn wall_time_is_written_with_the_offset_that_was_in_force() {
        assert_eq!(written(0, 0), "1970-01-01 00:00:00 +00:00");
        assert_eq!(written(1_708_581_401_000, 480), "2024-02-22 13:56:41 +08:00");
        assert_eq!(written(1_709_164_800_000, 0), "2024-02-29 00:00:00 +00:00");
        assert_eq!(written(951_782_400_000 - 1, 0), "2000-02-28 23:59:59 +00:00");
        assert_eq!(written(-1, -210), "1969-12-31 20:29:59 -03:30");
    }

    #[test]
    fn a_span_is_never_negative() {
        assert_eq!(Monotonic(5).since(Monotonic(9)), Duration::ZERO);
        assert_eq!(Monotonic(5).after(Duration::MAX), Monotonic(u64::MAX));
    }
}
