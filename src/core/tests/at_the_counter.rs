//! A cashier's acts at awkward moments: none of them pays, loses or reverses anything that was not asked for.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::time::Duration;

use quickpay_core::answer::{Answer, Decline, IntentStatus, Silence};
use quickpay_core::attempt::Phase;
use quickpay_core::decline::DeclineReason;
use quickpay_core::id::SaleId;
use quickpay_core::input::{Asked, Input, LineProof, PadKey, PrintEnding};
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::{People, Person, PersonName, Role};
use quickpay_core::print::{PrintStage, Sheet};
use quickpay_core::record::{PrintProof, Slip};
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Place;
use quickpay_core::terminal::IdentityError;
use quickpay_core::time::WallTime;
use quickpay_core::view::{Ask, State};
use quickpay_core::wallet::{Alphabet, CodePattern, ReversalEnd, Wallet, WalletId, WalletTable};
use till::{CODE, FRESH, Till, decline, settings};

fn held() -> Till {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    assert_eq!(till.state(), State::Held);
    till
}

#[test]
fn a_code_that_waits_is_given_up_by_clearing_and_nothing_leaves_when_the_line_comes_back() {
    let mut till = held();
    till.give(Input::Cleared).unwrap();
    till.line(LineProof::Up);
    assert_eq!(till.pays(), 0);
    assert!(till.terminal.ledger().open_sales().next().is_none());
    assert!(!format!("{:?}", till.terminal).contains("PaymentCode("));
}

#[test]
fn a_code_that_waits_keeps_the_counter() {
    let mut till = held();
    assert_eq!(till.give(Input::AmountEntered("5".into())), Err(Refusal::AttemptHeld));
    assert_eq!(till.give(Input::KeyPressed(PadKey::Digit(5))), Err(Refusal::AttemptHeld));
    assert_eq!(till.give(Input::PutAside), Err(Refusal::AttemptHeld));
}

#[test]
fn a_paid_sale_is_not_put_aside_and_none_is_brought_back_over_one_in_doubt() {
    let mut till = Till::paid();
    assert_eq!(till.give(Input::PutAside), Err(Refusal::NothingToPutAside));
    till.amount("5.00");
    till.scan(FRESH).unwrap();
    assert_eq!(till.give(Input::Resumed(SaleId(1))), Err(Refusal::AttemptInDoubt));
}

#[test]
fn the_gateway_is_asked_at_once_when_the_cashier_cancels_or_asks_again() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    assert_eq!(till.take(Asked::Inquire), 0);
    till.give(Input::CheckAsked(None)).unwrap();
    assert_eq!(till.take(Asked::Inquire), 1);
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    assert_eq!(till.take(Asked::Inquire), 1);
}

#[test]
fn asking_again_about_what_is_being_cancelled_asks_and_does_not_cancel() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(16);
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.says(Asked::Reverse, IntentStatus::Pending);
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.give(Input::CheckAsked(None)).unwrap();
    assert_eq!((till.take(Asked::Inquire), till.take(Asked::Reverse)), (1, 0));
}

#[test]
fn asking_again_never_puts_a_second_question_beside_one_under_way() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Canceled);
    for _ in 0..3 {
        till.give(Input::CheckAsked(None)).unwrap();
    }
    assert_eq!(till.take(Asked::Inquire), 1);
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    assert_eq!(till.take_refunds().len(), 1);
}

#[test]
fn each_sale_of_an_amount_in_doubt_asks_anew() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::ServerError));
    till.give(Input::PutAside).unwrap();
    for code in [FRESH, "152993614656096756"] {
        till.amount("88.00");
        assert_eq!(till.view().asks, Some(Ask::SameAmountInDoubt));
        assert_eq!(till.scan(code), Err(Refusal::ConfirmFirst));
        till.give(Input::Confirmed).unwrap();
        till.scan(code).unwrap();
        till.give(Input::PutAside).unwrap();
    }
}

#[test]
fn a_sale_of_exactly_the_limit_is_not_large() {
    let mut large = settings();
    large.confirm_above = Money::from_minor(10_000, large.currency).ok();
    let mut till = Till::with(large);
    till.amount("100.00");
    assert_eq!(till.view().asks, None);
}

#[test]
fn keys_write_what_stands_on_them() {
    let mut till = Till::online();
    for key in [PadKey::Digit(5), PadKey::DoubleZero, PadKey::Point, PadKey::DoubleZero] {
        till.give(Input::KeyPressed(key)).unwrap();
    }
    assert_eq!(till.view().amount_text, "500.00");
    assert!(till.give(Input::KeyPressed(PadKey::Point)).is_err());
    let mut yen = settings();
    yen.currency = Currency::Jpy;
    let mut till = Till::with(yen);
    till.give(Input::KeyPressed(PadKey::Digit(5))).unwrap();
    assert!(till.give(Input::KeyPressed(PadKey::Point)).is_err(), "there is no half yen");
}

#[test]
fn a_sale_that_is_clear_gets_no_pending_slip_when_it_is_put_aside() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("NOTENOUGH")));
    till.says(Asked::Reverse, IntentStatus::Canceled);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    till.give(Input::PutAside).unwrap();
    let pending = |sheet: Sheet| matches!(sheet, Sheet::Slip(Slip::Pending(_)));
    assert!(!till.terminal.ledger().jobs().values().any(|job| pending(job.sheet)));
}

#[test]
fn a_printer_that_tells_twice_how_a_paper_ended_changes_nothing() {
    let mut till = Till::paid();
    let job = *till.terminal.ledger().jobs().last_key_value().unwrap().0;
    for ending in [PrintEnding::NotSent, PrintEnding::Unknown, PrintEnding::Printed(PrintProof::Sent)] {
        till.give(Input::PrintEnded { job, ending }).unwrap();
        assert!(matches!(till.terminal.ledger().jobs()[&job].stage, PrintStage::Printed(_)));
    }
}

#[test]
fn a_journal_of_another_terminal_or_currency_is_refused() {
    let till = Till::paid();
    let mut other = settings();
    other.terminal = quickpay_core::id::TerminalId::parse("T2").unwrap();
    let mut coins = settings();
    coins.currency = Currency::Hkd;
    let check = |settings| {
        let key = quickpay_core::payment_code::FingerprintKey::new([8; 16]);
        let mut terminal = quickpay_core::terminal::Terminal::new(settings, key);
        till.journal.entries().iter().for_each(|entry| terminal.apply(entry).unwrap());
        terminal.check_identity()
    };
    assert_eq!(check(settings()), Ok(()));
    assert!(matches!(check(other), Err(IdentityError::Terminal { .. })));
    assert!(matches!(check(coins), Err(IdentityError::Currency { .. })));
}

#[test]
fn the_wallet_whose_code_it_is_is_the_enabled_one_where_two_shapes_overlap() {
    let wallet = settings().wallets.enabled().next().unwrap().clone();
    let named = |id: &str, enabled| Wallet { id: WalletId(id.into()), enabled, ..wallet.clone() };
    let table = WalletTable::new(vec![named("hk", false), named("mainland", true), named("late", true)]);
    assert_eq!(table.owner_of(CODE).unwrap().id.0, "mainland");
    assert_eq!(WalletTable::new(vec![named("hk", false)]).owner_of(CODE).unwrap().id.0, "hk");
    let digits =
        CodePattern { prefixes: vec!["13".into()], min_len: 18, max_len: 18, alphabet: Alphabet::Digits };
    assert!(digits.matches(CODE) && !digits.matches("13299361465609675x"));
}

#[test]
fn an_attempt_of_a_wallet_that_is_no_longer_configured_can_be_undone() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    let entries = till.journal.entries().to_vec();
    let mut other = settings();
    let wallet = other.wallets.enabled().next().unwrap().clone();
    other.wallets = WalletTable::new(vec![Wallet { id: WalletId("new".into()), ..wallet }]);
    let key = quickpay_core::payment_code::FingerprintKey::new([8; 16]);
    till.terminal = quickpay_core::terminal::Terminal::new(other, key);
    entries.iter().for_each(|entry| till.terminal.apply(entry).unwrap());
    till.effects.clear();
    till.give(Input::Started).unwrap();
    till.line(LineProof::Up);
    till.seconds(16);
    till.give(Input::Resumed(SaleId(1))).unwrap();
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert_eq!(till.take(Asked::Reverse), 1);
}

#[test]
fn of_several_codes_in_a_decline_the_most_particular_one_speaks_in_any_case_of_letters() {
    let mut both = decline("AUTH_CODE_ERROR");
    both.code = Some("NOTENOUGH".into());
    assert_eq!(both.reason(), DeclineReason::CodeUsed);
    assert_eq!(decline("generic_decline").reason(), DeclineReason::Refused);
    assert_eq!(decline("notenough").reason(), DeclineReason::Insufficient);
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Declined);
    let ledger = till.terminal.ledger();
    let phase = &ledger.sale(SaleId(1)).unwrap().latest().unwrap().phase;
    let refused = |decline: &Decline| decline.reason() == DeclineReason::Refused;
    assert!(
        matches!(phase, Phase::Declined { decline, .. } if refused(decline)),
        "closed by the gateway without a word: {phase:?}"
    );
}

#[test]
fn whoever_signs_out_leaves_no_sale_in_doubt_on_the_counter() {
    let name = PersonName::parse("Li").unwrap();
    let mut staffed = settings();
    staffed.people = People(vec![Person { name: name.clone(), role: Role::Cashier }]);
    let mut till = Till::with(staffed);
    till.line(LineProof::Up);
    till.give(Input::PersonProven(name)).unwrap();
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::SignOutAsked).unwrap();
    assert_eq!(till.terminal.ledger().sale(SaleId(1)).unwrap().place, Place::Aside);
}

#[test]
fn the_day_of_a_reversal_ends_in_beijing_whatever_day_it_is_elsewhere_and_an_unset_clock_ends_nothing() {
    let day = ReversalEnd::BeijingDay(Duration::from_secs(900));
    let at = |unix_s: i64| WallTime { unix_ms: unix_s * 1000, offset_min: 480 };
    let midnight = 1_763_568_000; // 2025-11-20 00:00 in Beijing, 16:00 UTC the day before
    for sent in [midnight, midnight + 2 * 3600, midnight + 86_399] {
        assert!(!day.is_over(at(sent), at(midnight + 86_400 + 899)), "{sent}");
        assert!(day.is_over(at(sent), at(midnight + 86_400 + 900)), "{sent}");
    }
    let week = ReversalEnd::After(Duration::from_secs(600));
    assert!(
        !week.is_over(at(midnight), at(midnight + 599)) && week.is_over(at(midnight), at(midnight + 600))
    );
    assert!(!week.is_over(at(0), at(midnight)), "1970: it was never set");
}

#[test]
fn tills_do_not_ask_in_step() {
    let mut pauses = std::collections::BTreeSet::new();
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(5);
    for _ in 0..6 {
        till.says(Asked::Inquire, IntentStatus::Pending);
        let now = till.now.mono;
        while till.take(Asked::Inquire) == 0 {
            till.pass(Duration::from_millis(100));
        }
        let pause = till.now.mono.since(now);
        assert!((4500..=5600).contains(&pause.as_millis()), "{pause:?}: 5 s plus or minus a tenth");
        pauses.insert(pause);
    }
    assert!(pauses.len() > 2, "{pauses:?}");
}
