use proptest::prelude::*;

use super::*;
use crate::scanner::contents::{is_subsequence, said};

const CODE: &str = "132993614656096754";
const T: Monotonic = Monotonic(1000);

fn scanner() -> HidPos {
    HidPos::opened(Layout::usual(), Duration::ZERO, Monotonic(0))
}

/// One report of the usual layout.
fn report(aim: &str, data: &[u8], continued: bool) -> Vec<u8> {
    let mut report = vec![0; 64];
    report[0] = 2;
    report[1] = u8::try_from(data.len()).unwrap();
    report[2..2 + aim.len()].copy_from_slice(aim.as_bytes());
    report[5..5 + data.len()].copy_from_slice(data);
    report[63] = u8::from(continued);
    report
}

/// As many reports as a code needs.
fn reports(aim: &str, code: &str) -> Vec<Vec<u8>> {
    let parts: Vec<&[u8]> = code.as_bytes().chunks(56).collect();
    let last = parts.len() - 1;
    parts.iter().enumerate().map(|(at, part)| report(aim, part, at < last)).collect()
}

#[test]
fn one_report_is_a_scan_with_its_aim_identifier() {
    let out = scanner().push(&report("]C0", CODE.as_bytes(), false), T);
    let Some(Framed::Scan(scan)) = &out else { panic!("{out:?}") };
    assert_eq!(scan.aim(), Some(AimId { code: b'C', modifier: b'0' }));
    assert_eq!(said(out), [CODE]);
    assert_eq!(said(scanner().push(&report("", CODE.as_bytes(), false), T)), [CODE]);
}

#[test]
fn a_gs1_carton_label_is_refused_by_its_aim_identifier() {
    let out = scanner().push(&report("]C1", b"106141411234567897", false), T);
    assert_eq!(said(out), ["<a GS1 carton label>"]);
}

#[test]
fn a_qr_code_of_seventy_bytes_comes_in_two_reports() {
    let code = "1234567890".repeat(7);
    let mut scanner = scanner();
    let parts = reports("]Q1", &code);
    assert_eq!(parts.len(), 2);
    assert!(scanner.push(&parts[0], T).is_none());
    assert_eq!(said(scanner.push(&parts[1], Monotonic(1004))), [code]);
    assert_eq!(scanner.deadline(), None);
}

#[test]
fn a_length_greater_than_its_field_and_a_short_report_are_refused() {
    let mut too_long = report("]C0", CODE.as_bytes(), false);
    too_long[1] = 57;
    assert_eq!(said(scanner().push(&too_long, T)), ["Unreadable"]);
    too_long[1] = 255;
    assert_eq!(said(scanner().push(&too_long, T)), ["Unreadable"]);
    let whole = report("]C0", CODE.as_bytes(), false);
    for cut in 1..64 {
        assert_eq!(said(scanner().push(&whole[..cut], T)), ["Unreadable"], "{cut} bytes");
    }
    assert!(scanner().push(&[], T).is_none());
}

#[test]
fn reports_about_other_things_are_passed_over() {
    let mut other = report("]C0", CODE.as_bytes(), false);
    other[0] = 3;
    let mut scanner = scanner();
    assert!(scanner.push(&other, T).is_none());
    assert_eq!(said(scanner.push(&report("", CODE.as_bytes(), false), T)), [CODE]);
}

#[test]
fn a_part_that_does_not_follow_is_discarded_and_so_is_its_tail() {
    let parts = reports("]Q1", &"1234567890".repeat(7));
    let mut scanner = scanner();
    assert!(scanner.push(&parts[0], T).is_none());
    assert!(scanner.idle(Monotonic(1149)).is_none());
    assert_eq!(said(scanner.idle(Monotonic(1150))), ["Unfinished"]);
    assert_eq!(said(scanner.push(&parts[1], Monotonic(1200))), ["Unfinished"]);
    assert_eq!(said(scanner.push(&report("]C0", CODE.as_bytes(), false), Monotonic(1201))), [CODE]);
}

#[test]
fn parts_of_two_reads_are_never_glued_together() {
    let parts = reports("]Q1", &"1234567890".repeat(7));
    let mut scanner = scanner();
    assert!(scanner.push(&parts[0], T).is_none());
    assert_eq!(said(scanner.push(&report("]C0", CODE.as_bytes(), false), T)), ["PartsLost"]);
    assert_eq!(said(scanner.push(&report("]C0", CODE.as_bytes(), false), Monotonic(1400))), [CODE]);
}

#[test]
fn a_scan_longer_than_4_kib_is_dropped_up_to_its_end() {
    let mut scanner = scanner();
    let said = said(reports("]Q1", &"7".repeat(9000)).iter().filter_map(|part| scanner.push(part, T)));
    assert_eq!(said, ["TooLong"]);
    assert!(scanner.push(&report("]C0", CODE.as_bytes(), false), T).is_some());
}

#[test]
fn guns_that_put_all_but_the_length_one_byte_later_and_end_with_cr_are_read() {
    let mut later = vec![0; 64];
    later[..2].copy_from_slice(&[2, 19]);
    later[3..6].copy_from_slice(b"]C0");
    later[6..24].copy_from_slice(CODE.as_bytes());
    later[24] = b'\r';
    let out = scanner().push(&later, T);
    let Some(Framed::Scan(scan)) = &out else { panic!("{out:?}") };
    assert_eq!(scan.aim(), Some(AimId { code: b'C', modifier: b'0' }));
    assert_eq!(said(out), [CODE]);
}

#[test]
fn an_aim_identifier_told_twice_is_taken_off_twice() {
    let out = scanner().push(&report("]C0", format!("]C0{CODE}").as_bytes(), false), T);
    assert_eq!(said(out), [CODE]);
}

#[test]
fn without_a_length_data_ends_before_its_padding() {
    let layout = Layout { count: None, ..Layout::usual() };
    let mut scanner = HidPos::opened(layout, Duration::ZERO, Monotonic(0));
    assert_eq!(said(scanner.push(&report("]C0", CODE.as_bytes(), false), T)), [CODE]);
}

#[test]
fn what_arrives_while_opening_is_dropped_up_to_its_end() {
    let parts = reports("]Q1", &"1234567890".repeat(12));
    let mut scanner = scanner();
    assert!(scanner.push(&parts[1], Monotonic(299)).is_none());
    assert_eq!(said(scanner.push(&parts[2], Monotonic(301))), ["WhileOpening"]);
}

#[test]
fn one_pull_of_the_trigger_read_twice_is_one_scan() {
    let mut scanner = HidPos::opened(Layout::usual(), Duration::from_millis(500), Monotonic(0));
    let one = report("]C0", CODE.as_bytes(), false);
    assert_eq!(said(scanner.push(&one, T)), [CODE]);
    assert_eq!(said(scanner.push(&one, Monotonic(1499))), ["Repeated"]);
}

#[test]
fn a_thousand_scans_back_to_back_are_a_thousand_scans() {
    let codes: Vec<String> = (0..1000).map(|n| (130_000_000_000_000_000_u64 + n).to_string()).collect();
    let mut scanner = scanner();
    let all = codes.iter().flat_map(|code| reports("]C0", code));
    assert_eq!(said(all.filter_map(|part| scanner.push(&part, T)).collect::<Vec<_>>()), codes);
}

proptest! {
    /// The kernel's queue was full: reports vanish, and the reader is told where that may be.
    #[test]
    fn no_loss_or_pause_yields_an_invented_or_merged_scan(
        codes in prop::collection::vec("[0-9A-Za-z]{15,300}", 1..6),
        lost in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..10), 0..3),
        pauses in prop::collection::vec(0_u64..290, 40), // a tail comes soon, or is none
    ) {
        let all = codes.iter().flat_map(|code| reports("]Q1", code));
        let mut stream: Vec<Option<Vec<u8>>> = all.map(Some).collect();
        for (at, length) in lost {
            let from = at.index(stream.len());
            let to = (from + length).min(stream.len());
            stream.splice(from..to, [None]);
        }
        let mut scanner = scanner();
        let mut now = 1000;
        let mut out = Vec::new();
        for (part, pause) in stream.iter().zip(pauses.iter().cycle()) {
            now += pause;
            out.extend(scanner.idle(Monotonic(now)));
            out.extend(match part {
                Some(part) => scanner.push(part, Monotonic(now)),
                None => Some(scanner.may_have_lost(Monotonic(now))),
            });
        }
        let scans: Vec<String> = said(out).into_iter().filter(|one| one.len() > 12).collect();
        prop_assert!(is_subsequence(&scans, &codes), "{scans:?} of {codes:?}");
    }

    #[test]
    fn any_reports_make_no_scan_larger_than_they_are(
        reports in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..60),
        numbered in any::<bool>(),
    ) {
        let layout = Layout { report_id: None, ..Layout::usual() };
        let mut scanner = HidPos::opened(layout, Duration::ZERO, Monotonic(0));
        let (mut given, mut taken) = (0, 0);
        for mut report in reports {
            if numbered && let Some(count) = report.get_mut(1) {
                *count %= 57; // mostly well formed
            }
            given += report.len();
            if let Some(Framed::Scan(scan)) = scanner.push(&report, T) {
                taken += scan.len();
            }
        }
        prop_assert!(taken <= given);
    }
}
