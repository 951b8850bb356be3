//! The table of the customer's display: where it is, how large, which languages.
//!
//! Invariant: with the glass's size in pixels and inches an amount is 26 mm high, read at 1.5 m; a smaller glass has no
//! place for it (screens contract, section 1).

use std::ops::RangeInclusive;

use quickpay_core::words::Language;
use toml::Spanned;

use super::check::{Checker, language};
use super::file::CustomerDisplayTable;
use super::problem::Problem;

const MOST_LANGUAGES: usize = 3;
const WIDTH: RangeInclusive<i64> = 480..=7_680;
const HEIGHT: RangeInclusive<i64> = 320..=4_320;
/// What a window system can place.
const PLACE: RangeInclusive<i64> = -32_768..=32_767;
const INCHES: RangeInclusive<f64> = 6.0..=32.0;
const MM_PER_INCH: f64 = 25.4;

/// A second window for the customer's eyes.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerDisplay {
    /// The upper left corner on the desktop, in pixels.
    pub place: (i32, i32),
    /// Pixels across and down.
    pub size: (u32, u32),
    /// Millimetres across the glass.
    pub width_mm: f32,
    /// The languages that stand there together, in order.
    pub languages: Vec<Language>,
}

impl Checker {
    /// The display, if it is switched on; what is written is checked in any case.
    pub(super) fn customer_display(
        &mut self,
        table: &CustomerDisplayTable,
        own: Language,
    ) -> Option<CustomerDisplay> {
        let x = table.x.as_ref().map(|x| self.whole("x", x, PLACE));
        let y = table.y.as_ref().map(|y| self.whole("y", y, PLACE));
        let width = table.width.as_ref().map(|width| self.whole("width", width, WIDTH));
        let height = table.height.as_ref().map(|height| self.whole("height", height, HEIGHT));
        let inches = table.diagonal_inches.as_ref().map(|inches| self.take(inches, diagonal));
        let languages = match &table.languages {
            Some(tags) => self.display_languages(tags),
            None => usual_languages(own),
        };
        let enabled = table.enabled.as_ref().filter(|enabled| *enabled.get_ref())?;
        let missing = [
            ("x", x.is_none(), "pixels from the left edge of the desktop to it, such as 1024"),
            ("width", width.is_none(), "pixels across, such as 1024"),
            ("height", height.is_none(), "pixels down, such as 600"),
            ("diagonal_inches", inches.is_none(), "of its glass, such as 7.0"),
        ];
        for (key, _, what) in missing.into_iter().filter(|(_, missing, _)| *missing) {
            let words = format!("a customer's display that is enabled needs {key}: {what}");
            self.problems.push(Problem::at(enabled.span(), words));
        }
        let (width, height) = (width??, height??);
        if width <= height {
            let words =
                format!("a customer's display lies: {width} pixels across are not more than {height} down");
            self.problems
                .push(Problem::at(table.width.as_ref().map_or(enabled.span(), Spanned::span), words));
        }
        let place = (i32::try_from(x??).ok()?, i32::try_from(y.unwrap_or(Some(0))?).ok()?);
        let size = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
        Some(CustomerDisplay { place, size, width_mm: width_mm(size, inches??), languages })
    }

    fn whole(&mut self, key: &str, value: &Spanned<i64>, range: RangeInclusive<i64>) -> Option<i64> {
        self.take(value, |pixels| {
            let within = range.contains(pixels).then_some(*pixels);
            within
                .ok_or_else(|| format!("{key} is {} to {} pixels, not {pixels}", range.start(), range.end()))
        })
    }

    fn display_languages(&mut self, tags: &Spanned<Vec<Spanned<String>>>) -> Vec<Language> {
        let known: Vec<Language> = tags.get_ref().iter().filter_map(|tag| self.take(tag, language)).collect();
        let twice =
            known.iter().enumerate().any(|(at, one)| known.iter().skip(at + 1).any(|other| one == other));
        if twice || !(1..=MOST_LANGUAGES).contains(&tags.get_ref().len()) {
            let words =
                format!("languages of the customer's display are 1 to {MOST_LANGUAGES} different ones");
            self.problems.push(Problem::at(tags.span(), words));
        }
        known
    }
}

/// Chinese, English and the shop's own.
fn usual_languages(own: Language) -> Vec<Language> {
    let mut languages = vec![Language::ZhCn, Language::En];
    if !languages.contains(&own) {
        languages.push(own);
    }
    languages
}

fn diagonal(value: &toml::Value) -> Result<f64, String> {
    let inches = value
        .as_float()
        .or_else(|| value.as_integer().and_then(|whole| i32::try_from(whole).ok()).map(f64::from));
    inches.filter(|inches| INCHES.contains(inches)).ok_or_else(|| {
        format!("diagonal_inches is {} to {}, as a number such as 7.0 or 10.1", INCHES.start(), INCHES.end())
    })
}

/// Of a glass with square pixels.
#[allow(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "millimetres of glass, not money"
)]
fn width_mm((width, height): (u32, u32), inches: f64) -> f32 {
    let (across, down) = (f64::from(width), f64::from(height));
    (inches * MM_PER_INCH * across / across.hypot(down)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glass_is_as_wide_as_its_diagonal_says() {
        for (size, inches, expected) in [((1024, 600), 7.0, 153.4), ((1280, 800), 10.1, 217.5)] {
            assert!((width_mm(size, inches) - expected).abs() < 0.1, "{size:?}: {}", width_mm(size, inches));
        }
    }

    #[test]
    fn every_key_stands_in_the_shipped_file() {
        let shipped = include_str!("../../config/terminal.toml");
        let table = shipped.split("[customer_display]").nth(1).unwrap();
        for key in ["enabled", "x", "y", "width", "height", "diagonal_inches", "languages"] {
            let is_line = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{key} = "));
            assert!(table.lines().any(is_line), "{key} is not documented");
        }
    }

    #[test]
    fn the_shop_s_language_joins_chinese_and_english() {
        assert_eq!(usual_languages(Language::En), [Language::ZhCn, Language::En]);
        assert_eq!(usual_languages(Language::Ko), [Language::ZhCn, Language::En, Language::Ko]);
    }
}
