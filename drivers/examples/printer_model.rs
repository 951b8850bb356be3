//! Our printer of software for other people's programs: `printer_model ADDRESS [ROM]`, told what to do on standard input.
//! ROM is its market: `simplified` (the default), `traditional`, `korean` or `japanese`.
//!
//! It says `listening ADDRESS` when it is on. It takes a word group a line: `cover open`, `cover closed`, `roll out`,
//! `roll full`, `roll 5` (lines), `slow 100` (ms a line), `report`; each is answered by `done` when it is. A report holds
//! the papers cut so far, the text at the head, how often the drawer opened, and commands that the model did not know. It ends with its input.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use quickpay_drivers::printer::model::{Cover, PrinterModel, Roll, Rom, RunningModel};
use quickpay_drivers::printer::typeface::Typeface;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (address, market) = match arguments.as_slice() {
        [address] => (address, "simplified"),
        [address, market] => (address, market.as_str()),
        _ => return Err("usage: printer_model ADDRESS [ROM]".into()),
    };
    let rom = match market {
        "simplified" => Rom::Simplified,
        "traditional" => Rom::Traditional,
        "korean" => Rom::Korean,
        "japanese" => Rom::Japanese,
        _ => return Err(format!("no such ROM: {market}").into()),
    };
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/fonts");
    let [regular, bold] =
        ["NotoSansCJKsc-Regular-subset.otf", "NotoSansCJKsc-Bold-subset.otf"].map(|name| fonts.join(name));
    let typeface = Arc::new(Typeface::open(&regular, Some(&bold))?);
    let model = PrinterModel::new(typeface).rom(rom).start(address.parse()?)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening {}", model.address())?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["cover", "open"] => model.cover(Cover::Open),
            ["cover", "closed"] => model.cover(Cover::Closed),
            ["roll", "out"] => model.roll(Roll::Out),
            ["roll", "full"] => model.roll(Roll::Full),
            ["roll", lines] => model.roll(Roll::Lines(lines.parse()?)),
            ["slow", ms] => model.line_time(Duration::from_millis(ms.parse()?)),
            ["report"] => report(&model, &mut out)?,
            _ => return Err(format!("not understood: {line}").into()),
        }
        writeln!(out, "done")?;
    }
    Ok(())
}

fn report(model: &RunningModel, out: &mut impl Write) -> std::io::Result<()> {
    for paper in model.papers() {
        writeln!(out, "paper {} dots high", paper.picture.height)?;
        for line in paper.text.lines() {
            writeln!(out, "| {line}")?;
        }
        for data in &paper.barcodes {
            writeln!(out, "barcode {data}")?;
        }
    }
    for line in model.text_at_head().lines() {
        writeln!(out, "head {line}")?;
    }
    writeln!(out, "drawer {}", model.drawer_kicks())?;
    for command in model.unknown_commands() {
        writeln!(out, "unknown {}", command.escape_ascii())?;
    }
    Ok(())
}
