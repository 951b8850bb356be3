//! Pictures that a person has looked at, and how closely a new one must agree.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use quickpay_ui::Picture;

pub(crate) fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)
}

pub(crate) fn read_png(file: &Path) -> Picture {
    let reader = BufReader::new(File::open(file).unwrap());
    let mut reader = png::Decoder::new(reader).read_info().unwrap();
    let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgba).unwrap();
    Picture::from_rgba(info.width, info.height, rgba).unwrap()
}

/// `UPDATE_GOLDEN=1` rewrites; a person looks at it before it is committed.
pub(crate) fn compare(name: &str, picture: &Picture) {
    let file = golden(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, picture.to_png().unwrap()).unwrap();
    } else {
        assert!(alike(&read_png(&file), picture), "{name} changed: UPDATE_GOLDEN=1 rewrites, then look");
    }
}

/// At most 0.01 % of the pixels differ by more than 8 in any colour.
fn alike(a: &Picture, b: &Picture) -> bool {
    if (a.width(), a.height()) != (b.width(), b.height()) {
        return false;
    }
    let pixels = a.rgba().chunks(4).zip(b.rgba().chunks(4));
    let differing = pixels.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 8)).count();
    differing * 10_000 <= a.rgba().len() / 4
}
