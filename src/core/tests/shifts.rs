//! Shifts: figures that add up, nothing hidden at a close, late results on the next report.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "till/mod.rs"]
mod till;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Mode, RefundStanding, Silence};
use quickpay_core::document::{Document, DocumentKind, Line};
use quickpay_core::effect::Effect;
use quickpay_core::figures::{Flow, Sum, total};
use quickpay_core::id::{AttemptId, IntentId, JobId, SaleId, ShiftNumber};
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::payment_code::FingerprintKey;
use quickpay_core::print::PrintStage;
use quickpay_core::record::{Copy, Record, Slip};
use quickpay_core::refusal::Refusal;
use quickpay_core::settings::PrinterPresence;
use quickpay_core::shift::{JournalHead, ShiftReport};
use quickpay_core::terminal::Terminal;
use quickpay_core::view::State;
use till::{Till, decline, refunded, settings};

const CLOSE: Input = Input::ShiftCloseAsked { head: None };

fn first(sale: u32) -> AttemptId {
    AttemptId { sale: SaleId(sale), index: 0 }
}

/// Rings a sale up and scans a code nobody showed before; its payment is on its way.
fn submit(till: &mut Till, sale: u32, amount: &str) {
    till.amount(amount);
    till.scan(&format!("13{sale:016}")).unwrap();
    assert_eq!(till.take(Asked::Pay), 1);
}

fn says(till: &mut Till, sale: u32, status: IntentStatus) {
    let (known, attempt) = till.terminal.ledger().attempt(first(sale)).unwrap();
    let report = IntentReport {
        id: IntentId(format!("pi_{sale}")),
        order: Some(attempt.order.clone()),
        amount_minor: known.amount.minor(),
        currency: "CNY".into(),
        mode: Some(Mode::Test),
        status,
        wallet_reference: None,
    };
    till.answer_for(first(sale), Asked::Inquire, Answer::Intent(report));
}

fn sell(till: &mut Till, sale: u32, amount: &str) {
    submit(till, sale, amount);
    says(till, sale, IntentStatus::Succeeded);
    till.printed();
}

/// In doubt, and put aside.
fn leave_in_doubt(till: &mut Till, sale: u32, amount: &str) {
    submit(till, sale, amount);
    till.answer_for(first(sale), Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.give(Input::PutAside).unwrap();
    till.line(LineProof::Up);
}

fn refund(till: &mut Till, sale: u32, amount: &str) {
    till.give(Input::RefundAsked {
        sale: SaleId(sale),
        amount: Some(amount.into()),
        reason: String::new(),
        approver: None,
    })
    .unwrap();
    let refund = quickpay_core::id::RefundId { sale: SaleId(sale), index: 1 };
    let answer = refunded(RefundStanding::Succeeded);
    till.give(Input::RefundAnswered { refund, answer }).unwrap();
    till.printed();
}

fn close(till: &mut Till) -> ShiftReport {
    till.give(Input::Cleared).unwrap();
    till.give(CLOSE).unwrap();
    till.terminal.ledger().shifts().closed.last_key_value().unwrap().1.clone()
}

fn sum(count: u32, minor: u64) -> Sum {
    Sum { count, minor }
}

fn in_shift() -> Till {
    let mut till = Till::online();
    till.give(Input::ShiftOpenAsked).unwrap();
    till
}

/// The papers that were wished since the last look, with their kinds.
fn papers(till: &mut Till) -> Vec<Document> {
    let mut wished = Vec::new();
    till.effects.retain(|effect| {
        if let Effect::Print { document, .. } = effect {
            wished.push(document.clone());
        }
        true
    });
    wished
}

fn words(paper: &Document) -> String {
    let line = |line: &Line| match line {
        Line::Text { text, .. } => text.clone(),
        Line::Pair { label, value, .. } => format!("{label}: {value}"),
        Line::Barcode(_) | Line::Qr(_) | Line::Logo | Line::Rule | Line::Space => String::new(),
    };
    paper.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn last_paper(till: &Till) -> Document {
    let last = *till.terminal.ledger().jobs().last_key_value().unwrap().0;
    till.terminal.paper_of(last).unwrap()
}

#[test]
fn a_report_counts_each_sale_once_and_its_states_add_up_to_all_sales() {
    let mut till = in_shift();
    sell(&mut till, 1, "88.00");
    sell(&mut till, 2, "12.00");
    submit(&mut till, 3, "5.00");
    till.answer_for(
        first(3),
        Asked::Pay,
        Answer::Declined { decline: decline("insufficient_funds"), intent: Some(IntentId("pi_3".into())) },
    );
    says(&mut till, 3, IntentStatus::Canceled);
    refund(&mut till, 1, "8.00");
    refund(&mut till, 2, "12.00");
    till.give(Input::CopyAsked(SaleId(1))).unwrap();
    let report = close(&mut till);
    let figures = &report.figures;
    let flow = total(&figures.own);
    assert_eq!((flow.sales, flow.refunds), (sum(2, 10_000), sum(2, 2_000)));
    assert_eq!(flow.net_minor(), 8_000);
    assert_eq!(figures.in_state(State::Approved), sum(1, 8_800), "a part went back: still paid");
    assert_eq!(figures.in_state(State::Refunded), sum(1, 1_200));
    assert_eq!(figures.begun(), sum(3, 10_500));
    assert_eq!(figures.copies, 1);
    assert!(report.open.is_empty() && figures.earlier.is_empty() && figures.outside.is_empty());
}

#[test]
fn what_is_in_doubt_is_handed_over_inherited_and_resolved_on_the_next_report() {
    let mut till = in_shift();
    sell(&mut till, 1, "88.00");
    leave_in_doubt(&mut till, 2, "52.00");
    let asked_before = till.now;
    let handed_over = close(&mut till);
    assert_eq!(handed_over.figures.begun(), sum(2, 14_000));
    assert_eq!(handed_over.in_doubt(), sum(1, 5_200));
    let open = &handed_over.open[0];
    assert_eq!((open.sale, open.state, open.amount.minor()), (SaleId(2), State::Checking, 5_200));
    assert_eq!(open.since, asked_before.wall);
    let order = till.terminal.ledger().attempt(first(2)).unwrap().1.order.clone();
    assert_eq!(open.order, order);
    let paper = words(&last_paper(&till));
    for said in
        ["HAND-OVER LIST", "S0002 CHECKING: CNY 52.00", order.as_str(), "Handed over by", "Taken over by"]
    {
        assert!(paper.contains(said), "{said} is not on\n{paper}");
    }
    till.give(Input::ShiftOpenAsked).unwrap();
    till.take(Asked::Inquire);
    till.seconds(6);
    assert!(till.take(Asked::Inquire) >= 1, "the gateway is asked on, whoever has the shift");
    says(&mut till, 2, IntentStatus::Succeeded);
    sell(&mut till, 3, "1.00");
    let next = close(&mut till);
    assert_eq!(next.number, ShiftNumber(2));
    assert_eq!(total(&next.figures.earlier).sales, sum(1, 5_200));
    assert_eq!(total(&next.figures.own).sales, sum(1, 100));
    assert_eq!(next.figures.begun(), sum(1, 100), "a sale stays in the shift it was begun in");
    assert!(next.open.is_empty());
    let paper = words(&last_paper(&till));
    assert!(paper.contains("RESOLVED FROM EARLIER") && !paper.contains("HAND-OVER"), "{paper}");
}

#[test]
fn a_refund_of_an_earlier_shift_s_sale_stands_on_the_next_report() {
    let mut till = in_shift();
    sell(&mut till, 1, "88.00");
    assert_eq!(total(&close(&mut till).figures.own).net_minor(), 8_800);
    till.give(Input::ShiftOpenAsked).unwrap();
    refund(&mut till, 1, "8.00");
    let next = close(&mut till);
    assert_eq!(total(&next.figures.earlier), Flow { refunds: sum(1, 800), ..Flow::default() });
    assert_eq!(total(&next.figures.earlier).net_minor(), -800);
    assert!(words(&last_paper(&till)).contains("NET: -CNY 8.00"));
}

#[test]
fn a_till_without_shifts_sells_as_ever_and_the_first_report_tells_it_apart() {
    let mut till = Till::online();
    sell(&mut till, 1, "88.00");
    assert_eq!(till.terminal.ledger().sale(SaleId(1)).unwrap().shift, None);
    till.give(Input::ShiftOpenAsked).unwrap();
    sell(&mut till, 2, "12.00");
    let report = close(&mut till);
    assert_eq!(total(&report.figures.outside).sales, sum(1, 8_800));
    assert_eq!(total(&report.figures.own).sales, sum(1, 1_200));
    assert_eq!(report.figures.begun(), sum(1, 1_200));
    assert!(words(&last_paper(&till)).contains("OUTSIDE SHIFTS"));
}

#[test]
fn shifts_are_numbered_without_gaps_over_restarts_and_one_is_open_at_most() {
    let mut till = in_shift();
    assert_eq!(till.give(Input::ShiftOpenAsked), Err(Refusal::ShiftOpen { open: ShiftNumber(1) }));
    till.restart(false);
    assert_eq!(till.view().shift, Some(ShiftNumber(1)));
    assert_eq!(close(&mut till).number, ShiftNumber(1));
    assert_eq!(till.view().shift, None);
    assert_eq!(till.give(CLOSE), Err(Refusal::NoShift));
    assert_eq!(till.give(Input::XReportAsked), Err(Refusal::NoShift));
    till.restart(true);
    till.give(Input::ShiftOpenAsked).unwrap();
    let second = close(&mut till);
    assert_eq!(
        (second.number, second.previous),
        (ShiftNumber(2), Some(4)),
        "after start, open, start and close"
    );
}

#[test]
fn a_shift_is_not_closed_while_a_customer_waits_at_the_counter() {
    let mut till = in_shift();
    till.amount("88.00");
    assert_eq!(till.give(CLOSE), Err(Refusal::SaleAtHand), "an amount stands");
    submit(&mut till, 1, "88.00");
    assert_eq!(till.give(CLOSE), Err(Refusal::SaleAtHand), "the payment is on its way");
    till.answer_for(first(1), Asked::Pay, Answer::Silent(Silence::NoAnswer));
    assert_eq!(till.give(CLOSE), Err(Refusal::SaleAtHand), "the doubt is on the panel");
    till.give(Input::PutAside).unwrap();
    till.give(CLOSE).unwrap();
    till.line(LineProof::Down);
    till.line(LineProof::Down);
    till.give(Input::ShiftOpenAsked).unwrap();
    till.amount("12.00");
    till.scan("132993614656096754").unwrap();
    assert_eq!(till.state(), State::Held);
    assert_eq!(till.give(CLOSE), Err(Refusal::SaleAtHand), "a code is held");
    till.seconds(21);
    till.give(Input::Cleared).unwrap();
    till.give(CLOSE).unwrap();
}

#[test]
fn doubt_is_handed_over_on_paper_or_not_at_all() {
    let mut printerless = settings();
    printerless.paper.printer = PrinterPresence::None;
    let mut till = Till::with(printerless);
    till.line(LineProof::Up);
    till.give(Input::ShiftOpenAsked).unwrap();
    till.give(Input::XReportAsked).unwrap();
    leave_in_doubt(&mut till, 1, "88.00");
    assert_eq!(till.give(CLOSE), Err(Refusal::HandOverNeedsPrinter));
    says(&mut till, 1, IntentStatus::Succeeded);
    till.give(CLOSE).unwrap();
    assert!(till.terminal.ledger().jobs().is_empty());
}

#[test]
fn more_open_sales_than_a_list_takes_are_not_closed_over() {
    let mut till = in_shift();
    for sale in 1..=61 {
        leave_in_doubt(&mut till, sale, &format!("{sale}.00"));
    }
    assert_eq!(till.give(CLOSE), Err(Refusal::TooMuchOpen { most: 60 }));
    says(&mut till, 7, IntentStatus::Succeeded);
    assert_eq!(close(&mut till).open.len(), 60);
}

#[test]
fn a_report_prints_after_a_power_cut_between_its_record_and_its_paper_and_says_the_same() {
    let mut till = in_shift();
    sell(&mut till, 1, "88.00");
    leave_in_doubt(&mut till, 2, "52.00");
    till.printed();
    till.give(Input::ShiftCloseAsked { head: Some(JournalHead { seq: 9, chain: "ab".repeat(32) }) }).unwrap();
    let before = papers(&mut till);
    let z = before.last().unwrap().clone();
    assert_eq!(z.kind, DocumentKind::Z);
    assert!(words(&z).contains(&format!("Journal entry: 9\n{0}\n{0}", "ab".repeat(16))));
    // Its bytes may have left: a person is asked, and it is not printed twice by itself.
    till.restart(false);
    let job = *till.terminal.ledger().jobs().last_key_value().unwrap().0;
    assert_eq!(till.terminal.ledger().jobs()[&job].stage, PrintStage::Unknown);
    assert_eq!(till.terminal.paper_of(job).unwrap(), z);
    says(&mut till, 2, IntentStatus::Succeeded);
    assert_eq!(till.terminal.paper_of(job).unwrap(), z, "what came later stands on the next one");
}

#[test]
fn a_look_says_what_was_so_when_it_was_asked_for() {
    let mut till = in_shift();
    sell(&mut till, 1, "88.00");
    till.give(Input::XReportAsked).unwrap();
    let x = last_paper(&till);
    let job = *till.terminal.ledger().jobs().last_key_value().unwrap().0;
    assert_eq!(x.kind, DocumentKind::X);
    assert!(words(&x).contains("Sales × 1: CNY 88.00"), "{}", words(&x));
    sell(&mut till, 2, "12.00");
    assert_eq!(till.terminal.paper_of(job).unwrap(), x);
    till.give(Input::XReportAsked).unwrap();
    assert!(words(&last_paper(&till)).contains("Sales × 2: CNY 100.00"));
    let records = till.journal.entries().iter().flat_map(|entry| &entry.records);
    let looks = records.filter(|record| matches!(record, Record::SlipQueued { slip: Slip::X(_), .. }));
    assert_eq!(looks.count(), 2, "that it was printed is a fact; the figures follow from the others");
}

#[test]
fn the_reports_of_the_last_month_can_be_printed_again_also_when_the_past_is_let_go() {
    let mut till = Till::online();
    for _ in 0..40 {
        till.give(Input::ShiftOpenAsked).unwrap();
        close(&mut till);
        till.printed();
    }
    let copy = |number| Input::ZCopyAsked(Some(ShiftNumber(number)));
    assert_eq!(till.give(copy(9)), Err(Refusal::NoSuchReport));
    till.give(copy(10)).unwrap();
    assert!(words(&last_paper(&till)).contains("Shift: 10"));
    till.printed();
    let mut later = Terminal::new(settings(), FingerprintKey::new([3; 16]));
    later.begin_at(till.terminal.checkpoint());
    assert_eq!(later.ledger().shifts().closed.len(), 31);
    assert_eq!(later.decide(till.now, copy(9)).unwrap_err(), Refusal::NoSuchReport);
    let second = Record::SlipQueued {
        job: JobId(42),
        slip: Slip::Z(ShiftNumber(10)),
        copy: Copy::Number(2),
        operator: None,
    };
    assert_eq!(later.decide(till.now, copy(10)).unwrap().records(), [second]);
}

#[test]
fn a_report_printed_again_says_the_same_under_the_mark_of_a_copy() {
    let mut till = in_shift();
    assert_eq!(till.give(Input::ZCopyAsked(None)), Err(Refusal::NoSuchReport));
    sell(&mut till, 1, "88.00");
    close(&mut till);
    let original = last_paper(&till);
    till.printed();
    till.give(Input::ShiftOpenAsked).unwrap();
    sell(&mut till, 2, "12.00");
    for number in 1..=2 {
        till.give(Input::ZCopyAsked(Some(ShiftNumber(1)))).unwrap();
        let copy = last_paper(&till);
        assert!(words(&copy).starts_with(&format!("COPY {number}\nDUPLICATED")), "{}", words(&copy));
        let mark = copy.lines.iter().position(|line| *line == Line::Rule).unwrap();
        assert_eq!(copy.lines.get(mark + 1..).unwrap(), original.lines);
        till.printed();
    }
    assert_eq!(till.give(Input::ZCopyAsked(Some(ShiftNumber(2)))), Err(Refusal::NoSuchReport), "it is open");
    let copied = close(&mut till);
    assert_eq!(copied.figures.copies, 2);
    assert_eq!(copied.taken_at, till.now);
    assert!(till.terminal.ledger().jobs().contains_key(&JobId(1)));
}
