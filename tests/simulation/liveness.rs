//! Once faults stop: every sale ends, and belief equals truth.
//!
//! Invariant: nothing but time, a sound line, and the acts the manual asks of a person is needed.
//! Deliberately absent: mercy; only what the gateway truly contradicts for good may stay in doubt, with its alarm.

use quickpay_core::attempt::{Attempt, Phase, Standing};
use quickpay_core::id::{IntentId, OrderId, RefundId, SaleId};
use quickpay_core::input::{Input, Seen};
use quickpay_core::print::{PrintStage, Sheet};
use quickpay_core::record::Copy;
use quickpay_core::refund::{Refund, RefundPhase};
use quickpay_core::sale::Sale;
use quickpay_core::view::State;

use crate::conditions::Condition;
use crate::gateway::{Intent, Stand};
use crate::life::Life;
use crate::queue::About;
use crate::refunds::Fate;

/// After the last fault everything must be settled within this: the window, two of the longest pauses between reversals
/// (a quarter of an hour, where a clock that jumped says that they come too late), and some slack.
const SETTLED_WITHIN_MS: u64 = 40 * 60 * 1000;

/// A person may settle a refund when nothing was heard of it for a quarter of an hour.
const UNTIL_A_PERSON_MAY_SAY_MS: u64 = 16 * 60 * 1000;

impl Life {
    /// Stops all faults and waits; then a person does what the manual asks; then belief is compared with truth.
    pub(crate) fn settle(&mut self) {
        self.heal();
        self.shop_closes();
        self.hand_over();
        self.wait_until_quiet("the faults stopped");
        self.nobody_puts_right();
        self.manager_comes();
        self.put_right_what_came_astray();
        self.look_after_papers();
        self.look_for_refunds();
        self.wait_until_quiet("a person looked for refunds");
        self.give_back_what_is_owed();
        self.wait_until_quiet("a person gave back what was owed");
        self.ask_about_all_that_is_owed();
        self.wait_until_quiet("a person asked again");
        self.hand_over();
        self.wait_until_quiet("the last shift was closed");
        if self.violation.is_none() {
            self.belief_equals_truth();
            self.check_replay();
            self.search_journal();
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

    /// In half of the lives with people, whoever has the till leaves it as it stands when the faults stop.
    fn shop_closes(&mut self) {
        if self.plan.seed % 8 == 2 && self.watch.manager.is_some() {
            self.cashier_does(Input::SignOutAsked.into());
        }
        if let Some(till) = &self.till {
            self.watch.met.faults_stopped(till.ledger(), till.is_locked());
        }
    }

    /// The next cashier comes, in every other life: what is at hand is put aside, the shift closed and another opened.
    fn hand_over(&mut self) {
        if self.plan.seed.is_multiple_of(2) {
            return;
        }
        for input in [Input::PutAside, Input::Cleared, Input::ShiftOpenAsked] {
            self.give(input).ok();
        }
        self.give(Input::ShiftCloseAsked { head: None }).ok();
        self.give(Input::ShiftOpenAsked).ok();
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
        let ledger = till.ledger();
        let restless = |sale: &Sale| {
            let doubtful = sale.attempts.iter().any(|attempt| match attempt.phase.doubt() {
                Some(doubt) => doubt.contradiction.is_none() || !self.truly_contradicted(&attempt.order),
                None => attempt.phase == Phase::Held,
            });
            doubtful
                || self.is_false_alarm(sale)
                || self.first_open(sale).is_some_and(|refund| !self.is_parked(refund))
        };
        let watching = self.sees_watches_out() && ledger.watched().any(|attempt| self.is_looked_for(attempt));
        let asking = self.calls.iter().any(|call| call.about != About::Line);
        !asking
            && !watching
            && self.asleep_until.is_none()
            && !ledger.open_sales().any(restless)
            && !ledger.open_jobs().any(|job| job.stage != PrintStage::Unknown)
            && self.queue.world_is_still()
    }

    /// Whether a look may still find something: not where an alarm stands, nor where no answer is ever clear.
    fn is_looked_for(&self, attempt: &Attempt) -> bool {
        let strays = self.gateway.of_order(&attempt.order).any(Intent::is_stray);
        attempt.watch.stray().is_none() && (strays || !self.truly_contradicted(&attempt.order))
    }

    /// An alarm about money that the gateway only told wrongly.
    fn is_false_alarm(&self, sale: &Sale) -> bool {
        sale.stray().is_some_and(|(attempt, stray)| {
            !self
                .gateway
                .of_order(&attempt.order)
                .any(|intent| intent.id == stray.intent && intent.is_stray())
        })
    }

    /// The manager is called, nothing of that money can be refunded at the till, and a person gives it back at the gateway:
    /// what is shown, and then what is shown next.
    fn put_right_what_came_astray(&mut self) {
        for sale in self.sales_that(|sale| sale.stray().is_some()) {
            let attempts = self.till.as_ref().and_then(|till| Some(till.ledger().sale(sale)?.attempts.len()));
            for _ in 0..attempts.unwrap_or(0) {
                self.put_one_right(sale);
            }
        }
    }

    fn put_one_right(&mut self, sale: SaleId) {
        let now = self.clock.moment();
        let Some(known) = self.till.as_ref().and_then(|till| till.ledger().sale(sale)) else { return };
        let Some(intent) = known.stray().map(|(_, stray)| stray.intent.clone()) else { return };
        let shown = self.till.as_ref().map(|till| till.state_of(known, now));
        let under_way = matches!(shown, Some(State::RefundSaved | State::RefundSent));
        if shown != Some(State::AskManager) && !under_way {
            self.broken(9, || format!("money came astray for {sale} and it is shown as {shown:?}"));
        }
        if let Some(truly) = self.gateway.intents.iter_mut().find(|truly| truly.id == intent) {
            (truly.stand, truly.minor) = (Stand::Canceled, truly.asked_minor);
        }
        self.gateway.changes += 1;
        self.tally.alarms += 1;
        let approver = self.staff.manager();
        let put_right = Input::PutRight { sale, approver: None };
        if approver.is_some() && self.give(put_right.clone()).is_ok() {
            self.broken(11, || format!("the alarm about {sale} ended without a manager's word"));
        }
        if self.give(put_right.approved_by(approver)).is_err() {
            self.broken(9, || format!("a person cannot end the alarm about {sale}"));
        }
    }

    /// The refund of a sale that is to be done next; the others wait for it.
    fn first_open<'a>(&self, sale: &'a Sale) -> Option<&'a Refund> {
        sale.refunds.iter().find(|refund| refund.phase.is_open())
    }

    /// A refund that may have left, that the gateway does not have and refuses: only a person can look.
    pub(crate) fn is_parked(&self, refund: &Refund) -> bool {
        matches!(refund.phase, RefundPhase::Sent { .. })
            && self.gateway.refused.contains(&refund.number)
            && self.gateway.refund_of(&refund.number).is_none()
    }

    /// Ten minutes of looking are dear: waited for where late money is possible, and in some other lives.
    fn sees_watches_out(&self) -> bool {
        self.gateway.habits.deaf_wallet
            || self.plan.seed.is_multiple_of(32)
            || self.gateway.intents.iter().any(Intent::is_stray)
    }

    fn look_after_papers(&mut self) {
        let Some(till) = &self.till else { return };
        let jobs: Vec<_> = till.ledger().open_jobs().map(|job| job.id).collect();
        for job in jobs {
            let seen = if self.printer.has(job) { Seen::Yes } else { Seen::No };
            self.give(Input::PaperSeen { job, seen }).ok();
        }
    }

    /// A refund that the gateway cannot tell us about waits for a person, who looks in the gateway's own list.
    fn look_for_refunds(&mut self) {
        for _ in 0..3 {
            let parked = self.refunds_that(Life::is_parked);
            if parked.is_empty() {
                return;
            }
            let now = self.clock.true_ms();
            self.run_until(now + UNTIL_A_PERSON_MAY_SAY_MS, |_| false);
            for (refund, number) in parked {
                self.tally.looked_for += 1;
                let went = self.gateway.refund_of(&number).is_some_and(|known| known.fate != Fate::Failed);
                let seen = if went { Seen::Yes } else { Seen::No };
                let approver = self.staff.manager();
                self.give(Input::RefundSeen { refund, seen, approver }).ok();
            }
            self.wait_until_quiet("a person looked for one refund");
        }
    }

    /// Money that came for what was given up belongs to the customer: the manager gives it back.
    fn give_back_what_is_owed(&mut self) {
        let owed = |sale: &Sale| sale.refunds_owed.iter().any(|owed| sale.left_of(&owed.intent) > 0);
        for sale in self.sales_that(owed) {
            let reason = "came too late".to_owned();
            let approver = self.staff.manager();
            self.give(Input::RefundAsked { sale, amount: None, reason, approver }).ok();
        }
    }

    /// Where a refund is owed already, asking again must not owe it twice.
    fn ask_about_all_that_is_owed(&mut self) {
        let late = self.gateway.intents.iter().any(|intent| intent.late);
        self.tally.found_by_looking += u64::from(late);
        for sale in self.sales_that(|sale| !sale.refunds_owed.is_empty()) {
            self.give(Input::CheckAsked(Some(sale))).ok();
        }
    }

    /// The wallet charges another amount than we asked for: only people can put that right.
    fn truly_contradicted(&self, order: &OrderId) -> bool {
        self.gateway.of_order(order).any(|intent| intent.minor != intent.asked_minor)
    }

    pub(crate) fn refunds_that(&self, is: impl Fn(&Life, &Refund) -> bool) -> Vec<(RefundId, OrderId)> {
        let Some(till) = &self.till else { return Vec::new() };
        let refunds = till.ledger().sales().values().flat_map(|sale| &sale.refunds);
        refunds.filter(|refund| is(self, refund)).map(|refund| (refund.id, refund.number.clone())).collect()
    }

    pub(crate) fn sales_that(&self, is: impl Fn(&Sale) -> bool) -> Vec<SaleId> {
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
            let intents = sale.attempts.iter().flat_map(|attempt| self.gateway.of_order(&attempt.order));
            let charges = intents.filter(|intent| intent.stand == Stand::Succeeded).count();
            self.watch.met.met_if(charges > 1, Condition::ChargedTwice);
            self.watch.met.met_if(sale.paid_by().is_some(), Condition::PaidInTheEnd);
            for attempt in &sale.attempts {
                let intents = || self.gateway.of_order(&attempt.order);
                let truly_contradicted = self.truly_contradicted(&attempt.order);
                let is_owed = |id: &IntentId| sale.refunds_owed.iter().any(|refund| refund.intent == *id);
                // Beside money that was found nobody looks for more; whoever is told of it calls the manager.
                let found = intents().any(|intent| is_owed(&intent.id));
                let paid = |owed: bool| {
                    intents().any(|intent| {
                        let unseen = found && intent.is_stray();
                        intent.stand == Stand::Succeeded && is_owed(&intent.id) == owed && !unseen
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
            if let Some(refund) = self.first_open(sale) {
                broken = Some(format!("{} is still {:?}", refund.id, refund.phase));
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
