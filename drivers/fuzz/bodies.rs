//! What must hold for any input: run by the fuzzer, and on the corpus by the normal tests.

use std::time::Duration;

use quickpay_core::payment_code::MAX_SCAN_BYTES;
use quickpay_core::time::Monotonic;

use super::scanner::framing::{Framed, Framing, FramingOptions};
use super::scanner::hid_descriptor::Layout;
use super::scanner::hid_pos::HidPos;
use super::scanner::wedge::{InputEvent, Wedge};

/// Counts what was read, and refuses a scan that is larger than a scan may be.
fn read(framed: impl IntoIterator<Item = Framed>) -> usize {
    let scan_bytes = |framed| match framed {
        Framed::Scan(scan) => {
            assert!(scan.len() <= MAX_SCAN_BYTES);
            scan.len() + 1
        }
        Framed::Discarded(_) => 0,
    };
    framed.into_iter().map(scan_bytes).sum()
}

/// The first byte chooses the options; then a pause, a length and so many bytes, again and again.
pub(crate) fn framing(input: &[u8]) {
    let Some((options, mut rest)) = input.split_first() else { return };
    let options = FramingOptions {
        idle_flush: (options & 1 != 0).then_some(Duration::from_millis(80)),
        repeat_window: Duration::from_millis(if options & 2 == 0 { 0 } else { 500 }),
    };
    let mut framing = Framing::opened(options, Monotonic(0));
    let (mut now, mut given, mut taken) = (0, 0, 0);
    while let [pause, length, after @ ..] = rest {
        let (bytes, after) = after.split_at(after.len().min(usize::from(*length)));
        rest = after;
        now += u64::from(*pause) * 4;
        taken += read(framing.idle(Monotonic(now)));
        taken += read(framing.push(bytes, Monotonic(now)));
        given += bytes.len() + 1;
    }
    assert!(taken <= given, "more was read than came");
}

/// Five bytes an event: kind, code, value, pause, lag.
pub(crate) fn wedge(input: &[u8]) {
    let mut wedge = Wedge::opened(Duration::from_millis(500), Monotonic(0));
    let (mut now, mut presses, mut taken) = (0_u64, 0, 0);
    for event in input.chunks_exact(5) {
        let [kind, code, value, pause, lag] = *event else { return };
        now += u64::from(pause) * 2;
        let event =
            InputEvent { kind: u16::from(kind % 6), code: u16::from(code), value: i32::from(value % 4) };
        presses += usize::from(event.kind == 1 && event.value < 2);
        taken += read(wedge.push(event, Monotonic(now.saturating_sub(u64::from(lag)))));
        if lag == 0 {
            taken += read(wedge.idle(Monotonic(now)));
        }
    }
    assert!(taken <= presses + 1, "more was read than was pressed");
}

/// The first byte is the descriptor's length; then a pause, a length and a report, again and again.
pub(crate) fn hid_pos(input: &[u8]) {
    let Some((length, rest)) = input.split_first() else { return };
    let (descriptor, mut rest) = rest.split_at(rest.len().min(usize::from(*length)));
    let layout = Layout::of_descriptor(descriptor).unwrap_or_else(Layout::usual);
    assert!(layout.report_bytes() <= 4096);
    let mut scanner = HidPos::opened(layout, Duration::ZERO, Monotonic(0));
    let (mut now, mut given, mut taken) = (0, 0, 0);
    while let [pause, length, after @ ..] = rest {
        let (report, after) = after.split_at(after.len().min(usize::from(*length)));
        rest = after;
        now += u64::from(*pause) * 4;
        taken += read(scanner.idle(Monotonic(now)));
        taken += read(scanner.push(report, Monotonic(now)));
        given += report.len() + 1;
    }
    assert!(taken <= given, "more was read than came");
}
