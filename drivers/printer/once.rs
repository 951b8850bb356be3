//! One paper on a printer that nobody else uses, or a look at it: for `quickpay devices`.
//!
//! Invariant: the caller waits; what is known about the paper is the same as for a paper of the till.
//! Deliberately absent: a thread, a queue, a second try.

use std::time::Duration;

use quickpay_core::id::JobId;

use super::bitmap::Bitmap;
use super::escpos::{self, Drawer};
use super::fonts::Fonts;
use super::job::{PrintOutcome, Stage, Trouble};
use super::part::Part;
use super::port::{Patience, PrinterKind};
use super::press::{self, Manner, Sheet};
use super::profile::Profile;
use crate::stop::Stop;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What is known about the paper.
    pub outcome: PrintOutcome,
    /// Characters that stand on it as `?` or a box.
    pub missing: Vec<char>,
}

/// Prints parts and waits for what comes of it, at most `limit` (several times longer while the printer wants paper).
pub fn print(
    kind: &PrinterKind,
    profile: &Profile,
    fonts: &Fonts,
    parts: &[Part<'_>],
    limit: Duration,
    mut on_stage: impl FnMut(Stage),
) -> Tried {
    let encoded = escpos::encode_parts(parts, profile, fonts, Drawer::Leave);
    let Profile { answers, reports, port_status, .. } = *profile;
    let manner = Manner { answers, reports, port_status, limit };
    let sheet = Sheet { job: JobId(0), bytes: encoded.bytes, manner };
    let outcome = press::print(kind, None, sheet, &Stop::default(), &mut on_stage);
    Tried { outcome, missing: encoded.missing }
}

/// Whether a printer could take a paper now; it is given none. Waits ten seconds at most for one that is silent.
///
/// # Errors
/// What is in the way.
pub fn look(kind: &PrinterKind, profile: &Profile) -> Result<(), Trouble> {
    let Profile { answers, reports, port_status, .. } = *profile;
    let limit = Duration::from_secs(15);
    let stop = Stop::default();
    let way = press::look(kind, Manner { answers, reports, port_status, limit }, &stop)?;
    match way.map(|way| way.close(&Patience::new(Duration::from_millis(300), &stop))) {
        Some(Err(error)) => Err(Trouble::Broken(error.to_string())),
        Some(Ok(())) | None => Ok(()),
    }
}

/// A ruler across the whole print head: a tick each millimetre (8 dots), a longer one each centimetre, a bar at both ends.
/// Where an end is missing, the profile's `width_dots` is too large.
#[must_use]
pub fn ruler(width_dots: u16) -> Bitmap {
    const HEIGHT: usize = 40;
    let width = usize::from(width_dots);
    let mut ruler = Bitmap::new(width, HEIGHT);
    ruler.fill(0, HEIGHT - 3, width, 3);
    for x in (0..width).step_by(8) {
        let length = if x % 80 == 0 { 24 } else { 10 };
        ruler.fill(x, HEIGHT - length, 2, length);
    }
    ruler.fill(0, 0, 3, HEIGHT);
    ruler.fill(width.saturating_sub(3), 0, 3, HEIGHT);
    ruler
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ruler_reaches_both_edges_of_every_print_head() {
        for width in [384_u16, 512, 576] {
            let ruler = ruler(width);
            assert_eq!(ruler.width(), usize::from(width));
            assert!(ruler.is_black(0, 0) && ruler.is_black(usize::from(width) - 1, 0));
            assert!(ruler.is_black(80, 20) && !ruler.is_black(88, 20));
        }
    }
}
