//! The screen by its labels: what can be touched, what it reports, and how large it is.
#![allow(clippy::float_arithmetic, reason = "places, sizes and colours")]

mod bench;
mod lock;
mod look;
mod pages;

use crate::event::{KeyPress, Keystrokes, UiEvent};
use crate::pane::Pane;
use crate::scenes::{asking, view, wordy, world};
use crate::screen::Stage;
use crate::studio::Format;
use bench::{Bench, FORMATS, MM};
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use quickpay_core::id::{JobId, SaleId};
use quickpay_core::input::Seen;
use quickpay_core::view::{Act, State, View};
use quickpay_core::words::Language;
use slint::platform::{Key, PointerEventButton};
use std::cell::RefCell;
use std::rc::Rc;

#[test]
fn every_key_of_the_pad_reports_itself_on_press() {
    let bench = Bench::of(State::Armed);
    for digit in "0123456789".chars() {
        assert_eq!(bench.press(&digit.to_string()), [UiEvent::Digit(digit)]);
    }
    assert_eq!(bench.press("00"), [UiEvent::DoubleZero]);
    assert_eq!(bench.press("."), [UiEvent::Point]);
    assert_eq!(bench.press("Clear"), [UiEvent::Clear]);
    assert_eq!(bench.press("Backspace"), [UiEvent::Backspace]);
    assert_eq!(bench.press("Put this sale aside"), [UiEvent::PutAside]);
}

#[test]
fn acts_that_are_not_allowed_now_are_not_there_or_do_nothing() {
    let bench = Bench::of(State::Submitted);
    assert!(bench.labelled("Cancel").is_none());
    assert!(bench.labelled("Check again").is_none());
    assert_eq!(bench.press("7"), []);
    assert_eq!(bench.press("Clear"), []);
    assert_eq!(bench.labelled("7").unwrap().accessible_enabled(), Some(false));
}

#[test]
fn while_in_doubt_one_may_ask_again_cancel_or_put_aside() {
    let bench = Bench::of(State::Checking);
    assert_eq!(bench.press("Check again"), [UiEvent::CheckAgain]);
    assert_eq!(bench.press("Cancel"), [UiEvent::Cancel]);
    assert_eq!(bench.press("Put this sale aside"), [UiEvent::PutAside]);
}

#[test]
fn a_result_leaves_the_digits_where_they_are_so_that_the_next_sale_starts_with_one_tap() {
    let bench = Bench::of(State::Armed);
    let before = bench.labelled("5").unwrap().absolute_position();
    bench.show(&view(State::Approved, Language::En));
    assert_eq!(bench.labelled("5").unwrap().absolute_position(), before);
    assert_eq!(bench.press("5"), [UiEvent::Digit('5')]);
}

#[test]
fn for_the_left_hand_the_pad_is_on_the_left_and_nothing_moves_between_states_either() {
    let bench = Bench::of(State::Checking);
    bench.pane.vm().set_left_handed(true);
    let places = |label: &str| bench.labelled(label).unwrap().absolute_position();
    let (digit, word) = (places("7"), places("CHECKING"));
    assert!(digit.x < word.x);
    bench.show(&view(State::Declined, Language::En));
    assert_eq!(places("7"), digit);
    bench.show(&view(State::Checking, Language::En));
    assert_eq!((places("7"), places("CHECKING")), (digit, word));
}

#[test]
fn a_question_is_answered_with_confirm() {
    let bench = Bench::of(State::Ready);
    bench.show(&asking(Language::En));
    assert_eq!(bench.press("Confirm"), [UiEvent::Confirm]);
}

#[test]
fn the_keys_beside_the_amount_are_always_there_with_their_shortcuts() {
    let bench = Bench::of(State::Ready);
    for state in State::ALL {
        bench.show(&view(state, Language::En));
        assert_eq!(bench.press("Print copy"), [UiEvent::Reprint], "{state:?}");
        assert_eq!(bench.press("Past sales"), [UiEvent::RecentTapped], "{state:?}");
        assert_eq!(bench.press("Refund"), [UiEvent::RefundTapped], "{state:?}");
        assert_eq!(bench.press("Scan receipt"), [UiEvent::FindReceipt], "{state:?}");
    }
    bench.show(&view(State::Checking, Language::En));
    assert_eq!(bench.press("2 WAITING · 1 CHECKING · CNY 52.00"), [UiEvent::OpenTapped]);
}

#[test]
fn a_tap_on_one_of_the_last_sales_names_it() {
    let bench = Bench::of(State::Ready);
    assert_eq!(bench.press("14:02 88.00 PAID"), [UiEvent::SaleTapped(SaleId(5))]);
}

#[test]
fn the_language_key_gives_the_next_language_and_labels_follow() {
    let bench = Bench::of(State::Armed);
    assert_eq!(bench.press("简体中文"), [UiEvent::LanguageChosen(Language::ZhCn)]);
    bench.show(&view(State::Armed, Language::ZhCn));
    assert!(bench.labelled("清除").is_some());
    bench.show(&view(State::Armed, Language::En));
    assert!(bench.labelled("Clear").is_some());
}

#[test]
fn the_keyboard_does_what_the_keys_do() {
    let bench = Bench::of(State::Checking);
    assert_eq!(bench.typed("7"), [UiEvent::Digit('7')]);
    assert_eq!(bench.typed("."), [UiEvent::Point]);
    assert_eq!(bench.typed(Key::Escape), [UiEvent::Clear]);
    assert_eq!(bench.typed(Key::Backspace), [UiEvent::Backspace]);
    assert_eq!(bench.typed(Key::Return), [UiEvent::Enter]);
    assert_eq!(bench.typed(Key::F5), [UiEvent::CheckAgain]);
    assert_eq!(bench.typed(Key::F7), [UiEvent::FindReceipt]);
    assert_eq!(bench.typed(Key::F1), [UiEvent::Reprint]);
    assert_eq!(bench.typed(Key::F2), [UiEvent::RecentTapped]);
    assert_eq!(bench.typed(Key::F3), [UiEvent::RefundTapped]);
    assert_eq!(bench.typed(Key::F10), [UiEvent::OpenTapped]);
    assert_eq!(bench.typed(Key::F11), [UiEvent::Slip]);
    assert_eq!(bench.typed(Key::Home), [UiEvent::Home]);
    assert_eq!(bench.typed(Key::UpArrow), [UiEvent::Up]);
    assert_eq!(bench.typed(Key::DownArrow), [UiEvent::Down]);
    assert_eq!(bench.typed(Key::PageUp), [UiEvent::PageUp]);
    assert_eq!(bench.typed(Key::PageDown), [UiEvent::PageDown]);
    assert_eq!(bench.typed("x"), [UiEvent::Letter('x')]);
    assert_eq!(bench.typed("é"), []);
}

#[test]
fn the_code_of_an_electronic_receipt_stands_beside_the_result_alone() {
    let bench = Bench::of(State::Approved);
    let shown = |bench: &Bench| bench.labelled("The customer's receipt").is_some();
    assert!(!shown(&bench));
    let code = crate::Picture::from_gray(2, 2, &[0, 255, 255, 0]).unwrap();
    crate::present::show_code(&bench.pane.vm(), Some(&code));
    assert!(shown(&bench));
    bench.show(&view(State::Ready, Language::En));
    assert!(!shown(&bench));
    bench.show(&view(State::Approved, Language::En));
    crate::present::show_code(&bench.pane.vm(), None);
    assert!(!shown(&bench));
}

#[test]
fn a_till_with_a_scanner_that_types_reports_every_key_raw() {
    let bench = Bench::new(Format::INCH_15, Keystrokes::Raw);
    bench.show(&view(State::Armed, Language::En));
    assert_eq!(bench.typed("7"), [UiEvent::Key(KeyPress("7".into()))]);
    let enter = bench.typed(Key::Return);
    let [UiEvent::Key(enter)] = enter.as_slice() else { panic!("not raw") };
    assert!(enter.ends_scan());
    assert_eq!(enter.typed(), Some(UiEvent::Enter));
    assert_eq!(bench.press("7"), [UiEvent::Digit('7')], "a touched key is no scan");
}

#[test]
fn a_currency_without_decimals_has_no_point() {
    let bench = Bench::of(State::Armed);
    let yen = quickpay_core::money::Currency::Jpy;
    bench.show(&View { currency: yen, ..view(State::Armed, Language::En) });
    assert!(bench.labelled(".").is_none());
}

#[test]
fn every_target_is_large_enough_for_a_finger_on_every_screen() {
    for format in FORMATS {
        let bench = Bench::new(format, Keystrokes::Typed);
        for state in State::ALL {
            bench.show(&View { acts: every_act(), ..view(state, Language::En) });
            for (label, [_, _, width, height]) in bench.controls() {
                let pad = label.chars().count() <= 2 || ["Clear", "Backspace"].contains(&label.as_str());
                let (least_width, least_height) = if pad { (20.0, 16.0) } else { (12.0, 9.0) };
                assert!(width >= least_width * MM, "{label} is {} mm wide on {format:?}", width / MM);
                assert!(height >= least_height * MM, "{label} is {} mm high on {format:?}", height / MM);
            }
        }
    }
}

#[test]
fn every_control_has_a_label_and_none_lies_over_another_or_outside() {
    for format in FORMATS {
        let bench = Bench::new(format, Keystrokes::Typed);
        bench.show(&view(State::Checking, Language::En));
        let controls = bench.controls();
        assert!(controls.len() >= 20, "only {controls:?}");
        #[allow(clippy::cast_precision_loss)]
        let (right, bottom) = (format.width as f32 / format.scale, format.height as f32 / format.scale);
        for (at, (label, [x, y, width, height])) in controls.iter().enumerate() {
            assert!(!label.is_empty());
            assert!(
                *x >= 0.0 && *y >= 0.0 && x + width <= right + 1.0 && y + height <= bottom + 1.0,
                "{label}"
            );
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

#[test]
fn the_three_lines_end_above_the_acts_on_every_screen_however_long_they_are() {
    for format in FORMATS {
        let bench = Bench::new(format, Keystrokes::Typed);
        for state in State::ALL {
            for shown in [view(state, Language::En), view(state, Language::ZhCn), wordy(state)] {
                bench.show(&View { acts: vec![Act::Cancel], ..shown.clone() });
                let cancel = if shown.language == Language::En { "Cancel" } else { "撤销" };
                let acts = bench.labelled(cancel).unwrap().absolute_position();
                let found = ElementQuery::from_root(bench.window())
                    .match_descendants()
                    .match_accessible_role(AccessibleRole::Text)
                    .find_all();
                let lines: Vec<_> = found
                    .iter()
                    .filter(|text| {
                        shown.lines.iter().any(|line| text.accessible_label().as_deref() == Some(line))
                    })
                    .collect();
                assert!(lines.len() >= shown.lines.len(), "{state:?} shows {} lines", lines.len());
                for line in lines {
                    let end = line.absolute_position().y + line.size().height;
                    assert!(end <= acts.y, "{state:?} on {format:?}: {end} against {}", acts.y);
                }
            }
        }
    }
}

#[test]
fn a_click_on_a_phone_names_the_customer_and_changes_nothing_by_itself() {
    let bench = Bench::of(State::Armed); // sets the platform up
    let demo = Pane::new(Stage::Demo).unwrap();
    let heard = Rc::<RefCell<Vec<crate::DemoEvent>>>::default();
    let tell: Rc<dyn Fn(crate::DemoEvent)> = Rc::new({
        let heard = Rc::clone(&heard);
        move |event| heard.borrow_mut().push(event)
    });
    crate::demo::connect(&demo.world().unwrap(), &tell);
    demo.window().set_size(slint::PhysicalSize::new(1366, 768));
    demo.show().unwrap();
    crate::demo::show(&demo.world().unwrap(), &world(Language::En));
    let Pane::Demo(window) = &demo else { panic!("the demo has its window") };
    for label in ["Anna, Alipay, asks a password", "Down", "Paper out", "Stop the tour"] {
        let control = ElementHandle::find_by_accessible_label(window, label).next().unwrap();
        control.mock_single_click(PointerEventButton::Left);
    }
    let expected = [
        crate::DemoEvent::Scan(1),
        crate::DemoEvent::Line(crate::Line::Down),
        crate::DemoEvent::PaperOut(true),
        crate::DemoEvent::StopTour,
    ];
    assert_eq!(heard.take(), expected);
    drop(bench);
}

fn every_act() -> Vec<Act> {
    vec![Act::Type, Act::Clear, Act::Scan, Act::Cancel, Act::CheckAgain, Act::PutAside]
}

#[test]
fn a_paper_of_unknown_fate_is_asked_about_until_a_person_answers() {
    let bench = Bench::of(State::Approved);
    assert!(bench.labelled("It came out").is_none());
    let mut asked = view(State::Approved, Language::En);
    asked.paper_asked = Some(JobId(7));
    asked.printer_line = Some("Did the paper of S0006 come out? Look at the printer.".into());
    bench.show(&asked);
    assert!(bench.labelled("Did the paper of S0006 come out? Look at the printer.").is_some());
    assert_eq!(bench.press("It came out"), [UiEvent::PaperSeen(JobId(7), Seen::Yes)]);
    assert_eq!(bench.press("It did not"), [UiEvent::PaperSeen(JobId(7), Seen::No)]);
    assert_eq!(bench.press("5"), [UiEvent::Digit('5')], "selling goes on");
    asked.notice = Some("This is a product barcode.".into());
    bench.show(&asked);
    assert!(bench.labelled("This is a product barcode.").is_some(), "a remark is not hidden by it");
}
