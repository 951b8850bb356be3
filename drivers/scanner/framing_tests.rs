use proptest::prelude::*;
use quickpay_core::payment_code::AimId;

use super::*;

/// A framing that has been open for a while.
fn settled(options: FramingOptions) -> Framing {
    Framing::opened(options, Monotonic(0))
}

const NO_REPEATS: FramingOptions = FramingOptions { idle_flush: None, repeat_window: Duration::ZERO };
const T: Monotonic = Monotonic(1000);

/// What a framing said, comparable: a scan shows its length and AIM identifier, never its text.
fn said(framed: impl IntoIterator<Item = Framed>) -> Vec<String> {
    framed.into_iter().map(|framed| format!("{framed:?}")).collect()
}

fn scan(len: usize) -> String {
    format!("Scan(Scan({len} bytes, None))")
}

fn lost(why: Discard) -> String {
    format!("Discarded({why:?})")
}

#[test]
fn every_terminator_ends_a_read_and_cr_lf_ends_one() {
    for end in ["\r", "\n", "\r\n", "\t", "\0", "\t\r\n"] {
        let mut framing = settled(NO_REPEATS);
        let twice = format!("132993614656096754{end}123456{end}");
        assert_eq!(said(framing.push(twice.as_bytes(), T)), [scan(18), scan(6)], "{end:?}");
    }
    let mut framing = settled(NO_REPEATS);
    assert_eq!(said(framing.push(b"\x02one\rtwo\x03\r\n\x02three\x03", T)), [scan(7), scan(5)]);
}

#[test]
fn the_aim_identifier_travels_with_the_scan() {
    let framed = settled(NO_REPEATS).push(b"]C0132993614656096754\r", T);
    let [Framed::Scan(scan)] = framed.as_slice() else { panic!("{framed:?}") };
    assert_eq!(scan.aim(), Some(AimId { code: b'C', modifier: b'0' }));
    assert_eq!(scan.len(), 18);
}

#[test]
fn a_stream_cut_at_every_position_gives_the_same_scans() {
    let stream = b"]C0132993614656096754\r\n\x02289431869362714645\x03\r\n6901234567892\tfp012345\0\n\x02cut\x02whole\x03x\x03";
    let whole = said(settled(NO_REPEATS).push(stream, T));
    assert_eq!(whole.len(), 7);
    for first in 0..=stream.len() {
        for second in first..=stream.len() {
            let mut framing = settled(NO_REPEATS);
            let mut out = framing.push(&stream[..first], T);
            out.extend(framing.push(&stream[first..second], T));
            out.extend(framing.push(&stream[second..], T));
            assert_eq!(said(out), whole, "cut at {first} and {second}");
        }
    }
}

#[test]
fn a_thousand_scans_glued_together_are_a_thousand_scans() {
    let glued: String = (0..1000).map(|n| format!("{:018}\r\n", 130_000_000_000_000_000_u64 + n)).collect();
    let mut framing = Framing::opened(FramingOptions::default(), Monotonic(0));
    let said = said(framing.push(glued.as_bytes(), T));
    assert_eq!(said.len(), 1000);
    assert!(said.iter().all(|one| *one == scan(18)));
}

#[test]
fn half_a_read_is_discarded_and_so_is_its_tail() {
    let mut framing = settled(NO_REPEATS);
    assert!(framing.push(b"132993614", T).is_empty());
    assert!(framing.idle(Monotonic(1149)).is_none());
    assert_eq!(said(framing.idle(Monotonic(1150))), [lost(Discard::Unfinished)]);
    // The other half comes late: still no scan.
    assert_eq!(said(framing.push(b"656096754\r", Monotonic(1300))), [lost(Discard::Unfinished)]);
    assert_eq!(said(framing.push(b"132993614656096754\r", Monotonic(1301))), [scan(18)]);
}

#[test]
fn half_a_read_in_a_block_is_discarded() {
    let mut framing = settled(NO_REPEATS);
    assert!(framing.push(b"\x02132993614\r", T).is_empty());
    assert_eq!(said(framing.idle(Monotonic(1150))), [lost(Discard::Unfinished)]);
    assert_eq!(said(framing.push(b"\x02132993614656096754\x03", Monotonic(1600))), [scan(18)]);
    assert_eq!(said(framing.push(b"656096754\x03", Monotonic(1601))), [lost(Discard::Unfinished)]);
}

#[test]
fn a_scanner_without_suffix_ends_a_read_with_a_pause_if_the_installer_says_so() {
    let options =
        FramingOptions { idle_flush: Some(Duration::from_millis(80)), repeat_window: Duration::ZERO };
    let mut framing = settled(options);
    assert!(framing.push(b"132993614", T).is_empty());
    assert!(framing.push(b"656096754", Monotonic(1079)).is_empty());
    assert_eq!(framing.deadline(), Some(Monotonic(1159)));
    assert!(framing.idle(Monotonic(1158)).is_none());
    assert_eq!(said(framing.idle(Monotonic(1159))), [scan(18)]);
    assert_eq!(framing.deadline(), None);
}

#[test]
fn a_message_longer_than_4_kib_is_dropped_up_to_its_end() {
    let mut framing = settled(NO_REPEATS);
    let longest = [vec![b'7'; MAX_SCAN_BYTES], b"\r".to_vec()].concat();
    assert_eq!(said(framing.push(&longest, T)), [scan(MAX_SCAN_BYTES)]);
    let too_long = [vec![b'7'; 3 * MAX_SCAN_BYTES], b"\r123456\r".to_vec()].concat();
    assert_eq!(said(framing.push(&too_long, T)), [lost(Discard::TooLong), scan(6)]);
}

#[test]
fn what_arrives_while_opening_is_dropped_up_to_the_first_end() {
    let mut framing = Framing::opened(NO_REPEATS, Monotonic(0));
    assert!(framing.push(b"6560", Monotonic(299)).is_empty());
    // It goes on after the 300 ms: still the same half.
    let out = framing.push(b"96754\r132993614656096754\r", Monotonic(301));
    assert_eq!(said(out), [lost(Discard::WhileOpening), scan(18)]);
    framing.reopened(Monotonic(5000));
    assert!(framing.push(b"\r\n", Monotonic(5001)).is_empty());
    assert_eq!(said(framing.push(b"123456\r", Monotonic(5002))), [scan(6)]);
}

#[test]
fn one_pull_of_the_trigger_read_twice_is_one_scan() {
    let mut framing = settled(FramingOptions::default());
    assert_eq!(said(framing.push(b"123456\r123456\r", T)), [scan(6), lost(Discard::Repeated)]);
    assert_eq!(said(framing.push(b"123457\r", Monotonic(1100))), [scan(6)]);
    assert_eq!(said(framing.push(b"123457\r", Monotonic(1600))), [scan(6)]);
    assert!(!Discard::Repeated.asks_to_scan_again());
}

proptest! {
    #[test]
    fn no_bytes_make_a_scan_that_its_ends_do_not_bound(
        chunks in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), 0_u64..400), 0..40)
    ) {
        let mut framing = settled(FramingOptions::default());
        let mut now = 1000;
        let (mut given, mut taken) = (0, 0);
        for (bytes, pause) in chunks {
            now += pause;
            let mut out: Vec<Framed> = framing.idle(Monotonic(now)).into_iter().collect();
            given += bytes.len();
            out.extend(framing.push(&bytes, Monotonic(now)));
            for framed in out {
                if let Framed::Scan(scan) = framed {
                    taken += scan.len() + 1;
                }
            }
        }
        prop_assert!(taken <= given);
    }
}
