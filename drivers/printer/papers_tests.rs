//! The core's own papers as pictures, each kind in each state, and texts of every Unicode block on a whole receipt.

use quickpay_core::answer::{Answer, IntentReport, Mode, RefundStanding, Silence};
use quickpay_core::document::Document;
use quickpay_core::id::{AttemptId, IntentId, JobId, RefundId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::money::Currency;
use quickpay_core::person::{People, Person, PersonName, Role};
use quickpay_core::settings::{Settings, Shown};
use quickpay_core::shift::JournalHead;
use quickpay_core::view::State;
use quickpay_core::wallet::{WalletId, WalletTable};
use quickpay_core::words::Language;

use super::bitmap::Bitmap;
use super::charset::Charset;
use super::escpos::{Drawer, encode_parts};
use super::golden_tests::{check, fonts, printed, typeface};
use super::model::{Rom, develop_for};
use super::part::Part;
use super::profile::{Profile, Raster};

#[path = "../../src/core/tests/till/mod.rs"]
mod till;

use quickpay_core::answer::IntentStatus;
use till::{CODE, Till, refunded, settings};

const SALE: SaleId = SaleId(1);

/// A shop as it might be.
fn shop(language: Language) -> Settings {
    let mut settings = settings();
    settings.language = language;
    let chinese = language == Language::ZhCn;
    settings.merchant = if chinese { "示范商店" } else { "Demo Store" }.into();
    let paper = &mut settings.paper;
    paper.store = Some(if chinese { "南京西路店" } else { "West Street" }.into());
    paper.header = vec!["1 West Street, +86 21 5555 0100".into()];
    paper.footer = vec![if chinese { "谢谢惠顾" } else { "Thank you" }.into()];
    paper.legal = vec!["Returns within 30 days with this receipt.".into()];
    settings
}

fn till(settings: Settings) -> Till {
    let mut till = Till::with(settings);
    till.line(LineProof::Up);
    till
}

/// A till with a paid sale whose wallet number is known; its paper is out.
fn paid(settings: Settings, amount: &str) -> Till {
    let currency = settings.currency;
    let mut till = till(settings);
    till.amount(amount);
    till.scan(CODE).unwrap();
    let mut report = till.report(IntentStatus::Succeeded);
    report.currency = currency.code().into();
    report.wallet_reference = Some("4200001234202611201234567890".into());
    till.answer(Asked::Pay, Answer::Intent(report));
    till.printed();
    till
}

fn last_paper(till: &Till) -> Document {
    let last = *till.terminal.ledger().jobs().last_key_value().unwrap().0;
    till.terminal.paper_of(last).unwrap()
}

fn receipt(settings: Settings, amount: &str) -> Document {
    last_paper(&paid(settings, amount))
}

fn copy_after_a_part_went_back() -> Document {
    let mut till = paid(shop(Language::En), "88.00");
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    till.printed();
    till.refund(Some("5.50")).unwrap();
    till.give(Input::CopyAsked(SALE)).unwrap();
    last_paper(&till)
}

fn refund_slip() -> Document {
    let mut till = paid(shop(Language::En), "88.00");
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    last_paper(&till)
}

fn named(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

/// A shop in two languages where people sign in; 王小明 rang 88.00 up.
fn paid_by_name() -> Till {
    let people = [("王小明", Role::Cashier), ("Li Wei", Role::Cashier), ("Anna Kowalska", Role::Manager)];
    let person = |(name, role)| Person { name: named(name), role };
    let settings = Settings { people: People(people.map(person).into()), ..in_two_languages() };
    let mut till = till(settings);
    till.give(Input::PersonProven(named("王小明"))).unwrap();
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    till
}

/// Another cashier makes the copy.
fn copy_by_name() -> Document {
    let mut till = paid_by_name();
    till.give(Input::SignOutAsked).unwrap();
    till.give(Input::PersonProven(named("Li Wei"))).unwrap();
    till.give(Input::CopyAsked(SALE)).unwrap();
    last_paper(&till)
}

/// A manager approved it.
fn refund_by_name() -> Document {
    let mut till = paid_by_name();
    let (amount, reason) = (Some("10.00".to_owned()), "returned".to_owned());
    let approver = Some(named("Anna Kowalska"));
    till.give(Input::RefundAsked { sale: SALE, amount, reason, approver }).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    last_paper(&till)
}

fn pending_slip(language: Language) -> Document {
    let mut till = till(shop(language));
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.give(Input::PutAside).unwrap();
    last_paper(&till)
}

fn reversal_slip(status: IntentStatus) -> Document {
    let mut till = till(shop(Language::En));
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::PutAside).unwrap();
    till.printed();
    till.give(Input::Resumed(SALE)).unwrap();
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, status);
    last_paper(&till)
}

fn test_page() -> Document {
    let mut till = till(shop(Language::En));
    till.give(Input::TestPageAsked).unwrap();
    till.terminal.paper_of(JobId(1)).unwrap()
}

/// A sale of a shift: rung up, scanned, answered.
fn ring(till: &mut Till, sale: u32, code: &str, amount: &str, status: Option<IntentStatus>) {
    till.amount(amount);
    till.scan(code).unwrap();
    let attempt = AttemptId { sale: SaleId(sale), index: 0 };
    let answer = match status {
        None => Answer::Silent(Silence::NoAnswer),
        Some(status) => {
            let (known, tried) = till.terminal.ledger().attempt(attempt).unwrap();
            Answer::Intent(IntentReport {
                id: IntentId(format!("pi_{sale}")),
                order: Some(tried.order.clone()),
                amount_minor: known.amount.minor(),
                currency: "CNY".into(),
                mode: Some(Mode::Test),
                status,
                wallet_reference: None,
            })
        }
    };
    till.answer_for(attempt, Asked::Pay, answer);
    till.give(if till.state() == State::Approved { Input::Cleared } else { Input::PutAside }).unwrap();
    till.line(LineProof::Up);
    till.printed();
}

/// A morning: before it one sale without a shift, in it two wallets, a refund and a decline.
fn morning(language: Language) -> Till {
    let mut settings = shop(language);
    let wechat = settings.wallets.get(&WalletId("wechat_pay".into())).unwrap().clone();
    let mut alipay = wechat.clone();
    (alipay.id, alipay.name_en, alipay.name_zh) =
        (WalletId("alipay".into()), "Alipay".into(), "支付宝".into());
    alipay.codes[0].prefixes = vec!["28".into()];
    settings.wallets = WalletTable::new(vec![wechat, alipay]);
    let mut till = till(settings);
    ring(&mut till, 1, CODE, "88.00", Some(IntentStatus::Succeeded));
    till.give(Input::ShiftOpenAsked).unwrap();
    ring(&mut till, 2, "132993614656096755", "1234.50", Some(IntentStatus::Succeeded));
    ring(&mut till, 3, "289936146560967541", "12.00", Some(IntentStatus::Succeeded));
    ring(&mut till, 4, "289936146560967542", "3.14", Some(IntentStatus::Succeeded));
    let reason = "returned".to_owned();
    till.give(Input::RefundAsked { sale: SaleId(2), amount: Some("34.50".into()), reason, approver: None })
        .unwrap();
    let refund = RefundId { sale: SaleId(2), index: 1 };
    let answer = refunded(RefundStanding::Succeeded);
    till.give(Input::RefundAnswered { refund, answer }).unwrap();
    till.give(Input::CopyAsked(SaleId(3))).unwrap();
    till.printed();
    till.seconds(3 * 3600);
    till
}

fn close(till: &mut Till) -> Document {
    till.give(Input::ShiftCloseAsked { head: Some(JournalHead { seq: 4711, chain: "0f1e2d3c".repeat(8) }) })
        .unwrap();
    last_paper(till)
}

fn x_report() -> Document {
    let mut till = morning(Language::En);
    till.give(Input::XReportAsked).unwrap();
    last_paper(&till)
}

fn z_report(language: Language) -> Document {
    close(&mut morning(language))
}

/// What the morning left in doubt and the next shift inherited, and one sale more that nobody knows of yet.
fn z_report_with_a_hand_over(language: Language) -> Document {
    let mut till = morning(language);
    ring(&mut till, 5, "132993614656096756", "52.00", None);
    ring(&mut till, 6, "132993614656096757", "7.70", None);
    close(&mut till);
    till.printed();
    till.give(Input::ShiftOpenAsked).unwrap();
    let paid = IntentId("pi_6".into());
    let attempt = AttemptId { sale: SaleId(6), index: 0 };
    let order = Some(till.terminal.ledger().attempt(attempt).unwrap().1.order.clone());
    let report = IntentReport {
        id: paid,
        order,
        amount_minor: 770,
        currency: "CNY".into(),
        mode: Some(Mode::Test),
        status: IntentStatus::Succeeded,
        wallet_reference: None,
    };
    till.answer_for(attempt, Asked::Inquire, Answer::Intent(report));
    till.printed();
    ring(&mut till, 7, "289936146560967543", "20.00", None);
    close(&mut till)
}

fn copy_of_a_z_report() -> Document {
    let mut till = morning(Language::En);
    close(&mut till);
    till.printed();
    till.give(Input::ZCopyAsked(None)).unwrap();
    last_paper(&till)
}

fn in_two_languages() -> Settings {
    let mut settings = shop(Language::ZhCn);
    settings.paper.languages = vec![Language::ZhCn, Language::En];
    settings
}

fn in_currency(currency: Currency) -> Settings {
    Settings { currency, ..shop(Language::En) }
}

fn with_a_very_long_name() -> Settings {
    let mut settings = shop(Language::En);
    settings.merchant =
        "国际免税购物中心有限责任公司 The Incomparable Emporium of Nearly Everything and Sons (Holdings) Limited".into();
    settings
}

fn with_logo_and_address() -> Settings {
    let mut settings = shop(Language::En);
    settings.paper.show.extend([Shown::Logo, Shown::Qr]);
    settings.paper.e_receipt_base = Some("https://receipts.example.com/r/".into());
    settings
}

fn logo() -> Bitmap {
    let mut logo = Bitmap::new(160, 60);
    (0..60).for_each(|y| logo.fill(80 - y, y, 2 * y + 1, 1));
    logo
}

#[test]
fn every_kind_of_paper_looks_right_on_wide_and_narrow_paper() {
    let korean = Settings { currency: Currency::Krw, ..shop(Language::Ko) };
    let papers = [
        ("receipt", receipt(shop(Language::En), "88.00")),
        ("receipt-chinese", receipt(shop(Language::ZhCn), "88.00")),
        ("receipt-by-name", last_paper(&paid_by_name())),
        ("copy-by-name", copy_by_name()),
        ("refund-by-name", refund_by_name()),
        ("receipt-korean", receipt(korean, "1500000")),
        ("receipt-two-languages", receipt(in_two_languages(), "88.00")),
        ("receipt-most", receipt(shop(Language::En), "999999.99")),
        ("receipt-no-decimals", receipt(in_currency(Currency::Jpy), "99999999")),
        ("receipt-three-decimals", receipt(in_currency(Currency::Kwd), "99999.999")),
        ("receipt-long-name", receipt(with_a_very_long_name(), "0.01")),
        ("receipt-logo", receipt(with_logo_and_address(), "88.00")),
        ("copy-refunded", copy_after_a_part_went_back()),
        ("refund", refund_slip()),
        ("pending", pending_slip(Language::En)),
        ("pending-chinese", pending_slip(Language::ZhCn)),
        ("reversal", reversal_slip(IntentStatus::Canceled)),
        ("refund-due", reversal_slip(IntentStatus::Succeeded)),
        ("test-page", test_page()),
        ("x", x_report()),
        ("z", z_report(Language::En)),
        ("z-chinese", z_report(Language::ZhCn)),
        ("z-copy", copy_of_a_z_report()),
        ("z-hand-over", z_report_with_a_hand_over(Language::En)),
        ("z-hand-over-chinese", z_report_with_a_hand_over(Language::ZhCn)),
    ];
    let (fonts, logo) = (fonts(), logo());
    let mut wrong = Vec::new();
    for (name, paper) in &papers {
        for profile in [Profile::generic(), Profile::generic().on_58_mm()] {
            let encoded = encode_parts(&Part::with_logo(paper, Some(&logo)), &profile, &fonts, Drawer::Leave);
            if !encoded.missing.is_empty() {
                wrong.push(format!("{name} lacks {:?}", encoded.missing));
            }
            let picture = printed(&encoded.bytes, Rom::Simplified, profile.width_dots);
            wrong.extend(check(&format!("paper-{name}-{}", profile.width_dots), &picture).err());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn our_own_words_can_be_drawn_in_every_language_of_the_till() {
    let fonts = fonts();
    for language in Language::ALL {
        let z = z_report_with_a_hand_over(language);
        for paper in [receipt(shop(language), "88.00"), pending_slip(language), z] {
            let encoded = encode_parts(&Part::all_of(&paper), &Profile::generic(), &fonts, Drawer::Leave);
            assert!(encoded.missing.is_empty(), "{language:?} lacks {:?}", encoded.missing);
        }
    }
}

/// Every block in turn, in all places where people's words stand on a receipt.
#[test]
fn a_receipt_with_every_unicode_block_is_one_paper_and_no_command() {
    let (fonts, typeface) = (fonts(), typeface());
    let profiles = [
        (Profile::generic(), Rom::Simplified),
        (Profile::gb18030(), Rom::Simplified),
        (Profile { raster: Raster::Whole, ..Profile::generic().on_58_mm() }, Rom::Simplified),
        (Profile { raster: Raster::Never, ..Profile::shift_jis().on_58_mm() }, Rom::Japanese),
        (Profile::big5(), Rom::Traditional),
        (Profile { raster: Raster::Never, ..Profile::korean() }, Rom::Korean),
        (Profile::epson_tm(), Rom::Simplified),
    ];
    let paid = paid(settings(), "88.00");
    // Each 256 of the basic plane, each 2048 of the planes that have characters; a different printer for each in turn.
    let planes = (0..0x1_0000_u32).step_by(256).chain((0x1_0000..0x3_2000).step_by(2048));
    let blocks = planes.chain([0xe_0000, 0xe_0100]);
    for (turn, start) in blocks.enumerate() {
        let word: String = (start..start + 256).filter_map(char::from_u32).step_by(11).collect();
        let mut settings = settings();
        settings.merchant.clone_from(&word);
        settings.paper.show.clear(); // codes are slow to draw and hold no words
        settings.paper.header = vec![word.clone()];
        settings.paper.footer = vec![format!("\u{1b}@{word}\u{1d}V\u{0}\u{10}\u{14}\u{1}\u{0}\u{1}")];
        let mut till = Till::with(settings);
        for entry in paid.journal.entries().iter().skip(1) {
            till.terminal.apply(entry).unwrap();
        }
        let paper = till.terminal.paper_of(JobId(1)).unwrap();
        let (profile, rom) = profiles.get(turn % profiles.len()).unwrap();
        let encoded = encode_parts(&Part::all_of(&paper), profile, &fonts, Drawer::Leave);
        let developed = develop_for(*rom, &encoded.bytes, &typeface, profile.width_dots);
        assert_eq!(developed.unknown_commands, Vec::<Vec<u8>>::new(), "{start:x} on {}", profile.name);
        assert_eq!(
            (developed.papers.len(), developed.overruns, developed.drawer_kicks),
            (1, 0, 0),
            "{start:x}"
        );
        let paper = developed.papers.first().unwrap();
        let is_text = profile.raster != Raster::Whole;
        assert!(!is_text || paper.text.contains("88.00"), "{start:x} on {}: {}", profile.name, paper.text);
    }
}

#[test]
fn no_character_of_unicode_is_ever_a_control_byte() {
    let charsets = [
        Charset::Ascii,
        Charset::Cp858 { page: 19 },
        Charset::Gb18030,
        Charset::Big5,
        Charset::Korean,
        Charset::ShiftJis,
    ];
    for charset in charsets {
        let mut missing = Vec::new();
        for c in ('\u{0}'..=char::MAX).filter(|c| !c.is_control()) {
            missing.clear();
            let bytes = charset.bytes(&charset.spell(c.encode_utf8(&mut [0; 4]), &mut missing));
            assert!(bytes.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f), "{charset:?} {c:?}: {bytes:x?}");
        }
        let controls: String = ('\u{0}'..'\u{a0}').filter(|c| c.is_control()).collect();
        let bytes = charset.bytes(&charset.spell(&controls, &mut missing));
        assert!(bytes.iter().all(|byte| *byte == b' '), "{charset:?}: {bytes:x?}");
    }
}
