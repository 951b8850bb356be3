//! The lock screen by its labels.

use super::bench::{Bench, FORMATS, MM};
use crate::event::{KeyPress, Keystrokes, UiEvent};
use crate::scenes::lock::{crowd, locked, signed_in};
use crate::scenes::view;
use crate::studio::Format;
use quickpay_core::view::State;
use quickpay_core::words::Language;
use slint::platform::Key;

fn bench(keystrokes: Keystrokes) -> Bench {
    let bench = Bench::new(Format::INCH_15, keystrokes);
    bench.show(&locked(Language::En));
    bench
}

/// Whose PIN came out, and which.
fn signed(events: &[UiEvent]) -> (String, String) {
    let [UiEvent::SignIn(person, pin)] = events else { panic!("no sign-in but {events:?}") };
    (person.clone(), pin.reveal().to_string())
}

#[test]
fn a_name_and_a_pin_are_touched_and_only_dots_are_shown() {
    let bench = bench(Keystrokes::Typed);
    assert_eq!(bench.press("王小明"), []);
    for digit in ["4", "7", "1"] {
        assert_eq!(bench.press(digit), [], "a digit goes nowhere before the PIN is whole");
    }
    assert_eq!(bench.labelled("Sign in").unwrap().accessible_enabled(), Some(false));
    bench.press("1");
    assert!(bench.labelled("PIN 4/8").is_some());
    assert!(bench.labelled("4711").is_none());
    assert_eq!(signed(&bench.press("Sign in")), ("王小明".to_owned(), "4711".to_owned()));
    assert!(bench.labelled("PIN 0/8").is_some(), "the PIN is gone with its event");
}

#[test]
fn the_keyboard_signs_in_too() {
    let bench = bench(Keystrokes::Typed);
    assert_eq!(bench.typed("1"), []);
    bench.typed(Key::DownArrow);
    bench.typed(Key::DownArrow);
    bench.typed(Key::UpArrow);
    for key in ["4", "7", "1", "2", "x"] {
        bench.typed(key);
    }
    bench.typed(Key::Backspace);
    bench.typed("1");
    assert_eq!(signed(&bench.typed(Key::Return)), ("Li Wei".to_owned(), "4711".to_owned()));
    bench.typed("9");
    bench.typed(Key::Escape);
    assert!(bench.labelled("PIN 0/8").is_some());
    assert_eq!(bench.typed(Key::Return), [], "no PIN, no try");
    assert_eq!(bench.typed(Key::F1), [], "nothing of the sale screen works");
}

#[test]
fn another_name_or_a_new_lock_drops_the_digits() {
    let bench = bench(Keystrokes::Typed);
    bench.press("Li Wei");
    bench.press("4");
    bench.press("王小明");
    assert!(bench.labelled("PIN 0/8").is_some());
    bench.press("4");
    bench.show(&signed_in(State::Armed, Language::En));
    bench.show(&locked(Language::En));
    assert!(bench.labelled("PIN 0/8").is_some());
    assert_eq!(bench.labelled("Sign in").unwrap().accessible_enabled(), Some(false));
}

#[test]
fn a_scan_that_is_typed_is_no_pin_and_goes_where_scans_go() {
    let bench = bench(Keystrokes::Raw);
    bench.press("Li Wei");
    for digit in "132993614656096754".chars() {
        let digit = digit.to_string();
        assert_eq!(bench.typed(digit.as_str()), [UiEvent::Key(KeyPress(digit))]);
    }
    let end = bench.typed(Key::Return);
    assert!(matches!(end.as_slice(), [UiEvent::Key(_)]), "no try: {end:?}");
}

#[test]
fn the_bar_stays_and_the_sale_does_not() {
    let bench = bench(Keystrokes::Typed);
    assert!(bench.labelled("2 WAITING · 1 CHECKING · CNY 52.00").is_some());
    assert!(bench.labelled("ONLINE").is_some());
    assert!(bench.labelled("14:02 88.00 PAID").is_none());
    assert!(bench.labelled("Put this sale aside").is_none());
    let mut refused = locked(Language::En);
    refused.notice = Some("Wrong PIN.".into());
    bench.show(&refused);
    assert!(bench.labelled("Wrong PIN.").is_some());
}

#[test]
fn whoever_has_the_till_stands_on_the_bar_and_leaves_with_one_key() {
    let bench = Bench::of(State::Armed);
    assert!(bench.labelled("Lock Li Wei").is_none(), "a till without people has no lock");
    bench.show(&signed_in(State::Armed, Language::En));
    assert_eq!(bench.press("Lock Li Wei"), [UiEvent::SignOut]);
    assert_eq!(bench.typed(Key::F12), [UiEvent::SignOut]);
    bench.show(&view(State::Armed, Language::En));
    assert!(bench.labelled("Lock Li Wei").is_none());
}

#[test]
fn many_people_are_leafed_through() {
    let bench = bench(Keystrokes::Typed);
    bench.show(&crowd(Language::En));
    let mut seen = 0;
    for _ in 0..60 {
        seen += (1..=60).filter(|n| bench.labelled(&format!("Person {n}")).is_some()).count();
        if bench.labelled("Person 60").is_some() {
            break;
        }
        bench.press("More names");
    }
    assert_eq!(seen, 60, "each once");
    bench.press("Person 60");
    bench.typed("1234");
}

#[test]
fn every_target_of_the_lock_screen_is_large_enough_and_lies_over_no_other() {
    for format in FORMATS {
        for language in [Language::En, Language::ZhCn] {
            for shown in [locked(language), crowd(language), signed_in(State::Checking, language)] {
                let bench = Bench::new(format, Keystrokes::Typed);
                bench.show(&shown);
                let controls = bench.controls();
                for (at, (label, [x, y, width, height])) in controls.iter().enumerate() {
                    let pad = label.chars().count() == 1;
                    let (least_width, least_height) = if pad { (20.0, 16.0) } else { (12.0, 9.0) };
                    assert!(*width >= least_width * MM, "{label} is {} mm wide on {format:?}", width / MM);
                    assert!(*height >= least_height * MM, "{label} is {} mm high on {format:?}", height / MM);
                    for (other, [ox, oy, owidth, oheight]) in controls.iter().skip(at + 1) {
                        let apart = x + width <= ox + 0.5
                            || ox + owidth <= x + 0.5
                            || y + height <= oy + 0.5
                            || oy + oheight <= y + 0.5;
                        assert!(apart, "{label} and {other} overlap on {format:?}");
                    }
                }
            }
        }
    }
}
