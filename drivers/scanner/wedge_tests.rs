use proptest::prelude::*;

use super::*;
use crate::scanner::contents::{is_subsequence, said};

const ENTER: u16 = 28;
const SHIFT: u16 = 42;
const ALT: u16 = 56;
const CODE: &str = "132993614656096754";

/// An event and how long after the one before, in milliseconds.
type Timed = (InputEvent, u64);

fn syn(code: u16) -> InputEvent {
    InputEvent { kind: EV_SYN, code, value: 0 }
}

fn key(code: u16, value: i32) -> InputEvent {
    InputEvent { kind: EV_KEY, code, value }
}

/// A key's change as the kernel tells it: scan code, key, end of packet.
fn packet(code: u16, value: i32, gap: u64) -> [Timed; 3] {
    [(InputEvent { kind: 4, code: 4, value: 458_000 }, gap), (key(code, value), 0), (syn(SYN_REPORT), 0)]
}

fn stroke(code: u16) -> Vec<Timed> {
    [packet(code, 1, 4), packet(code, 0, 4)].concat()
}

/// The key that writes a letter or digit, and whether with Shift, from the rows of a keyboard.
fn place(c: char) -> (u16, bool) {
    let rows = [(2, "1234567890"), (16, "qwertyuiop"), (30, "asdfghjkl"), (44, "zxcvbnm")];
    let lower = c.to_ascii_lowercase();
    let found = rows.iter().find_map(|(first, row)| Some(*first + u16::try_from(row.find(lower)?).unwrap()));
    (found.unwrap(), c.is_ascii_uppercase())
}

/// What a gun types for a code, Enter at the end.
fn typed(code: &str) -> Vec<Timed> {
    let mut events = Vec::new();
    for c in code.chars() {
        let (place, shifted) = place(c);
        if shifted {
            events.extend(packet(SHIFT, 1, 2));
        }
        events.extend(stroke(place));
        if shifted {
            events.extend(packet(SHIFT, 0, 2));
        }
    }
    events.extend(stroke(ENTER));
    events
}

fn play(events: &[Timed]) -> Vec<String> {
    play_from(1000, events)
}

fn play_from(start: u64, events: &[Timed]) -> Vec<String> {
    let mut wedge = Wedge::opened(Duration::ZERO, Monotonic(0));
    let mut now = start;
    let mut out = Vec::new();
    for (event, gap) in events {
        now += gap;
        out.extend(wedge.push(*event, Monotonic(now)));
    }
    out.extend(wedge.idle(Monotonic(now + 1000)));
    assert_eq!(wedge.deadline(), None);
    said(out)
}

#[test]
fn a_code_typed_by_a_gun_is_a_scan() {
    assert_eq!(play(&typed(CODE)), [CODE]);
    assert_eq!(play(&typed("fp01Ab2ZQ9xY77mmKK")), ["fp01Ab2ZQ9xY77mmKK"]);
}

#[test]
fn enter_keypad_enter_and_tab_end_a_read_and_two_ends_end_one() {
    for end in [ENTER, 96, 15] {
        let mut events = typed(CODE);
        events.truncate(events.len() - 6);
        events.extend(stroke(end));
        events.extend(stroke(ENTER));
        assert_eq!(play(&events), [CODE]);
    }
}

#[test]
fn every_printable_character_of_a_us_keyboard_is_known_by_its_place() {
    let plain = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./ ";
    let shifted = "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>? ";
    let places = [41, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].into_iter();
    let places = places.chain(16..=27).chain([43]).chain(30..=40).chain(44..=53).chain([57]);
    for ((code, plain), shifted) in places.zip(plain.bytes()).zip(shifted.bytes()) {
        assert_eq!(Key::of_code(code), Key::Writes { plain, shifted }, "key {code}");
    }
    for (code, digit) in [71, 72, 73, 75, 76, 77, 79, 80, 81, 82].into_iter().zip(b"7894561230") {
        assert_eq!(Key::of_code(code), Key::KeypadDigit(*digit));
    }
    assert_eq!(Key::of_code(14), Key::Other); // Backspace
    assert_eq!(Key::of_code(u16::MAX), Key::Other);
}

#[test]
fn either_shift_counts_and_both_are_one() {
    let mut events = Vec::new();
    for (changes, code) in [(vec![(54, 1)], 30), (vec![(42, 1), (54, 0)], 31), (vec![(42, 0)], 32)] {
        changes.iter().for_each(|(shift, value)| events.extend(packet(*shift, *value, 2)));
        events.extend(stroke(code));
    }
    events.extend(stroke(ENTER));
    assert_eq!(play(&events), ["ASd"]);
}

#[test]
fn caps_lock_num_lock_and_auto_repeat_change_nothing() {
    let mut events = [stroke(58), stroke(69)].concat();
    events.extend(packet(2, 1, 4));
    events.extend([(key(2, 2), 3), (key(2, 2), 3)]);
    events.extend(packet(2, 0, 4));
    events.extend(stroke(30));
    events.extend(stroke(58));
    events.extend(stroke(ENTER));
    assert_eq!(play(&events), ["1a"]);
}

#[test]
fn alt_and_keypad_digits_are_one_byte() {
    let alt = |digits: &[u16]| {
        let mut events = packet(ALT, 1, 2).to_vec();
        digits.iter().for_each(|digit| events.extend(stroke(*digit)));
        events.extend(packet(ALT, 0, 2));
        events
    };
    // 065 is A; the digits are those of the keypad.
    let with = |events: Vec<Timed>| [stroke(2), events, stroke(3), stroke(ENTER)].concat();
    assert_eq!(play(&with(alt(&[82, 77, 76]))), ["1A2"]);
    assert_eq!(play(&with(alt(&[77, 76]))), ["1A2"]);
    for wrong in [&[80, 76, 77][..], &[82, 82, 82, 77, 76], &[]] {
        assert_eq!(play(&with(alt(wrong))), ["Unreadable"], "256, five digits, none");
    }
    // A digit of the upper row under Alt is a command.
    assert_eq!(play(&with(alt(&[2]))), ["Unreadable"]);
    // GS is data, and so is a CR that comes as a number: neither ends a read.
    let mut wedge = Wedge::opened(Duration::ZERO, Monotonic(0));
    let events = with([alt(&[80, 73]), alt(&[79, 81])].concat());
    let out: Vec<_> = events.iter().filter_map(|(event, _)| wedge.push(*event, Monotonic(1000))).collect();
    assert!(matches!(out.as_slice(), [Framed::Scan(scan)] if scan.len() == 4), "{out:?}");
}

#[test]
fn keys_that_write_nothing_spoil_the_read_they_are_in() {
    for strange in [1, 14, 105, 0x110, 700] {
        let mut events = stroke(2);
        events.extend(stroke(strange));
        events.extend(typed(CODE));
        assert_eq!(play(&events), ["Unreadable"], "key {strange}");
    }
    let held = [packet(29, 1, 2).to_vec(), stroke(50), packet(29, 0, 2).to_vec(), stroke(ENTER)].concat();
    assert_eq!(play(&held), ["Unreadable"], "Ctrl and M");
}

#[test]
fn a_read_without_its_enter_is_discarded_after_150_ms_and_never_glued_to_the_next() {
    let half = &typed(CODE)[..60];
    let mut wedge = Wedge::opened(Duration::ZERO, Monotonic(0));
    let mut now = 1000;
    for (event, gap) in half {
        now += gap;
        assert!(wedge.push(*event, Monotonic(now)).is_none());
    }
    let last_press = now - 4;
    assert!(wedge.idle(Monotonic(last_press + 149)).is_none());
    assert_eq!(said(wedge.idle(Monotonic(last_press + 150))), ["Unfinished"]);

    // The reader was held up: no idle in between, only the events' own times tell of the pause.
    for (pause, expected) in [(600, &["Unfinished", CODE][..]), (200, &["Unfinished", "Unfinished"])] {
        let mut events = half.to_vec();
        let next = events.len();
        events.extend(typed(CODE));
        events[next].1 = pause;
        assert_eq!(play(&events), expected);
    }
}

#[test]
fn what_the_kernel_dropped_is_discarded_and_the_next_read_is_whole() {
    let mut events = typed(CODE);
    events.splice(20..50, [(syn(SYN_DROPPED), 100)]);
    let mut next = typed(CODE);
    next[0].1 = 20;
    events.extend(next);
    assert_eq!(play(&events), ["PartsLost", CODE]);
}

#[test]
fn twenty_characters_on_a_stalled_reader_are_no_scan() {
    // Nine key-downs and one SYN_DROPPED arrived (hardware notes, fact 6).
    let mut events = vec![(syn(SYN_DROPPED), 0)];
    let all = typed("12345678901234567890");
    events.extend_from_slice(&all[all.len() - 60..]);
    assert_eq!(play(&events), ["PartsLost"]);
}

#[test]
fn an_unplugged_gun_with_a_key_down_makes_no_scan() {
    let mut events = packet(2, 1, 4).to_vec();
    events.extend([(key(2, 2), 33); 20]);
    events.extend(packet(2, 0, 0)); // the kernel lets the key go
    assert_eq!(play(&events), ["Unfinished"]);
}

#[test]
fn a_key_held_while_opening_is_no_loss_and_the_tail_of_a_read_is_dropped() {
    let mut events = vec![(key(ENTER, 0), 0)];
    events.extend(
        typed(CODE).into_iter().enumerate().map(|(at, (e, gap))| (e, if at == 0 { 400 } else { gap })),
    );
    assert_eq!(play_from(10, &events), [CODE]);
    assert_eq!(play_from(10, &typed(CODE)), ["WhileOpening"]);
}

#[test]
fn a_stuck_shift_costs_one_read_and_no_more() {
    let mut events = typed("1A2");
    let release = events.iter().position(|(event, _)| *event == key(SHIFT, 0)).unwrap();
    events.remove(release);
    events.extend(typed(CODE));
    assert_eq!(play(&events), ["PartsLost", CODE]);
}

#[test]
fn the_same_code_twice_at_once_is_one_scan() {
    let mut wedge = Wedge::opened(Duration::from_millis(500), Monotonic(0));
    let events = [typed(CODE), typed(CODE)].concat();
    let mut now = 1000;
    let mut out = Vec::new();
    for (event, gap) in events {
        now += gap;
        out.extend(wedge.push(event, Monotonic(now)));
    }
    assert_eq!(said(out), [CODE, "Repeated"]);
}

#[test]
fn a_thousand_scans_back_to_back_are_a_thousand_scans() {
    let codes: Vec<String> = (0..1000).map(|n| (130_000_000_000_000_000_u64 + n).to_string()).collect();
    let events: Vec<Timed> = codes.iter().flat_map(|code| typed(code)).collect();
    assert_eq!(play(&events), codes);
}

#[test]
fn an_event_that_waited_is_known_to_be_old() {
    let s = Duration::from_secs;
    assert_eq!(happened_at(Monotonic(5000), s(100), s(98)), Monotonic(3000));
    assert_eq!(happened_at(Monotonic(5000), s(100), s(101)), Monotonic(5000)); // the wall clock was set back
    assert_eq!(happened_at(Monotonic(5000), s(9000), s(98)), Monotonic(5000)); // or forward
    assert_eq!(happened_at(Monotonic(1), s(100), s(98)), Monotonic(0));
}

#[test]
fn a_record_is_read_as_the_kernel_writes_it_and_its_key_is_not_shown() {
    let mut record = Vec::new();
    record.extend(7_usize.to_ne_bytes());
    record.extend(250_000_usize.to_ne_bytes());
    record.extend(1_u16.to_ne_bytes());
    record.extend(28_u16.to_ne_bytes());
    record.extend(1_i32.to_ne_bytes());
    let (event, at) = InputEvent::parse(&record).unwrap();
    assert!(event == key(ENTER, 1));
    assert_eq!(at, Duration::from_millis(7250));
    assert!(InputEvent::parse(&record[1..]).is_none());
    assert!(!format!("{event:?}").contains("28"));
}

fn codes() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[0-9A-Za-z]{15,24}", 1..6)
}

proptest! {
    /// What the kernel does to a slow reader: events vanish, and SYN_DROPPED stands for them. Pauses inside a read are
    /// shorter than the time for which a tail is expected; no gun pauses for half a second and goes on.
    #[test]
    fn no_drop_repeat_or_pause_yields_an_invented_or_merged_scan(
        codes in codes(),
        drops in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..120), 0..4),
        repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        pauses in prop::collection::vec((any::<prop::sample::Index>(), 1_u64..400), 0..6),
    ) {
        let mut events: Vec<Timed> = codes.iter().flat_map(|code| typed(code)).collect();
        for (at, pause) in pauses {
            let at = at.index(events.len());
            let near = at.saturating_sub(15)..(at + 15).min(events.len());
            if events[near].iter().all(|(_, gap)| *gap < 10) {
                events[at].1 = pause; // not two in one stroke: together they would be longer
            }
        }
        for at in repeats {
            let at = at.index(events.len());
            let (event, _) = events[at];
            events.insert(at, (InputEvent { kind: EV_KEY, value: 2, ..event }, 1));
        }
        for (at, length) in drops {
            let from = at.index(events.len());
            let to = (from + length).min(events.len());
            let gap = events[from..to].iter().map(|(_, gap)| gap).sum();
            events.splice(from..to, [(syn(SYN_DROPPED), gap)]);
        }
        let scans: Vec<String> = play(&events).into_iter().filter(|one| !is_reason(one)).collect();
        prop_assert!(is_subsequence(&scans, &codes), "{scans:?} of {codes:?}");
    }

    /// Stricter than any kernel: one change of one key is lost without a word.
    #[test]
    fn one_key_event_lost_in_silence_yields_no_invented_or_merged_scan(
        codes in codes(), lost in any::<prop::sample::Index>(),
    ) {
        let mut events: Vec<Timed> = codes.iter().flat_map(|code| typed(code)).collect();
        let keys: Vec<usize> = (0..events.len()).filter(|at| events[*at].0.kind == EV_KEY).collect();
        events.remove(*lost.get(&keys));
        let all = play(&events);
        let scans: Vec<String> = all.iter().filter(|one| !is_reason(one)).cloned().collect();
        prop_assert!(is_subsequence(&scans, &codes), "{all:?} of {codes:?}");
    }

    #[test]
    fn cutting_the_stream_between_reads_of_the_device_changes_nothing(
        codes in codes(), lags in prop::collection::vec(0_u64..20, 1..50),
    ) {
        let events: Vec<Timed> = codes.iter().flat_map(|code| typed(code)).collect();
        let mut wedge = Wedge::opened(Duration::ZERO, Monotonic(0));
        let mut now = 1000;
        let mut out = Vec::new();
        for (at, (event, gap)) in events.iter().enumerate() {
            now += gap;
            if at % 64 == 0 {
                out.extend(wedge.idle(Monotonic(now)));
            }
            out.extend(wedge.push(*event, Monotonic(now - lags[at % lags.len()].min(now))));
        }
        prop_assert_eq!(said(out), codes);
    }

    #[test]
    fn any_events_at_all_make_no_more_scans_than_there_are_ends(
        events in prop::collection::vec((0_u16..6, 0_u16..300, -1_i32..4, 0_u64..400), 0..400)
    ) {
        let mut wedge = Wedge::opened(Duration::ZERO, Monotonic(0));
        let mut now = 1000;
        let (mut ends, mut scans) = (0, 0);
        for (kind, code, value, gap) in events {
            now += gap;
            let event = InputEvent { kind, code, value };
            ends += usize::from(kind == EV_KEY && value == 1 && Key::of_code(code) == Key::End);
            let out = wedge.push(event, Monotonic(now));
            scans += usize::from(matches!(out, Some(Framed::Scan(_))));
        }
        prop_assert!(scans <= ends);
    }
}

fn is_reason(word: &str) -> bool {
    ["Unfinished", "PartsLost", "WhileOpening", "Unreadable", "TooLong", "Repeated"].contains(&word)
}
