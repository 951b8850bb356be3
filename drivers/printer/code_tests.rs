//! zbarimg, somebody else's scanner, reads the barcodes and QR symbols of the golden pictures.
//!
//! `golden/codes.tsv` says what stands on which: a picture that is not in it must have no code. After new pictures
//! `UPDATE_GOLDEN=1` with this test alone rewrites it, a person looks. Without zbarimg nothing is read and the test says so;
//! `QUICKPAY_ZBARIMG=required` (`tests/referees/run codes`) makes that a failure.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::picture::Picture;

/// Of white around a picture: a scanner wants quiet zones also where the paper ends.
const MARGIN_DOTS: u32 = 32;

const HEAD: &str = "# What zbarimg reads from each golden picture: picture, symbology:data. A picture that is not here has no code.\n";

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("printer/golden")
}

/// Symbology and data by picture, in reading order as zbarimg has it.
fn expected() -> BTreeMap<String, Vec<String>> {
    let list = fs::read_to_string(golden_folder().join("codes.tsv")).unwrap();
    let mut codes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let (picture, code) = line.split_once('\t').unwrap();
        codes.entry(picture.to_owned()).or_default().push(code.to_owned());
    }
    codes
}

/// A golden picture has one bit a dot.
fn golden(file: &Path) -> Picture {
    let mut reader = png::Decoder::new(BufReader::new(File::open(file).unwrap())).read_info().unwrap();
    let mut bits = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bits).unwrap();
    assert_eq!(info.bit_depth, png::BitDepth::One, "{}", file.display());
    let row = |y: u32| &bits[y as usize * info.line_size..][..info.line_size];
    let grey = |row: &[u8], x: u32| if row[x as usize / 8] & (0x80 >> (x % 8)) == 0 { 0 } else { 0xff };
    let pixels = (0..info.height).flat_map(|y| (0..info.width).map(move |x| grey(row(y), x))).collect();
    Picture { width: info.width, height: info.height, pixels }
}

fn read_by_zbarimg(picture: &Picture, name: &str) -> io::Result<Vec<String>> {
    let file = std::env::temp_dir().join(format!("quickpay-codes-{}-{name}.pgm", std::process::id()));
    let picture = picture.with_margin(MARGIN_DOTS);
    let grey_map = format!("P5 {} {} 255\n", picture.width, picture.height).into_bytes();
    fs::write(&file, [grey_map, picture.pixels].concat())?; // not packed: that takes seconds in debug
    let output = Command::new("zbarimg")
        .args(["--quiet", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable"])
        .arg(&file)
        .output();
    fs::remove_file(&file)?;
    let said = String::from_utf8(output?.stdout).map_err(io::Error::other)?;
    let mut codes: Vec<_> = said.lines().map(str::to_owned).collect();
    codes.sort();
    Ok(codes)
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that could not look says so")]
fn a_scanner_reads_the_codes_of_the_golden_pictures() {
    let mut expected = expected();
    let (mut wrong, mut found) = (Vec::new(), BTreeMap::new());
    for entry in fs::read_dir(golden_folder()).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "png") {
            continue;
        }
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let read = match read_by_zbarimg(&golden(&file), &name) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                assert!(std::env::var_os("QUICKPAY_ZBARIMG").is_none(), "zbarimg is not installed");
                eprintln!("zbarimg is not installed: no code was read");
                return;
            }
            read => read.unwrap(),
        };
        let wanted = expected.remove(&name).unwrap_or_default();
        if read != wanted {
            wrong.push(format!("{name}: codes.tsv says {wanted:?}, zbarimg reads {read:?}"));
        }
        found.insert(name, read);
    }
    wrong.extend(expected.keys().map(|name| format!("{name} is in codes.tsv, and there is no such picture")));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let line = |(name, code): (&String, &String)| format!("{name}\t{code}\n");
        let lines = found.iter().flat_map(|(name, codes)| codes.iter().map(move |code| line((name, code))));
        return fs::write(golden_folder().join("codes.tsv"), HEAD.to_owned() + &lines.collect::<String>())
            .unwrap();
    }
    assert!(wrong.is_empty() && !found.is_empty(), "UPDATE_GOLDEN=1 takes it as seen: {wrong:#?}");
}
