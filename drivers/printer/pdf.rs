//! A picture of a paper as a PDF file of one page.
//!
//! Invariant: the page is as large as the paper; the image is the PNG file's own packed rows, so nothing is packed twice.
//! Deliberately absent: text, whose fonts would make a receipt megabytes large, and a library: such a file is six objects.

use std::io;

use super::picture::Picture;

/// Thousandths of a point to 2032 dots: 72 points and 203.2 dots to the inch.
const MILLIPOINTS_PER_2032_DOTS: u64 = 720_000;

/// The bytes of a PDF file. Of the title only ASCII letters, digits, spaces and hyphens are kept.
///
/// # Errors
/// As [`Picture::to_png`].
pub fn pdf(picture: &Picture, title: &str) -> io::Result<Vec<u8>> {
    let rows = packed_rows(&picture.to_png()?).ok_or_else(|| io::Error::other("a PNG file without rows"))?;
    let (width, height) = (points(picture.width), points(picture.height));
    let title: String =
        title.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-')).collect();
    let page = format!("q {width} 0 0 {height} 0 0 cm /Paper Do Q");
    let image = format!(
        "<< /Type /XObject /Subtype /Image /Width {across} /Height {down} /ColorSpace /DeviceGray /BitsPerComponent 8 \
         /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent 8 /Columns {across} >> \
         /Length {length} >>",
        across = picture.width,
        down = picture.height,
        length = rows.len()
    );
    let mut file = File { bytes: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(), offsets: Vec::new() };
    file.object(b"<< /Type /Catalog /Pages 2 0 R >>", None);
    file.object(b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", None);
    let leaf = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R \
         /Resources << /XObject << /Paper 5 0 R >> >> >>"
    );
    file.object(leaf.as_bytes(), None);
    file.object(format!("<< /Length {} >>", page.len()).as_bytes(), Some(page.as_bytes()));
    file.object(image.as_bytes(), Some(&rows));
    file.object(format!("<< /Title ({title}) /Producer (quickpay) >>").as_bytes(), None);
    Ok(file.ended())
}

/// Objects one after the other, numbered from 1, and where each begins.
struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn object(&mut self, dictionary: &[u8], stream: Option<&[u8]>) {
        self.offsets.push(self.bytes.len());
        self.bytes.extend_from_slice(format!("{} 0 obj\n", self.offsets.len()).as_bytes());
        self.bytes.extend_from_slice(dictionary);
        if let Some(stream) = stream {
            self.bytes.extend_from_slice(b"\nstream\n");
            self.bytes.extend_from_slice(stream);
            self.bytes.extend_from_slice(b"\nendstream");
        }
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn ended(mut self) -> Vec<u8> {
        let (table, count) = (self.bytes.len(), self.offsets.len() + 1);
        let mut end = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            end.push_str(&format!("{offset:010} 00000 n \n"));
        }
        let info = self.offsets.len();
        end.push_str(&format!(
            "trailer\n<< /Size {count} /Root 1 0 R /Info {info} 0 R >>\nstartxref\n{table}\n%%EOF\n"
        ));
        self.bytes.extend_from_slice(end.as_bytes());
        self.bytes
    }
}

fn points(dots: u32) -> String {
    let millipoints = u64::from(dots) * MILLIPOINTS_PER_2032_DOTS / 2032;
    format!("{}.{:03}", millipoints / 1000, millipoints % 1000)
}

/// What stands in the `IDAT` chunks: a zlib stream of filtered rows, which PDF knows as `FlateDecode` with predictor 15.
fn packed_rows(png: &[u8]) -> Option<Vec<u8>> {
    let mut rows = Vec::new();
    let mut rest = png.get(8..)?;
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let content = rest.get(8..8 + length)?;
        match rest.get(4..8)? {
            b"IDAT" => rows.extend_from_slice(content),
            b"IEND" => return Some(rows),
            _ => {}
        }
        rest = rest.get(12 + length..)?; // length, name, content, checksum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Picture {
        let pixels = (0..64_u32 * 48).map(|at| if at % 7 == 0 { 0 } else { 255 }).collect();
        Picture { width: 64, height: 48, pixels }
    }

    fn find(bytes: &[u8], what: &[u8]) -> usize {
        bytes.windows(what.len()).position(|window| window == what).unwrap()
    }

    #[test]
    fn every_object_begins_where_the_table_says() {
        let file = pdf(&picture(), "T1-3LK2QZ-S0001a").unwrap();
        let table = find(&file, b"xref\n0 7\n");
        let lines = String::from_utf8(file[table..].to_vec()).unwrap();
        for (number, line) in (1..=6).zip(lines.lines().skip(3)) {
            let offset: usize = line[..10].parse().unwrap();
            assert!(file[offset..].starts_with(format!("{number} 0 obj\n").as_bytes()), "{number}");
        }
        assert!(lines.ends_with(&format!("startxref\n{table}\n%%EOF\n")), "{lines}");
    }

    #[test]
    fn the_page_is_as_large_as_the_paper_and_the_title_can_close_nothing() {
        let file = pdf(&picture(), "T1) >> (\\ 1").unwrap();
        find(&file, b"/MediaBox [0 0 22.677 17.007]"); // 8 mm by 6 mm
        find(&file, b"/Title (T1   1)");
    }

    #[test]
    fn the_image_is_the_rows_of_the_png_file() {
        let (file, png) = (pdf(&picture(), "").unwrap(), picture().to_png().unwrap());
        let rows = packed_rows(&png).unwrap();
        assert!(rows.starts_with(&[0x78]), "a zlib stream");
        find(&file, &rows);
        assert_eq!(packed_rows(&png[..40]), None);
        assert_eq!(packed_rows(b""), None);
    }
}
