//! The customer's display compared with pictures that a person has looked at, and its code read by zbarimg.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod scenes;

use quickpay_core::customer::CustomerView;
use quickpay_core::view::{State, View};
use quickpay_core::words::Language;
use quickpay_ui::{CustomerStudio, Picture};
use scenes::golden::{compare, golden, read_png};
use scenes::{GLASSES, RECEIPT, fonts_dir, seen_by_customer, view, with_receipt};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

const LOOKED_AT: [State; 6] =
    [State::Ready, State::Armed, State::AwaitingPayer, State::Checking, State::Approved, State::Expired];

/// The symbol of [`RECEIPT`] as the program makes it, a pixel a module.
fn symbol() -> Picture {
    read_png(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenes/receipt-code.png"))
}

#[test]
fn the_display_looks_as_a_person_approved_it_on_two_glasses() {
    for (glass, size, width_mm) in GLASSES {
        let studio = CustomerStudio::new(fonts_dir(), size, width_mm).unwrap();
        for state in LOOKED_AT {
            let picture = studio.picture(&seen_by_customer(state), None).unwrap();
            compare(&format!("customer-{glass}-{}.png", state.name()), &picture);
        }
        let picture = studio.picture(&with_receipt(), Some(&symbol())).unwrap();
        compare(&format!("customer-{glass}-approved-code.png"), &picture);
    }
}

/// Without zbarimg nothing is read and the test says so; `QUICKPAY_ZBARIMG=required` makes that a failure.
#[test]
#[allow(clippy::print_stderr, reason = "a test that could not look says so")]
fn a_phone_reads_the_code_of_the_approved_pictures_and_none_on_the_others() {
    for (glass, ..) in GLASSES {
        let others = LOOKED_AT.map(|state| (format!("customer-{glass}-{}.png", state.name()), ""));
        let with_code = (format!("customer-{glass}-approved-code.png"), RECEIPT);
        for (name, expected) in others.into_iter().chain([with_code]) {
            let read = Command::new("zbarimg")
                .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
                .arg(golden(&name))
                .output();
            match read {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    assert!(std::env::var_os("QUICKPAY_ZBARIMG").is_none(), "zbarimg is not installed");
                    eprintln!("zbarimg is not installed: no code was read");
                    return;
                }
                read => {
                    let said = String::from_utf8(read.unwrap().stdout).unwrap();
                    assert_eq!(said.trim(), expected, "{name}");
                }
            }
        }
    }
}

#[test]
fn a_view_gives_the_same_picture_whatever_was_shown_before() {
    let (_, size, width_mm) = GLASSES[0];
    let studio = CustomerStudio::new(fonts_dir(), size, width_mm).unwrap();
    let first = studio.picture(&seen_by_customer(State::Held), None).unwrap();
    studio.picture(&with_receipt(), Some(&symbol())).unwrap();
    for state in State::ALL {
        studio.picture(&seen_by_customer(state), None).unwrap();
    }
    assert!(studio.picture(&seen_by_customer(State::Held), None).unwrap() == first);
}

/// Every state in every glass and choice of languages, for looking; writes to the folder named by `GALLERY`.
#[test]
fn every_state_can_be_looked_at() {
    let Ok(out) = std::env::var("GALLERY") else { return };
    let choices: [(&str, &[Language]); 3] = [
        ("en", &[Language::En]),
        ("zh-en", &[Language::ZhCn, Language::En]),
        ("zh-en-ko", &[Language::ZhCn, Language::En, Language::Ko]),
    ];
    for (glass, size, width_mm) in GLASSES {
        let studio = CustomerStudio::new(fonts_dir(), size, width_mm).unwrap();
        for (name, languages) in choices {
            for state in State::ALL {
                let shown = CustomerView::of(&View { ..view(state, Language::En) }, languages);
                let png = studio.picture(&shown, None).unwrap().to_png().unwrap();
                std::fs::write(format!("{out}/customer-{glass}-{name}-{}.png", state.name()), png).unwrap();
            }
        }
    }
}
