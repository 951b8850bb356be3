//! Dots as `GS v 0` bands (hardware notes, section 3.5).
//!
//! Invariant: no band is higher than the profile says or a multiple of 48 rows high, for which POS-5890K prints garbage;
//! no band is wider than the picture. White at the right of a band is not sent.

use super::bitmap::Bitmap;

/// Rows that no band may have a multiple of.
const FORBIDDEN_ROWS: usize = 48;

/// Appends the bands of a picture. Each leaves the paper at the left edge below itself, so they join without a gap.
pub(crate) fn put(picture: &Bitmap, band_rows: u8, bytes: &mut Vec<u8>) {
    let mut top = 0;
    while top < picture.rows() {
        let rows = height_of_next(picture, top, highest(band_rows));
        put_band(picture, top, rows, bytes);
        top += rows;
    }
}

/// The highest band that may be sent.
fn highest(band_rows: u8) -> usize {
    let rows = usize::from(band_rows.max(8));
    if rows.is_multiple_of(FORBIDDEN_ROWS) { rows - 1 } else { rows }
}

/// As high as allowed, but ending between lines of writing where there is a white row in the lower half: a head that waits
/// for data leaves a hair line there.
fn height_of_next(picture: &Bitmap, top: usize, highest: usize) -> usize {
    let left = picture.rows() - top;
    if left <= highest {
        return left;
    }
    let is_white = |rows: &usize| picture.row(top + rows - 1).iter().all(|byte| *byte == 0);
    (highest / 2..=highest)
        .rev()
        .filter(|rows| !rows.is_multiple_of(FORBIDDEN_ROWS))
        .find(is_white)
        .unwrap_or(highest)
}

fn put_band(picture: &Bitmap, top: usize, rows: usize, bytes: &mut Vec<u8>) {
    let used = |y: usize| picture.row(y).iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
    let row_bytes = (top..top + rows).map(used).max().unwrap_or(1);
    let padded = if rows.is_multiple_of(FORBIDDEN_ROWS) { rows + 1 } else { rows };
    let [xl, xh] = u16::try_from(row_bytes).unwrap_or(u16::MAX).to_le_bytes();
    let [yl, yh] = u16::try_from(padded).unwrap_or(u16::MAX).to_le_bytes();
    bytes.extend([0x1d, b'v', b'0', 0, xl, xh, yl, yh]);
    for y in top..top + rows {
        bytes.extend(picture.row(y).iter().take(row_bytes));
    }
    bytes.extend(std::iter::repeat_n(0, (padded - rows) * row_bytes));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heights(picture: &Bitmap, band_rows: u8) -> Vec<usize> {
        let (mut bytes, mut heights) = (Vec::new(), Vec::new());
        put(picture, band_rows, &mut bytes);
        let mut rest = bytes.as_slice();
        while let [0x1d, b'v', b'0', 0, xl, xh, yl, yh, after @ ..] = rest {
            let rows = usize::from(u16::from_le_bytes([*yl, *yh]));
            heights.push(rows);
            rest = &after[rows * usize::from(u16::from_le_bytes([*xl, *xh]))..];
        }
        assert!(rest.is_empty());
        heights
    }

    #[test]
    fn no_band_is_a_multiple_of_48_rows_high() {
        for rows in 1..400 {
            for band_rows in [0, 47, 48, 96, 128, 144, 255] {
                let mut black = Bitmap::new(16, rows);
                black.fill(0, 0, 16, rows);
                let heights = heights(&black, band_rows);
                assert!(heights.iter().all(|height| height % 48 != 0 && *height <= 256), "{heights:?}");
                let padding = heights.iter().sum::<usize>() - rows;
                assert!(padding <= 1, "{rows} rows in {heights:?}");
            }
        }
    }

    #[test]
    fn white_at_the_right_is_not_sent_and_bands_end_in_white_rows() {
        let mut picture = Bitmap::new(576, 200);
        picture.fill(0, 0, 9, 100);
        picture.fill(0, 101, 20, 99);
        let mut bytes = Vec::new();
        put(&picture, 128, &mut bytes);
        assert_eq!(bytes[..8], [0x1d, b'v', b'0', 0, 2, 0, 101, 0]);
        assert_eq!(bytes[8..10], [0xff, 0x80]);
        assert_eq!(bytes[8 + 202..8 + 202 + 8], [0x1d, b'v', b'0', 0, 3, 0, 99, 0]);
    }
}
