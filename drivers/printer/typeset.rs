//! Lines in any script as dots: shaped, ordered and broken by parley, drawn by swash.
//!
//! Invariant: no line is wider than the paper; a value stands at the right edge and is never cut; a character that no
//! font has is a box and is named.
//! Deliberately absent: bytes, columns.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_segmenter::GraphemeClusterSegmenter;
use parley::fontique::{Collection, CollectionOptions, Language, SourceCache};
use parley::{
    Cluster, FontContext, FontFamily, FontFamilyName, FontWeight, Layout, LayoutContext, OverflowWrap,
    StyleProperty, WordBreak,
};
use quickpay_core::document::{Align, Style};

use super::bitmap::Bitmap;
use super::ink::{Cut, Dots, InkStore, LineOfInk};

/// As high as the letters of a ROM: 24 dots, an ideograph two columns wide.
const SIZE_DOTS: u16 = 24;
/// From one line to the next where nothing reaches further.
const ABOVE_DOTS: i32 = 22;
const BELOW_DOTS: i32 = 8;
/// Between a label and a value on one line: one column.
const GAP_DOTS: u16 = 12;
/// Marks piled on marks take no more paper than so many lines.
const HIGHEST_LINES: i32 = 3;
/// Characters of one letter with its marks; Hebrew and Vietnamese need four, a family of emoji eleven.
const HIGHEST_PILE: usize = 32;

pub(crate) struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    families: Vec<FontFamilyName<'static>>,
    ink: InkStore,
    /// The form of ideographs in a line that does not show its language.
    language: &'static str,
}

/// What is drawn with: a size, a weight, and the width of the paper.
#[derive(Debug, Clone, Copy)]
struct Frame {
    style: Style,
    width: u16,
}

impl Frame {
    fn times(self) -> u16 {
        match self.style {
            Style::Plain | Style::Bold => 1,
            Style::Large => 2,
        }
    }

    fn weight(self) -> FontWeight {
        match self.style {
            Style::Plain => FontWeight::NORMAL,
            Style::Bold | Style::Large => FontWeight::BOLD,
        }
    }
}

impl Typesetter {
    /// `None` when none of the files is a font.
    pub(crate) fn new(files: &[PathBuf]) -> Option<Typesetter> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let (mut known, mut families) = (BTreeSet::new(), Vec::new());
        for file in files {
            collection.load_fonts_from_paths([file]);
            for name in collection.family_names() {
                if known.insert(name.to_owned()) {
                    families.push(FontFamilyName::Named(Cow::Owned(name.to_owned())));
                }
            }
        }
        let fonts = FontContext { collection, source_cache: SourceCache::default() };
        let (layouts, ink) = (LayoutContext::new(), InkStore::default());
        (!families.is_empty()).then_some(Typesetter { fonts, layouts, families, ink, language: "zh-CN" })
    }

    /// Sets the language of ideographs that could be of several.
    pub(crate) fn speak(&mut self, language: &'static str) {
        self.language = language;
    }

    /// A text as a picture as wide as the paper. What is written from the right begins there, unless it is centred.
    pub(crate) fn text(
        &mut self,
        text: &str,
        (align, style): (Align, Style),
        width: u16,
        missing: &mut Vec<char>,
    ) -> Bitmap {
        let frame = Frame { style, width };
        let text = drawable(text, missing);
        let layout = self.layout(&text, frame);
        let align = if layout.is_rtl() && align == Align::Left { Align::Right } else { align };
        let lines = self.broken(layout, &text, align, frame, missing);
        picture(lines, frame)
    }

    /// A label on the left and its value on the right, the value on lines of its own where they do not fit.
    #[expect(clippy::float_arithmetic, reason = "widths of type; money is text here")]
    pub(crate) fn pair(
        &mut self,
        (label, value): (&str, &str),
        style: Style,
        width: u16,
        missing: &mut Vec<char>,
    ) -> Bitmap {
        let frame = Frame { style, width };
        let (label, value) = (drawable(label, missing), drawable(value, missing));
        let (mut label_layout, mut value_layout) = (self.layout(&label, frame), self.layout(&value, frame));
        label_layout.break_all_lines(None);
        value_layout.break_all_lines(None);
        if style == Style::Large && value_layout.width() > f32::from(width) {
            return self.pair((&label, &value), Style::Bold, width, missing); // rather small than in pieces
        }
        let gap = f32::from(GAP_DOTS * frame.times());
        let share_a_line = label_layout.width() + gap + value_layout.width() <= f32::from(width);
        let mut lines = self.broken(label_layout, &label, Align::Left, frame, missing);
        let mut values = self.broken(value_layout, &value, Align::Right, frame, missing);
        if label.is_empty() || share_a_line {
            let first = if values.is_empty() { LineOfInk::default() } else { values.remove(0) };
            match lines.last_mut() {
                Some(line) => line.join(first),
                None => lines.push(first),
            }
        }
        lines.extend(values);
        picture(lines, frame)
    }

    fn layout(&mut self, text: &str, frame: Frame) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, true);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(&self.families))));
        builder.push_default(StyleProperty::FontSize(f32::from(SIZE_DOTS * frame.times())));
        builder.push_default(StyleProperty::FontWeight(frame.weight()));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let language = language_of(text).unwrap_or(self.language);
        if language == "ko" {
            builder.push_default(StyleProperty::WordBreak(WordBreak::KeepAll)); // Korean puts spaces between words
        }
        builder.push_default(StyleProperty::Locale(Language::parse(language).ok()));
        builder.build(text)
    }

    /// Lines that fit, each moved into place without the white that ends it: parley leaves that inside a line that ends
    /// against the direction of the paragraph.
    #[expect(clippy::float_arithmetic, reason = "places of type; money is text here")]
    fn broken(
        &mut self,
        mut layout: Layout<()>,
        text: &str,
        align: Align,
        frame: Frame,
        missing: &mut Vec<char>,
    ) -> Vec<LineOfInk> {
        layout.break_all_lines(Some(f32::from(frame.width)));
        let mut lines = Vec::new();
        for line in layout.lines() {
            let range = line.text_range();
            let end = range.start + text.get(range).unwrap_or_default().trim_end().len();
            let (mut ink, mut advance) = (LineOfInk::default(), 0.0);
            for run in line.runs() {
                let clusters = run.visual_clusters().filter(|cluster| cluster.text_range().start < end);
                for cluster in clusters {
                    self.draw_cluster(&cluster, text, frame, (&mut ink, advance), missing);
                    advance += cluster.advance();
                }
            }
            let free = (f32::from(frame.width) - advance).max(0.0);
            ink.shift(match align {
                Align::Left => 0,
                Align::Centre => whole(free / 2.0),
                Align::Right => whole(free),
            });
            ink.keep_on(i32::from(frame.width));
            lines.push(ink);
        }
        lines
    }

    #[expect(clippy::float_arithmetic, reason = "places of type; money is text here")]
    fn draw_cluster(
        &mut self,
        cluster: &Cluster<'_, ()>,
        text: &str,
        frame: Frame,
        (ink, start): (&mut LineOfInk, f32),
        missing: &mut Vec<char>,
    ) {
        let (run, size) = (cluster.run(), SIZE_DOTS * frame.times());
        let thick = run.synthesis().embolden();
        let (mut x, mut drawn) = (start, Vec::new());
        for glyph in cluster.glyphs() {
            let id = u16::try_from(glyph.id).unwrap_or(0);
            let dots = self.ink.dots(run.font(), Cut { glyph: id, size, thick });
            drawn.push((id, whole(x + glyph.x), whole(glyph.y), dots));
            x += glyph.advance;
        }
        if is_missing(cluster, text, &drawn) {
            name_missing(cluster, text, missing);
            let width = whole(cluster.advance()).clamp(8, i32::from(size)) - 2;
            return ink.put(whole(start) + 1, 0, Arc::new(Dots::of_box(width, i32::from(size) * 3 / 4)));
        }
        drawn.into_iter().for_each(|(_, x, y, dots)| ink.put(x, y, dots));
    }
}

type DrawnGlyph = (u16, i32, i32, Arc<Dots>);

/// Without a glyph in any font, or with nothing but blank ones for something that should be seen.
fn is_missing(cluster: &Cluster<'_, ()>, text: &str, drawn: &[DrawnGlyph]) -> bool {
    if drawn.is_empty() || visible(cluster, text).next().is_none() {
        return false;
    }
    drawn.iter().any(|(id, ..)| *id == 0) || drawn.iter().all(|(_, _, _, dots)| dots.is_blank())
}

fn name_missing(cluster: &Cluster<'_, ()>, text: &str, missing: &mut Vec<char>) {
    for c in visible(cluster, text) {
        if !missing.contains(&c) {
            missing.push(c);
        }
    }
}

fn visible<'a>(cluster: &Cluster<'_, ()>, text: &'a str) -> impl Iterator<Item = char> + 'a {
    let chars = text.get(cluster.text_range()).unwrap_or_default().chars();
    chars.filter(|c| !c.is_whitespace() && !is_joiner(*c))
}

/// Lines below each other, each as high as it must be.
fn picture(lines: Vec<LineOfInk>, frame: Frame) -> Bitmap {
    let times = i32::from(frame.times());
    let (above, below) = (ABOVE_DOTS * times, BELOW_DOTS * times);
    let highest = (above + below) * HIGHEST_LINES;
    let heights: Vec<_> = lines
        .iter()
        .map(|line| {
            let (up, down) = line.reach();
            let up = up.max(above).min(highest);
            (up, down.max(below).min(highest - up))
        })
        .collect();
    let rows: i32 = heights.iter().map(|(up, down)| up + down).sum();
    let mut picture = Bitmap::new(usize::from(frame.width), usize::try_from(rows).unwrap_or(0));
    let mut top = 0;
    for (line, (up, down)) in lines.into_iter().zip(heights) {
        line.draw(top + up, &mut picture);
        top += up + down;
    }
    picture
}

/// A text without control characters and invisible ones but the two joiners, which change shapes; one line, and every
/// letter with its marks in one character where there is one: fonts know those, and single jamo become syllables.
fn drawable(text: &str, missing: &mut Vec<char>) -> String {
    let shown = text.chars().filter_map(|c| match c {
        '\u{3000}' | '\u{a0}' => Some(c),
        _ if c.is_whitespace() => Some(' '),
        _ if c.is_control() || is_invisible(c) => None,
        _ => Some(c),
    });
    let shown: String = shown.collect();
    thinned(&ComposingNormalizerBorrowed::new_nfc().normalize(&widened(shown.trim())), missing)
}

/// Marks piled higher than any script does are left out and named: the shaper counts those of one letter in a byte.
fn thinned(text: &str, missing: &mut Vec<char>) -> String {
    let (mut thin, mut start) = (String::with_capacity(text.len()), 0);
    for end in GraphemeClusterSegmenter::new().segment_str(text) {
        for (place, c) in text.get(start..end).unwrap_or_default().chars().enumerate() {
            if place < HIGHEST_PILE {
                thin.push(c);
            } else if !missing.contains(&c) {
                missing.push(c);
            }
        }
        start = end;
    }
    thin
}

/// Half-width katakana and jamo in their usual width: no bundled font has the others, and voice marks join their kana.
fn widened(text: &str) -> Cow<'_, str> {
    let is_half = |c: char| ('\u{ff61}'..='\u{ffdc}').contains(&c);
    if !text.contains(is_half) {
        return Cow::Borrowed(text);
    }
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let mut wide = String::with_capacity(text.len());
    for run in text.split_inclusive(|c| !is_half(c)) {
        let end = run.char_indices().rev().find(|(_, c)| !is_half(*c)).map_or(run.len(), |(at, _)| at);
        let (half, other) = run.split_at(end);
        wide.push_str(&nfkc.normalize(half));
        wide.push_str(other);
    }
    Cow::Owned(wide)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Unicode's default ignorable code points, but the joiners. Among them are those that turn the direction of writing:
/// nothing in a text may turn an amount around.
fn is_invisible(c: char) -> bool {
    !is_joiner(c)
        && matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The language that a line's characters show, for the form of its ideographs.
fn language_of(text: &str) -> Option<&'static str> {
    text.chars().find_map(|c| match c {
        '\u{3041}'..='\u{30fa}' | '\u{ff66}'..='\u{ff9d}' => Some("ja"),
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => Some("ko"),
        '\u{3105}'..='\u{312f}' => Some("zh-TW"),
        _ => None,
    })
}

/// The nearest dot.
#[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates, and paper is narrow")]
fn whole(place: f32) -> i32 {
    place.round() as i32
}

#[cfg(test)]
#[path = "typeset_tests.rs"]
mod tests;
