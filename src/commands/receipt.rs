//! `quickpay receipt SALE`: a sale's paper as text, picture or page.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use quickpay_core::id::SaleId;
use quickpay_core::payment_code::FingerprintKey;
use quickpay_core::record::{Record, Subject};
use quickpay_core::terminal::Terminal;
use quickpay_drivers::printer::fonts::Fonts;
use quickpay_drivers::printer::part::Part;
use quickpay_drivers::printer::pdf::pdf;
use quickpay_drivers::printer::preview;
use quickpay_drivers::printer::text::plain_text;
use quickpay_drivers::printer::typeface::Typeface;

use super::{WrongUse, read, say};
use crate::cli::Receipt;
use crate::config::Config;

pub(super) fn run(arguments: &Receipt) -> Result<()> {
    crate::telemetry::start("warn");
    let id = SaleId::parse(&arguments.sale).map_err(|error| WrongUse(error.to_string()))?;
    let config = Config::read(&arguments.config)?;
    let mut entries = Vec::new();
    let mut papers = BTreeSet::new();
    let mut about = |record: &Record| match record.subject() {
        Subject::Sale(sale) => sale == id,
        Subject::NewJob(job, sale) => sale == id && papers.insert(job),
        Subject::Job(job) => papers.contains(&job),
        Subject::Terminal => false,
    };
    read(&config.data_dir, &mut |entry| {
        if entry.records.iter().any(&mut about) {
            entries.push(entry);
        }
    })?;
    let mut terminal = Terminal::new(config.settings.clone(), FingerprintKey::new([0; 16]));
    terminal.recall(id, &entries)?;
    let document = terminal
        .paper_of_sale(id)
        .with_context(|| format!("the journal has no sale {id}; `quickpay journal show` lists them"))?;
    let columns = config.printer.profile().columns;
    if arguments.png.is_none() && arguments.pdf.is_none() {
        say(plain_text(&document, columns).trim_end());
        return Ok(());
    }
    let profile = config.printer.profile();
    let fonts = Fonts::in_folder(&crate::assets::fonts())?;
    let parts = Part::with_logo(&document, config.receipt.logo.as_deref());
    let rom = preview::rom_of(profile.charset);
    let picture = preview::printed(&parts, &profile, rom, &fonts, &Arc::new(typeface()?))
        .context("the printer model put out no paper")?;
    if let Some(file) = &arguments.png {
        write(file, &picture.to_png()?)?;
    }
    if let Some(file) = &arguments.pdf {
        write(file, &pdf(&picture, &format!("{} {id}", config.settings.terminal))?)?;
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))
}

/// The typeface of pictures of receipts.
pub(super) fn typeface() -> Result<Typeface> {
    let fonts = crate::assets::fonts();
    let [regular, bold] =
        ["NotoSansCJKsc-Regular-subset.otf", "NotoSansCJKsc-Bold-subset.otf"].map(|name| fonts.join(name));
    Typeface::open(&regular, Some(&bold))
        .with_context(|| format!("the fonts are missing in {}", fonts.display()))
}
