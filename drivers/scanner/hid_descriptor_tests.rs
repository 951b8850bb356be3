use proptest::prelude::*;

use super::*;

/// A HID POS scanner's descriptor as most guns have it, written by the usage tables: one report, id 2, 64 bytes.
pub(in crate::scanner) const USUAL: &[u8] = &[
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, // page, Bar Code Scanner, application
    0x09, 0x12, 0xA1, 0x02, // Scanned Data Report, logical
    0x85, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, // report 2, 0 to 255
    0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, // Byte Count
    0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02, // symbology identifier
    0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01, // 56 bytes of data
    0x95, 0x02, 0x06, 0x66, 0xFF, 0x09, 0x04, 0x81, 0x02, // the vendor's symbology
    0x75, 0x01, 0x95, 0x01, 0x05, 0x8C, 0x09, 0xFF, 0x81, 0x02, // continued
    0x75, 0x07, 0x81, 0x03, 0xC0, 0xC0, // padding
];

/// A keyboard's, as in HID 1.11, appendix B.1.
const KEYBOARD: &[u8] = &[
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, 0x75,
    0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00,
    0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
];

#[test]
fn the_usual_descriptor_gives_the_usual_layout() {
    assert_eq!(Layout::of_descriptor(USUAL), Some(Layout::usual()));
    assert_eq!(Layout::usual().report_bytes(), 64);
}

#[test]
fn a_keyboard_is_no_scanner() {
    assert_eq!(Layout::of_descriptor(KEYBOARD), None);
    assert_eq!(Layout::of_descriptor(&[]), None);
}

#[test]
fn a_scanner_that_does_not_say_where_its_data_lies_is_taken_at_the_usual_layout() {
    assert_eq!(Layout::of_descriptor(&USUAL[..10]), Some(Layout::usual()));
    assert_eq!(Layout::of_descriptor(&USUAL[..30]), Some(Layout::usual()));
}

#[test]
fn another_layout_is_followed() {
    // No report ids, usages as a range with their page, a two-byte count, 28 bytes of data, no AIM identifier.
    let descriptor = [
        0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, // application
        0x75, 0x01, 0x95, 0x01, 0x09, 0xFF, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03, // continued comes first
        0x75, 0x10, 0x95, 0x01, 0x0B, 0x3B, 0x00, 0x01, 0x00, 0x81,
        0x02, // count, a usage of four bytes
        0x75, 0x08, 0x95, 0x1C, 0x1B, 0xFE, 0x00, 0x8C, 0x00, 0x2B, 0xFE, 0x00, 0x8C, 0x00, 0x81, 0x02, 0xC0,
    ];
    let layout =
        Layout { report_id: None, count: Some(1..3), aim: None, data: 3..31, continued: Some((0, 0)) };
    assert_eq!(Layout::of_descriptor(&descriptor), Some(layout));
}

#[test]
fn reports_described_in_turns_keep_their_own_offsets() {
    let descriptor = [
        0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, // application, bytes
        0x85, 0x01, 0x95, 0x07, 0x09, 0x11, 0x81, 0x02, // report 1: settings
        0x85, 0x02, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, // report 2: count
        0xA4, 0x85, 0x01, 0x95, 0x01, 0x81, 0x03, 0xB4, // in between one more byte of report 1
        0x95, 0x3F, 0x05, 0x8C, 0x09, 0xFE, 0x81, 0x02, 0xC0, // data
    ];
    let layout = Layout { report_id: Some(2), count: Some(1..2), aim: None, data: 2..65, continued: None };
    assert_eq!(Layout::of_descriptor(&descriptor), Some(layout));
}

#[test]
fn a_descriptor_that_claims_gigabytes_gets_no_memory() {
    let mut descriptor = USUAL[..22].to_vec();
    descriptor.extend([0x97, 0xFF, 0xFF, 0xFF, 0xFF, 0x77, 0xFF, 0xFF, 0xFF, 0x7F, 0x09, 0xFE, 0x81, 0x02]);
    assert_eq!(Layout::of_descriptor(&descriptor), Some(Layout::usual()));
    let endless_pushes = [[0x05, 0x8C].as_slice(), &[0xA4; 5000]].concat();
    assert_eq!(Layout::of_descriptor(&endless_pushes), None);
}

proptest! {
    #[test]
    fn any_bytes_give_a_layout_inside_a_report_or_none(
        descriptor in prop::collection::vec(any::<u8>(), 0..600)
    ) {
        if let Some(layout) = Layout::of_descriptor(&descriptor) {
            prop_assert!(layout.report_bytes() <= 4096);
        }
    }

    #[test]
    fn a_damaged_descriptor_gives_a_layout_inside_a_report_or_none(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in 0..=USUAL.len(),
    ) {
        let mut descriptor = USUAL.to_vec();
        for (at, byte) in changes {
            *at.get_mut(&mut descriptor) = byte;
        }
        if let Some(layout) = Layout::of_descriptor(&descriptor[..cut]) {
            prop_assert!(layout.report_bytes() <= 4096);
            prop_assert!(layout.data.start <= layout.data.end);
        }
    }
}
