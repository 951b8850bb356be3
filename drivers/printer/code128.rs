//! Code 128: how a text becomes bars.
//!
//! Invariant: a symbol always has its check value, its stop and room for its quiet zones.
//! Source: ISO/IEC 15417; the widths below are its table of symbol characters.

use super::bitmap::Bitmap;

/// Bar and space widths of the values 0 to 105, in modules, beginning with a bar.
const WIDTHS: [&[u8; 6]; 106] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312", b"132212",
    b"221213", b"221312", b"231212", b"112232", b"122132", b"122231", b"113222", b"123122", b"123221",
    b"223211", b"221132", b"221231", b"213212", b"223112", b"312131", b"311222", b"321122", b"321221",
    b"312212", b"322112", b"322211", b"212123", b"212321", b"232121", b"111323", b"131123", b"131321",
    b"112313", b"132113", b"132311", b"211313", b"231113", b"231311", b"112133", b"112331", b"132131",
    b"113123", b"113321", b"133121", b"313121", b"211331", b"231131", b"213113", b"213311", b"213131",
    b"311123", b"311321", b"331121", b"312113", b"312311", b"332111", b"314111", b"221411", b"431111",
    b"111224", b"111422", b"121124", b"121421", b"141122", b"141221", b"112214", b"112412", b"122114",
    b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111", b"111242",
    b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112", b"421211", b"212141",
    b"214121", b"412121", b"111143", b"111341", b"131141", b"114113", b"114311", b"411113", b"411311",
    b"113141", b"114131", b"311141", b"411131", b"211412", b"211214", b"211232",
];
/// Modules of every character but the stop, and of that.
const CHARACTER_MODULES: u32 = 11;
const STOP_MODULES: u32 = 13;
/// White between the bars and their text.
const AIR_DOTS: usize = 6;
const STOP: &[u8; 7] = b"2331112";
pub(crate) const START_B: u8 = 104;

/// Modules of white at either side.
pub(crate) const QUIET_MODULES: u32 = 10;

/// The values of a text in code set B, without check value; `None` for what it does not have.
pub(crate) fn values_in_set_b(text: &str) -> Option<Vec<u8>> {
    let mut values = vec![START_B];
    for byte in text.bytes() {
        values.push(byte.checked_sub(0x20).filter(|value| *value < 95)?);
    }
    (values.len() > 1).then_some(values)
}

/// The modules of a symbol, `true` for black, with check value and stop. `None` when a value is out of range.
pub(crate) fn modules(values: &[u8]) -> Option<Vec<bool>> {
    let (start, rest) = values.split_first()?;
    let weighted = rest.iter().zip(1_u32..).map(|(value, weight)| u32::from(*value) * weight);
    let check = u8::try_from((u32::from(*start) + weighted.sum::<u32>()) % 103).ok()?;
    let mut modules = Vec::new();
    for value in values.iter().copied().chain([check]) {
        draw(*WIDTHS.get(usize::from(value))?, &mut modules);
    }
    draw(STOP, &mut modules);
    Some(modules)
}

fn draw(widths: &[u8], modules: &mut Vec<bool>) {
    for (width, black) in widths.iter().zip([true, false].into_iter().cycle()) {
        modules.extend(std::iter::repeat_n(black, usize::from(width - b'0')));
    }
}

/// The widest module, 3 or 2 dots, with which a text in code set B fits the paper with its quiet zones.
pub(crate) fn module_dots(text: &str, width_dots: u16) -> Option<u8> {
    let characters = u32::try_from(values_in_set_b(text)?.len()).ok()? + 1; // with the check value
    let across = characters * CHARACTER_MODULES + STOP_MODULES + 2 * QUIET_MODULES;
    [3_u8, 2].into_iter().find(|dots| across * u32::from(*dots) <= u32::from(width_dots))
}

/// The longest symbol that is printed along the paper: a hand's breadth.
const LONGEST_DOTS: usize = 800;

/// A symbol drawn by us, in the middle of the paper: across it, or along it where it is too narrow. `None` when even that
/// is too short, or the text has signs that code set B lacks.
pub(crate) fn picture(text: &str, width_dots: u16, height_dots: u8) -> Option<Bitmap> {
    let modules = modules(&values_in_set_b(text)?)?;
    let (width, height) = (usize::from(width_dots), usize::from(height_dots));
    if let Some(dots) = module_dots(text, width_dots).map(usize::from) {
        let left = (width - modules.len() * dots) / 2;
        let mut picture = Bitmap::new(width, height + AIR_DOTS);
        for (x, _) in (left..).step_by(dots).zip(&modules).filter(|(_, black)| **black) {
            picture.fill(x, 0, dots, height);
        }
        return Some(picture);
    }
    let (dots, quiet) = (2, 2 * usize::try_from(QUIET_MODULES).ok()?);
    let along = modules.len() * dots;
    if along > LONGEST_DOTS || height > width {
        return None;
    }
    let mut picture = Bitmap::new(width, along + 2 * quiet);
    for (y, _) in (quiet..).step_by(dots).zip(&modules).filter(|(_, black)| **black) {
        picture.fill((width - height) / 2, y, height, dots);
    }
    Some(picture)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_holds_106_different_characters_of_eleven_modules() {
        assert_eq!(WIDTHS.iter().collect::<BTreeSet<_>>().len(), 106);
        for widths in WIDTHS {
            let digits = widths.iter().map(|w| u32::from(w - b'0'));
            assert_eq!(digits.clone().sum::<u32>(), 11);
            assert_eq!(digits.step_by(2).sum::<u32>() % 2, 0, "black modules are even in number");
        }
    }

    #[test]
    fn the_check_value_is_the_one_of_the_books() {
        // "PJJ123C" in set A has check value 54 in the text books; in B its values are the same.
        let values = [103, 48, 42, 42, 17, 18, 19, 35];
        let modules = modules(&values).unwrap();
        let mut check = Vec::new();
        draw(WIDTHS[54], &mut check);
        assert_eq!(&modules[11 * 8..11 * 9], check);
        assert_eq!(modules.len(), 11 * 9 + 13);
    }

    #[test]
    fn a_symbol_is_as_wide_as_the_paper_lets_it_be() {
        assert_eq!(module_dots("S0042", 576), Some(3));
        assert_eq!(module_dots("T1-3LK2QZ-S0001a", 576), Some(2));
        assert_eq!(module_dots("T1-3LK2QZ-S0001a", 384), None);
        assert_eq!(module_dots("收据", 576), None);
        assert_eq!(module_dots("", 576), None);
    }
}
