//! Logical lines become printed lines of so many columns.
//!
//! Invariant: no printed line is wider than the paper, and a value is never cut: it moves to a line of its own, and
//! wraps there if even that is too narrow; a large one is rather printed small than wrapped.
//! Deliberately absent: dots, fonts and bytes.

use quickpay_core::document::{Align, Document, Line, Style};

/// One line across the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Printed {
    /// Words, moved into place by spaces.
    Words {
        /// At most `columns` wide, half of it when large.
        text: String,
        /// How they look.
        style: Style,
    },
    /// A line across.
    Rule,
    /// An empty line.
    Space,
    /// A Code 128 barcode in the middle, and its text below.
    Barcode {
        /// What it holds.
        data: String,
        /// The same in centred lines.
        caption: Vec<String>,
    },
}

/// How many columns a character takes.
pub type ColumnsOf = fn(char) -> usize;

/// Lays a document out on paper of so many columns.
#[must_use]
pub fn lay_out(document: &Document, columns: u16, columns_of: ColumnsOf) -> Vec<Printed> {
    document.lines.iter().flat_map(|line| lay_out_line(line, columns, columns_of)).collect()
}

/// The printed lines of one logical line.
pub(crate) fn lay_out_line(line: &Line, columns: u16, columns_of: ColumnsOf) -> Vec<Printed> {
    Ruler { columns: usize::from(columns.max(2)), columns_of }.printed(line)
}

/// Columns of a character on a terminal or in plain text: CJK takes two, a combining mark none.
#[must_use]
pub fn unicode_columns(c: char) -> usize {
    unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)
}

#[derive(Debug, Clone, Copy)]
struct Ruler {
    columns: usize,
    columns_of: ColumnsOf,
}

impl Ruler {
    fn printed(self, line: &Line) -> Vec<Printed> {
        match line {
            Line::Rule => vec![Printed::Rule],
            Line::Space => vec![Printed::Space],
            Line::Logo => Vec::new(),
            Line::Qr(data) => words(self.placed(data, Align::Centre), Style::Plain),
            Line::Barcode(data) => {
                vec![Printed::Barcode { data: data.clone(), caption: self.placed(data, Align::Centre) }]
            }
            Line::Text { text, align, style } => words(self.of(*style).placed(text, *align), *style),
            Line::Pair { label, value, style } => {
                let style = self.style_with_room_for(value, *style);
                words(self.of(style).pair(label, value), style)
            }
        }
    }

    fn of(self, style: Style) -> Ruler {
        match style {
            Style::Plain | Style::Bold => self,
            Style::Large => Ruler { columns: self.columns / 2, ..self },
        }
    }

    /// An amount is rather small than in pieces.
    fn style_with_room_for(self, value: &str, style: Style) -> Style {
        match style {
            Style::Large if self.width(value.trim()) > self.of(style).columns => Style::Bold,
            Style::Plain | Style::Bold | Style::Large => style,
        }
    }

    fn placed(self, text: &str, align: Align) -> Vec<String> {
        let whole = text.trim_matches(' ');
        if self.width(whole) <= self.columns {
            return vec![self.place(whole, align)]; // nothing to break, as mostly
        }
        self.wrap(text).into_iter().map(|line| self.place(&line, align)).collect()
    }

    fn pair(self, label: &str, value: &str) -> Vec<String> {
        let (label, value) = (label.trim(), value.trim());
        let both = self.width(label) + 1 + self.width(value);
        if both <= self.columns {
            let mut line = String::with_capacity(label.len() + self.columns + value.len());
            line.push_str(label);
            put_spaces(&mut line, self.columns + 1 - both);
            line.push_str(value);
            return vec![line];
        }
        let label_lines = self.placed(label, Align::Left).into_iter().filter(|line| !line.is_empty());
        label_lines.chain(self.placed(value, Align::Right)).collect()
    }

    fn place(self, text: &str, align: Align) -> String {
        let free = self.columns.saturating_sub(self.width(text));
        let before = match align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        };
        let mut line = String::with_capacity(before + text.len());
        put_spaces(&mut line, before);
        line.push_str(text);
        line
    }

    fn width(self, text: &str) -> usize {
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return text.len();
        }
        text.chars().map(self.columns_of).sum()
    }

    /// Lines as full as they get, broken at spaces and between Chinese characters; at least one line.
    fn wrap(self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut gap = 0;
        for piece in self.pieces(text) {
            let Piece::Word(word) = piece else {
                gap += 1;
                continue;
            };
            let spaces = if line.is_empty() { 0 } else { gap };
            gap = 0;
            if self.width(&line) + spaces + self.width(&word) <= self.columns {
                line.push_str(&" ".repeat(spaces));
                line.push_str(&word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.break_word(&word, &mut lines);
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Breaks a word that is wider than a line; gives back what remains of it.
    fn break_word(self, word: &str, lines: &mut Vec<String>) -> String {
        let mut line = String::new();
        for c in word.chars() {
            if self.width(&line) + (self.columns_of)(c) > self.columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
        line
    }

    /// Spaces, and what may not be broken: a word, or one wide character with the punctuation that belongs to it.
    fn pieces(self, text: &str) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut last = ' ';
        for c in text.chars() {
            if c == ' ' {
                pieces.push(Piece::Space);
            } else if self.may_break(last, c) {
                pieces.push(Piece::Word(c.to_string()));
            } else if let Some(Piece::Word(word)) = pieces.last_mut() {
                word.push(c);
            }
            last = c;
        }
        pieces
    }

    fn may_break(self, before: char, after: char) -> bool {
        if before == ' ' {
            return true;
        }
        if is_hangul(before) && is_hangul(after) {
            return false; // Korean puts spaces between words
        }
        let wide = (self.columns_of)(before) > 1 || (self.columns_of)(after) > 1;
        wide && (self.columns_of)(after) > 0 && !CLOSING.contains(after) && !OPENING.contains(before)
    }
}

fn put_spaces(line: &mut String, mut count: usize) {
    const SPACES: &str = "                                                ";
    while count > 0 {
        let some = SPACES.get(..count).unwrap_or(SPACES);
        line.push_str(some);
        count -= some.len();
    }
}

fn is_hangul(c: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&c)
}

#[derive(Debug)]
enum Piece {
    Space,
    Word(String),
}

/// Never at the beginning of a line.
const CLOSING: &str = ",.!?:;)]%，．！？：；）］％。、・ー々】》〉」』”’…";
/// Never at the end of one.
const OPENING: &str = "([（［【《〈「『“‘";

fn words(lines: Vec<String>, style: Style) -> Vec<Printed> {
    lines.into_iter().map(|text| Printed::Words { text, style }).collect()
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
