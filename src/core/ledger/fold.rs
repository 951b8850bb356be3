//! What each record changes in the ledger.
//!
//! Invariant: a record that fits nothing before it changes nothing and says so (`None`).
//! Deliberately absent: papers (`papers.rs`) and the running sums of shifts (`shift.rs`).

use super::papers::{is_queued, is_unknown};
use super::{Identity, Ledger};
use crate::attempt::{Attempt, Doubt, Phase, Standing, Watch};
use crate::id::{AttemptId, RefundId, SaleId, ShiftNumber};
use crate::money::Money;
use crate::person::PersonName;
use crate::print::PrintStage;
use crate::record::{Entry, Record};
use crate::refund::{Refund, RefundPhase};
use crate::sale::{Place, RefundOwed, Sale};
use crate::time::Moment;

impl Ledger {
    #[expect(clippy::too_many_lines, reason = "one table: every record and what it changes")]
    pub(super) fn apply_record(&mut self, &Entry { seq, at, .. }: &Entry, record: &Record) -> Option<()> {
        match record {
            Record::JournalBegan { terminal, epoch, currency } => {
                let identity = Identity { terminal: terminal.clone(), epoch: *epoch, currency: *currency };
                self.identity.is_none().then(|| self.identity = Some(identity))
            }
            Record::TerminalStarted => {
                self.started_at = Some(at);
                Some(())
            }
            Record::PersonSignedIn { person } => {
                self.signed_in.is_none().then(|| self.signed_in = Some(person.clone()))
            }
            Record::PersonSignedOut { person, .. } => {
                (self.signed_in.as_ref() == Some(person)).then(|| self.signed_in = None)
            }
            Record::SaleOpened { sale, amount, operator, shift } => {
                self.open_sale(at, *sale, *amount, operator.clone(), *shift)
            }
            Record::ShiftOpened { shift, operator } => self.open_shift(at, *shift, operator.clone()),
            Record::ShiftClosed { report } => self.close_shift(seq, report),
            Record::SalePutAside { sale } => self.place(*sale, Place::Aside),
            Record::SaleResumed { sale } => self.place(*sale, Place::AtHand),
            Record::AttemptHeld { attempt, order, wallet, submit_by, operator } => {
                self.add_attempt(Attempt {
                    id: *attempt,
                    order: order.clone(),
                    wallet: wallet.clone(),
                    scanned_at: at,
                    submit_by: *submit_by,
                    operator: operator.clone(),
                    changed_at: at,
                    phase: Phase::Held,
                    watch: Watch::On,
                })
            }
            Record::AttemptSubmitted { attempt, .. } if self.attempt(*attempt).is_some() => {
                self.change(at, *attempt, |phase| {
                    (*phase == Phase::Held).then(|| Phase::Submitted(Doubt::since(at)))
                })
            }
            Record::AttemptSubmitted { attempt, order, wallet, submit_by, operator } => {
                self.add_attempt(Attempt {
                    id: *attempt,
                    order: order.clone(),
                    wallet: wallet.clone(),
                    scanned_at: at,
                    submit_by: *submit_by,
                    operator: operator.clone(),
                    changed_at: at,
                    phase: Phase::Submitted(Doubt::since(at)),
                    watch: Watch::On,
                })
            }
            Record::AttemptNotSent { attempt } => self.change(at, *attempt, |phase| match phase {
                Phase::Submitted(_) | Phase::Reversing { .. } => Some(Phase::Held),
                Phase::Held | Phase::Expired { .. } | Phase::AwaitingPayer(_) => None,
                Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => None,
            }),
            Record::AttemptExpired { attempt, cause } => self.change(at, *attempt, |phase| {
                (*phase == Phase::Held).then_some(Phase::Expired { cause: *cause })
            }),
            Record::IntentNamed { attempt, intent } => {
                self.note(*attempt, |doubt| doubt.intent = Some(intent.clone()))
            }
            Record::AnswerMissed { attempt, silence } => {
                self.note(*attempt, |doubt| doubt.missed = Some(*silence))
            }
            Record::DeclineDoubted { attempt, decline } => {
                self.note(*attempt, |doubt| doubt.decline = Some(decline.clone()))
            }
            Record::AnswerContradicted { attempt, contradiction } => {
                self.note(*attempt, |doubt| doubt.contradiction = Some(*contradiction))
            }
            Record::AnswerAgreed { attempt } => self.note(*attempt, |doubt| doubt.contradiction = None),
            Record::WatchEnded { attempt } => {
                let watched = self.attempt_mut(*attempt).filter(|attempt| attempt.is_watched())?;
                watched.watch = Watch::Over;
                self.reindex(attempt.sale);
                Some(())
            }
            Record::StrayMoneyTold { attempt, stray } => {
                let over = self.attempt_mut(*attempt).filter(|attempt| attempt.phase.is_sent_and_over())?;
                over.watch = Watch::Astray(stray.clone());
                self.reindex(attempt.sale);
                Some(())
            }
            Record::StrayMoneyTakenBack { attempt } => self.end_alarm(*attempt, Watch::On),
            Record::StrayMoneyPutRight { attempt, .. } => self.end_alarm(*attempt, Watch::Over),
            Record::PayerAwaited { attempt } => self.change(at, *attempt, |phase| match phase {
                Phase::Submitted(doubt) => {
                    Some(Phase::AwaitingPayer(Doubt { missed: None, ..doubt.clone() }))
                }
                Phase::Held | Phase::Expired { .. } | Phase::AwaitingPayer(_) | Phase::Reversing { .. } => {
                    None
                }
                Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => None,
            }),
            Record::AttemptApproved { attempt, intent, wallet_reference } => {
                self.change(at, *attempt, |phase| match phase {
                    Phase::Submitted(_) | Phase::AwaitingPayer(_) => Some(Phase::Approved {
                        intent: intent.clone(),
                        wallet_reference: wallet_reference.clone(),
                    }),
                    Phase::Held | Phase::Expired { .. } | Phase::Reversing { .. } => None,
                    Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => None,
                })
            }
            Record::AttemptDeclined { attempt, decline } => self.change(at, *attempt, |phase| {
                let intent = phase.doubt()?.intent.clone();
                Some(Phase::Declined { decline: decline.clone(), intent })
            }),
            Record::ReversalOwed { attempt, cause } => self.change(at, *attempt, |phase| match phase {
                Phase::Submitted(doubt) | Phase::AwaitingPayer(doubt) => {
                    Some(Phase::Reversing { doubt: doubt.clone(), cause: cause.clone() })
                }
                Phase::Held | Phase::Expired { .. } | Phase::Reversing { .. } => None,
                Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => None,
            }),
            Record::AttemptReversed { attempt, proof } => self.change(at, *attempt, |phase| match phase {
                Phase::Reversing { doubt, cause } => Some(Phase::Reversed {
                    proof: Some(*proof),
                    cause: cause.clone(),
                    intent: doubt.intent.clone(),
                }),
                Phase::Held | Phase::Expired { .. } | Phase::Submitted(_) | Phase::AwaitingPayer(_) => None,
                Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => None,
            }),
            Record::RefundOwed { attempt, intent, amount } => {
                let owed = RefundOwed { attempt: *attempt, intent: intent.clone(), amount: *amount };
                self.owe_refund(at, owed)
            }
            Record::RefundSaved { refund, number, attempt, intent, amount, reason, operator, approver } => {
                self.save_refund(Refund {
                    id: *refund,
                    number: number.clone(),
                    attempt: *attempt,
                    intent: intent.clone(),
                    amount: *amount,
                    reason: reason.clone(),
                    operator: operator.clone(),
                    approver: approver.clone(),
                    changed_at: at,
                    phase: RefundPhase::Saved,
                })
            }
            Record::RefundSent { refund } => self.change_refund(at, *refund, |phase| {
                (*phase == RefundPhase::Saved).then_some(RefundPhase::Sent { id: None, missed: None })
            }),
            Record::RefundNotSent { refund } => self.change_refund(at, *refund, |phase| {
                (*phase == RefundPhase::Sent { id: None, missed: None }).then_some(RefundPhase::Saved)
            }),
            Record::RefundNamed { refund, id } => self.change_refund(at, *refund, |phase| {
                let RefundPhase::Sent { missed, .. } = phase else { return None };
                Some(RefundPhase::Sent { id: Some(id.clone()), missed: *missed })
            }),
            Record::RefundMissed { refund, silence } => self.change_refund(at, *refund, |phase| {
                let RefundPhase::Sent { id, .. } = phase else { return None };
                Some(RefundPhase::Sent { id: id.clone(), missed: Some(*silence) })
            }),
            Record::RefundConfirmed { refund, .. } => self.change_refund(at, *refund, |phase| {
                matches!(phase, RefundPhase::Sent { .. }).then_some(RefundPhase::Confirmed)
            }),
            Record::RefundRefused { refund, words, .. } => self.change_refund(at, *refund, |phase| {
                matches!(phase, RefundPhase::Sent { .. })
                    .then(|| RefundPhase::Refused { words: words.clone() })
            }),
            Record::RefundWithdrawn { refund } => self.change_refund(at, *refund, |phase| {
                (*phase == RefundPhase::Saved).then_some(RefundPhase::Withdrawn)
            }),
            Record::PrintQueued { job, attempt, copy, operator } => {
                self.queue_print(at, *job, *attempt, *copy, operator.as_ref())
            }
            Record::SlipQueued { job, slip, copy, operator } => {
                self.queue_slip(at, *job, *slip, *copy, operator.as_ref())
            }
            Record::PrintWithdrawn { job } => self.step(*job, is_queued, PrintStage::Withdrawn),
            Record::PrintStarted { job } => self.step(*job, is_queued, PrintStage::Printing),
            Record::PrintInterrupted { job, why } => {
                self.step(*job, PrintStage::is_under_way, PrintStage::Interrupted(*why))
            }
            Record::PrintNotSent { job } => self.step(*job, PrintStage::is_under_way, PrintStage::Queued),
            Record::PrintFinished { job, proof, .. } => self.step(
                *job,
                |stage| stage.is_under_way() || is_unknown(stage),
                PrintStage::Printed(*proof),
            ),
            Record::PrintUnknown { job } => self.step(*job, PrintStage::is_under_way, PrintStage::Unknown),
            Record::PrintMissing { job, .. } => self.step(*job, is_unknown, PrintStage::Missing),
        }
    }

    fn open_sale(
        &mut self,
        at: Moment,
        id: SaleId,
        amount: Money,
        operator: Option<PersonName>,
        shift: Option<ShiftNumber>,
    ) -> Option<()> {
        if self.last_sale.is_some_and(|last| id <= last) {
            return None;
        }
        self.last_sale = Some(id);
        let sale = Sale {
            id,
            amount,
            opened_at: at,
            operator,
            shift,
            attempts: Vec::with_capacity(1), // most sales have no second one, and each is half a kilobyte
            place: Place::AtHand,
            refunds_owed: Vec::new(),
            refunds: Vec::new(),
            copies: 0,
        };
        self.sales.insert(id, sale);
        Some(())
    }

    fn add_attempt(&mut self, attempt: Attempt) -> Option<()> {
        let sale = self.sales.get_mut(&attempt.id.sale)?;
        let in_order = usize::from(attempt.id.index) == sale.attempts.len();
        if !in_order || sale.standing() != Standing::Clear {
            return None;
        }
        let id = attempt.id.sale;
        sale.attempts.push(attempt);
        self.reindex(id);
        Some(())
    }

    fn place(&mut self, id: SaleId, place: Place) -> Option<()> {
        self.sales.get_mut(&id)?.place = place;
        Some(())
    }

    fn attempt_mut(&mut self, id: AttemptId) -> Option<&mut Attempt> {
        let sale = self.sales.get_mut(&id.sale)?;
        sale.attempts.get_mut(usize::from(id.index)).filter(|attempt| attempt.id == id)
    }

    fn change(
        &mut self,
        at: Moment,
        id: AttemptId,
        step: impl FnOnce(&Phase) -> Option<Phase>,
    ) -> Option<()> {
        let attempt = self.attempt_mut(id)?;
        attempt.phase = step(&attempt.phase)?;
        attempt.changed_at = at;
        self.reindex(id.sale);
        Some(())
    }

    fn end_alarm(&mut self, id: AttemptId, watch: Watch) -> Option<()> {
        let astray = self.attempt_mut(id).filter(|attempt| attempt.watch.stray().is_some())?;
        astray.watch = watch;
        self.reindex(id.sale);
        Some(())
    }

    /// Money came for an attempt that we had given up, or twice for one that was paid.
    fn owe_refund(&mut self, at: Moment, owed: RefundOwed) -> Option<()> {
        let sale = self.sales.get_mut(&owed.attempt.sale)?;
        let attempt = sale.attempts.get_mut(usize::from(owed.attempt.index))?;
        if let Phase::Reversing { cause, .. } = &attempt.phase {
            attempt.phase =
                Phase::Reversed { proof: None, cause: cause.clone(), intent: Some(owed.intent.clone()) };
            attempt.changed_at = at;
        }
        if sale.refunds_owed.iter().any(|known| known.intent == owed.intent) {
            return None;
        }
        let id = sale.id;
        sale.refunds_owed.push(owed);
        self.reindex(id);
        Some(())
    }

    /// A refund larger than what is left does not follow from any decision of ours.
    fn save_refund(&mut self, refund: Refund) -> Option<()> {
        let sale = self.sales.get_mut(&refund.id.sale)?;
        let next = usize::from(refund.id.index) == sale.refunds.len() + 1;
        if !next || refund.amount.minor() > sale.left_of(&refund.intent) {
            return None;
        }
        let id = sale.id;
        sale.refunds.push(refund);
        self.reindex(id);
        Some(())
    }

    fn change_refund(
        &mut self,
        at: Moment,
        id: RefundId,
        step: impl FnOnce(&RefundPhase) -> Option<RefundPhase>,
    ) -> Option<()> {
        let sale = self.sales.get_mut(&id.sale)?;
        let refund = sale.refunds.iter_mut().find(|refund| refund.id == id)?;
        refund.phase = step(&refund.phase)?;
        refund.changed_at = at;
        self.reindex(id.sale);
        Some(())
    }

    fn note(&mut self, attempt: AttemptId, note: impl FnOnce(&mut Doubt)) -> Option<()> {
        self.attempt_mut(attempt)?.phase.doubt_mut().map(note)
    }
}
