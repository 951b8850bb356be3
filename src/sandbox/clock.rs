//! The only place that reads the wall clock; everything else is told the time. Monotonic time is absent: tokio's
//! timers have it.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::moment::Moment;

/// Now, by the wall clock.
pub(crate) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
