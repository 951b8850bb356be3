//! A life by hand: the same rooms, driven step by step by a test that tells a story.
//!
//! Invariant: what a story does not bring about does not happen; all checks of a life are made after every step.
//! Deliberately absent: chance, except in how long things take.

use quickpay_core::id::{AttemptId, SaleId};
use quickpay_core::input::Input;
use quickpay_core::terminal::Terminal;

use crate::cashier::{Act, scan_of};
use crate::gateway::Stand;
use crate::life::{Care, Keep, Life, Plan, Violation};
use crate::network::Weather;
use crate::payer::{Code, Payer};
use crate::queue::Boot;

/// A customer's code, as the scanner will see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown(usize);

/// Where the money went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Money {
    /// Charges that the shop keeps and believes paid.
    pub kept: usize,
    /// Charges that the till owes back.
    pub owed: usize,
    /// Charges that nobody knows of.
    pub lost: usize,
}

/// A till on a good line, and a hand on everything.
#[derive(Debug)]
pub struct Story {
    life: Life,
}

impl Story {
    /// A till that was switched on a second ago. The seed decides only how long messages take.
    #[must_use]
    pub fn begin(seed: u64) -> Story {
        let plan = Plan { seed, mutant: None, care: Care::EveryStep, trace: Keep::Yes };
        let mut story = Story { life: Life::gentle(plan) };
        story.life.switch_on();
        story.pass(1000);
        story
    }

    /// Time passes.
    pub fn pass(&mut self, ms: u64) {
        let end = self.life.clock.true_ms() + ms;
        self.life.run_until(end, |_| false);
    }

    /// A customer shows a fresh WeChat code.
    pub fn shows(&mut self, payer: Payer) -> Shown {
        let (number, now) = (self.life.gateway.codes.len(), self.life.clock.true_ms());
        self.life.gateway.codes.push(Code::of("13", number, now, payer));
        Shown(number)
    }

    /// The cashier rings up.
    pub fn rings_up(&mut self, amount: &str) {
        self.act(Input::AmountEntered(amount.to_owned()));
    }

    /// The cashier scans.
    pub fn scans(&mut self, code: Shown) {
        let act = scan_of(&self.life.gateway, code.0);
        self.life.cashier_does(act);
    }

    /// The cashier does something else; what the till refuses does not happen.
    pub fn act(&mut self, input: Input) {
        self.life.cashier_does(Act::from(input));
    }

    /// The line changes.
    pub fn line(&mut self, weather: Weather) {
        self.life.network.weather = weather;
    }

    /// The next request arrives so much later.
    pub fn delays_the_next_request(&mut self, ms: u64) {
        self.life.network.next_after = Some(ms);
    }

    /// The gateway's search shows an intent only after up to this.
    pub fn search_lags(&mut self, ms: u64) {
        self.life.gateway.habits.search_lag_ms = ms;
    }

    /// The gateway ignores repeated keys; the next request arrives twice, and the reply to the first is lost.
    pub fn delivers_the_next_request_twice(&mut self) {
        self.life.gateway.habits.honours_keys = false;
        self.life.network.next_after = Some(100);
        self.life.network.next_again = Some(500);
        self.life.network.replies_to_lose = 1;
    }

    /// The second intent of a request that arrives twice is paid, with another amount.
    pub fn second_intents_charge_more(&mut self) {
        self.life.gateway.habits.strays = true;
        self.life.gateway.calm = false;
    }

    /// Whether an alarm about money that nobody asked for stands for a sale.
    #[must_use]
    pub fn calls_the_manager(&self, sale: u32) -> bool {
        let sale = self.till().and_then(|till| till.ledger().sale(SaleId(sale)));
        sale.is_some_and(|sale| sale.stray().is_some())
    }

    /// The next reply that arrives has a status that nobody knows.
    pub fn garbles_the_next_reply(&mut self) {
        self.life.network.garbles_next = true;
    }

    /// Money of a sale is to go back, all that is left or this much; whether the till took it.
    pub fn refund(&mut self, sale: u32, amount: Option<&str>) -> bool {
        let before = self.refunds_of(sale);
        let amount = amount.map(str::to_owned);
        self.act(Input::RefundAsked {
            sale: SaleId(sale),
            amount,
            reason: "returned".to_owned(),
            approver: None,
        });
        self.refunds_of(sale) > before
    }

    fn refunds_of(&self, sale: u32) -> usize {
        self.till().and_then(|till| till.ledger().sale(SaleId(sale))).map_or(0, |sale| sale.refunds.len())
    }

    /// The next replies are lost.
    pub fn loses_replies(&mut self, count: u32) {
        self.life.network.replies_to_lose = count;
    }

    /// What the gateway took and what it gave back or will, in minor units.
    #[must_use]
    pub fn taken_and_given_back(&self) -> (u64, u64) {
        let intents = || self.life.gateway.intents.iter().filter(|intent| intent.stand == Stand::Succeeded);
        let back = intents().map(|intent| self.life.gateway.given_back(&intent.id)).sum();
        (intents().map(|intent| intent.minor).sum(), back)
    }

    /// Refunds that left under some number, at the gateway.
    #[must_use]
    pub fn refunds_made(&self) -> usize {
        self.life.gateway.refunds.len()
    }

    /// Declines come without their intent.
    pub fn declines_hide_their_intent(&mut self) {
        self.life.gateway.habits.hides_declined_intents = true;
    }

    /// A cancel does not reach the wallet: the payer can still pay.
    pub fn wallet_is_deaf(&mut self) {
        self.life.gateway.habits.deaf_wallet = true;
    }

    /// The power is cut; the till is on again some seconds later.
    pub fn power_cut(&mut self) {
        self.life.power_goes(Boot::New);
    }

    /// All faults stop and everything settles.
    pub fn settles(&mut self) {
        self.life.settle();
    }

    /// The till, while it is on.
    #[must_use]
    pub fn till(&self) -> Option<&Terminal> {
        self.life.till.as_ref()
    }

    /// Whether this attempt is in doubt.
    #[must_use]
    pub fn in_doubt(&self, sale: u32, index: u8) -> bool {
        let id = AttemptId { sale: SaleId(sale), index };
        self.till().and_then(|till| till.ledger().attempt(id)).is_some_and(|(_, a)| a.phase.doubt().is_some())
    }

    /// Where the money went.
    #[must_use]
    pub fn money(&self) -> Money {
        let mut money = Money::default();
        let paid = self.life.gateway.intents.iter().filter(|intent| intent.stand == Stand::Succeeded);
        for intent in paid {
            let sales = || self.till().into_iter().flat_map(|till| till.ledger().sales().values());
            let owed = sales().flat_map(|sale| &sale.refunds_owed).any(|refund| refund.intent == intent.id);
            let kept = sales()
                .filter_map(|sale| sale.paid_by())
                .any(|attempt| attempt.phase.intent() == Some(&intent.id));
            match (kept, owed) {
                (true, false) => money.kept += 1,
                (false, true) => money.owed += 1,
                (true, true) | (false, false) => money.lost += 1,
            }
        }
        money
    }

    /// Whether the till believes that money came for a sale, wanted or not.
    #[must_use]
    pub fn money_came_for(&self, sale: u32) -> bool {
        let sale = self.till().and_then(|till| till.ledger().sale(SaleId(sale)));
        sale.is_some_and(|sale| sale.paid_by().is_some() || !sale.refunds_owed.is_empty())
    }

    /// How many charges the model wallet made.
    #[must_use]
    pub fn charges(&self) -> u64 {
        self.life.tally.charges
    }

    /// What broke, and the story until then.
    #[must_use]
    pub fn broken(&self) -> Option<(&Violation, &[String])> {
        self.life.violation.as_ref().map(|violation| (violation, self.life.trace.lines()))
    }
}
