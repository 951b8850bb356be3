//! 8: what goes back, against the gateway's truth: from a person's wish to the wallet, once and never too much.
//!
//! Invariant: judges by the model gateway's refunds and by its own book of numbers, never by the core's sums.

use quickpay_core::id::{IntentId, OrderId, RefundId};
use quickpay_core::ledger::Ledger;
use quickpay_core::record::Record;
use quickpay_core::refund::RefundPhase;
use quickpay_core::sale::Sale;
use quickpay_core::wallet::PartialRefunds;

use crate::conditions::Condition;
use crate::gateway::Gateway;
use crate::refunds::{Fate, Refunded};
use crate::till::{REFUND_GAP_MS, partial_refunds_of};
use crate::watch::{Checked, Origin, Watch};

/// A refund's number as it first left, and what it asked for.
#[derive(Debug)]
pub(crate) struct Numbered {
    refund: RefundId,
    number: OrderId,
    intent: IntentId,
    minor: u64,
    /// Requests that may have left.
    sends: u32,
}

impl Watch {
    /// What one record says about a refund.
    pub(crate) fn refund_recorded(
        &mut self,
        origin: Origin,
        record: &Record,
        ledger: &Ledger,
        gateway: &Gateway,
    ) -> Checked {
        let known = |id: RefundId| ledger.sale(id.sale).and_then(|sale| sale.refund(id));
        match record {
            Record::RefundSaved { refund, intent, amount, .. } => {
                if origin != Origin::RefundAsked {
                    return Err((8, format!("{refund} begins and nobody asked for it")));
                }
                allowed(ledger.sale(refund.sale), *refund, intent, amount.minor())
            }
            Record::RefundConfirmed { refund: id, .. } => {
                said_by_the_gateway(origin, *id)?;
                self.returned_minor += known(*id).map_or(0, |refund| refund.amount.minor());
                let truly = known(*id).and_then(|refund| gateway.refund_of(&refund.number));
                match truly.map(|truly| truly.fate) {
                    Some(Fate::Returned) => Ok(()),
                    other => Err((8, format!("{id} is believed returned, but it is {other:?}"))),
                }
            }
            Record::RefundRefused { refund: id, .. } => {
                said_by_the_gateway(origin, *id)?;
                let truly = known(*id).and_then(|refund| gateway.refund_of(&refund.number));
                match truly.map(|truly| truly.fate) {
                    Some(Fate::Failed) => Ok(()),
                    None if !self.refund_in_air(*id) => Ok(()),
                    other => Err((8, format!("{id} is believed refused, but it is {other:?} or on its way"))),
                }
            }
            Record::RefundWithdrawn { refund: id } | Record::RefundNotSent { refund: id } => {
                let left = self.numbered.iter().any(|known| known.refund == *id && known.sends > 0);
                if left { Err((8, format!("{id} is taken for unsent, but it left"))) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn refund_in_air(&self, id: RefundId) -> bool {
        let number = self.numbered.iter().find(|known| known.refund == id).map(|known| &known.number);
        number.is_some_and(|number| self.in_air.iter().any(|(order, ..)| order == number))
    }

    pub(crate) fn refund_left_before(&self, id: RefundId) -> bool {
        self.numbered.iter().any(|known| known.refund == id && known.sends > 0)
    }

    /// A refund is about to leave.
    pub(crate) fn refunding(
        &mut self,
        id: RefundId,
        (number, intent, minor): (&OrderId, &IntentId, u64),
        ledger: &Ledger,
        gateway: &Gateway,
        now: u64,
    ) -> Checked {
        let Some(refund) = ledger.sale(id.sale).and_then(|sale| sale.refund(id)) else {
            return Err((8, format!("{id} leaves and is not recorded")));
        };
        let recorded = (&refund.number, &refund.intent, refund.amount.minor());
        if !matches!(refund.phase, RefundPhase::Sent { .. }) || recorded != (number, intent, minor) {
            return Err((8, format!("{id} leaves as {number} of {minor}, recorded is {refund:?}")));
        }
        if let Some(first) = self.numbered.iter_mut().find(|known| known.refund == id) {
            if (&first.number, &first.intent, first.minor) != (number, intent, minor) {
                return Err((8, format!("{id} was {first:?} and leaves as {number}")));
            }
            first.sends += 1;
            self.met.met(Condition::RefundRepeated);
            return Ok(());
        }
        if self.numbered.iter().any(|known| known.number == *number) {
            return Err((8, format!("{number} serves two refunds")));
        }
        let lately = |other: &Refunded| {
            other.intent == *intent && other.fate != Fate::Failed && now < other.at + REFUND_GAP_MS
        };
        if let Some(other) = gateway.refunds.iter().find(|other| lately(other)) {
            return Err((8, format!("{id} leaves {} ms after {}", now - other.at, other.number)));
        }
        let (number, intent) = (number.clone(), intent.clone());
        self.numbered.push(Numbered { refund: id, number, intent, minor, sends: 1 });
        Ok(())
    }

    /// The connection for a refund was never made.
    pub(crate) fn refund_not_sent(&mut self, id: RefundId) {
        if let Some(known) = self.numbered.iter_mut().find(|known| known.refund == id) {
            known.sends = known.sends.saturating_sub(1);
        }
    }

    /// 12: what the journal says went back, against the watcher's own sum.
    pub(crate) fn returned(&self, ledger: &Ledger) -> Checked {
        let confirmed = ledger.sales().values().flat_map(|sale| &sale.refunds);
        let minor: u64 = confirmed
            .filter(|refund| refund.phase == RefundPhase::Confirmed)
            .map(|refund| refund.amount.minor())
            .sum();
        if minor == self.returned_minor {
            return Ok(());
        }
        Err((12, format!("the ledger says {minor} went back, the journal {}", self.returned_minor)))
    }
}

/// The wallet's rule about parts, and never more than what is left, both from the payment's own facts.
fn allowed(sale: Option<&Sale>, id: RefundId, intent: &IntentId, minor: u64) -> Checked {
    let Some(sale) = sale else { return Err((8, format!("{id} belongs to no sale"))) };
    let free = |phase: &RefundPhase| matches!(phase, RefundPhase::Refused { .. } | RefundPhase::Withdrawn);
    let others = || {
        let of_intent = sale.refunds.iter().filter(|refund| refund.intent == *intent && refund.id != id);
        of_intent.filter(|refund| !free(&refund.phase))
    };
    let before: u64 = others().map(|refund| refund.amount.minor()).sum();
    if before + minor > sale.amount.minor() {
        return Err((8, format!("{id} of {minor} after {before} is more than was paid")));
    }
    let wallet = sale.refund(id).and_then(|refund| sale.attempt(refund.attempt)).map(|a| &a.wallet);
    let whole = minor == sale.amount.minor();
    let fits = match wallet.map_or(PartialRefunds::None, partial_refunds_of) {
        PartialRefunds::None => whole,
        PartialRefunds::Once => whole || others().count() == 0,
        PartialRefunds::Many(most) => others().count() < usize::try_from(most).unwrap_or(0),
    };
    if fits { Ok(()) } else { Err((8, format!("{id} of {minor} is a part that its wallet does not allow"))) }
}

fn said_by_the_gateway(origin: Origin, id: RefundId) -> Checked {
    let said = matches!(origin, Origin::Refund(known) | Origin::Looked(known) if known == id);
    if said { Ok(()) } else { Err((8, format!("{id} ends without the gateway's word"))) }
}

/// What truly goes back, against what the ledger believes.
pub(crate) fn truly_returned(ledger: &Ledger, gateway: &Gateway) -> Checked {
    for truly in &gateway.refunds {
        let mut believed = ledger.sales().values().flat_map(|sale| &sale.refunds);
        let Some(believed) = believed.find(|refund| refund.number == truly.number) else {
            return Err((8, format!("{} goes back and is not recorded", truly.number)));
        };
        let fits = match (&believed.phase, truly.fate) {
            (RefundPhase::Sent { .. }, _) => true,
            (RefundPhase::Confirmed, fate) => fate == Fate::Returned,
            (RefundPhase::Refused { .. }, fate) => fate == Fate::Failed,
            (RefundPhase::Saved | RefundPhase::Withdrawn, _) => false,
        };
        let same = believed.intent == truly.intent && believed.amount.minor() == truly.minor;
        if !fits || !same {
            return Err((8, format!("{truly:?} at the gateway is {believed:?} to us")));
        }
    }
    for intent in &gateway.intents {
        let back = gateway.given_back(&intent.id);
        if back > intent.minor || back > intent.asked_minor {
            return Err((8, format!("{} took {} and gives {back} back", intent.id, intent.minor)));
        }
    }
    Ok(())
}
