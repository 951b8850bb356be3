//! Once faults stop: every sale ends, and belief equals truth.
//!
//! Invariant: nothing but time, a sound line, and the acts the manual asks of a person is needed.
//! Deliberately absent: mercy; only what the gateway truly contradicts for good may stay in doubt, with its alarm.

use quickpay_core::attempt::{Phase, Standing};
use quickpay_core::id::{IntentId, OrderId, SaleId};
use quickpay_core::input::{Input, Seen};
use quickpay_core::print::{PrintStage, Sheet};
use quickpay_core::record::Copy;
use quickpay_core::sale::Sale;

use crate::gateway::Stand;
use crate::life::Life;

/// After the last fault everything must be settled within this: the window, two of the longest pauses between reversals
/// (a quarter of an hour, where a clock that jumped says that they come too late), and some slack.
const SETTLED_WITHIN_MS: u64 = 40 * 60 * 1000;

impl Life {
    /// Stops all faults and waits; then a person does what the manual asks; then belief is compared with truth.
    pub(crate) fn settle(&mut self) {
        self.heal();
        self.wait_until_quiet("the faults stopped");
        self.look_after_papers();
        self.give_up_contradicted();
        self.wait_until_quiet("a person gave up what was contradicted");
        self.ask_about_all_that_is_clear();
        self.wait_until_quiet("a person asked again");
        if self.violation.is_none() {
            self.belief_equals_truth();
            self.check_replay();
        }
    }

    fn heal(&mut self) {
        self.trace.say(self.clock.true_ms(), || "--- all faults stop ---".to_owned());
        self.healed = true;
        self.network.heal();
        self.gateway.calm = true;
        self.printer.calm();
        self.power.calm();
    }

    fn wait_until_quiet(&mut self, since: &str) {
        let end = self.clock.true_ms() + SETTLED_WITHIN_MS;
        self.run_until(end, Life::is_quiet);
        if self.violation.is_none() && !self.is_quiet() {
            let open = self.till.as_ref().map(|till| till.ledger().open_sales().cloned().collect::<Vec<_>>());
            self.broken(0, || format!("40 minutes after {since} this is still open: {open:?}"));
        }
    }

    fn is_quiet(&self) -> bool {
        let Some(till) = &self.till else { return false };
        let restless = |sale: &Sale| {
            sale.attempts.iter().any(|attempt| match attempt.phase.doubt() {
                Some(_) if self.truly_contradicted(&attempt.order) => false,
                Some(doubt) => doubt.contradiction.is_none() || self.given_up,
                None => attempt.phase == Phase::Held,
            })
        };
        let asking = self.calls.iter().any(|call| call.about.is_some());
        !asking
            && self.asleep_until.is_none()
            && !till.ledger().open_sales().any(restless)
            && !till.ledger().open_jobs().any(|job| job.stage != PrintStage::Unknown)
            && self.queue.world_is_still()
    }

    fn look_after_papers(&mut self) {
        let Some(till) = &self.till else { return };
        let jobs: Vec<_> = till.ledger().open_jobs().map(|job| job.id).collect();
        for job in jobs {
            let seen = if self.printer.has(job) { Seen::Yes } else { Seen::No };
            self.give(Input::PaperSeen { job, seen }).ok();
        }
    }

    /// A contradiction waits for a person: the manager cancels the sale.
    fn give_up_contradicted(&mut self) {
        self.given_up = true;
        for sale in self.sales_that(|sale| sale.standing() == Standing::InDoubt) {
            self.give(Input::PutAside).ok();
            self.give(Input::Resumed(sale)).ok();
            self.give(Input::CancelAsked).ok();
            self.give(Input::PutAside).ok();
        }
    }

    /// Stands in for reconciliation, which the core does not have yet: money that came after a confirmed cancel is
    /// found when someone asks. Where a refund is owed already, asking again must not owe it twice.
    fn ask_about_all_that_is_clear(&mut self) {
        let late = self.gateway.intents.iter().any(|intent| intent.late);
        self.tally.found_by_asking += u64::from(late);
        for sale in self.sales_that(|sale| late || !sale.refunds_owed.is_empty()) {
            self.give(Input::CheckAsked(Some(sale))).ok();
        }
    }

    /// The wallet charges another amount than we asked for: only people can put that right.
    fn truly_contradicted(&self, order: &OrderId) -> bool {
        self.gateway.of_order(order).any(|intent| intent.minor != intent.asked_minor)
    }

    fn sales_that(&self, is: impl Fn(&Sale) -> bool) -> Vec<SaleId> {
        let Some(till) = &self.till else { return Vec::new() };
        till.ledger().sales().values().filter(|sale| is(sale)).map(|sale| sale.id).collect()
    }

    /// 9, without any excuse.
    fn belief_equals_truth(&mut self) {
        let Some(till) = &self.till else { return };
        let ledger = till.ledger();
        let mut broken = None;
        let mut contradicted = 0;
        for sale in ledger.sales().values() {
            for attempt in &sale.attempts {
                let intents = || self.gateway.of_order(&attempt.order);
                let truly_contradicted = self.truly_contradicted(&attempt.order);
                let paid = |owed: bool| {
                    intents().any(|intent| {
                        let known = sale.refunds_owed.iter().any(|refund| refund.intent == intent.id);
                        intent.stand == Stand::Succeeded && known == owed
                    })
                };
                let fits = match attempt.phase.standing() {
                    Standing::InDoubt if truly_contradicted => {
                        contradicted += 1;
                        true
                    }
                    Standing::InDoubt => false,
                    Standing::Paid => paid(false),
                    Standing::Clear => attempt.phase != Phase::Held && !paid(false),
                };
                let open = intents().any(|intent| intent.stand == Stand::Pending);
                if !fits || (open && !truly_contradicted) {
                    let truth: Vec<_> = intents().collect();
                    broken = Some(format!("{} is {:?}, but {truth:?}", attempt.id, attempt.phase));
                }
            }
            let original = ledger.jobs().values().find(|job| {
                job.copy == Copy::Original
                    && Some(job.sheet) == sale.paid_by().map(|paid| Sheet::Receipt(paid.id))
            });
            if sale.paid_by().is_some() && !original.is_some_and(|job| job.stage.is_settled()) {
                broken = Some(format!("{} is paid and has no receipt: {original:?}", sale.id));
            }
        }
        let given_back = |id: &IntentId| {
            self.gateway.intents.iter().any(|intent| intent.id == *id && intent.stand == Stand::Canceled)
        };
        let refunds = ledger.sales().values().flat_map(|sale| &sale.refunds_owed);
        self.tally.returned_already += refunds.filter(|refund| given_back(&refund.intent)).count() as u64;
        self.tally.contradicted += contradicted;
        if let Some(what) = broken {
            self.broken(9, || format!("at the end belief is not truth: {what}"));
        }
    }
}
