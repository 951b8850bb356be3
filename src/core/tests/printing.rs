//! Papers: printed once, asked about when nobody knows, copies numbered.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::IntentStatus;
use quickpay_core::effect::Effect;
use quickpay_core::id::{JobId, SaleId};
use quickpay_core::input::{Asked, Input, PrintEnding, Seen};
use quickpay_core::refusal::Refusal;
use quickpay_core::view::Device;
use till::Till;

#[test]
fn a_printer_that_is_away_gets_the_paper_later_and_only_once() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    let prints = |till: &Till| till.effects.iter().filter(|e| matches!(e, Effect::Print { .. })).count();
    assert_eq!(prints(&till), 1);
    till.effects.clear();
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::NotSent }).unwrap();
    assert_eq!((prints(&till), till.view().printer), (0, Device::Away));
    till.seconds(2);
    assert_eq!(prints(&till), 1);
    till.printed();
    till.seconds(60);
    assert_eq!(prints(&till), 0);
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
