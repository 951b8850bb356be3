//! Papers: printed once, asked about when nobody knows, copies numbered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod till;

use quickpay_core::answer::IntentStatus;
use quickpay_core::effect::Effect;
use quickpay_core::id::{JobId, SaleId};
use quickpay_core::input::{Asked, Input, PrintEnding, Seen, Sight};
use quickpay_core::print::{Hindrance, PrintStage};
use quickpay_core::record::PrintProof;
use quickpay_core::refusal::Refusal;
use quickpay_core::view::Device;
use till::Till;

fn prints(till: &Till) -> usize {
    till.effects.iter().filter(|effect| matches!(effect, Effect::Print { .. })).count()
}

fn looks(till: &Till) -> usize {
    till.effects.iter().filter(|effect| matches!(effect, Effect::LookForPrinter)).count()
}

fn records(till: &Till) -> usize {
    till.journal.entries().iter().map(|entry| entry.records.len()).sum()
}

#[test]
fn a_printer_that_is_away_gets_the_paper_later_and_only_once() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    assert_eq!(prints(&till), 1);
    till.effects.clear();
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::NotSent }).unwrap();
    assert_eq!((prints(&till), looks(&till), till.view().printer), (0, 0, Device::Away));
    till.seconds(2);
    assert_eq!((prints(&till), looks(&till)), (0, 1));
    till.seconds(30);
    assert_eq!(looks(&till), 1, "one look at a time");
    till.give(Input::PrinterLooked(Sight::Ready)).unwrap();
    assert_eq!((prints(&till), till.view().printer), (1, Device::Ready));
    till.printed();
    till.seconds(60);
    assert_eq!(prints(&till), 0);
}

#[test]
fn an_hour_without_a_printer_costs_the_journal_one_try_however_many_papers_wait() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::NotSent }).unwrap();
    till.give(Input::CopyAsked(SaleId(1))).unwrap();
    till.effects.clear();
    let begun = records(&till);
    let mut looked = 0;
    for _ in 0..3600 {
        till.seconds(1);
        while looked < looks(&till) {
            looked += 1;
            till.give(Input::PrinterLooked(Sight::Away)).unwrap();
        }
    }
    assert!((1700..=1800).contains(&looked), "looked {looked} times");
    assert_eq!((records(&till) - begun, prints(&till)), (0, 0), "what waits writes nothing");
    assert_eq!(till.view().printer_line.unwrap(), "Printer not reached. Papers wait; sales go on.");
    till.seconds(2);
    till.give(Input::PrinterLooked(Sight::Ready)).unwrap();
    assert_eq!(prints(&till), 1, "the next look after the printer's return begins the paper");
    till.printed();
    assert_eq!(prints(&till), 1, "and the next one follows at once");
}

#[test]
fn a_printer_that_looks_ready_and_takes_nothing_is_tried_ever_more_rarely() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    let begun = records(&till);
    let mut tries = 0;
    let mut looked = 0;
    for _ in 0..3600 {
        while looked < looks(&till) {
            looked += 1;
            till.give(Input::PrinterLooked(Sight::Ready)).unwrap();
        }
        while tries < prints(&till) {
            tries += 1;
            till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::NotSent }).unwrap();
        }
        till.seconds(1);
    }
    assert!((50..=66).contains(&tries), "tried {tries} times in an hour");
    assert!(records(&till) - begun <= 2 * tries);
}

#[test]
fn a_printer_that_wants_paper_is_looked_at_without_a_record_and_what_it_wants_is_said_anew() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::NeedsCare(Hindrance::PaperOut) })
        .unwrap();
    let begun = records(&till);
    till.seconds(2);
    till.give(Input::PrinterLooked(Sight::NeedsCare(Hindrance::CoverOpen))).unwrap();
    let line = till.view().printer_line.unwrap();
    assert_eq!(line, "Printer: the cover is open. Close it; it goes on by itself.");
    till.seconds(2);
    till.give(Input::PrinterLooked(Sight::Away)).unwrap();
    assert_eq!((till.view().printer, records(&till)), (Device::Away, begun));
    assert_eq!(stage(&till, 1), PrintStage::Queued);
}

#[test]
fn after_a_paper_of_unknown_fate_the_printer_is_looked_at_before_the_next_paper_begins() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.give(Input::CopyAsked(SaleId(1))).unwrap();
    till.effects.clear();
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::Unknown }).unwrap();
    assert_eq!((looks(&till), prints(&till)), (1, 0));
    till.give(Input::PrinterLooked(Sight::Ready)).unwrap();
    assert_eq!(prints(&till), 1);
    assert_eq!((stage(&till, 1), stage(&till, 2)), (PrintStage::Unknown, PrintStage::Printing));
}

#[test]
fn a_paper_of_unknown_fate_waits_for_a_persons_word() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.restart(true);
    assert_eq!(till.view().printer, Device::Unknown);
    assert!(!till.effects.iter().any(|effect| matches!(effect, Effect::Print { .. })));
    till.give(Input::PaperSeen { job: JobId(1), seen: Seen::Yes }).unwrap();
    assert_eq!(till.view().printer, Device::Ready);
    assert_eq!(till.give(Input::PaperSeen { job: JobId(1), seen: Seen::No }), Err(Refusal::NothingToSettle));
}

#[test]
fn copies_are_numbered() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    for n in 1..=2 {
        till.give(Input::CopyAsked(SaleId(1))).unwrap();
        let paper = till.terminal.paper_of(JobId(n + 1)).unwrap();
        assert!(format!("{:?}", paper.lines.first()).contains(&format!("COPY {n}")));
        till.printed();
    }
}

fn stage(till: &Till, job: u32) -> PrintStage {
    till.terminal.ledger().jobs()[&JobId(job)].stage
}

fn hindered(till: &mut Till, by: Option<Hindrance>) {
    till.give(Input::PrintHindered { job: JobId(1), by }).unwrap();
}

#[test]
fn paper_that_runs_out_in_the_middle_is_said_with_its_why_and_the_paper_goes_on_without_being_sent_again() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.effects.clear();
    hindered(&mut till, Some(Hindrance::PaperOut));
    assert_eq!(stage(&till, 1), PrintStage::Interrupted(Hindrance::PaperOut));
    let view = till.view();
    assert_eq!(view.printer, Device::NeedsCare);
    assert_eq!(view.printer_line.unwrap(), "Printer: no paper. Put in a roll; it goes on by itself.");
    hindered(&mut till, Some(Hindrance::CoverOpen));
    assert_eq!(stage(&till, 1), PrintStage::Interrupted(Hindrance::CoverOpen));
    hindered(&mut till, None);
    assert_eq!((till.view().printer, till.view().printer_line), (Device::Ready, None));
    till.seconds(30);
    assert!(!till.effects.iter().any(|effect| matches!(effect, Effect::Print { .. })));
    let ending = PrintEnding::Printed(PrintProof::Answered);
    till.give(Input::PrintEnded { job: JobId(1), ending }).unwrap();
    assert_eq!(stage(&till, 1), PrintStage::Printed(PrintProof::Answered));
}

#[test]
fn an_interrupted_paper_is_unknown_after_a_restart() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    hindered(&mut till, Some(Hindrance::PaperOut));
    till.restart(true);
    assert_eq!(stage(&till, 1), PrintStage::Unknown);
    let line = till.view().printer_line.unwrap();
    assert_eq!(line, "Did the paper of S0001 come out? Look at the printer.");
}

#[test]
fn what_a_printer_wants_before_a_byte_left_is_said_and_the_paper_stays_queued() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    let ending = PrintEnding::NeedsCare(Hindrance::CoverOpen);
    till.give(Input::PrintEnded { job: JobId(1), ending }).unwrap();
    assert_eq!(stage(&till, 1), PrintStage::Queued);
    let line = till.view().printer_line.unwrap();
    assert_eq!(line, "Printer: the cover is open. Close it; it goes on by itself.");
}

#[test]
fn a_paper_that_was_only_sent_is_said_to_be_not_proven_while_its_sale_is_shown() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    let line = till.view().printer_line.unwrap();
    assert_eq!(line, "Receipt sent, not proven: this printer cannot answer.");
    till.give(Input::Cleared).unwrap();
    assert_eq!(till.view().printer_line, None);
}

#[test]
fn what_a_printer_tells_of_a_paper_that_it_does_not_have_changes_nothing() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    hindered(&mut till, Some(Hindrance::PaperOut));
    assert_eq!(stage(&till, 1), PrintStage::Printed(PrintProof::Sent));
    assert_eq!(till.view().printer, Device::Ready);
    till.give(Input::PrintHindered { job: JobId(9), by: None }).unwrap();
}
