//! The screen compared with pictures that a person has looked at.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod scenes;

use quickpay_core::view::State;
use quickpay_core::words::Language;
use quickpay_ui::{Format, Picture, Stage, Studio};
use scenes::golden::compare;
use scenes::lock::{locked, long_names, signed_in};
use scenes::{asking, fonts_dir, pages, view, wordy, world};

/// Every state in every format, for looking; writes to the folder named by `GALLERY` and does nothing without it.
#[test]
fn every_state_can_be_looked_at() {
    let Ok(out) = std::env::var("GALLERY") else { return };
    let only = std::env::var("ONLY").unwrap_or_default();
    let formats = [
        ("15", Format::INCH_15),
        ("wide", Format::INCH_15_6),
        ("fine", Format::INCH_15_6_FINE),
        ("small", Format::INCH_10_1),
    ];
    for (name, format) in formats {
        let studio = Studio::new(Stage::Till, fonts_dir(), format).unwrap();
        let png = studio.picture(&wordy(State::Checking)).unwrap().to_png().unwrap();
        std::fs::write(format!("{out}/{name}-wordy.png"), png).unwrap();
        for language in Language::ALL {
            let png = studio.picture(&asking(language)).unwrap().to_png().unwrap();
            std::fs::write(format!("{out}/{name}-{}-asking.png", language.tag()), png).unwrap();
            for state in State::ALL {
                let file = format!("{name}-{}-{}.png", language.tag(), state.name());
                if file.contains(&only) {
                    let png = studio.picture(&view(state, language)).unwrap().to_png().unwrap();
                    std::fs::write(format!("{out}/{file}"), png).unwrap();
                }
            }
        }
    }
    for (name, format) in
        [("demo", Format::DEMO), ("demo-laptop", Format { width: 1366, height: 768, scale: 1.0 })]
    {
        let studio = Studio::new(Stage::Demo, fonts_dir(), format).unwrap();
        for language in [Language::En, Language::ZhCn] {
            let picture = studio.demo_picture(&view(State::Held, language), &world(language)).unwrap();
            std::fs::write(format!("{out}/{name}-{}.png", language.tag()), picture.to_png().unwrap())
                .unwrap();
        }
    }
}

/// `UPDATE_GOLDEN=1` rewrites the pictures; a person looks at them before they are committed.
#[test]
fn four_states_look_as_a_person_approved_them_in_two_sizes_and_two_languages() {
    let states = [State::Armed, State::AwaitingPayer, State::Checking, State::Approved];
    for (size, format) in [("15", Format::INCH_15), ("10", Format::INCH_10_1)] {
        let studio = Studio::new(Stage::Till, fonts_dir(), format).unwrap();
        for language in [Language::En, Language::ZhCn] {
            for state in states {
                let picture = studio.picture(&view(state, language)).unwrap();
                let name = format!("{size}-{}-{}.png", language.tag(), state.name());
                compare(&name, &picture);
            }
        }
    }
}

#[test]
fn the_lock_screen_looks_as_a_person_approved_it_in_two_sizes_and_two_languages() {
    for (size, format) in [("15", Format::INCH_15), ("10", Format::INCH_10_1)] {
        let studio = Studio::new(Stage::Till, fonts_dir(), format).unwrap();
        for language in [Language::En, Language::ZhCn] {
            for (name, shown) in
                [("locked", locked(language)), ("signed-in", signed_in(State::Armed, language))]
            {
                let picture = studio.picture(&shown).unwrap();
                compare(&format!("{size}-{}-{name}.png", language.tag()), &picture);
            }
        }
    }
}

#[test]
fn a_long_name_on_the_bar_can_still_be_read_and_a_korean_word_is_not_broken() {
    for (size, format) in [("15", Format::INCH_15), ("10", Format::INCH_10_1)] {
        let studio = Studio::new(Stage::Till, fonts_dir(), format).unwrap();
        for (name, shown) in ["person", "shop"].into_iter().zip(long_names(Language::Ko)) {
            compare(&format!("{size}-ko-long-{name}.png"), &studio.picture(&shown).unwrap());
        }
    }
}

#[test]
fn the_screens_beside_sale_look_as_a_person_approved_them() {
    for (size, format) in [("15", Format::INCH_15), ("10", Format::INCH_10_1)] {
        let studio = Studio::new(Stage::Till, fonts_dir(), format).unwrap();
        for language in [Language::En, Language::ZhCn] {
            for (name, page) in pages::all(language) {
                studio.show_page(Some(&page));
                let picture = studio.picture(&view(State::AwaitingPayer, language)).unwrap();
                let name = format!("page-{size}-{}-{name}.png", language.tag());
                compare(&name, &picture);
            }
        }
    }
}

#[test]
fn sale_looks_as_before_once_a_page_is_closed() {
    let studio = Studio::new(Stage::Till, fonts_dir(), Format::INCH_10_1).unwrap();
    let before = studio.picture(&view(State::Held, Language::En)).unwrap();
    for (_, page) in pages::all(Language::En) {
        studio.show_page(Some(&page));
        assert!(studio.picture(&view(State::Held, Language::En)).unwrap() != before);
    }
    studio.show_page(None);
    assert!(studio.picture(&view(State::Held, Language::En)).unwrap() == before);
}

/// Not a real symbol, but as large and as fine as one.
fn code() -> Picture {
    let black =
        |x: u32, y: u32| (4..37).contains(&x) && (4..37).contains(&y) && !(x * y + x + y).is_multiple_of(3);
    let gray: Vec<u8> = (0..41 * 41_u32).map(|at| if black(at % 41, at / 41) { 0 } else { 255 }).collect();
    Picture::from_gray(41, 41, &gray).unwrap()
}

#[test]
fn a_receipt_s_code_looks_as_a_person_approved_it_on_the_largest_and_the_smallest_screen() {
    for (size, format, language) in
        [("15", Format::INCH_15, Language::En), ("10", Format::INCH_10_1, Language::ZhCn)]
    {
        let studio = Studio::new(Stage::Till, fonts_dir(), format).unwrap();
        studio.show_code(Some(&code()));
        let picture = studio.picture(&view(State::Approved, language)).unwrap();
        compare(&format!("{size}-{}-approved-code.png", language.tag()), &picture);
    }
}

#[test]
fn a_view_gives_the_same_picture_whatever_was_shown_before() {
    let studio = Studio::new(Stage::Till, fonts_dir(), Format::INCH_15_6).unwrap();
    let first = studio.picture(&view(State::Held, Language::ZhCn)).unwrap();
    for state in State::ALL {
        studio.picture(&view(state, Language::En)).unwrap();
    }
    assert!(studio.picture(&view(State::Held, Language::ZhCn)).unwrap() == first);
}

#[test]
fn a_shrunk_picture_keeps_its_proportions_and_its_mean() {
    let checkers: Vec<u8> =
        (0..64_u32 * 32).map(|at| if (at % 64 + at / 64) % 2 == 0 { 0 } else { 254 }).collect();
    let small = Picture::from_gray(64, 32, &checkers).unwrap().shrunk(16);
    assert_eq!((small.width(), small.height()), (16, 8));
    assert!(small.rgba().chunks(4).all(|pixel| pixel == [127, 127, 127, 255]));
}
