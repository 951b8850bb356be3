//! What papers say, and which facts owe them.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "till/mod.rs"]
mod till;

use quickpay_core::answer::{Answer, RefundStanding, Silence};
use quickpay_core::document::{Document, DocumentKind, Line};
use quickpay_core::effect::Effect;
use quickpay_core::id::{JobId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding, Sight};
use quickpay_core::print::PrintStage;
use quickpay_core::record::PrintProof;
use quickpay_core::refusal::Refusal;
use quickpay_core::settings::{PrinterPresence, Settings, Shown, SlipKind};
use quickpay_core::view::Act;
use quickpay_core::words::Language;

use quickpay_core::answer::IntentStatus;
use till::{CODE, FRESH, Till, refunded, settings};

const SALE: SaleId = SaleId(1);

/// All words of a paper, a line each.
fn words(paper: &Document) -> String {
    let line = |line: &Line| match line {
        Line::Text { text, .. } => text.clone(),
        Line::Pair { label, value, .. } => format!("{label}: {value}"),
        Line::Barcode(data) => format!("[{data}]"),
        Line::Qr(data) => format!("<{data}>"),
        Line::Logo => "(logo)".to_owned(),
        Line::Rule | Line::Space => String::new(),
    };
    paper.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn paper(till: &Till, job: u32) -> Document {
    till.terminal.paper_of(JobId(job)).unwrap_or_else(|| panic!("no job {job}"))
}

fn stage(till: &Till, job: u32) -> PrintStage {
    till.terminal.ledger().jobs()[&JobId(job)].stage
}

fn jobs(till: &Till) -> usize {
    till.terminal.ledger().jobs().len()
}

/// What stands below the mark of a copy.
fn below_the_mark(copy: &Document) -> &[Line] {
    let rule = copy.lines.iter().position(|line| *line == Line::Rule).unwrap();
    copy.lines.get(rule + 1..).unwrap()
}

fn with(change: impl FnOnce(&mut Settings)) -> Till {
    let mut settings = settings();
    change(&mut settings);
    let mut till = Till::with(settings);
    till.line(LineProof::Up);
    till
}

fn pay(till: &mut Till) {
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Succeeded);
}

/// A sale in doubt that was put aside.
fn aside() -> Till {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.give(Input::PutAside).unwrap();
    till
}

#[test]
fn a_copy_says_what_its_original_says_under_a_mark_with_number_time_and_place() {
    let mut till = Till::paid();
    let original = paper(&till, 1);
    till.seconds(3600);
    till.give(Input::CopyAsked(SALE)).unwrap();
    let copy = paper(&till, 2);
    assert_eq!((original.kind, copy.kind), (DocumentKind::Receipt, DocumentKind::Copy));
    assert_eq!(below_the_mark(&copy), original.lines);
    let said = words(&copy);
    let mark: Vec<_> = said.lines().take(3).collect();
    assert_eq!(mark[..2], ["COPY 1", "DUPLICATED / 重打印凭证"]);
    assert_eq!(mark[2], format!("T1  {}", till.now.wall));
    assert!(!words(&original).contains("COPY"));
}

#[test]
fn a_sale_that_was_refunded_later_reprints_with_its_present_state() {
    let mut till = Till::paid();
    let original = paper(&till, 1);
    till.refund(Some("10.00")).unwrap();
    till.give(Input::CopyAsked(SALE)).unwrap();
    let requested = words(&paper(&till, 2));
    assert!(requested.contains("Refund requested, not confirmed: CNY 10.00"), "{requested}");
    assert!(!requested.contains("Refunded:"), "{requested}");
    till.printed();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    till.printed();
    till.give(Input::CopyAsked(SALE)).unwrap();
    let copy = paper(&till, u32::try_from(jobs(&till)).unwrap());
    let said = words(&copy);
    assert!(said.contains("Refunded: CNY 10.00\nRemaining: CNY 78.00"), "{said}");
    let kept = below_the_mark(&copy).iter().filter(|line| original.lines.contains(line)).count();
    assert_eq!(kept, original.lines.len(), "the rest is as it was");
}

#[test]
fn a_confirmed_refund_prints_a_slip_and_a_requested_one_does_not() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    assert_eq!(jobs(&till), 1);
    till.refund_says(1, refunded(RefundStanding::Pending));
    assert_eq!(jobs(&till), 1);
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    let slip = paper(&till, 2);
    assert_eq!(slip.kind, DocumentKind::Refund);
    let said = words(&slip);
    for told in
        ["REFUND: CNY 10.00", "Paid: CNY 88.00", "Remaining: CNY 78.00", "Reason: returned", "S0001r1]"]
    {
        assert!(said.contains(told), "no {told:?} in\n{said}");
    }
}

#[test]
fn a_sale_in_doubt_that_is_put_aside_prints_one_pending_slip_in_both_languages() {
    let mut till = aside();
    let slip = paper(&till, 1);
    assert_eq!(slip.kind, DocumentKind::Pending);
    let said = words(&slip);
    assert!(said.starts_with("PENDING - NOT A RECEIPT\n待确认，非付款凭证\n"), "{said}");
    assert!(said.contains("it returns automatically") && said.contains(till.order().as_str()), "{said}");
    till.printed();
    till.give(Input::Resumed(SALE)).unwrap();
    till.give(Input::PutAside).unwrap();
    assert_eq!(jobs(&till), 1, "once for each attempt");
}

#[test]
fn a_pending_slip_that_is_no_longer_true_is_never_printed() {
    let mut till = aside();
    till.effects.clear();
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::NotSent }).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    till.seconds(5);
    assert_eq!(stage(&till, 1), PrintStage::Withdrawn, "without waiting for the printer");
    till.give(Input::PrinterLooked(Sight::Ready)).unwrap();
    let printed: Vec<_> = till
        .effects
        .iter()
        .filter_map(
            |effect| if let Effect::Print { document, .. } = effect { Some(document.kind) } else { None },
        )
        .collect();
    assert_eq!(printed, [DocumentKind::Receipt]);
    assert_eq!(till.terminal.ledger().open_jobs().count(), 1, "the receipt alone");
}

#[test]
fn whoever_was_given_a_pending_slip_is_told_how_it_ended() {
    let mut paid = aside();
    paid.printed();
    paid.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(paper(&paid, 2).kind, DocumentKind::Receipt);
    let mut refused = aside();
    refused.printed();
    refused.says(Asked::Inquire, IntentStatus::Canceled);
    let slip = paper(&refused, 2);
    assert_eq!(slip.kind, DocumentKind::Reversal);
    assert!(words(&slip).starts_with("NOT PAID\n未收款\n"), "{}", words(&slip));
    // Without a pending slip nobody waits for paper.
    let mut at_once = Till::paying();
    at_once.says(Asked::Pay, IntentStatus::Canceled);
    assert_eq!(jobs(&at_once), 0);
}

#[test]
fn a_proven_reversal_prints_a_slip_that_says_where_the_money_is() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    assert_eq!(jobs(&till), 0, "not before it is proven");
    till.says(Asked::Inquire, IntentStatus::Canceled);
    let said = words(&paper(&till, 1));
    assert!(said.starts_with("CANCELLED - NOT PAID\n已撤销，未收款\n"), "{said}");
    assert!(said.contains("REVERSAL") && said.contains("goes back to the wallet automatically"), "{said}");
    assert!(!said.contains("Thank"), "{said}");
}

#[test]
fn money_that_came_too_late_makes_the_slip_say_that_it_is_due() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::PutAside).unwrap();
    till.give(Input::Resumed(SALE)).unwrap();
    till.give(Input::CancelAsked).unwrap();
    till.printed();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    let said = words(&paper(&till, 2));
    assert!(said.starts_with("REFUND DUE\n待退款\nNOT A RECEIPT / 非付款凭证\n"), "{said}");
    assert!(said.contains("Refund due: CNY 88.00"), "{said}");
    till.printed();
    till.refund(None).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    let slip = words(&paper(&till, 3));
    assert!(slip.contains("REFUND: CNY 88.00") && slip.contains("Remaining: CNY 0.00"), "{slip}");
}

#[test]
fn a_slip_of_late_money_has_the_word_of_the_screen_and_never_says_that_nothing_was_paid() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    let agrees = |till: &Till, head: &str| {
        let said = words(&till.terminal.paper_of_sale(SALE).unwrap());
        assert!(said.starts_with(head) && till.view().word == head, "{} and {said}", till.view().word);
        assert!(!said.contains("NOT PAID") && said.contains("NOT A RECEIPT"), "{said}");
    };
    till.give(Input::Resumed(SALE)).unwrap();
    agrees(&till, "REFUND DUE");
    till.line(LineProof::Down);
    till.refund(None).unwrap();
    agrees(&till, "REFUND WAITING");
    till.line(LineProof::Up);
    agrees(&till, "REFUND IN PROGRESS");
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    agrees(&till, "REFUNDED");
}

#[test]
fn papers_are_owed_by_the_same_entry_as_the_fact_behind_them() {
    let till = aside();
    let entry = till.journal.entries().last().unwrap();
    assert!(format!("{:?}", entry.records).contains("PrintStarted"));
    let owing =
        till.journal.entries().iter().find(|entry| format!("{entry:?}").contains("SlipQueued")).unwrap();
    assert!(format!("{owing:?}").contains("SalePutAside"), "{owing:?}");
}

#[test]
fn a_till_without_a_printer_owes_no_paper() {
    let mut till = with(|settings| settings.paper.printer = PrinterPresence::None);
    pay(&mut till);
    assert_eq!(jobs(&till), 0);
    for input in
        [Input::CopyAsked(SALE), Input::TestPageAsked, Input::CopyOfOrderAsked(till.order().to_string())]
    {
        assert_eq!(till.give(input), Err(Refusal::NoPrinter));
    }
}

#[test]
fn slips_and_copies_are_as_many_as_the_shop_wants() {
    let mut till = with(|settings| {
        settings.paper.copies = 2;
        settings.paper.slips.remove(&SlipKind::Refund);
    });
    pay(&mut till);
    let kinds: Vec<_> = (1..=3).map(|job| paper(&till, job).kind).collect();
    assert_eq!(kinds, [DocumentKind::Receipt, DocumentKind::Copy, DocumentKind::Copy]);
    assert!(words(&paper(&till, 3)).starts_with("COPY 2\n"));
    till.refund(None).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert_eq!(jobs(&till), 3);
    till.give(Input::CopyAsked(SALE)).unwrap();
    assert!(words(&paper(&till, 4)).starts_with("COPY 3\n"));
}

#[test]
fn the_slip_that_fits_is_printed_again_as_a_marked_copy() {
    let mut till = aside();
    till.printed();
    till.give(Input::SlipAsked(SALE)).unwrap();
    let said = words(&paper(&till, 2));
    assert!(said.starts_with("PENDING - NOT A RECEIPT\n") && said.contains("\nCOPY 1\nDUPLICATED"), "{said}");
    till.printed();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.give(Input::SlipAsked(SALE)), Err(Refusal::NoSlip), "its receipt says all");
    till.printed();
    till.refund(None).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    till.printed();
    till.give(Input::SlipAsked(SALE)).unwrap();
    let said = words(&paper(&till, 5));
    assert!(said.starts_with("COPY 1\n") && said.contains("REFUND: CNY 88.00"), "{said}");
    assert_eq!(till.give(Input::SlipAsked(SaleId(9))), Err(Refusal::NoSuchSale));
}

#[test]
fn a_receipt_is_copied_by_its_number_and_by_its_barcode() {
    let mut till = Till::paid();
    let number = till.order().to_string();
    till.give(Input::CopyOfOrderAsked(number.clone())).unwrap();
    assert!(words(&paper(&till, 2)).starts_with("COPY 1\n"));
    till.printed();
    assert_eq!(till.give(Input::CopyOfOrderAsked("T2-000000-S0001a".into())), Err(Refusal::NoSuchSale));
    assert_eq!(till.give(Input::CopyOfOrderAsked("S0001".into())), Err(Refusal::NoSuchSale));

    till.give(Input::Cleared).unwrap();
    assert_eq!(till.scan(&number).unwrap_err().name(), "receipt_number", "nobody searches");
    till.give(Input::CopyByScanAsked).unwrap();
    assert_eq!(till.view().lines, ["Scan the receipt to print a copy"]);
    assert_eq!(till.scan(CODE), Err(Refusal::NotAReceipt));
    till.scan(&number).unwrap();
    assert!(words(&paper(&till, 3)).starts_with("COPY 2\n"));
    assert_eq!(till.view().sale, Some(SALE));
    assert!(till.view().allows(Act::Reprint));
}

#[test]
fn a_search_for_a_receipt_ends_by_itself_and_by_the_next_amount() {
    let mut till = Till::paid();
    till.give(Input::CopyByScanAsked).unwrap();
    till.seconds(31);
    till.amount("5.00");
    till.scan(FRESH).unwrap();
    assert_eq!(till.pays(), 1);
    let mut till = Till::paid();
    till.give(Input::CopyByScanAsked).unwrap();
    till.amount("5.00");
    till.scan(FRESH).unwrap();
    assert_eq!(till.pays(), 1);
    let mut busy = Till::paying();
    assert_eq!(busy.give(Input::CopyByScanAsked), Err(Refusal::AttemptInDoubt));
}

#[test]
fn a_refund_slip_leads_to_its_sale() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    let sale = till.terminal.ledger().sale(SALE).unwrap();
    let number = sale.refunds.first().unwrap().number.to_string();
    till.give(Input::CopyOfOrderAsked(number)).unwrap();
    assert_eq!(paper(&till, 3).kind, DocumentKind::Copy);
}

#[test]
fn two_languages_stand_beside_each_other() {
    let mut till = with(|settings| settings.paper.languages = vec![Language::En, Language::ZhCn]);
    pay(&mut till);
    let said = words(&paper(&till, 1));
    for told in
        ["SALE / 消费", "TOTAL 合计: CNY 88.00", "Wallet 钱包: WeChat Pay 微信支付", "Order 商户订单号: T1-"]
    {
        assert!(said.contains(told), "no {told:?} in\n{said}");
    }
    let mut korean = with(|settings| settings.paper.languages = vec![Language::Ko]);
    pay(&mut korean);
    korean.give(Input::CopyAsked(SALE)).unwrap();
    assert!(words(&paper(&korean, 2)).starts_with("COPY 1\nDUPLICATED / 재발행\n"));
}

#[test]
fn a_shop_chooses_what_stands_besides_the_money() {
    let mut till = with(|settings| {
        let paper = &mut settings.paper;
        paper.store = Some("West Street".into());
        paper.header = vec!["1 West Street".into()];
        paper.footer = vec!["Thank you".into()];
        paper.legal = vec!["VAT 123".into()];
        paper.e_receipt_base = Some("https://r.example/".into());
        paper.show = [Shown::Logo, Shown::Qr].into();
    });
    pay(&mut till);
    let said = words(&paper(&till, 1));
    let order = till.order();
    assert!(said.starts_with("(logo)\n\nDemo Store\nWest Street\n1 West Street\n"), "{said}");
    assert!(said.contains(&format!("<https://r.example/{order}>")), "{said}");
    assert!(said.ends_with("Thank you\n\nVAT 123"), "{said}");
    for hidden in ["Gateway id", "Sale:", "["] {
        assert!(!said.contains(hidden), "{hidden:?} in\n{said}");
    }
    assert!(said.contains(&format!("Order: {order}")), "{said}");
}

#[test]
fn the_test_page_is_no_receipt_and_belongs_to_no_sale() {
    let mut till = Till::online();
    till.give(Input::TestPageAsked).unwrap();
    let page = paper(&till, 1);
    assert_eq!(page.kind, DocumentKind::Test);
    assert!(words(&page).starts_with("TEST - NOT A RECEIPT\n"), "{}", words(&page));
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::Printed(PrintProof::Sent) }).unwrap();
    assert!(stage(&till, 1).is_settled());
}

#[test]
fn what_a_sale_s_paper_looks_like_is_shown_without_printing() {
    let mut till = aside();
    let shown = till.terminal.paper_of_sale(SALE).unwrap();
    assert_eq!(shown.kind, DocumentKind::Pending);
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.terminal.paper_of_sale(SALE).unwrap().kind, DocumentKind::Receipt);
    assert_eq!(till.terminal.paper_of_sale(SaleId(2)), None);
}
