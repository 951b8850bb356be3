//! How long our encoder takes, for `tests/referees/run speed`: `encode_bench text|raster RECEIPT FONTS`.
//!
//! Says on one line, between tabs: microseconds of the first encoding (fonts and all), microseconds of each later one
//! (of the fastest of many short batches: the others share the machine), bytes. RECEIPT has a line of paper on each line, in fields between tabs.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use quickpay_core::document::{Align, Line, Style};
use quickpay_drivers::printer::charset::Charset;
use quickpay_drivers::printer::escpos::{Drawer, encode_parts};
use quickpay_drivers::printer::fonts::Fonts;
use quickpay_drivers::printer::part::Part;
use quickpay_drivers::printer::profile::{CodeBy, Profile, Raster};

const BATCHES: usize = 200;
const BATCH: Duration = Duration::from_millis(5);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, receipt, fonts] = arguments.as_slice() else {
        return Err("usage: encode_bench text|raster RECEIPT FONTS".into());
    };
    let profile = match kind.as_str() {
        "text" => Profile { charset: Charset::Cp858 { page: 19 }, qr: CodeBy::Command, ..Profile::generic() },
        "raster" => Profile { raster: Raster::Whole, qr: CodeBy::Command, ..Profile::generic() },
        _ => return Err(format!("neither text nor raster: {kind}").into()),
    };
    let receipt = std::fs::read_to_string(receipt)?;
    let fonts = Fonts::in_folder(Path::new(fonts))?;
    let owned: Vec<Owned> = receipt.lines().map(owned).collect::<Result<_, _>>()?;
    let parts: Vec<Part<'_>> = owned.iter().map(Owned::part).collect();
    let encode = || -> Result<Vec<u8>, Box<dyn Error>> {
        let encoded = encode_parts(&parts, &profile, &fonts, Drawer::Leave);
        if encoded.missing.is_empty() {
            Ok(encoded.bytes)
        } else {
            Err("the receipt lacks characters".into())
        }
    };
    let begun = Instant::now();
    let first = encode()?;
    let cold = begun.elapsed();
    let mut each = Duration::MAX;
    for _ in 0..BATCHES {
        let (begun, mut count) = (Instant::now(), 0_u32);
        while begun.elapsed() < BATCH {
            if encode()? != first {
                return Err("two encodings of one receipt differ".into());
            }
            count += 1;
        }
        each = each.min(begun.elapsed() / count);
    }
    say(&format!("{}\t{}\t{}", micros(cold), micros(each), first.len()));
    Ok(())
}

fn micros(time: Duration) -> String {
    format!("{}.{:03}", time.as_micros(), time.as_nanos() % 1000)
}

#[expect(clippy::print_stdout, reason = "the result")]
fn say(line: &str) {
    println!("{line}");
}

enum Owned {
    Line(Line),
    Qr(String),
}

impl Owned {
    fn part(&self) -> Part<'_> {
        match self {
            Owned::Line(line) => Part::Line(line),
            Owned::Qr(data) => Part::Qr(data),
        }
    }
}

fn owned(line: &str) -> Result<Owned, String> {
    let style = |word: &str| match word {
        "plain" => Ok(Style::Plain),
        "bold" => Ok(Style::Bold),
        "large" => Ok(Style::Large),
        _ => Err(format!("no style: {word}")),
    };
    let align = |word: &str| match word {
        "left" => Ok(Align::Left),
        "centre" => Ok(Align::Centre),
        _ => Err(format!("no alignment: {word}")),
    };
    Ok(match line.split('\t').collect::<Vec<_>>().as_slice() {
        ["text", place, look, text] => {
            Owned::Line(Line::Text { text: (*text).to_owned(), align: align(place)?, style: style(look)? })
        }
        ["pair", look, label, value] => Owned::Line(Line::Pair {
            label: (*label).to_owned(),
            value: (*value).to_owned(),
            style: style(look)?,
        }),
        ["rule"] => Owned::Line(Line::Rule),
        ["space"] => Owned::Line(Line::Space),
        ["barcode", data] => Owned::Line(Line::Barcode((*data).to_owned())),
        ["qr", data] => Owned::Qr((*data).to_owned()),
        _ => return Err(format!("not a line of paper: {line}")),
    })
}
