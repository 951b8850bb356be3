//! The figures of a shift: sums that grow with each record and are never counted again from the start.
//!
//! Invariant: every payment, every refund and every late sum is in the figures between two closes exactly once, in the
//! part of the shift that its sale was begun in; the states add up to all sales of the open shift.
//! Deliberately absent: clocks; a state here does not change by waiting (so "ask manager" is still "checking").

use std::collections::BTreeMap;

use crate::attempt::Phase;
use crate::id::{SaleId, ShiftNumber};
use crate::ledger::Ledger;
use crate::record::{Copy, Record};
use crate::sale::Sale;
use crate::show::money_state;
use crate::view::State;
use crate::wallet::WalletId;

/// How many, and their amounts together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: u32,
    /// In minor units.
    pub minor: u64,
}

impl Sum {
    fn add(&mut self, minor: u64) {
        self.count = self.count.saturating_add(1);
        self.minor = self.minor.saturating_add(minor);
    }

    fn take(&mut self, minor: u64) {
        self.count = self.count.saturating_sub(1);
        self.minor = self.minor.saturating_sub(minor);
    }

    fn plus(self, other: Sum) -> Sum {
        Sum { count: self.count.saturating_add(other.count), minor: self.minor.saturating_add(other.minor) }
    }
}

/// What one wallet brought and what went back to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// Payments that were approved: the gross.
    pub sales: Sum,
    /// Money that came after we had given the attempt up; it belongs to the customer.
    pub late: Sum,
    /// Money that went back, confirmed.
    pub refunds: Sum,
    /// Attempts that left doubt without a payment.
    pub unpaid: Sum,
}

impl Flow {
    /// What is left with the shop, in minor units; below zero where more went back than came.
    #[must_use]
    pub fn net_minor(&self) -> i64 {
        let signed = |minor: u64| i64::try_from(minor).unwrap_or(i64::MAX);
        signed(self.sales.minor)
            .saturating_add(signed(self.late.minor))
            .saturating_sub(signed(self.refunds.minor))
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Flow) -> Flow {
        Flow {
            sales: self.sales.plus(other.sales),
            late: self.late.plus(other.late),
            refunds: self.refunds.plus(other.refunds),
            unpaid: self.unpaid.plus(other.unpaid),
        }
    }
}

/// By wallet; only wallets that something happened with.
pub type Flows = BTreeMap<WalletId, Flow>;

/// All wallets together.
#[must_use]
pub fn total(flows: &Flows) -> Flow {
    flows.values().copied().fold(Flow::default(), Flow::plus)
}

/// Everything that became final since the last close, and where the sales of the open shift stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Of sales that were begun in this shift.
    pub own: Flows,
    /// Of sales that an earlier shift began: resolved from earlier.
    pub earlier: Flows,
    /// Of sales that were begun while no shift was open.
    pub outside: Flows,
    /// The sales begun in this shift by where they stand; only states that occur.
    pub states: BTreeMap<State, Sum>,
    /// Marked copies that were ordered.
    pub copies: u32,
}

impl Figures {
    /// All sales that were begun in this shift.
    #[must_use]
    pub fn begun(&self) -> Sum {
        self.states.values().copied().fold(Sum::default(), Sum::plus)
    }

    /// The sales begun in this shift that stand so.
    #[must_use]
    pub fn in_state(&self, state: State) -> Sum {
        self.states.get(&state).copied().unwrap_or_default()
    }

    fn flows_of(&mut self, sale: &Sale, open: Option<ShiftNumber>) -> &mut Flows {
        match sale.shift {
            None => &mut self.outside,
            own if own == open => &mut self.own,
            Some(_) => &mut self.earlier,
        }
    }

    fn move_state(&mut self, minor: u64, from: Option<State>, to: State) {
        if from == Some(to) {
            return;
        }
        if let Some(left) = from.and_then(|state| self.states.get_mut(&state)) {
            left.take(minor);
        }
        self.states.entry(to).or_default().add(minor);
        self.states.retain(|_, sum| sum.count > 0);
    }
}

/// Where a sale stands without a look at any clock: as the screen names it, but for what the screen says after a wait.
pub(crate) fn booked_state(sale: &Sale) -> State {
    if let Some(state) = money_state(sale) {
        return state;
    }
    let Some(attempt) = sale.latest() else { return State::Ready };
    match &attempt.phase {
        Phase::Held => State::Held,
        Phase::Expired { .. } => State::Expired,
        Phase::Submitted(_) => State::Checking,
        Phase::AwaitingPayer(_) => State::AwaitingPayer,
        Phase::Reversing { .. } => State::Reversing,
        Phase::Approved { .. } => State::Approved,
        Phase::Declined { .. } => State::Declined,
        Phase::Reversed { .. } => State::Reversed,
    }
}

impl Ledger {
    /// Where the sale of a record stood before it, if that is counted.
    pub(crate) fn counted_state(&self, sale: Option<SaleId>) -> Option<State> {
        let sale = self.sales.get(&sale?)?;
        self.is_own(sale).then(|| booked_state(sale))
    }

    /// Takes a folded record about a sale, or about none, into the figures.
    pub(crate) fn count(&mut self, record: &Record, sale: Option<SaleId>, before: Option<State>) {
        if let Record::PrintQueued { copy: Copy::Number(_), .. }
        | Record::SlipQueued { copy: Copy::Number(_), .. } = record
        {
            self.shifts.figures.copies = self.shifts.figures.copies.saturating_add(1);
        }
        let Some(sale) = sale.and_then(|id| self.sales.get(&id)) else { return };
        if self.is_own(sale) {
            self.shifts.figures.move_state(sale.amount.minor(), before, booked_state(sale));
        }
        let open = self.shifts.open.as_ref().map(|open| open.number);
        let Some((attempt, minor, into)) = moved(sale, record) else { return };
        let Some(wallet) = sale.attempt(attempt).map(|attempt| attempt.wallet.clone()) else { return };
        let flow = self.shifts.figures.flows_of(sale, open).entry(wallet).or_default();
        into(flow).add(minor);
    }

    fn is_own(&self, sale: &Sale) -> bool {
        sale.shift.is_some() && sale.shift == self.shifts.open.as_ref().map(|open| open.number)
    }
}

type Into = fn(&mut Flow) -> &mut Sum;

/// Which attempt's wallet a record moves money of, how much, and into which sum.
fn moved(sale: &Sale, record: &Record) -> Option<(crate::id::AttemptId, u64, Into)> {
    match record {
        Record::AttemptApproved { attempt, .. } => {
            Some((*attempt, sale.amount.minor(), |flow| &mut flow.sales))
        }
        Record::AttemptDeclined { attempt, .. } | Record::AttemptReversed { attempt, .. } => {
            Some((*attempt, sale.amount.minor(), |flow| &mut flow.unpaid))
        }
        Record::RefundOwed { attempt, amount, .. } => Some((*attempt, amount.minor(), |flow| &mut flow.late)),
        Record::RefundConfirmed { refund, .. } => {
            let refund = sale.refund(*refund)?;
            Some((refund.attempt, refund.amount.minor(), |flow| &mut flow.refunds))
        }
        Record::JournalBegan { .. } | Record::TerminalStarted | Record::SaleOpened { .. } => None,
        Record::AttemptHeld { .. } | Record::AttemptSubmitted { .. } | Record::AttemptNotSent { .. } => None,
        Record::AttemptExpired { .. } | Record::IntentNamed { .. } | Record::AnswerMissed { .. } => None,
        Record::DeclineDoubted { .. } | Record::AnswerContradicted { .. } => None,
        Record::AnswerAgreed { .. } | Record::PayerAwaited { .. } | Record::ReversalOwed { .. } => None,
        Record::WatchEnded { .. } | Record::SalePutAside { .. } | Record::SaleResumed { .. } => None,
        Record::RefundSaved { .. } | Record::RefundSent { .. } | Record::RefundNotSent { .. } => None,
        Record::RefundNamed { .. } | Record::RefundMissed { .. } => None,
        Record::RefundRefused { .. } | Record::RefundWithdrawn { .. } => None,
        Record::PrintQueued { .. } | Record::SlipQueued { .. } | Record::PrintWithdrawn { .. } => None,
        Record::PrintStarted { .. } | Record::PrintInterrupted { .. } | Record::PrintNotSent { .. } => None,
        Record::PrintFinished { .. } | Record::PrintUnknown { .. } | Record::PrintMissing { .. } => None,
        Record::ShiftOpened { .. } | Record::ShiftClosed { .. } => None,
        Record::StrayMoneyTold { .. } | Record::StrayMoneyTakenBack { .. } => None,
        Record::StrayMoneyPutRight { .. } => None,
        Record::PersonSignedIn { .. } | Record::PersonSignedOut { .. } => None,
    }
}
