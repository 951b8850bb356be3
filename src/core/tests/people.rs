//! Who has the till: signing in and out at right and wrong moments, and whose name stands where.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, RefundAnswer, RefundStanding, Silence};
use quickpay_core::attempt::Phase;
use quickpay_core::document::{Document, Line};
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, IntentId, JobId, RefundId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, PadKey, PrintEnding, Seen};
use quickpay_core::ledger::Ledger;
use quickpay_core::person::{People, Person, PersonName, Role};
use quickpay_core::print::{PrintStage, Sheet};
use quickpay_core::record::{ExpiryCause, PrintProof, Record, SignOutCause};
use quickpay_core::refusal::Refusal;
use quickpay_core::settings::{Settings, Shown};
use quickpay_core::view::{Access, State};
use quickpay_core::words::Language;
use till::{CODE, FRESH, Till, refunded, settings};

const SALE: SaleId = SaleId(1);

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

/// Li and Chen are cashiers, Kim is a manager.
fn staffed() -> Settings {
    let person = |text, role| Person { name: name(text), role };
    let people =
        vec![person("Li", Role::Cashier), person("Chen", Role::Cashier), person("Kim", Role::Manager)];
    Settings { people: People(people), ..settings() }
}

fn sign_in(till: &mut Till, who: &str) {
    till.give(Input::PersonProven(name(who))).unwrap();
}

/// Online, and Li has the till.
fn open() -> Till {
    let mut till = Till::with(staffed());
    till.line(LineProof::Up);
    sign_in(&mut till, "Li");
    till
}

/// Li has a code on the wire.
fn paying() -> Till {
    let mut till = open();
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till
}

fn paid() -> Till {
    let mut till = paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    till
}

fn refund(approver: Option<&str>) -> Input {
    let approver = approver.map(name);
    Input::RefundAsked { sale: SALE, amount: Some("8.00".into()), reason: "returned".into(), approver }
}

fn phase(till: &Till) -> Phase {
    till.terminal.ledger().sale(SALE).unwrap().latest().unwrap().phase.clone()
}

fn has_code(till: &Till) -> bool {
    format!("{till:?}", till = till.terminal).contains("PaymentCode")
}

fn words(paper: &Document) -> String {
    let line = |line: &Line| match line {
        Line::Text { text, .. } => text.clone(),
        Line::Pair { label, value, .. } => format!("{label}: {value}"),
        Line::Barcode(_) | Line::Qr(_) | Line::Logo | Line::Rule | Line::Space => String::new(),
    };
    paper.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn records(till: &Till) -> Vec<Record> {
    till.journal.entries().iter().flat_map(|entry| entry.records.clone()).collect()
}

#[test]
fn a_till_without_people_is_open_and_names_nobody() {
    let mut till = Till::paying();
    assert_eq!(till.view().access, Access::Free);
    assert_eq!(till.give(Input::PersonProven(name("Li"))), Err(Refusal::NoPeople));
    assert_eq!(till.give(Input::SignOutAsked), Err(Refusal::NoPeople));
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.give(Input::CopyAsked(SALE)).unwrap();
    let copy = words(&till.terminal.paper_of(JobId(2)).unwrap());
    assert!(!copy.contains("Copied by") && !copy.contains("Cashier"), "{copy}");
    till.refund(Some("1.00")).unwrap();
    let sale = till.terminal.ledger().sale(SALE).unwrap();
    assert_eq!((&sale.operator, &sale.refunds[0].approver), (&None, &None));
}

#[test]
fn a_locked_till_takes_no_act_of_a_person() {
    let mut till = Till::with(staffed());
    till.line(LineProof::Up);
    let view = till.view();
    assert_eq!(view.access, Access::Locked(vec![name("Li"), name("Chen"), name("Kim")]));
    assert_eq!((view.state, view.word.as_str(), view.acts.len()), (State::Ready, "LOCKED", 0));
    let acts = [
        Input::KeyPressed(PadKey::Digit(8)),
        Input::AmountEntered("88.00".into()),
        Input::Cleared,
        Input::Confirmed,
        Input::CancelAsked,
        Input::PutAside,
        Input::Resumed(SALE),
        Input::CheckAsked(None),
        Input::CopyAsked(SALE),
        Input::CopyOfOrderAsked("T1-000000-S0001a".into()),
        Input::CopyByScanAsked,
        Input::SlipAsked(SALE),
        Input::TestPageAsked,
        refund(Some("Kim")),
        Input::RefundSeen { refund: RefundId { sale: SALE, index: 1 }, seen: Seen::Yes, approver: None },
        Input::PaperSeen { job: JobId(1), seen: Seen::Yes },
    ];
    for act in acts {
        assert_eq!(till.give(act.clone()), Err(Refusal::Locked), "{act:?}");
    }
    assert_eq!(till.scan(CODE), Err(Refusal::Locked));
    assert!(!has_code(&till), "what was scanned is forgotten");
    sign_in(&mut till, "Li");
    till.amount("88.00");
    till.scan(CODE).unwrap();
    assert_eq!(till.pays(), 1, "a code that was refused for the lock was not used");
}

#[test]
fn one_person_has_the_till_and_strangers_have_none() {
    let mut till = Till::with(staffed());
    assert_eq!(till.give(Input::PersonProven(name("Mallory"))), Err(Refusal::NoSuchPerson));
    assert_eq!(till.give(Input::SignOutAsked), Err(Refusal::NobodySignedIn));
    sign_in(&mut till, "Li");
    assert_eq!(till.view().access, Access::SignedIn(name("Li")));
    let occupied = Err(Refusal::SomebodySignedIn { person: name("Li") });
    assert_eq!(till.give(Input::PersonProven(name("Kim"))), occupied);
    assert_eq!(till.give(Input::PersonProven(name("Li"))), occupied);
    till.give(Input::SignOutAsked).unwrap();
    sign_in(&mut till, "Kim");
    assert_eq!(till.terminal.operator(), Some(&name("Kim")));
}

#[test]
fn signing_out_drops_an_armed_amount() {
    let mut till = open();
    till.amount("88.00");
    till.give(Input::SignOutAsked).unwrap();
    sign_in(&mut till, "Chen");
    assert_eq!((till.state(), till.view().amount_text.as_str()), (State::Ready, "0.00"));
    assert_eq!(till.scan(CODE), Err(Refusal::AmountFirst));
}

#[test]
fn signing_out_wipes_a_held_code_and_the_attempt_is_not_charged() {
    let mut till = Till::with(staffed());
    till.line(LineProof::Down);
    sign_in(&mut till, "Li");
    till.amount("88.00");
    till.scan(CODE).unwrap();
    assert!(has_code(&till));
    till.give(Input::SignOutAsked).unwrap();
    assert!(!has_code(&till));
    assert_eq!(phase(&till), Phase::Expired { cause: ExpiryCause::SignOut });
    till.line(LineProof::Up);
    till.seconds(30);
    assert_eq!(till.pays(), 0);
    sign_in(&mut till, "Chen");
    till.give(Input::Resumed(SALE)).unwrap();
    let view = till.view();
    assert_eq!((view.state, view.word.as_str()), (State::Expired, "NOT CHARGED"));
    assert!(view.lines.contains(&"The cashier signed out before it was sent.".to_owned()), "{view:?}");
}

#[test]
fn signing_out_wipes_a_code_on_the_wire_and_the_payment_goes_on() {
    let mut till = paying();
    till.give(Input::SignOutAsked).unwrap();
    let view = till.view();
    assert_eq!((view.sale, view.open.len(), view.open[0].count), (None, 1, 1), "the bar still shows it");
    assert!(!has_code(&till), "only the request itself holds it, until it has left");
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.seconds(6);
    assert_eq!(till.take(Asked::Inquire), 1, "a locked till still asks");
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert!(till.terminal.ledger().sale(SALE).unwrap().paid_by().is_some());
    till.give(Input::DeadlineReached).unwrap();
    assert!(till.effects.iter().any(|effect| matches!(effect, Effect::Print { .. })), "and still prints");
    assert_eq!(till.view().state, State::Ready, "the result waits behind the lock");
}

#[test]
fn a_connection_that_was_never_made_after_signing_out_is_not_charged_at_once() {
    let mut till = paying();
    till.give(Input::SignOutAsked).unwrap();
    till.answer(Asked::Pay, Answer::NotSent);
    assert_eq!(phase(&till), Phase::Expired { cause: ExpiryCause::SignOut });
    till.line(LineProof::Up);
    till.seconds(60);
    assert_eq!(till.pays(), 0);
}

#[test]
fn a_restart_locks_the_till_and_says_so() {
    let mut till = paying();
    till.restart(true);
    assert!(matches!(till.view().access, Access::Locked(_)));
    let left = Record::PersonSignedOut { person: name("Li"), cause: SignOutCause::Restart };
    assert_eq!(records(&till).iter().filter(|record| **record == left).count(), 1);
    assert_eq!(till.view().sale, None, "nothing of the sale stands on a locked screen");
    sign_in(&mut till, "Chen");
    assert_eq!(till.view().sale, Some(SALE), "what was on the counter in doubt is shown to whoever comes");
    till.give(Input::SignOutAsked).unwrap();
    till.restart(false);
    let times =
        records(&till).iter().filter(|record| matches!(record, Record::PersonSignedOut { .. })).count();
    assert_eq!(times, 2, "nobody is signed out who was not signed in");
}

#[test]
fn a_refund_needs_a_manager_and_names_both() {
    let mut till = paid();
    assert_eq!(till.give(refund(None)), Err(Refusal::ManagerNeeded));
    assert_eq!(till.give(refund(Some("Li"))), Err(Refusal::ManagerNeeded));
    assert_eq!(till.give(refund(Some("Mallory"))), Err(Refusal::ManagerNeeded));
    assert!(till.take_refunds().is_empty());
    till.give(refund(Some("Kim"))).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    let made = till.terminal.ledger().sale(SALE).unwrap().refunds[0].clone();
    assert_eq!((made.operator, made.approver), (Some(name("Li")), Some(name("Kim"))));
    let slip = words(&till.terminal.paper_of(JobId(2)).unwrap());
    assert!(slip.contains("Cashier: Li") && slip.contains("Approved by: Kim"), "{slip}");
}

#[test]
fn also_a_manager_who_is_signed_in_gives_the_pin() {
    let mut till = paid();
    till.give(Input::SignOutAsked).unwrap();
    sign_in(&mut till, "Kim");
    assert_eq!(till.give(refund(None)), Err(Refusal::ManagerNeeded));
    till.give(refund(Some("Kim"))).unwrap();
}

#[test]
fn what_a_sale_allows_is_nothing_while_locked_and_a_refund_where_somebody_can_approve_it() {
    let mut till = paid();
    let acts = |till: &Till| till.terminal.acts_of(till.now, SALE).unwrap();
    assert!(acts(&till).refund.is_ok());
    till.give(Input::SignOutAsked).unwrap();
    let locked = acts(&till);
    assert_eq!((locked.resume, locked.reprint), (Err(Refusal::Locked), Err(Refusal::Locked)));
    assert_eq!(locked.refund, Err(Refusal::Locked));
    let mut nobody = staffed();
    nobody.people.0.retain(|person| person.role == Role::Cashier);
    let mut till = Till::with(nobody);
    till.line(LineProof::Up);
    sign_in(&mut till, "Li");
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    assert_eq!(acts(&till).refund, Err(Refusal::ManagerNeeded));
}

#[test]
fn a_receipt_names_the_cashier_and_a_copy_whoever_made_it() {
    let mut till = paid();
    till.give(Input::SignOutAsked).unwrap();
    sign_in(&mut till, "Chen");
    till.give(Input::CopyAsked(SALE)).unwrap();
    let receipt = words(&till.terminal.paper_of(JobId(1)).unwrap());
    assert!(receipt.contains("Cashier: Li") && !receipt.contains("Copied by"), "{receipt}");
    let copy = words(&till.terminal.paper_of(JobId(2)).unwrap());
    assert!(copy.contains("COPY 1") && copy.contains("Copied by / 重打印人: Chen"), "{copy}");
    assert!(copy.contains("Cashier: Li"), "{copy}");
}

#[test]
fn a_shop_may_leave_names_off_its_papers_but_not_off_its_copies() {
    let mut bare = staffed();
    bare.paper.show.remove(&Shown::Cashier);
    let mut till = Till::with(bare);
    till.line(LineProof::Up);
    sign_in(&mut till, "Li");
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.give(Input::CopyAsked(SALE)).unwrap();
    let copy = words(&till.terminal.paper_of(JobId(2)).unwrap());
    assert!(!copy.contains("Cashier") && copy.contains(": Li"), "{copy}");
}

#[test]
fn who_looked_for_a_paper_is_recorded() {
    for (seen, stage) in [(Seen::Yes, PrintStage::Printed(PrintProof::Seen)), (Seen::No, PrintStage::Missing)]
    {
        let mut till = paying();
        till.says(Asked::Pay, IntentStatus::Succeeded);
        let job = JobId(1);
        till.give(Input::PrintEnded { job, ending: PrintEnding::Unknown }).unwrap();
        till.give(Input::PaperSeen { job, seen }).unwrap();
        assert_eq!(till.terminal.ledger().jobs()[&job].stage, stage);
        let seen_by = Some(name("Li"));
        let looked = match seen {
            Seen::Yes => Record::PrintFinished { job, proof: PrintProof::Seen, seen_by },
            Seen::No => Record::PrintMissing { job, seen_by },
        };
        assert_eq!(records(&till).last(), Some(&looked));
    }
}

#[test]
fn where_a_manager_works_only_a_manager_says_what_became_of_a_refund() {
    for seen in [Seen::Yes, Seen::No] {
        let mut till = paid();
        till.give(refund(Some("Kim"))).unwrap();
        till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
        till.line(LineProof::Down); // nothing more is asked
        till.seconds(901);
        let id = RefundId { sale: SALE, index: 1 };
        let looked = |by| Input::RefundSeen { refund: id, seen, approver: None }.approved_by(by);
        for by in [None, Some(name("Li")), Some(name("Mallory"))] {
            assert_eq!(till.give(looked(by)), Err(Refusal::ManagerNeeded));
        }
        assert_eq!(till.terminal.acts_of(till.now, SALE).unwrap().to_settle, [id]);
        till.give(looked(Some(name("Kim")))).unwrap();
        let by_kim = |record: &Record| {
            let (Record::RefundConfirmed { refund, seen_by } | Record::RefundRefused { refund, seen_by, .. }) =
                record
            else {
                return false;
            };
            (*refund, seen_by) == (id, &Some(name("Kim")))
        };
        assert!(records(&till).iter().any(by_kim), "{seen:?}");
    }
}

/// Another amount came after the cashier had given the payment up.
fn astray(settings: Settings) -> Till {
    let mut till = Till::with(settings);
    till.line(LineProof::Up);
    sign_in(&mut till, "Li");
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Canceled);
    till.seconds(50);
    let mut report = till.report(IntentStatus::Succeeded);
    report.amount_minor = 88_000;
    till.answer(Asked::Inquire, Answer::Intent(report));
    assert_eq!(till.state(), State::AskManager);
    till
}

#[test]
fn where_a_manager_works_only_a_manager_ends_an_alarm() {
    let mut till = astray(staffed());
    let put_right = |by| Input::PutRight { sale: SALE, approver: None }.approved_by(by);
    for by in [None, Some(name("Li")), Some(name("Mallory"))] {
        assert_eq!(till.give(put_right(by)), Err(Refusal::ManagerNeeded));
    }
    assert!(till.terminal.acts_of(till.now, SALE).unwrap().put_right.is_ok(), "with a PIN");
    till.give(put_right(Some(name("Kim")))).unwrap();
    let by_kim = |record: &Record| matches!(record, Record::StrayMoneyPutRight { seen_by, .. } if *seen_by == Some(name("Kim")));
    assert!(records(&till).iter().any(by_kim));
    assert_eq!(till.state(), State::Reversed);
}

#[test]
fn where_no_manager_works_whoever_has_the_till_ends_an_alarm() {
    let mut cashiers = staffed();
    cashiers.people.0.retain(|person| person.role == Role::Cashier);
    let mut till = astray(cashiers);
    till.give(Input::PutRight { sale: SALE, approver: None }).unwrap();
    let by_li = |record: &Record| matches!(record, Record::StrayMoneyPutRight { seen_by, .. } if *seen_by == Some(name("Li")));
    assert!(records(&till).iter().any(by_li));
}

#[test]
fn whoever_has_the_till_is_in_a_checkpoint() {
    let till = open();
    let checkpoint = till.terminal.checkpoint();
    assert_eq!(checkpoint.signed_in, Some(name("Li")));
    assert_eq!(Ledger::from(checkpoint), *till.terminal.ledger());
}

#[test]
fn a_shift_names_who_opened_and_who_closed_it_and_a_locked_till_closes_none() {
    let mut till = Till::with(staffed());
    till.line(LineProof::Up);
    let close = || Input::ShiftCloseAsked { head: None };
    for act in [Input::ShiftOpenAsked, Input::XReportAsked, close(), Input::ZCopyAsked(None)] {
        assert_eq!(till.give(act), Err(Refusal::Locked));
    }
    sign_in(&mut till, "Li");
    till.give(Input::ShiftOpenAsked).unwrap();
    till.give(Input::SignOutAsked).unwrap();
    assert_eq!(till.give(close()), Err(Refusal::Locked));
    sign_in(&mut till, "Kim");
    till.give(close()).unwrap();
    let (_, report) = till.terminal.ledger().shifts().closed.last_key_value().unwrap();
    assert_eq!((&report.opened_by, &report.taken_by), (&Some(name("Li")), &Some(name("Kim"))));
    let paper = words(&till.terminal.paper_of(JobId(1)).unwrap());
    let (opened, closed) = (paper.find("Cashier: Li").unwrap(), paper.find("Cashier: Kim").unwrap());
    assert!(opened < closed, "{paper}");
}

/// Li rang it up and was refused; Chen takes the fresh code. The payment is Chen's, and both stand in the story.
#[test]
fn the_paper_names_who_took_the_payment_and_the_story_who_did_what() {
    let mut till = paying();
    till.says(Asked::Pay, IntentStatus::Canceled);
    till.give(Input::SignOutAsked).unwrap();
    sign_in(&mut till, "Chen");
    till.give(Input::Resumed(SALE)).unwrap();
    till.scan(FRESH).unwrap();
    let second = AttemptId { sale: SALE, index: 1 };
    let order = till.terminal.ledger().attempt(second).unwrap().1.order.clone();
    let paid = IntentReport {
        id: IntentId("pi_2".into()),
        order: Some(order),
        ..till.report(IntentStatus::Succeeded)
    };
    till.answer_for(second, Asked::Pay, Answer::Intent(paid));
    let sale = till.terminal.ledger().sale(SALE).unwrap().clone();
    assert_eq!(sale.operator, Some(name("Li")), "who rang it up");
    assert_eq!(
        sale.attempts.iter().map(|at| at.operator.clone()).collect::<Vec<_>>(),
        [Some(name("Li")), Some(name("Chen"))]
    );
    let receipts: Vec<_> = till
        .terminal
        .ledger()
        .jobs()
        .values()
        .filter(|job| job.sheet == Sheet::Receipt(second))
        .cloned()
        .collect();
    assert!(!receipts.is_empty());
    for receipt in receipts {
        let paper = words(&till.terminal.paper_of(receipt.id).unwrap());
        assert!(paper.contains(": Chen") && !paper.contains("Li"), "{paper}");
        assert_eq!(receipt.operator, Some(name("Chen")));
    }
    let told = |record: &Record| record.told(till.terminal.settings(), Language::En);
    let story: Vec<String> = records(&till).iter().map(told).collect();
    for line in ["Rung up: CNY 88.00 (Li)", "SENDING: WeChat Pay (Li)", "SENDING: WeChat Pay (Chen)"] {
        assert!(story.contains(&line.to_owned()), "{line}: {story:?}");
    }
}
