//! The template of papers: `config/receipt.toml`, or a file of the same form.
//!
//! Invariant: a template that exists can be printed on the configured paper; its logo was read and has dots.
//! Sources of the limits: 60 lines fit half a metre of paper; a QR symbol of 120 characters fits 58 mm.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::settings::{Paper, Shown, SlipKind};
use quickpay_core::words::Language;
use quickpay_drivers::printer::bitmap::Bitmap;
use quickpay_drivers::printer::logo::{MAX_FILE_BYTES, Shade, logo};
use quickpay_drivers::printer::profile::Profile;
use toml::Spanned;

use super::check::{Checker, language, named};
use super::file::{EReceiptTable, LogoTable, ReceiptFile, ReceiptTable};
use super::problem::{ConfigError, Problem};
use super::{FileFormat, Receipt, ReceiptFiles};

const MOST_LINES: usize = 20;
const LONGEST_LINE: usize = 200;
const LONGEST_BASE: usize = 80;

/// Parts of a paper that a shop names to have them; a logo is there when its table is.
const PARTS: [(&str, Shown); 7] = [
    ("sale_number", Shown::SaleNumber),
    ("cashier", Shown::Cashier),
    ("gateway_id", Shown::GatewayId),
    ("wallet_id", Shown::WalletId),
    ("refund_reason", Shown::RefundReason),
    ("barcode", Shown::Barcode),
    ("qr", Shown::Qr),
];
const SLIPS: [(&str, SlipKind); 3] =
    [("pending", SlipKind::Pending), ("reversal", SlipKind::Reversal), ("refund", SlipKind::Refund)];
const FORMATS: [(&str, FileFormat); 2] = [("png", FileFormat::Png), ("pdf", FileFormat::Pdf)];

/// What papers say, on what, and what else becomes of receipts.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) paper: Paper,
    pub(super) profile: Profile,
    pub(super) receipt: Receipt,
}

impl Checker {
    /// The template that `[receipt]` names, or its own few lines.
    pub(super) fn template(&mut self, table: &ReceiptTable, folder: &Path, profile: Profile) -> Template {
        let own = |lines: &Option<Spanned<Vec<String>>>| {
            lines.as_ref().map(|lines| lines.get_ref().clone()).unwrap_or_default()
        };
        let paper = Paper { header: own(&table.header), footer: own(&table.footer), ..Paper::default() };
        let without = Template { paper, profile: profile.clone(), receipt: Receipt::default() };
        let Some(file) = &table.file else { return without };
        for lines in [&table.header, &table.footer].into_iter().flatten() {
            let words = "these lines stand in the receipt file, which [receipt] file names";
            self.problems.push(Problem::at(lines.span(), words));
        }
        match read(&folder.join(file.get_ref()), profile) {
            Ok(template) => template,
            Err(error) => {
                self.problems.push(Problem::at(file.span(), error.to_string()));
                without
            }
        }
    }
}

/// Reads a template for a printer.
pub(super) fn read(path: &Path, profile: Profile) -> Result<Template, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        ConfigError::new(path, "", vec![Problem::unreadable(&error, "config/receipt.toml")])
    })?;
    parse(path, &text, profile)
}

fn parse(path: &Path, text: &str, profile: Profile) -> Result<Template, ConfigError> {
    let wrong = |problems| ConfigError::new(path, text, problems);
    let file = toml::from_str::<ReceiptFile>(text).map_err(|error| wrong(vec![Problem::of(&error)]))?;
    let mut checker = Checker { problems: Vec::new() };
    let template = checker.receipt_file(&file, path.parent().unwrap_or(Path::new("")), profile);
    if checker.problems.is_empty() { Ok(template) } else { Err(wrong(checker.problems)) }
}

impl Checker {
    fn receipt_file(&mut self, file: &ReceiptFile, folder: &Path, profile: Profile) -> Template {
        let profile = self.on_paper(file, profile);
        let usual = Paper::default();
        let mut show = match &file.show {
            Some(names) => self.among("show", names, &PARTS),
            None => usual.show,
        };
        let logo = file.logo.as_ref().and_then(|table| self.logo(table, folder, profile.width_dots));
        if logo.is_some() {
            show.insert(Shown::Logo);
        }
        let e_receipt = file.e_receipt.as_ref();
        let e_receipt_base = e_receipt.and_then(|table| self.base_url(table));
        let qr = file.show.iter().flatten().find(|name| name.get_ref() == "qr");
        if let Some(qr) = qr.filter(|_| e_receipt.is_none_or(|table| table.base_url.is_none())) {
            self.problems
                .push(Problem::at(qr.span(), "\"qr\" needs [e_receipt] base_url, which it leads to"));
        }
        let copies = |n: &i64| u8::try_from(*n).ok().filter(|n| *n <= 3).ok_or("copies is 0 to 3".to_owned());
        let paper = Paper {
            printer: usual.printer,
            store: file.store.as_ref().and_then(|text| self.take(text, |text| line("store", text))),
            header: self.lines("header", &file.header),
            footer: self.lines("footer", &file.footer),
            legal: self.lines("legal", &file.legal),
            languages: file.languages.as_ref().map(|tags| self.languages(tags)).unwrap_or_default(),
            copies: self.optional(file.copies.as_ref(), 0, copies),
            show,
            slips: file.slips.as_ref().map_or(usual.slips, |names| self.among("slips", names, &SLIPS)),
            e_receipt_base,
        };
        let files = e_receipt.and_then(|table| self.receipt_files(table, folder));
        Template { paper, profile, receipt: Receipt { logo, files } }
    }

    /// A receipt may be narrower than the printer, never wider.
    fn on_paper(&mut self, file: &ReceiptFile, profile: Profile) -> Profile {
        let columns = self.optional(file.columns.as_ref(), profile.columns, |n| {
            let fits = u16::try_from(*n).ok().filter(|n| (24..=profile.columns).contains(n));
            fits.ok_or_else(|| format!("columns is 24 to {}, which this printer has", profile.columns))
        });
        let width_dots = self.optional(file.width_dots.as_ref(), profile.width_dots, |n| {
            let known = |n: &u16| [384, 512, 576].contains(n) && *n <= profile.width_dots;
            let fits = u16::try_from(*n).ok().filter(known);
            fits.ok_or_else(|| {
                format!("width_dots is 384, 512 or 576, at most the printer's {}", profile.width_dots)
            })
        });
        Profile { columns, width_dots, ..profile }
    }

    fn lines(&mut self, key: &str, lines: &[Spanned<String>]) -> Vec<String> {
        if let Some(beyond) = lines.get(MOST_LINES) {
            self.problems.push(Problem::at(beyond.span(), format!("{key} has at most {MOST_LINES} lines")));
        }
        lines.iter().filter_map(|text| self.take(text, |text| line(key, text))).collect()
    }

    fn languages(&mut self, tags: &Spanned<Vec<Spanned<String>>>) -> Vec<Language> {
        let known: Vec<Language> = tags.get_ref().iter().filter_map(|tag| self.take(tag, language)).collect();
        let twice = matches!(known.as_slice(), [one, other] if one == other);
        if twice || !(1..=2).contains(&tags.get_ref().len()) {
            self.problems.push(Problem::at(tags.span(), "languages are one, or two different ones"));
        }
        known
    }

    fn among<T: Copy + Ord>(
        &mut self,
        key: &str,
        names: &[Spanned<String>],
        known: &[(&str, T)],
    ) -> BTreeSet<T> {
        let find = |name: &String| {
            let found = known.iter().find(|(known, _)| known == name).map(|(_, part)| *part);
            let list = || known.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
            found.ok_or_else(|| format!("{key} has no \"{name}\"; there are {}", list()))
        };
        names.iter().filter_map(|name| self.take(name, find)).collect()
    }

    fn logo(&mut self, table: &LogoTable, folder: &Path, width_dots: u16) -> Option<Arc<Bitmap>> {
        let shade = self.optional(table.dots.as_ref(), Shade::Dither, |word| match word.as_str() {
            "dither" => Ok(Shade::Dither),
            "threshold" => Ok(Shade::Threshold),
            _ => Err("dots is \"dither\" or \"threshold\"".to_owned()),
        });
        self.take(&table.file, |name| {
            let path = folder.join(name);
            let words = |error: &dyn std::fmt::Display| format!("the logo {}: {error}", path.display());
            let bytes = read_at_most(&path, MAX_FILE_BYTES + 1).map_err(|error| words(&error))?;
            logo(&bytes, width_dots, shade).map(Arc::new).map_err(|error| words(&error))
        })
    }

    fn base_url(&mut self, table: &EReceiptTable) -> Option<String> {
        let base = table.base_url.as_ref()?;
        self.take(base, |text| {
            let is_address = text.starts_with("https://") || text.starts_with("http://");
            let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
            if is_address && is_plain && text.len() <= LONGEST_BASE {
                return Ok(text.clone());
            }
            Err(format!(
                "base_url is an address of at most {LONGEST_BASE} characters that an order id is put behind, such as \
                 \"https://receipts.example.com/r/\""
            ))
        })
    }

    fn receipt_files(&mut self, table: &EReceiptTable, folder: &Path) -> Option<ReceiptFiles> {
        let keep = self.optional(table.keep.as_ref(), 200, |n| {
            let within = usize::try_from(*n).ok().filter(|n| (1..=100_000).contains(n));
            within.ok_or("keep is 1 to 100000 receipts".to_owned())
        });
        let formats = match &table.formats {
            Some(names) => self.among("formats", names, &FORMATS),
            None => FORMATS.map(|(_, format)| format).into(),
        };
        let into = table.folder.as_ref()?;
        let into = self.take(into, |text| named("folder", text))?;
        Some(ReceiptFiles { folder: folder.join(PathBuf::from(into)), formats, keep })
    }
}

/// One line of paper.
fn line(key: &str, text: &str) -> Result<String, String> {
    if text.chars().count() > LONGEST_LINE {
        return Err(format!("a line of {key} has at most {LONGEST_LINE} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("a line of {key} has no control characters; give each line its own text"));
    }
    Ok(text.to_owned())
}

fn read_at_most(path: &Path, bytes: usize) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut read = Vec::new();
    let limit = u64::try_from(bytes).unwrap_or(u64::MAX);
    std::fs::File::open(path)?.take(limit).read_to_end(&mut read)?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../config/receipt.toml");

    #[test]
    fn the_shipped_template_documents_the_defaults() {
        let template = parse(Path::new("receipt.toml"), SHIPPED, Profile::generic()).unwrap();
        let paper = Paper { footer: vec!["Thank you".to_owned()], ..Paper::default() };
        assert_eq!(template.paper, paper);
        assert_eq!(template.profile, Profile::generic());
        assert!(template.receipt.logo.is_none() && template.receipt.files.is_none());
    }

    #[test]
    fn every_key_stands_in_the_shipped_template() {
        let keys = "store header footer legal languages copies columns width_dots show slips file dots folder formats \
                    keep base_url";
        for key in keys.split_whitespace() {
            let is_line = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{key} = "));
            assert!(SHIPPED.lines().any(is_line), "{key} is not documented");
        }
    }
}
