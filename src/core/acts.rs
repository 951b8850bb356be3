//! Which acts one sale allows now, and why it does not allow the others.
//!
//! Invariant: an act is offered if and only if [`Terminal::decide`](crate::terminal::Terminal::decide) would take it at
//! this moment, because that very function is asked; so screen and engine cannot drift apart.
//! Deliberately absent: the acts of the panel ([`Act`](crate::view::Act)), which are about whatever stands there.

use crate::id::{RefundId, SaleId};
use crate::input::{Input, Seen};
use crate::money::Money;
use crate::refusal::Refusal;
use crate::sale::Sale;
use crate::terminal::Terminal;
use crate::time::Moment;

/// What may be done about one sale now. A refusal says why not, in words for people by [`Refusal::message`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleActs {
    /// Bring it on the panel ([`Input::Resumed`]); there it can be scanned for, cancelled, put aside.
    pub resume: Result<(), Refusal>,
    /// Ask the gateway now ([`Input::CheckAsked`]).
    pub check_again: Result<(), Refusal>,
    /// Print a marked copy of its receipt ([`Input::CopyAsked`]).
    pub reprint: Result<(), Refusal>,
    /// Print the slip that fits where it stands ([`Input::SlipAsked`]).
    pub slip: Result<(), Refusal>,
    /// Give money back ([`Input::RefundAsked`]); where people are configured, with a manager's PIN.
    pub refund: Result<LeftToRefund, Refusal>,
    /// Say that what came astray was put right at the gateway ([`Input::PutRight`]), with a manager's PIN as above.
    pub put_right: Result<(), Refusal>,
    /// Refunds whose fate a person must look up at the gateway and say ([`Input::RefundSeen`]), in order; with a manager's
    /// PIN as above.
    pub to_settle: Vec<RefundId>,
}

/// How much may go back in one refund now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftToRefund {
    /// At most this, the money of one payment. What a second payment brought goes back after it.
    pub left: Money,
    /// Whether less may be asked for.
    pub parts: Parts,
}

/// Whether the wallet gives less back than all that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Any amount up to what is left.
    Allowed,
    /// All that is left, or nothing.
    WholeOnly,
}

impl Terminal {
    /// What may be done about a sale now; `None` when the ledger holds no such sale (one of long ago is recalled first).
    #[must_use]
    pub fn acts_of(&self, now: Moment, id: SaleId) -> Option<SaleActs> {
        let sale = self.ledger.sale(id)?;
        Some(SaleActs {
            resume: self.would_take(now, Input::Resumed(id)),
            check_again: self.would_take(now, Input::CheckAsked(Some(id))),
            reprint: self.would_take(now, Input::CopyAsked(id)),
            slip: self.would_take(now, Input::SlipAsked(id)),
            refund: self.left_to_refund(now, sale),
            put_right: self.would_take(
                now,
                Input::PutRight { sale: id, approver: self.settings.people.first_manager() },
            ),
            to_settle: self.to_settle(now, sale),
        })
    }

    fn to_settle(&self, now: Moment, sale: &Sale) -> Vec<RefundId> {
        let approver = self.settings.people.first_manager();
        let asked = |refund: &RefundId| Input::RefundSeen {
            refund: *refund,
            seen: Seen::Yes,
            approver: approver.clone(),
        };
        let refunds = sale.refunds.iter().map(|refund| refund.id);
        refunds.filter(|refund| self.would_take(now, asked(refund)).is_ok()).collect()
    }

    fn would_take(&self, now: Moment, input: Input) -> Result<(), Refusal> {
        self.decide_on(now, input).map(drop)
    }

    fn left_to_refund(&self, now: Moment, sale: &Sale) -> Result<LeftToRefund, Refusal> {
        let asked = |amount| {
            let approver = self.settings.people.first_manager();
            Input::RefundAsked { sale: sale.id, amount, reason: String::new(), approver }
        };
        self.would_take(now, asked(None))?;
        let (_, intent) = sale.refundable().ok_or(Refusal::NothingToRefund)?;
        let left = Money::from_minor(sale.left_of(&intent), sale.amount.currency())?;
        let least = Money::from_minor(1, left.currency())?;
        let part = least < left && self.would_take(now, asked(Some(least.decimal()))).is_ok();
        Ok(LeftToRefund { left, parts: if part { Parts::Allowed } else { Parts::WholeOnly } })
    }
}
