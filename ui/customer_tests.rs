//! The customer's display by what is on it: sizes in millimetres, contrast, languages, and that nobody can touch it.
#![allow(clippy::float_arithmetic, reason = "places, sizes and colours")]

use crate::customer::{CustomerDisplay, CustomerOptions, Frame, set_up, show};
use crate::error::UiError;
use crate::fonts;
use crate::generated::{CustomerWindow, Shown, Theme, Tone};
use crate::look;
use crate::picture::Picture;
use crate::scenes::{GLASSES, fonts_dir, seen_by_customer, view, with_receipt};
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
};
use quickpay_core::customer::CustomerView;
use quickpay_core::money::{Currency, MAX_MINOR, Money};
use quickpay_core::view::{State, View};
use quickpay_core::words::Language;
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition};
use std::time::Duration;

type Glass = (&'static str, (u32, u32), f32);

/// A display without a display.
struct Bench {
    window: CustomerWindow,
    mm: f32, // pixels
}

impl Bench {
    fn new((_, size, width_mm): Glass) -> Bench {
        let options = TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        };
        slint::platform::set_platform(Box::new(TestingBackend::new(options))).ok(); // a thread keeps its first
        fonts::install(fonts_dir()).unwrap();
        let window = CustomerWindow::new().unwrap();
        set_up(&window, size, width_mm).unwrap();
        #[allow(clippy::cast_precision_loss)]
        Bench { window, mm: size.0 as f32 / width_mm }
    }

    fn show(&self, view: &CustomerView, code: Option<&Picture>) {
        show(&self.window.global::<Shown<'_>>(), view, code);
    }

    fn picture(&self) -> Picture {
        Picture::from_snapshot(&self.window.window().take_snapshot().unwrap())
    }

    fn labelled(&self, label: &str) -> Option<ElementHandle> {
        ElementHandle::find_by_accessible_label(&self.window, label).next()
    }

    /// Every text that is read, with its place and size in pixels.
    fn texts(&self) -> Vec<(String, [f32; 4])> {
        let found = ElementQuery::from_root(&self.window)
            .match_descendants()
            .match_accessible_role(AccessibleRole::Text)
            .find_all();
        let mut texts: Vec<(String, [f32; 4])> = found
            .into_iter()
            .filter(|text| text.type_name().as_deref() == Some("Fit")) // the letters within have no place of their own
            .map(|text| {
                let (place, size) = (text.absolute_position(), text.size());
                let label = text.accessible_label().unwrap_or_default();
                (label.to_string(), [place.x, place.y, size.width, size.height])
            })
            .filter(|(label, _)| !label.is_empty())
            .collect();
        texts.sort_by(|a, b| a.partial_cmp(b).unwrap());
        texts.dedup();
        texts
    }

    /// How many millimetres the ink in an element is high: rows that hold a pixel far from the first one's colour.
    fn ink_mm(&self, label: &str) -> f32 {
        let element = self.labelled(label).unwrap();
        let (place, size) = (element.absolute_position(), element.size());
        let picture = self.picture();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let (left, top, right, bottom) = (
            place.x as usize,
            place.y as usize,
            (place.x + size.width) as usize,
            (place.y + size.height) as usize,
        );
        let width = picture.width() as usize;
        let pixel = |x: usize, y: usize| &picture.rgba()[(y * width + x) * 4..][..3];
        let ground = pixel(left, top).to_vec();
        let inked = |y: &usize| {
            (left..right).any(|x| pixel(x, *y).iter().zip(&ground).any(|(a, b)| a.abs_diff(*b) > 100))
        };
        let rows: Vec<usize> = (top..bottom).filter(inked).collect();
        #[allow(clippy::cast_precision_loss)]
        let height = rows.last().map_or(0, |last| last + 1 - rows[0]) as f32;
        height / self.mm
    }
}

fn priced(minor: u64, currency: Currency) -> CustomerView {
    let amount = Money::from_minor(minor, currency).ok();
    CustomerView::of(
        &View { amount, currency, ..view(State::Armed, Language::En) },
        &[Language::ZhCn, Language::En],
    )
}

/// A symbol of nothing, as fine as a real one.
fn some_code() -> Picture {
    let gray: Vec<u8> = (0..41 * 41_u32).map(|at| if at % 3 == 0 { 0 } else { 255 }).collect();
    Picture::from_gray(41, 41, &gray).unwrap()
}

#[test]
fn an_amount_is_26_mm_high_on_every_glass_that_has_the_width() {
    let cases: [(usize, u64, Currency, &str); 7] = [
        (0, 8_800, Currency::Cny, "CNY 88.00"),
        (0, 123_456, Currency::Cny, "CNY 1234.56"),
        (0, 123_456, Currency::Krw, "KRW 123456"),
        (1, 8_800, Currency::Cny, "CNY 88.00"),
        (1, MAX_MINOR, Currency::Cny, "CNY 999999.99"),
        (1, MAX_MINOR, Currency::Jpy, "JPY 99999999"),
        (1, MAX_MINOR, Currency::Kwd, "KWD 99999.999"),
    ];
    for (glass, minor, currency, label) in cases {
        let bench = Bench::new(GLASSES[glass]);
        bench.show(&priced(minor, currency), None);
        let height = bench.ink_mm(label);
        assert!(height >= 26.0, "{label} is {height} mm high on {}", GLASSES[glass].0);
    }
    let bench = Bench::new(GLASSES[0]);
    bench.show(&priced(MAX_MINOR, Currency::Cny), None);
    assert!(bench.ink_mm("CNY 999999.99") >= 18.0, "the largest on seven inches, where the width ends first");
}

#[test]
fn a_paid_amount_keeps_its_size_beside_the_code_of_the_receipt() {
    for glass in GLASSES {
        let bench = Bench::new(glass);
        bench.show(&with_receipt(), Some(&some_code()));
        assert!(bench.ink_mm("CNY 88.00") >= 26.0);
    }
}

#[test]
fn the_code_stands_with_a_paid_sale_alone_and_is_30_mm_wide() {
    for glass in GLASSES {
        let bench = Bench::new(glass);
        let code = some_code();
        let shown = |bench: &Bench| bench.labelled("电子收据 · Your receipt").map(|code| code.size().width);
        bench.show(&with_receipt(), Some(&code));
        assert!(shown(&bench).unwrap() >= 28.0 * bench.mm, "{:?} px", shown(&bench));
        bench.show(&with_receipt(), None);
        assert_eq!(shown(&bench), None, "an address that no symbol holds");
        for state in State::ALL.into_iter().filter(|state| *state != State::Approved) {
            let with_address =
                View { e_receipt: Some("https://r.example/1".into()), ..view(state, Language::En) };
            bench.show(&CustomerView::of(&with_address, &[Language::ZhCn, Language::En]), Some(&code));
            assert_eq!(shown(&bench), None, "{state:?}");
        }
    }
}

/// Also with the longest of everything, and with a shop that writes from right to left.
#[test]
fn every_text_stands_in_its_place_on_the_glass_and_none_over_another() {
    let long =
        "The Very Long Name Of A Department Store With Branches In Every Town And One More At The Airport";
    let languages: [&[Language]; 4] = [
        &[Language::En],
        &[Language::ZhCn, Language::En],
        &[Language::ZhCn, Language::En, Language::Ko],
        &[Language::ZhTw, Language::Ko, Language::En],
    ];
    for glass in GLASSES {
        let bench = Bench::new(glass);
        #[allow(clippy::cast_precision_loss)]
        let (right, bottom) = (glass.1.0 as f32, glass.1.1 as f32);
        for state in State::ALL {
            for spoken in languages {
                for shop in ["Demo Store 样品店", long, "متجر الاختبار"] {
                    let amount = Money::from_minor(MAX_MINOR, Currency::Cny).ok();
                    let shown = View { merchant: shop.into(), amount, ..view(state, Language::En) };
                    let shown = CustomerView::of(&shown, spoken);
                    bench.show(&shown, None);
                    let texts = bench.texts();
                    assert!(texts.len() > spoken.len(), "{state:?} shows {texts:?}");
                    for said in &shown.said {
                        assert!(
                            texts.iter().any(|(label, _)| label == said.head),
                            "{state:?}: {}",
                            said.head
                        );
                    }
                    for (at, (label, [x, y, width, height])) in texts.iter().enumerate() {
                        let inside = *x >= 0.0 && *y >= 0.0 && x + width <= right && y + height <= bottom;
                        assert!(inside && *width > 0.0, "{state:?} on {}: {label}", glass.0);
                        for (other, [ox, oy, owidth, oheight]) in texts.iter().skip(at + 1) {
                            let apart = x + width <= ox + 0.5
                                || ox + owidth <= x + 0.5
                                || y + height <= oy + bench.mm
                                || oy + oheight <= y + bench.mm;
                            assert!(apart, "{state:?} on {}: {label} and {other} overlap", glass.0);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_shop_that_writes_from_right_to_left_moves_nothing() {
    let bench = Bench::new(GLASSES[0]);
    let places = |merchant: &str| {
        let shown = View { merchant: merchant.into(), ..view(State::Armed, Language::En) };
        bench.show(&CustomerView::of(&shown, &[Language::ZhCn, Language::En]), None);
        bench.texts().into_iter().map(|(_, place)| place).collect::<Vec<_>>()
    };
    let sorted = |mut places: Vec<[f32; 4]>| {
        places.sort_by(|a, b| a.partial_cmp(b).unwrap());
        places
    };
    assert_eq!(sorted(places("Demo Store")), sorted(places("متجر الاختبار")));
}

#[test]
fn heads_are_large_enough_for_a_customer_at_arm_s_length_and_more() {
    for glass in GLASSES {
        let bench = Bench::new(glass);
        for state in State::ALL {
            let shown = seen_by_customer(state);
            bench.show(&shown, None);
            for said in &shown.said {
                let height = bench.labelled(said.head).unwrap().size().height / bench.mm;
                assert!(height >= 9.0, "{state:?} on {}: {} has {height} mm", glass.0, said.head);
            }
        }
    }
}

#[test]
fn nothing_moves_by_itself_and_nothing_can_be_touched_or_typed() {
    let bench = Bench::new(GLASSES[0]);
    for state in State::ALL {
        bench.show(&seen_by_customer(state), None);
        let before = bench.picture();
        i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(3));
        let window = bench.window.window();
        window.dispatch_event(WindowEvent::WindowActiveChanged(true));
        let position = LogicalPosition::new(500.0, 300.0);
        window.dispatch_event(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
        window.dispatch_event(WindowEvent::PointerReleased { position, button: PointerEventButton::Left });
        for text in ["7", "\n", "\u{1b}"] {
            window.dispatch_event(WindowEvent::KeyPressed { text: text.into() });
            window.dispatch_event(WindowEvent::KeyReleased { text: text.into() });
        }
        assert!(bench.picture() == before, "{state:?}");
    }
    let buttons = ElementQuery::from_root(&bench.window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all();
    assert!(buttons.is_empty());
}

/// Where one window is all there is, the till is told so instead.
#[test]
fn a_wish_to_close_it_is_not_heard_and_the_till_closes_it() {
    let _bench = Bench::new(GLASSES[0]); // sets the platform up
    let (_, size, width_mm) = GLASSES[0];
    let options = CustomerOptions { place: Some((1024, 0)), size, width_mm, frame: Frame::Fixed };
    let opened = CustomerDisplay::open(&options);
    if cfg!(not(feature = "desktop")) {
        assert!(matches!(opened, Err(UiError::OneWindow)));
        return;
    }
    let display = opened.unwrap();
    let window = display.handle().0.upgrade().unwrap();
    window.window().dispatch_event(WindowEvent::CloseRequested);
    assert!(window.window().is_visible());
    display.close();
    assert!(!window.window().is_visible());
    display.close();
}

#[test]
fn every_state_carries_its_text_with_a_contrast_of_seven_to_one() {
    let bench = Bench::new(GLASSES[0]);
    let theme = bench.window.global::<Theme<'_>>();
    for state in State::ALL {
        let tone = look::tone(state);
        let ink = luminance(theme.invoke_text(tone));
        let mut grounds = vec![theme.invoke_fill(tone)];
        if tone == Tone::Hatched {
            grounds.push(theme.get_amber_deep()); // the stripes of `hatch.svg`
        }
        for ground in grounds.into_iter().map(luminance) {
            let contrast = (ground.max(ink) + 0.05) / (ground.min(ink) + 0.05);
            assert!(contrast >= 7.0, "{state:?} has {contrast}");
        }
    }
    assert!(include_str!("icons/hatch.svg").to_ascii_uppercase().contains("#F0AC18"));
}

fn luminance(color: slint::Color) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.red()) + 0.7152 * linear(color.green()) + 0.0722 * linear(color.blue())
}

#[test]
fn every_word_of_the_display_is_in_the_fonts() {
    let _bench = Bench::new(GLASSES[0]);
    let mut words = String::new();
    for state in State::ALL {
        for online in [true, false] {
            for said in CustomerView::of(&View { online, ..view(state, Language::En) }, &Language::ALL).said {
                words.push_str(said.head);
                words.push_str(said.line);
            }
        }
    }
    for invitation in with_receipt().e_receipt.into_iter().flat_map(|invitation| invitation.words) {
        words.push_str(invitation);
    }
    let mut collection = slint::fontique_011::shared_collection();
    let family = collection.family_by_name(fonts::FAMILY).unwrap();
    for font in family.fonts() {
        let file = font.load(None).unwrap();
        let charmap = font.charmap_index().charmap(file.as_ref()).unwrap();
        for char in words.chars() {
            assert!(charmap.map(char).is_some_and(|glyph| glyph != 0), "{char} is missing");
        }
    }
}
