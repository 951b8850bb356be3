//! A USB HID POS scanner as the hardware notes describe it (section 2.1): report 2, length, AIM identifier, 56 bytes of
//! data, the vendor's symbology, a bit that says "continued".

use super::hid::HidFunction;
use super::outcome::{Outcome, ensure};

const DATA_BYTES: usize = 56;
const REPORT_BYTES: usize = 64;

/// Bar code scanner (8C/02): the report above, field by field.
const DESCRIPTOR: &[u8] = &[
    0x05, 0x8C, // usage page: bar code scanner
    0x09, 0x02, // usage: bar code scanner
    0xA1, 0x01, // collection: application
    0x85, 0x02, //   report id 2
    0x09, 0x12, //   usage: scanned data report
    0xA1, 0x02, //   collection: logical
    0x15, 0x00, 0x26, 0xFF, 0x00, //     0 to 255
    0x75, 0x08, //     8 bits each
    0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, //     generic desktop: byte count
    0x05, 0x8C, 0x95, 0x01, 0x09, 0xFB, 0x81, 0x02, //     AIM identifier: ]
    0x09, 0xFC, 0x81, 0x02, //     its letter
    0x09, 0xFD, 0x81, 0x02, //     its digit
    0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01, //     the data: 56 buffered bytes
    0x06, 0x66, 0xFF, 0x95, 0x02, 0x09, 0x04, 0x81, 0x02, //     vendor: symbology
    0x05, 0x8C, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x09, 0xFF, 0x81, 0x02, //     continued: one bit
    0x95, 0x07, 0x81, 0x03, //     seven bits of nothing
    0xC0, 0xC0,
];

/// The function of such a scanner.
pub(crate) const FUNCTION: HidFunction =
    HidFunction { protocol: 0, report_bytes: REPORT_BYTES, descriptor: DESCRIPTOR };

/// A maker's own layout: report 5, the AIM identifier before the length, 32 bytes of data, no symbology of the maker's.
/// Only the descriptor says so.
const OTHER_DESCRIPTOR: &[u8] = &[
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, // bar code scanner, application
    0x85, 0x05, //   report id 5
    0x09, 0x12, 0xA1, 0x02, //   scanned data report, logical
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01, //     0 to 255, 8 bits each
    0x09, 0xFB, 0x81, 0x02, 0x09, 0xFC, 0x81, 0x02, 0x09, 0xFD, 0x81, 0x02, //     AIM: ], letter, digit
    0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, //     byte count
    0x05, 0x8C, 0x95, 0x20, 0x09, 0xFE, 0x82, 0x02, 0x01, //     32 buffered bytes
    0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x09, 0xFF, 0x81, 0x02, //     continued
    0x95, 0x07, 0x81, 0x03, //     seven bits of nothing
    0xC0, 0xC0,
];
const OTHER_DATA_BYTES: usize = 32;
const OTHER_REPORT_BYTES: usize = 1 + 3 + 1 + OTHER_DATA_BYTES + 1;

/// The function of a scanner with that layout.
pub(crate) const OTHER_FUNCTION: HidFunction =
    HidFunction { protocol: 0, report_bytes: OTHER_REPORT_BYTES, descriptor: OTHER_DESCRIPTOR };

/// As many reports as a read needs.
pub(crate) fn reports(aim: &str, data: &[u8]) -> Outcome<Vec<Vec<u8>>> {
    parted(aim, data, DATA_BYTES, report)
}

/// The same in the other layout.
pub(crate) fn other_reports(aim: &str, data: &[u8]) -> Outcome<Vec<Vec<u8>>> {
    parted(aim, data, OTHER_DATA_BYTES, other_report)
}

fn parted(
    aim: &str,
    data: &[u8],
    at_most: usize,
    report: fn(&str, &[u8], bool) -> Vec<u8>,
) -> Outcome<Vec<Vec<u8>>> {
    ensure(aim.is_empty() || aim.len() == 3, || format!("no AIM identifier: {aim:?}"))?;
    let last = data.len().saturating_sub(1) / at_most;
    let parts = data.chunks(at_most).enumerate();
    Ok(parts.map(|(at, part)| report(aim, part, at < last)).collect())
}

fn other_report(aim: &str, part: &[u8], continued: bool) -> Vec<u8> {
    let mut report = vec![5];
    report.extend(aim.bytes());
    report.resize(4, 0);
    report.push(u8::try_from(part.len()).unwrap_or(0));
    report.extend(part);
    report.resize(OTHER_REPORT_BYTES - 1, 0);
    report.push(u8::from(continued));
    report
}

fn report(aim: &str, part: &[u8], continued: bool) -> Vec<u8> {
    let mut report = vec![2, u8::try_from(part.len()).unwrap_or(0)];
    report.extend(aim.bytes());
    report.resize(5, 0);
    report.extend(part);
    report.resize(REPORT_BYTES - 1, 0);
    report.push(u8::from(continued));
    report
}
