//! The twelve invariants of the architecture, asserted against what truly happened.
//!
//! Invariant: judges by the gateway's truth and by true time, never by the core's own judgement.
//! Deliberately absent: what goes back, which has a room of its own (`money_back.rs`).

use quickpay_core::answer::{Answer, IntentReport, IntentStatus};
use quickpay_core::attempt::{Attempt, Phase, Standing};
use quickpay_core::document::DocumentKind;
use quickpay_core::id::{AttemptId, IntentId, OrderId};
use quickpay_core::ledger::Ledger;
use quickpay_core::record::{Copy, Entry, Record};
use quickpay_core::sale::Sale;
use quickpay_core::words::Language;

use crate::gateway::{CODE_LIVES_MS, Gateway, Stand};
use crate::life::{Care, Life};
use crate::money_back::truly_returned;
use crate::watch::{Checked, Origin, Seen, Stage, Watch};

impl Watch {
    /// 1, 2, 3, 11, 12: what one committed entry says, in the light of what is true.
    #[expect(clippy::too_many_lines, reason = "one table: every record and what must hold of it")]
    pub(crate) fn committed(
        &mut self,
        origin: Origin,
        entry: &Entry,
        ledger: &Ledger,
        gateway: &Gateway,
        now: u64,
    ) -> Checked {
        self.met.committed(origin, entry, ledger);
        for record in &entry.records {
            self.names(origin, record)?;
            self.refund_recorded(origin, record, ledger, gateway)?;
            match record {
                Record::SaleOpened { sale, amount, .. } => {
                    self.opened += 1;
                    let same = |other: &Sale| {
                        other.id != *sale && other.amount == *amount && other.standing() == Standing::InDoubt
                    };
                    if !self.confirmed && ledger.open_sales().any(same) {
                        return Err((1, format!("{sale} repeats an amount in doubt and nobody was asked")));
                    }
                    self.confirmed = false;
                }
                Record::AttemptHeld { attempt, .. } | Record::AttemptSubmitted { attempt, .. } => {
                    let submitted = matches!(record, Record::AttemptSubmitted { .. });
                    if self.seen_mut(*attempt).is_none() {
                        let Some((code, scanned_at)) = self.scanning else {
                            return Err((5, format!("{attempt} begins without a scan")));
                        };
                        let (stage, submitted_at) = (Stage::Held, None);
                        let id = *attempt;
                        self.seen.push(Seen { id, code, scanned_at, submitted_at, sends: 0, stage });
                    }
                    if let Some(seen) = self.seen_mut(*attempt).filter(|_| submitted) {
                        seen.submitted_at = Some(now);
                    }
                }
                Record::AttemptNotSent { attempt } | Record::AttemptExpired { attempt, .. } => {
                    if self.seen_mut(*attempt).is_some_and(|seen| seen.sends > 0) {
                        return Err((2, format!("{attempt} is taken for unsent, but it left")));
                    }
                }
                Record::AttemptApproved { attempt, .. } => {
                    gateways_word(origin, *attempt)?;
                    let minor = ledger.sale(attempt.sale).map_or(0, |sale| sale.amount.minor());
                    self.approved_minor += minor;
                }
                Record::AttemptDeclined { attempt, .. } | Record::AttemptReversed { attempt, .. } => {
                    gateways_word(origin, *attempt)?;
                    self.nothing_can_come(*attempt, ledger, gateway)?;
                }
                Record::RefundOwed { attempt, .. } => {
                    gateways_word(origin, *attempt)?;
                    self.refunds += 1;
                }
                Record::PrintQueued { attempt, copy: Copy::Original, .. } => {
                    if self.originals.contains(attempt) {
                        return Err((11, format!("{attempt} has two original receipts")));
                    }
                    self.originals.push(*attempt);
                }
                Record::PrintQueued { .. } | Record::SlipQueued { .. } | Record::PrintWithdrawn { .. } => {}
                Record::ShiftOpened { .. } | Record::ShiftClosed { .. } => {}
                Record::PrintStarted { .. }
                | Record::PrintNotSent { .. }
                | Record::PrintInterrupted { .. } => {}
                Record::PrintFinished { .. } | Record::PrintUnknown { .. } => {}
                Record::PrintMissing { .. } | Record::JournalBegan { .. } | Record::TerminalStarted => {}
                Record::RefundSaved { .. } | Record::RefundSent { .. } | Record::RefundNotSent { .. } => {}
                Record::RefundNamed { .. } | Record::RefundMissed { .. } => {}
                Record::RefundConfirmed { .. } | Record::RefundRefused { .. } => {}
                Record::RefundWithdrawn { .. } => {}
                Record::PersonSignedIn { .. } | Record::PersonSignedOut { .. } => {}
                Record::IntentNamed { .. } | Record::AnswerMissed { .. } | Record::DeclineDoubted { .. } => {}
                Record::AnswerContradicted { .. } | Record::AnswerAgreed { .. } => {}
                Record::PayerAwaited { .. } | Record::WatchEnded { .. } => {}
                Record::StrayMoneyTold { .. } => {}
                Record::StrayMoneyTakenBack { .. } | Record::StrayMoneyPutRight { .. } => {}
                Record::ReversalOwed { .. } | Record::SalePutAside { .. } | Record::SaleResumed { .. } => {}
            }
        }
        let starts = entry.records.contains(&Record::TerminalStarted);
        match &self.signed_in {
            Some(person) if starts => Err((11, format!("{person} is signed in over a restart"))),
            Some(_) | None => Ok(()),
        }
    }

    /// 2: a no is believed only when no money can come any more.
    fn nothing_can_come(&self, id: AttemptId, ledger: &Ledger, gateway: &Gateway) -> Checked {
        let Some((sale, attempt)) = ledger.attempt(id) else { return Ok(()) };
        for intent in gateway.of_order(&attempt.order) {
            let owed = sale.refunds_owed.iter().any(|refund| refund.intent == intent.id);
            let open = match intent.stand {
                Stand::Pending => true,
                Stand::Refused(_) => intent.payer_may_pay,
                Stand::Succeeded => !owed && !intent.late,
                Stand::Canceled => false, // a deaf wallet may still pay: found by asking again
            };
            if open {
                let stand = &intent.stand;
                return Err((2, format!("{id} leaves doubt, but {} is {stand:?} at the gateway", intent.id)));
            }
        }
        let still = self.in_air.iter().find(|(order, code, at)| {
            let code = code.and_then(|code| gateway.codes.get(code));
            *order == attempt.order
                && code.is_some_and(|code| !code.used && *at <= code.shown_at + CODE_LIVES_MS)
        });
        still.map_or(Ok(()), |_| Err((2, format!("{id} leaves doubt while its request is under way"))))
    }

    /// 1, 3: where each attempt may go from where it was.
    fn steps(&mut self, ledger: &Ledger) -> Checked {
        for sale in ledger.sales().values() {
            let doubtful = |attempt: &&Attempt| attempt.phase.standing() == Standing::InDoubt;
            let last = sale.latest().map(|attempt| attempt.id);
            if sale.attempts.iter().filter(doubtful).any(|attempt| Some(attempt.id) != last) {
                return Err((1, format!("{} has a new attempt beside one in doubt", sale.id)));
            }
            for attempt in &sale.attempts {
                let stage = Stage::of(&attempt.phase);
                let Some(seen) = self.seen_mut(attempt.id) else {
                    return Err((4, format!("{} came from nowhere", attempt.id)));
                };
                if !seen.stage.may_become(stage) {
                    return Err((3, format!("{} went from {:?} to {stage:?}", attempt.id, seen.stage)));
                }
                seen.stage = stage;
            }
        }
        Ok(())
    }

    /// 12: the fold agrees with the watcher's own sums.
    fn sums(&self, ledger: &Ledger) -> Checked {
        let sales = ledger.sales();
        let of = |standing| sales.values().filter(move |sale| sale.standing() == standing);
        let (clear, doubt, paid) =
            (of(Standing::Clear).count(), of(Standing::InDoubt).count(), of(Standing::Paid).count());
        if clear + doubt + paid != sales.len() || sales.len() != self.opened {
            return Err((12, format!("{clear} + {doubt} + {paid} sales are not {}", self.opened)));
        }
        let approved = |sale: &&Sale| sale.paid_by().is_some();
        let minor: u64 = sales.values().filter(approved).map(|sale| sale.amount.minor()).sum();
        if minor != self.approved_minor {
            return Err((12, format!("the ledger sums {minor}, the journal {}", self.approved_minor)));
        }
        let refunds: usize = sales.values().map(|sale| sale.refunds_owed.len()).sum();
        if refunds != self.refunds {
            return Err((3, format!("{refunds} refunds are owed, {} were recorded", self.refunds)));
        }
        self.returned(ledger)
    }
}

/// 2: only the gateway's word ends doubt.
fn gateways_word(origin: Origin, attempt: AttemptId) -> Checked {
    let word = origin == Origin::Answered(attempt);
    if word { Ok(()) } else { Err((2, format!("{attempt} leaves doubt without the gateway's word"))) }
}

/// 7, 8, 9: what the ledger believes of a sale, against the money.
pub(crate) fn money_of(sale: &Sale, gateway: &Gateway) -> Checked {
    let mut kept = 0;
    for attempt in &sale.attempts {
        let id = attempt.id;
        for intent in gateway.of_order(&attempt.order).filter(|intent| intent.stand == Stand::Succeeded) {
            let owed = sale.refunds_owed.iter().any(|refund| refund.intent == intent.id);
            let approved =
                matches!(&attempt.phase, Phase::Approved { intent: known, .. } if *known == intent.id);
            match Stage::of(&attempt.phase) {
                Stage::Held | Stage::Expired => {
                    return Err((9, format!("{id} was charged and is believed unsent")));
                }
                Stage::Declined | Stage::Reversed if !owed && !intent.late => {
                    return Err((
                        9,
                        format!("{} was paid, {id} is believed clear, nothing is owed", intent.id),
                    ));
                }
                Stage::Approved if approved => kept += 1,
                Stage::Approved if !owed && !intent.is_stray() => {
                    return Err((9, format!("{} was paid beside the one that {id} keeps", intent.id)));
                }
                Stage::Submitted | Stage::Awaiting | Stage::Reversing => {}
                Stage::Declined | Stage::Reversed | Stage::Approved => {}
            }
        }
        if let Phase::Approved { intent, .. } = &attempt.phase {
            let truly = gateway.intents.iter().find(|known| known.id == *intent);
            let agrees = truly.is_some_and(|truly| {
                truly.stand == Stand::Succeeded
                    && truly.order == attempt.order
                    && truly.minor == sale.amount.minor()
                    && truly.asked_minor == sale.amount.minor()
            });
            if !agrees {
                return Err((7, format!("{id} is approved, but the gateway has {truly:?}")));
            }
        }
    }
    if kept > 1 {
        return Err((9, format!("{} was paid {kept} times", sale.id)));
    }
    refunds_of(sale, gateway)
}

/// 8: no refund is owed of money that did not come.
fn refunds_of(sale: &Sale, gateway: &Gateway) -> Checked {
    for (at, refund) in sale.refunds_owed.iter().enumerate() {
        let came = gateway.intents.iter().find(|intent| intent.id == refund.intent);
        let fits = came.is_some_and(|came| {
            let back_already = gateway.habits.reverses_paid && came.stand == Stand::Canceled;
            let came_as_asked = came.stand == Stand::Succeeded && !came.is_stray();
            (came_as_asked || back_already) && refund.amount.minor() <= came.minor
        });
        let twice = sale.refunds_owed.iter().take(at).any(|other| other.intent == refund.intent);
        let kept = sale.paid_by().is_some_and(|paid| paid.phase.intent() == Some(&refund.intent));
        if !fits || twice || kept {
            return Err((8, format!("{} owes a refund of {} that is not due", sale.id, refund.intent)));
        }
    }
    Ok(())
}

impl Life {
    pub(crate) fn judge(&mut self, checked: Checked) {
        if let Err((invariant, what)) = checked {
            self.broken(invariant, || what);
        }
    }

    /// After each committed entry.
    pub(crate) fn check_commit(&mut self, origin: Origin) {
        let now = self.clock.true_ms();
        let (Some(till), Some(entry)) = (&self.till, self.disk.entries.last()) else { return };
        self.trace.say(now, || format!("  journal {}: {:?}", entry.seq, entry.records));
        let ledger = till.ledger();
        let checked = self
            .watch
            .committed(origin, entry, ledger, &self.gateway, now)
            .and_then(|()| self.watch.steps(ledger))
            .and_then(|()| self.watch.sums(ledger));
        self.judge(checked);
        self.check_shifts();
        self.search_last_entry();
    }

    /// 7, 8, 9 after every step and after every change at the gateway; also: every charge has a record.
    pub(crate) fn check_truth(&mut self) {
        let Some(till) = &self.till else { return };
        let ledger = till.ledger();
        let now = (self.gateway.changes, ledger.last_seq());
        if now == (self.watch.checked_changes, self.watch.checked_seq) {
            return;
        }
        (self.watch.checked_changes, self.watch.checked_seq) = now;
        let known = |order: &OrderId| {
            ledger.sales().values().flat_map(|sale| &sale.attempts).any(|attempt| attempt.order == *order)
        };
        let stranger = self.gateway.intents.iter().find(|intent| !known(&intent.order));
        let checked = match stranger {
            Some(intent) => Err((9, format!("{} has no record of {}", intent.id, intent.order))),
            None => ledger
                .sales()
                .values()
                .try_for_each(|sale| money_of(sale, &self.gateway))
                .and_then(|()| truly_returned(ledger, &self.gateway)),
        };
        self.judge(checked);
    }

    /// Money that nobody asked for, as this answer truly tells of it.
    pub(crate) fn strays_in(&self, answer: &Answer) -> Vec<IntentId> {
        let Answer::Found(reports) = answer else { return Vec::new() };
        let is_stray = |report: &&IntentReport| {
            let truly = self.gateway.intents.iter().find(|intent| intent.id == report.id);
            truly.is_some_and(|truly| {
                truly.is_stray()
                    && report.status == IntentStatus::Succeeded
                    && report.order.as_ref() == Some(&truly.order)
            })
        };
        reports.iter().filter(is_stray).map(|report| report.id.clone()).collect()
    }

    /// 9: whoever was told of money that nobody asked for, of an attempt that is over, has called the manager.
    pub(crate) fn check_alarm(&mut self, id: AttemptId, told: &[IntentId]) {
        let attempt = self.till.as_ref().and_then(|till| till.ledger().attempt(id));
        let Some((_, attempt)) = attempt.filter(|(_, attempt)| attempt.phase.is_sent_and_over()) else {
            return;
        };
        let alarm = attempt.watch.stray().map(|stray| &stray.intent);
        if !told.is_empty() && !alarm.is_some_and(|alarm| told.contains(alarm)) {
            let phase = attempt.phase.clone();
            self.broken(9, || format!("{told:?} came beside {id}, which is {phase:?}, and nobody is called"));
        }
    }

    /// 11: of each payment at most one original lies on the counter, and only with its record.
    pub(crate) fn check_papers(&mut self) {
        let Some(till) = &self.till else { return };
        let out = self.printer.out();
        if out.len() == self.watch.checked_papers {
            return;
        }
        let original = |paper: &&crate::printer::Paper| paper.kind == DocumentKind::Receipt;
        let mut broken = None;
        for paper in out.iter().filter(original) {
            let Some(attempt) = paper.attempt else { continue };
            if out.iter().filter(original).filter(|other| other.attempt == Some(attempt)).count() > 1 {
                broken = Some(format!("two originals of {attempt} lie on the counter"));
            }
            let paid = till.ledger().attempt(attempt).map(|(_, attempt)| attempt.phase.standing());
            if paid != Some(Standing::Paid) {
                broken = Some(format!("a receipt of {attempt} lies on the counter, which is {paid:?}"));
            }
        }
        self.watch.checked_papers = out.len();
        if let Some(what) = broken {
            self.broken(11, || what);
        }
    }

    /// 4, 10: the whole journal replays to the live state; and nothing that can be shown holds a code.
    pub(crate) fn check_replay(&mut self) {
        self.tally.replays += 1;
        let Some(till) = &self.till else { return };
        let mut replayed = Ledger::default();
        let founded = self.disk.entries.iter().try_for_each(|entry| replayed.apply(entry)).is_ok();
        if !founded || replayed != *till.ledger() {
            return self.broken(4, || "the journal replays to another state".to_owned());
        }
        if self.plan.care == Care::EveryStep {
            let now = self.clock.moment();
            let view = till.view(now, Language::En);
            let open: u32 = view.open.iter().map(|open| open.count).sum();
            if usize::try_from(open).unwrap_or(0) != till.ledger().open_sales().count() {
                return self.broken(12, || "the open sales do not add up by state".to_owned());
            }
        }
        self.look_for_codes();
    }
}
