//! What is wrong with a configuration file: where, what, and what would be right.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Byte range in the file, if it can be told.
    pub span: Option<Range<usize>>,
    /// What is wrong and what would be right.
    pub words: String,
    /// Whether the line may be shown with it.
    pub line: Line,
}

/// Whether a line of the file may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// It may.
    #[default]
    Shown,
    /// It may hold a secret.
    Hidden,
}

impl Problem {
    pub(super) fn at(span: Range<usize>, words: impl Into<String>) -> Problem {
        Problem { span: Some(span), words: words.into(), line: Line::Shown }
    }

    /// At a place that may hold a secret: the place is named, the line is not repeated.
    pub(super) fn at_secret(span: Range<usize>, words: impl Into<String>) -> Problem {
        Problem { span: Some(span), words: words.into(), line: Line::Hidden }
    }

    /// At no place in particular.
    pub(super) fn nowhere(words: impl Into<String>) -> Problem {
        Problem { span: None, words: words.into(), line: Line::Shown }
    }

    /// A file that cannot be read; `model` is the commented one that it should be like.
    pub(super) fn unreadable(error: &io::Error, model: &str) -> Problem {
        let kind = error.kind();
        Problem::nowhere(if kind == io::ErrorKind::NotFound {
            format!("there is no such file; write one after {model}")
        } else if kind == io::ErrorKind::IsADirectory {
            "that is a directory; name the file in it".to_owned()
        } else if kind == io::ErrorKind::InvalidData {
            format!("that is no text; name the file that `{model}` is the model of")
        } else if kind == io::ErrorKind::PermissionDenied {
            format!("may not be read ({error}); run this as the till's user, or let that user read it")
        } else {
            format!("cannot be read: {error}")
        })
    }

    pub(super) fn of(error: &toml::de::Error) -> Problem {
        Problem { span: error.span(), words: error.message().to_owned(), line: Line::Shown }
    }
}

/// A configuration that cannot be used. Nothing was opened or changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ConfigError {
    file: PathBuf,
    text: String,
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn new(file: &Path, text: &str, problems: Vec<Problem>) -> ConfigError {
        ConfigError { file: file.to_owned(), text: text.to_owned(), problems }
    }

    /// How many things are wrong.
    #[must_use]
    pub fn count(&self) -> usize {
        self.problems.len()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            if n > 0 {
                writeln!(f)?;
            }
            write_problem(f, &self.file, &self.text, problem)?;
        }
        Ok(())
    }
}

/// `FILE:3:1: what is wrong`, the line, and a caret under the place.
fn write_problem(f: &mut fmt::Formatter<'_>, file: &Path, text: &str, problem: &Problem) -> fmt::Result {
    let Some(span) = &problem.span else { return write!(f, "{}: {}", file.display(), problem.words) };
    let start = span.start.min(text.len());
    let before = text.get(..start).unwrap_or_default();
    let line_number = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    let said = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let marked =
        text.get(start..span.end.min(text.len())).unwrap_or_default().lines().next().unwrap_or_default();
    let carets = "^".repeat(marked.chars().count().clamp(1, 60));
    write!(f, "{}:{line_number}:{column}: {}", file.display(), problem.words)?;
    if problem.line == Line::Hidden {
        return Ok(());
    }
    writeln!(f)?;
    writeln!(f, "  | {said}")?;
    write!(f, "  | {}{carets}", " ".repeat(column - 1))
}
