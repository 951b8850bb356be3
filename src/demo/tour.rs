//! The scripted tour: what happens at the counter, and how each scene must end.
//!
//! Invariant: a scene says beforehand where its sale ends and whether money moves; the world is asked afterwards.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use quickpay_core::id::SaleId;
use quickpay_core::input::Input;
use quickpay_core::view::{State, View};
use quickpay_core::words::Language;
use serde_json::json;

use super::cast::Customer;
use super::world::World;

/// One scene of the tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scene {
    PaidAtOnce,
    PaidAfterPassword,
    DeclinedThenFreshCode,
    OfflineInTime,
    OfflineTooLong,
    ReplyLost,
    NeverConfirmed,
    /// One more plain sale, of so many.
    Plain(u32),
}

/// The scenes of the story, in order.
pub(super) const STORY: [Scene; 7] = [
    Scene::PaidAtOnce,
    Scene::PaidAfterPassword,
    Scene::DeclinedThenFreshCode,
    Scene::OfflineInTime,
    Scene::OfflineTooLong,
    Scene::ReplyLost,
    Scene::NeverConfirmed,
];

/// How a scene ended.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) title: String,
    pub(super) sale: Option<SaleId>,
    pub(super) amount: String,
    pub(super) expected: State,
    pub(super) reached: Option<State>,
    pub(super) fault: Option<String>,
}

impl Outcome {
    pub(super) fn is_as_written(&self) -> bool {
        self.reached == Some(self.expected) && self.fault.is_none()
    }
}

/// Where the tour tells what it does, and keeps what the screen showed.
pub(super) struct Stage<'a> {
    pub(super) world: &'a World,
    /// Called with each caption; `false` ends the tour.
    pub(super) caption: &'a mut dyn FnMut(&str) -> bool,
    /// Called with each view worth a picture.
    pub(super) picture: &'a mut dyn FnMut(&str, View),
    pub(super) language: Language,
}

impl Scene {
    pub(super) fn title(self, language: Language) -> String {
        let [en, zh] = match self {
            Scene::PaidAtOnce => ["Paid at once", "立即付款"],
            Scene::PaidAfterPassword => ["Paid after a password", "输入密码后付款"],
            Scene::DeclinedThenFreshCode => ["Declined, then paid with a fresh code", "被拒后换码付款"],
            Scene::OfflineInTime => ["Scanned offline, sent in time", "离线扫码，及时发送"],
            Scene::OfflineTooLong => ["Offline too long: NOT CHARGED", "离线过久：未扣款"],
            Scene::ReplyLost => ["Reply lost, found by asking", "应答丢失，查询找回"],
            Scene::NeverConfirmed => ["Never confirmed: CANCELLED", "一直未确认：已撤销"],
            Scene::Plain(n) => return format!("Plain sale {n}"),
        };
        match language {
            Language::En | Language::Ko => en.to_owned(),
            Language::ZhCn | Language::ZhTw => zh.to_owned(),
        }
    }

    fn amount(self) -> String {
        match self {
            Scene::PaidAtOnce => "88.00".to_owned(),
            Scene::PaidAfterPassword => "12.50".to_owned(),
            Scene::DeclinedThenFreshCode => "40.00".to_owned(),
            Scene::OfflineInTime => "23.00".to_owned(),
            Scene::OfflineTooLong => "19.90".to_owned(),
            Scene::ReplyLost => "52.00".to_owned(),
            Scene::NeverConfirmed => "31.00".to_owned(),
            Scene::Plain(n) => format!("{}.{:02}", 5 + n % 90, n % 100),
        }
    }

    fn expected(self) -> State {
        match self {
            Scene::PaidAtOnce | Scene::PaidAfterPassword | Scene::DeclinedThenFreshCode => State::Approved,
            Scene::OfflineInTime | Scene::ReplyLost | Scene::Plain(_) => State::Approved,
            Scene::OfflineTooLong => State::Expired,
            Scene::NeverConfirmed => State::Reversed,
        }
    }

    /// Plays the scene and tells how it ended; a fault of the stage is part of the outcome.
    pub(super) fn play(self, stage: &mut Stage<'_>) -> Outcome {
        let title = self.title(stage.language);
        let played = self.act(stage);
        let sale = stage.world.watch.look(|said| said.view.as_ref().and_then(|view| view.sale));
        let reached =
            sale.and_then(|sale| stage.world.watch.look(|said| said.sales.get(&sale).map(|line| line.state)));
        Outcome {
            title,
            sale,
            amount: self.amount(),
            expected: self.expected(),
            reached,
            fault: played.err().map(|error| format!("{error:#}")),
        }
    }

    fn act(self, stage: &mut Stage<'_>) -> Result<()> {
        stage.say(&self.title(stage.language))?;
        match self {
            Scene::PaidAtOnce | Scene::Plain(_) => {
                stage.ring_up(&self.amount())?;
                stage.scan(Customer::Anna)?;
                stage.reach(State::Approved)
            }
            Scene::PaidAfterPassword => {
                stage.ring_up(&self.amount())?;
                stage.scan(Customer::Ben)?;
                stage.reach(State::AwaitingPayer)?;
                stage.reach(State::Approved)
            }
            Scene::DeclinedThenFreshCode => {
                stage.ring_up(&self.amount())?;
                stage.scan(Customer::Dong)?;
                stage.reach(State::Declined)?;
                stage.scan(Customer::Anna)?;
                stage.reach(State::Approved)
            }
            Scene::OfflineInTime => {
                stage.ring_up(&self.amount())?;
                stage.pull_the_cable()?;
                stage.scan(Customer::Anna)?;
                stage.reach(State::Held)?;
                stage.mend_the_cable()?;
                stage.reach(State::Approved)
            }
            Scene::OfflineTooLong => {
                stage.ring_up(&self.amount())?;
                stage.pull_the_cable()?;
                stage.scan(Customer::Anna)?;
                stage.reach(State::Held)?;
                stage.reach(State::Expired)?;
                stage.mend_the_cable()
            }
            Scene::ReplyLost => {
                stage.ring_up(&self.amount())?;
                let step = json!([{ "match": "create", "then": "drop_after" }]);
                stage.world.remote.post("/sandbox/script", &step)?;
                stage.scan(Customer::Anna)?;
                stage.reach(State::Checking)?;
                stage.reach(State::Approved)
            }
            Scene::NeverConfirmed => {
                stage.ring_up(&self.amount())?;
                stage.scan(Customer::Carla)?;
                stage.reach(State::AwaitingPayer)?;
                stage.reach(State::Reversing)?;
                stage.reach(State::Reversed)
            }
        }
    }
}

impl Stage<'_> {
    fn say(&mut self, caption: &str) -> Result<()> {
        if (self.caption)(caption) { Ok(()) } else { bail!("stopped") }
    }

    fn pause(&mut self) -> Result<()> {
        std::thread::sleep(self.world.pace.pause);
        if self.world.watch.look(|said| said.ended) {
            bail!("the till has ended");
        }
        Ok(())
    }

    /// Waits until the till is online, then types an amount.
    fn ring_up(&mut self, amount: &str) -> Result<()> {
        let online =
            self.world.watch.until(self.limit(), |said| said.view.as_ref().is_some_and(|view| view.online));
        if !online {
            bail!("the till does not come online");
        }
        self.pause()?;
        self.world.touch(Input::Cleared);
        self.world.touch(Input::AmountEntered(amount.to_owned()));
        self.reach(State::Armed)?;
        self.pause()
    }

    fn scan(&mut self, customer: Customer) -> Result<()> {
        self.world.scan(customer)
    }

    fn pull_the_cable(&mut self) -> Result<()> {
        self.world.line(&json!({ "line": "down", "how": "refuse" }))?;
        let offline =
            self.world.watch.until(self.limit(), |said| said.view.as_ref().is_some_and(|view| !view.online));
        if offline { self.pause() } else { bail!("the till does not see that the line is down") }
    }

    fn mend_the_cable(&mut self) -> Result<()> {
        self.pause()?;
        self.world.line(&json!({ "line": "up" }))
    }

    /// Waits until the panel shows a state, and keeps what it showed.
    fn reach(&mut self, state: State) -> Result<()> {
        let reached =
            self.world.watch.until(self.limit(), |said| said.view.as_ref().is_some_and(|v| v.state == state));
        let view = self.world.watch.look(|said| said.view.clone()).context("the till shows nothing")?;
        if !reached {
            let refusal = self.world.watch.look(|said| said.refusals.last().cloned()).unwrap_or_default();
            bail!("the panel shows {} instead of {} ({refusal})", view.state.name(), state.name());
        }
        (self.picture)(state.name(), view);
        self.pause()
    }

    fn limit(&self) -> Duration {
        let pace = self.world.pace;
        Duration::from_millis(pace.pay_window + pace.submit_deadline + 10 * pace.inquiry_interval + 15_000)
    }
}
