//! The scripted tour: what happens at the counter, and how each scene must end.
//!
//! Invariant: a scene says beforehand where its sale ends and whether money moves; the world is asked afterwards.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use quickpay_core::id::SaleId;
use quickpay_core::input::Input;
use quickpay_core::view::{State, View};
use quickpay_core::words::Language;
use quickpay_ui::Line;
use serde_json::json;

use super::cast::Customer;
use super::watch::Said;
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

/// What the tour does to the world, for the panel to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// A line goes up or down.
    Line(Line),
    /// A phone is held under the scanner.
    Scan(Customer),
}

/// Where the tour tells what it does, and keeps what the screen showed.
pub(super) struct Stage<'a> {
    pub(super) world: &'a World,
    /// Called with each thing that the tour does to the world.
    pub(super) tell: &'a mut dyn FnMut(Cue),
    /// Called with each view worth a picture.
    pub(super) picture: &'a mut dyn FnMut(&str, View),
    pub(super) language: Language,
}

impl Scene {
    pub(super) fn title(self, language: Language) -> String {
        let titles = match self {
            Scene::PaidAtOnce => ["Paid at once", "立即付款", "立即付款", "바로 결제"],
            Scene::PaidAfterPassword => {
                ["Paid after a password", "输入密码后付款", "輸入密碼後付款", "비밀번호 입력 후 결제"]
            }
            Scene::DeclinedThenFreshCode => [
                "Declined, then paid with a fresh code",
                "被拒后换码付款",
                "被拒後換碼付款",
                "거절된 뒤 새 코드로 결제",
            ],
            Scene::OfflineInTime => [
                "Scanned offline, sent in time",
                "离线扫码，及时发送",
                "離線掃碼，及時傳送",
                "오프라인 스캔, 제때 전송",
            ],
            Scene::OfflineTooLong => [
                "Offline too long: NOT CHARGED",
                "离线过久：未扣款",
                "離線過久：未扣款",
                "오래 오프라인: 청구 안 됨",
            ],
            Scene::ReplyLost => [
                "Reply lost, found by asking",
                "应答丢失，查询找回",
                "應答遺失，查詢找回",
                "응답 유실, 조회로 확인",
            ],
            Scene::NeverConfirmed => [
                "Never confirmed: CANCELLED",
                "一直未确认：已撤销",
                "一直未確認：已撤銷",
                "확인하지 않음: 취소됨",
            ],
            Scene::Plain(n) => return format!("Plain sale {n}"),
        };
        in_language(titles, language).to_owned()
    }

    /// What there is to see, in a sentence or two.
    pub(super) fn lesson(self, language: Language) -> &'static str {
        let lessons = match self {
            Scene::PaidAtOnce | Scene::Plain(_) => [
                "The amount first, then Anna's code. The money moves and the receipt prints.",
                "先输金额，再扫 Anna 的付款码。收款成功，打印小票。",
                "先輸金額，再掃 Anna 的付款碼。收款成功，列印收據。",
                "금액을 먼저, 그다음 Anna의 코드를 읽습니다. 결제되고 영수증이 나옵니다.",
            ],
            Scene::PaidAfterPassword => [
                "Ben's wallet asks for his password. The till waits and keeps asking the gateway.",
                "Ben 的钱包要求输入密码。收银机等待，并不断向网关查询。",
                "Ben 的錢包要求輸入密碼。收銀機等待，並不斷向閘道查詢。",
                "Ben의 지갑이 비밀번호를 묻습니다. 단말기는 기다리며 게이트웨이에 조회합니다.",
            ],
            Scene::DeclinedThenFreshCode => [
                "Dong has too little money, nothing is taken. Anna pays for the same sale.",
                "Dong 余额不足，未扣款。Anna 为同一笔付款。",
                "Dong 餘額不足，未扣款。Anna 為同一筆付款。",
                "Dong은 잔액이 부족해 인출되지 않습니다. Anna가 같은 거래를 결제합니다.",
            ],
            Scene::OfflineInTime => [
                "No network: the code waits under a clock, nothing is charged. The line comes back in time, and it is sent.",
                "无网络：付款码在倒计时内等待，尚未扣款。网络及时恢复，随即发送。",
                "無網路：付款碼在倒數內等待，尚未扣款。網路及時恢復，隨即傳送。",
                "네트워크가 없으면 코드는 시계 아래에서 기다리고 청구되지 않습니다. 제때 복구되어 전송됩니다.",
            ],
            Scene::OfflineTooLong => [
                "No network for too long: the code would be stale by now, so it is never sent. That is final.",
                "断网过久：付款码已失效，不再发送，结果已定。",
                "斷網過久：付款碼已失效，不再傳送，結果已定。",
                "네트워크가 너무 오래 없으면 코드가 만료되므로 전송하지 않습니다. 최종 결과입니다.",
            ],
            Scene::ReplyLost => [
                "The charge is made, but its answer is lost. The till never charges again: it asks.",
                "已扣款，但应答丢失。收银机绝不重复扣款，而是查询。",
                "已扣款，但應答遺失。收銀機絕不重複扣款，而是查詢。",
                "청구되었지만 응답이 유실되었습니다. 단말기는 다시 청구하지 않고 조회합니다.",
            ],
            Scene::NeverConfirmed => [
                "Carla never confirms. The till cancels, and says so only once the gateway agrees.",
                "Carla 一直不确认。收银机撤销，网关确认后才显示已撤销。",
                "Carla 一直不確認。收銀機撤銷，閘道確認後才顯示已撤銷。",
                "Carla는 확인하지 않습니다. 단말기가 취소하고, 게이트웨이가 확인해야 취소됨으로 표시합니다.",
            ],
        };
        in_language(lessons, language)
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
    fn pause(&mut self) -> Result<()> {
        if self.world.watch.until(self.world.pace.pause, Said::is_over) {
            bail!("stopped");
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
        (self.tell)(Cue::Scan(customer));
        self.world.scan(customer)
    }

    fn pull_the_cable(&mut self) -> Result<()> {
        (self.tell)(Cue::Line(Line::Down));
        self.world.line(&json!({ "line": "down", "how": "refuse" }))?;
        let offline =
            self.world.watch.until(self.limit(), |said| said.view.as_ref().is_some_and(|view| !view.online));
        if offline { self.pause() } else { bail!("the till does not see that the line is down") }
    }

    fn mend_the_cable(&mut self) -> Result<()> {
        self.pause()?;
        (self.tell)(Cue::Line(Line::Up));
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

fn in_language<T>([en, zh_cn, zh_tw, ko]: [T; 4], language: Language) -> T {
    match language {
        Language::En => en,
        Language::ZhCn => zh_cn,
        Language::ZhTw => zh_tw,
        Language::Ko => ko,
    }
}
