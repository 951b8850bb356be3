//! How often each invariant was put to the test: an assertion whose condition is never there proves nothing.
//!
//! Invariant: counted where the condition is seen in a life, never where a check only happened to run.
//! Deliberately absent: judgement (see `invariants.rs`) and faults, which are counted as what was injected (`tally.rs`).

use std::fmt;

use quickpay_core::attempt::{Phase, Standing};
use quickpay_core::ledger::Ledger;
use quickpay_core::print::Sheet;
use quickpay_core::record::{Copy, Entry, ExpiryCause, Record, ReversalCause, Slip};
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Sale;

use crate::watch::Origin;

macro_rules! conditions {
    ($($name:ident = $invariant:literal, $words:literal,)+) => {
        /// What makes an invariant say something; the number is that of the architecture document, 0 is liveness.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the words beside each name are its doc")]
        pub enum Condition {
            $($name,)+
        }

        impl Condition {
            /// All of them, in the order of the invariants.
            pub const ALL: &'static [Condition] = &[$(Condition::$name,)+];

            /// Of which invariant.
            #[must_use]
            pub fn invariant(self) -> u8 {
                match self {
                    $(Condition::$name => $invariant,)+
                }
            }

            /// In words.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self {
                    $(Condition::$name => $words,)+
                }
            }
        }
    };
}

conditions! {
    OpenWhenFaultsStop = 0, "lives with something open when the faults stop",
    DoubtWhenFaultsStop = 0, "of them with money in doubt",
    DoubtInALockedTill = 0, "of them in a locked till",
    ScanInDoubt = 1, "codes scanned for a sale in doubt",
    SaleBesideDoubt = 1, "sales rung up while another one was in doubt",
    SameAmountAsked = 1, "questions whether a same amount is a new customer",
    SameAmountSold = 1, "sales of an amount that was in doubt, after that question",
    LeftDoubt = 2, "attempts that left doubt",
    WindowOver = 2, "payment windows that ended in doubt",
    ReversalOverRestart = 3, "reversals owed over a restart",
    RefundOverRestart = 3, "refunds owed or under way over a restart",
    LateMoneyOwed = 3, "refunds owed of money that came too late",
    DoubtOverRestart = 4, "attempts in doubt over a restart",
    PaperOverRestart = 4, "papers under way over a restart",
    PaymentLeft = 5, "payment requests that left",
    CodeAgain = 5, "codes scanned that had served an attempt",
    AnotherAttempt = 5, "second and later attempts of a sale",
    HeldSent = 6, "held codes sent when the line came back",
    HeldExpired = 6, "held codes whose deadline passed",
    SleepWithHeldCode = 6, "held codes in a machine that slept",
    JumpWhileOpen = 6, "jumps of the wall clock while something was held or in doubt",
    ReversalFloor = 6, "reversals of an unknown outcome",
    Approved = 7, "attempts approved",
    Contradicted = 7, "answers that contradict the request",
    RefundTooMuch = 8, "refunds asked for of more than was left",
    RefundInParts = 8, "refunds of a part",
    SecondPart = 8, "second and later parts of a payment",
    PartRefused = 8, "parts that the wallet does not allow",
    RefundRepeated = 8, "refund requests sent again",
    SeenByAPerson = 8, "refunds that a person settled",
    SaidWhileLocked = 8, "words about money that a locked till did not take",
    PaidInTheEnd = 9, "sales that ended paid, compared with the gateway",
    ChargedTwice = 9, "sales that were charged more than once",
    CodeInMemory = 10, "looks for codes while one was in memory",
    CodeInAReason = 10, "payment codes in the reason of a refund",
    LeftWithCode = 10, "sign-outs with a code in memory",
    LockedStep = 10, "steps of a locked till",
    Receipt = 11, "receipts printed",
    ReceiptCopy = 11, "copies printed",
    PendingSlip = 11, "pending slips printed",
    ReversalSlip = 11, "reversal slips printed",
    RefundSlip = 11, "refund slips printed",
    XReport = 11, "X reports printed",
    ZReport = 11, "Z reports printed",
    NamedSale = 11, "sales with a cashier's name",
    RefusedWhileLocked = 11, "acts that a locked till did not take",
    ShiftClosed = 12, "shifts closed",
    ShiftWithMoney = 12, "of them with payments",
    ShiftWithRefunds = 12, "of them with refunds",
    ShiftHandsOver = 12, "of them with open sales",
    MoneyOfEarlierShift = 12, "of them with money of an earlier shift",
}

/// Counts, one a condition.
#[derive(Debug, Clone)]
pub struct Conditions([u64; Condition::ALL.len()]);

impl Default for Conditions {
    fn default() -> Conditions {
        Conditions([0; Condition::ALL.len()])
    }
}

impl Conditions {
    /// How often it was there.
    #[must_use]
    pub fn times(&self, condition: Condition) -> u64 {
        self.0.get(condition as usize).copied().unwrap_or(0)
    }

    pub(crate) fn met(&mut self, condition: Condition) {
        self.met_if(true, condition);
    }

    pub(crate) fn met_if(&mut self, met: bool, condition: Condition) {
        if let Some(count) = self.0.get_mut(condition as usize) {
            *count += u64::from(met);
        }
    }

    pub(crate) fn add(&mut self, other: &Conditions) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs;
        }
    }

    /// What a person did, and what the till said to it. `known` is whether the code under the scanner had served before.
    pub(crate) fn heard(&mut self, refusal: Option<&Refusal>, known: bool) {
        self.met_if(known, Condition::CodeAgain);
        let met = match refusal {
            Some(Refusal::AttemptInDoubt) => Condition::ScanInDoubt,
            Some(Refusal::ConfirmFirst) => Condition::SameAmountAsked,
            Some(Refusal::RefundTooLarge { .. } | Refusal::NothingToRefund) => Condition::RefundTooMuch,
            Some(Refusal::RefundInPartsNotAllowed) => Condition::PartRefused,
            Some(Refusal::Locked) => Condition::RefusedWhileLocked,
            _ => return,
        };
        self.met(met);
    }

    /// What a committed entry shows, with the ledger after it.
    pub(crate) fn committed(&mut self, origin: Origin, entry: &Entry, ledger: &Ledger) {
        for record in &entry.records {
            match record {
                Record::SaleOpened { sale, amount, operator, .. } => {
                    let in_doubt = |other: &&Sale| other.id != *sale && other.standing() == Standing::InDoubt;
                    let mut others = ledger.open_sales().filter(in_doubt).peekable();
                    self.met_if(others.peek().is_some(), Condition::SaleBesideDoubt);
                    self.met_if(others.any(|other| other.amount == *amount), Condition::SameAmountSold);
                    self.met_if(operator.is_some(), Condition::NamedSale);
                }
                Record::AttemptHeld { attempt, .. } => {
                    self.met_if(attempt.index > 0, Condition::AnotherAttempt);
                }
                Record::AttemptSubmitted { attempt, .. } => {
                    let known = ledger.attempt(*attempt).map(|(_, attempt)| attempt);
                    let held = known.is_some_and(|attempt| attempt.scanned_at != entry.at);
                    self.met_if(held, Condition::HeldSent);
                    self.met_if(!held && attempt.index > 0, Condition::AnotherAttempt);
                }
                Record::AttemptExpired { cause, .. } => {
                    self.met_if(*cause == ExpiryCause::Deadline, Condition::HeldExpired);
                }
                Record::AttemptApproved { .. } => {
                    self.met(Condition::Approved);
                    self.met(Condition::LeftDoubt);
                }
                Record::AttemptDeclined { .. } | Record::AttemptReversed { .. } => {
                    self.met(Condition::LeftDoubt);
                }
                Record::AnswerContradicted { .. } => self.met(Condition::Contradicted),
                Record::ReversalOwed { cause, .. } => {
                    self.met_if(*cause == ReversalCause::WindowOver, Condition::WindowOver);
                }
                Record::RefundOwed { .. } => self.met(Condition::LateMoneyOwed),
                Record::RefundSaved { refund, amount, .. } => {
                    let whole = ledger.sale(refund.sale).is_some_and(|sale| sale.amount == *amount);
                    self.met_if(!whole, Condition::RefundInParts);
                    self.met_if(!whole && refund.index > 1, Condition::SecondPart);
                }
                Record::RefundConfirmed { refund, .. } | Record::RefundRefused { refund, .. } => {
                    self.met_if(origin == Origin::Looked(*refund), Condition::SeenByAPerson);
                }
                Record::ShiftClosed { report } => {
                    let figures = &report.figures;
                    let all = || [&figures.own, &figures.earlier, &figures.outside].into_iter().flatten();
                    self.met(Condition::ShiftClosed);
                    self.met_if(all().any(|(_, flow)| flow.sales.count > 0), Condition::ShiftWithMoney);
                    self.met_if(all().any(|(_, flow)| flow.refunds.count > 0), Condition::ShiftWithRefunds);
                    self.met_if(!report.open.is_empty(), Condition::ShiftHandsOver);
                    self.met_if(!figures.earlier.is_empty(), Condition::MoneyOfEarlierShift);
                }
                _ => {}
            }
        }
    }

    /// What a program that starts again finds.
    pub(crate) fn restarted(&mut self, ledger: &Ledger) {
        for sale in ledger.open_sales() {
            let reverses = |phase: &Phase| matches!(phase, Phase::Reversing { .. });
            let reversing = sale.attempts.iter().any(|attempt| reverses(&attempt.phase));
            self.met_if(reversing, Condition::ReversalOverRestart);
            let refunding = sale.refunds.iter().any(|refund| refund.phase.is_open());
            let owed = sale.refunds_owed.iter().any(|owed| sale.left_of(&owed.intent) > 0);
            self.met_if(refunding || owed, Condition::RefundOverRestart);
            self.met_if(sale.standing() == Standing::InDoubt, Condition::DoubtOverRestart);
        }
        let under_way = ledger.open_jobs().any(|job| job.stage.is_under_way());
        self.met_if(under_way, Condition::PaperOverRestart);
    }

    /// What a paper that leaves is.
    pub(crate) fn printed(&mut self, sheet: Sheet, copy: Copy) {
        self.met(match (sheet, copy) {
            (_, Copy::Number(_)) => Condition::ReceiptCopy,
            (Sheet::Receipt(_), Copy::Original) => Condition::Receipt,
            (Sheet::Slip(Slip::Pending(_)), Copy::Original) => Condition::PendingSlip,
            (Sheet::Slip(Slip::Reversal(_)), Copy::Original) => Condition::ReversalSlip,
            (Sheet::Slip(Slip::Refund(_)), Copy::Original) => Condition::RefundSlip,
            (Sheet::Slip(Slip::X(_)), Copy::Original) => Condition::XReport,
            (Sheet::Slip(Slip::Z(_)), Copy::Original) => Condition::ZReport,
            (Sheet::Slip(Slip::Test), Copy::Original) => return,
        });
    }

    /// How the world looks when its faults stop.
    pub(crate) fn faults_stopped(&mut self, ledger: &Ledger, locked: bool) {
        let in_doubt = |sale: &Sale| sale.standing() == Standing::InDoubt;
        let doubt = ledger.open_sales().any(in_doubt);
        self.met_if(ledger.open_sales().next().is_some(), Condition::OpenWhenFaultsStop);
        self.met_if(doubt, Condition::DoubtWhenFaultsStop);
        self.met_if(doubt && locked, Condition::DoubtInALockedTill);
    }

    /// The wall clock jumps.
    pub(crate) fn jumped(&mut self, ledger: &Ledger) {
        let open = |sale: &Sale| sale.standing() == Standing::InDoubt || is_held(sale);
        self.met_if(ledger.open_sales().any(open), Condition::JumpWhileOpen);
    }

    /// The machine slept.
    pub(crate) fn slept(&mut self, ledger: &Ledger) {
        self.met_if(ledger.open_sales().any(is_held), Condition::SleepWithHeldCode);
    }
}

fn is_held(sale: &Sale) -> bool {
    sale.latest().is_some_and(|attempt| attempt.phase == Phase::Held)
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for condition in Condition::ALL {
            let (count, invariant) = (self.times(*condition), condition.invariant());
            writeln!(f, "  {count:>10}  {invariant:>2}  {}", condition.words())?;
        }
        Ok(())
    }
}
