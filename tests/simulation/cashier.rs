//! The cashier: mostly sensible, sometimes hasty, sometimes wrong.
//!
//! Invariant: decides from what a person at the till could see; never looks at the gateway.
//! Deliberately absent: malice (a cashier who wants to steal is the back office's business).

use quickpay_core::attempt::{Phase, Standing};
use quickpay_core::id::{JobId, SaleId, ShiftNumber};
use quickpay_core::input::{Input, PadKey, Seen};
use quickpay_core::payment_code::Scan;
use quickpay_core::print::PrintStage;
use quickpay_core::refusal::Refusal;
use quickpay_core::terminal::Terminal;

use crate::gateway::Gateway;
use crate::payer::{Code, Payer};
use crate::seed::Seed;

/// Amounts that recur, so that two sales often owe the same.
const AMOUNTS: &[&str] = &["88.00", "88.00", "88", "12.50", "0.01", "3.14"];

/// The person at the till.
#[derive(Debug)]
pub(crate) struct Cashier {
    customers: u32,
    stage: Stage,
    /// The code of the customer at the counter.
    code: Option<usize>,
    tries: u32,
    /// Customers who will come back for their money.
    returns: u32,
    /// Cancels as soon as the till lets it, and has the customer show another code.
    hasty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Free,
    RungUp,
    Asked,
    Scanned,
}

/// What the cashier does, and which code is under the scanner.
#[derive(Debug)]
pub(crate) struct Act {
    pub(crate) input: Input,
    pub(crate) code: Option<usize>,
}

impl From<Input> for Act {
    fn from(input: Input) -> Act {
        Act { input, code: None }
    }
}

impl Cashier {
    pub(crate) fn draw(seed: &mut Seed) -> Cashier {
        let customers = if seed.chance(20) { 10 } else { seed.between(1, 3) };
        let customers = u32::try_from(customers).unwrap_or(1);
        let returns = seed.pick(&[0, 0, 1, 2, 3, 4], 0);
        Cashier { customers, stage: Stage::Free, code: None, tries: 0, returns, hasty: false }
    }

    /// One who cancels what a slow customer would still pay: the way to two charges for one sale.
    pub(crate) fn hurry(&mut self) {
        self.hasty = true;
    }

    /// Whether all customers were served.
    pub(crate) fn is_done(&self) -> bool {
        self.customers == 0 && self.stage == Stage::Free && self.returns == 0
    }

    /// How long until the next act.
    pub(crate) fn pause(&self, seed: &mut Seed) -> u64 {
        match (seed.below(20), self.stage) {
            (0..2, _) => 0,
            (2..12, _) => seed.between(100, 2500),
            (_, Stage::Scanned) => seed.between(1000, 16_000),
            (_, Stage::Free | Stage::RungUp | Stage::Asked) => seed.between(200, 4000),
        }
    }

    /// The next act.
    pub(crate) fn act(
        &mut self,
        now: u64,
        terminal: &Terminal,
        gateway: &mut Gateway,
        seed: &mut Seed,
    ) -> Option<Act> {
        if seed.chance(60) {
            return Some(shift(terminal, seed).into());
        }
        if seed.chance(120) {
            return Some(self.anything(now, terminal, gateway, seed));
        }
        match self.stage {
            Stage::Free if self.returns > 0 && (self.customers == 0 || seed.chance(200)) => {
                self.returns -= 1;
                Some(refund(terminal, seed))
            }
            Stage::Free if self.customers == 0 => None,
            Stage::Free => {
                self.stage = Stage::RungUp;
                self.code = None;
                self.tries = 0;
                Some(Input::AmountEntered(seed.pick(AMOUNTS, "1").to_owned()).into())
            }
            Stage::RungUp => {
                self.stage = Stage::Scanned;
                Some(self.scan(now, gateway, seed))
            }
            Stage::Asked => {
                self.stage = Stage::RungUp;
                Some(if seed.chance(700) { Input::Confirmed } else { Input::Cleared }.into())
            }
            Stage::Scanned => self.wait(now, terminal, gateway, seed),
        }
    }

    /// What the till said to the last act.
    pub(crate) fn hears(&mut self, refusal: &Refusal) {
        match refusal {
            Refusal::ConfirmFirst => self.stage = Stage::Asked,
            Refusal::Locked => self.stage = Stage::Free,
            Refusal::AmountFirst if self.stage == Stage::Scanned => self.stage = Stage::Free,
            _ => {}
        }
    }

    fn scan(&mut self, now: u64, gateway: &mut Gateway, seed: &mut Seed) -> Act {
        let known = self.code.filter(|_| seed.chance(150));
        let number = known.unwrap_or_else(|| {
            let fresh = gateway.codes.len();
            let mut code = Code::draw(fresh, now, seed);
            if self.hasty {
                let again = self.code.is_some();
                code.payer = if again { Payer::Pays } else { Payer::PaysLater(seed.between(20_000, 60_000)) };
            }
            gateway.codes.push(code);
            fresh
        });
        self.code = Some(number);
        scan_of(gateway, number)
    }

    fn wait(&mut self, now: u64, terminal: &Terminal, gateway: &mut Gateway, seed: &mut Seed) -> Option<Act> {
        let (_, sale) = terminal.ledger().sales().last_key_value()?;
        let held = sale.latest().is_some_and(|attempt| attempt.phase == Phase::Held);
        self.tries += 1;
        let tired = self.tries > 12;
        match sale.standing() {
            Standing::InDoubt if self.hasty && seed.chance(700) => Some(Input::CancelAsked.into()),
            Standing::InDoubt => match seed.below(100) {
                0..15 => Some(Input::CancelAsked.into()),
                15..25 => Some(Input::CheckAsked(None).into()),
                25..40 => Some(self.scan(now, gateway, seed)),
                40..55 => self.leave(Input::PutAside),
                _ if tired => self.leave(Input::PutAside),
                _ => None,
            },
            Standing::Paid => match seed.below(10) {
                0..2 => self.leave(Input::CopyAsked(sale.id)),
                2..6 => self.leave(Input::Cleared),
                _ => {
                    self.next_customer();
                    None
                }
            },
            Standing::Clear if held => match seed.below(10) {
                0 => Some(Input::CancelAsked.into()),
                1 => Some(self.scan(now, gateway, seed)),
                2 => self.leave(Input::Cleared),
                _ => None,
            },
            Standing::Clear => match seed.below(10) {
                _ if tired => self.leave(Input::Cleared),
                0..7 => Some(self.scan(now, gateway, seed)),
                _ => self.leave(Input::PutAside),
            },
        }
    }

    fn leave(&mut self, by: Input) -> Option<Act> {
        self.next_customer();
        Some(by.into())
    }

    fn next_customer(&mut self) {
        self.stage = Stage::Free;
        self.customers = self.customers.saturating_sub(1);
    }

    /// An act that need not fit.
    fn anything(&mut self, now: u64, terminal: &Terminal, gateway: &mut Gateway, seed: &mut Seed) -> Act {
        let sales = terminal.ledger().sales().len() as u64;
        let any = SaleId(u32::try_from(seed.below(sales + 1) + 1).unwrap_or(1));
        let unknown = terminal.ledger().open_jobs().find(|job| job.stage == PrintStage::Unknown);
        let junk = ["]C1106141411234567897", "4006381333931", "T1-000000-S0001a", "13299361465609", ""];
        match seed.below(16) {
            14 | 15 => refund(terminal, seed),
            0 => Input::Cleared.into(),
            1 => Input::Confirmed.into(),
            2 => Input::CancelAsked.into(),
            3 => Input::PutAside.into(),
            4 => Input::Resumed(any).into(),
            5 => Input::CheckAsked(seed.chance(700).then_some(any)).into(),
            6 => Input::CopyAsked(any).into(),
            7 => {
                let job = unknown.map_or(JobId(1), |job| job.id);
                let seen = if seed.chance(500) { Seen::Yes } else { Seen::No };
                Input::PaperSeen { job, seen }.into()
            }
            8 => Input::Scanned(Scan::from_message(seed.pick(&junk, "").as_bytes().to_vec())).into(),
            9 => Input::KeyPressed(seed.pick(
                &[PadKey::Digit(8), PadKey::DoubleZero, PadKey::Point, PadKey::Backspace],
                PadKey::Point,
            ))
            .into(),
            10 => {
                let amounts = ["0", "abc", "1.234", "99999999999999", "88.00"];
                Input::AmountEntered(seed.pick(&amounts, "0").to_owned()).into()
            }
            11 if !gateway.codes.is_empty() => {
                let old = usize::try_from(seed.below(gateway.codes.len() as u64)).unwrap_or(0);
                scan_of(gateway, old)
            }
            _ => self.scan(now, gateway, seed),
        }
    }
}

/// Something about the shift, mostly what fits.
fn shift(terminal: &Terminal, seed: &mut Seed) -> Input {
    let is_open = terminal.ledger().shifts().open.is_some();
    match seed.below(10) {
        0 => Input::ZCopyAsked(None),
        1 => Input::ZCopyAsked(Some(ShiftNumber(1))),
        2..4 => Input::XReportAsked,
        4 if is_open => Input::ShiftOpenAsked,
        4 => Input::ShiftCloseAsked { head: None },
        _ if is_open => Input::ShiftCloseAsked { head: None },
        _ => Input::ShiftOpenAsked,
    }
}

/// Money of some sale is to go back: all of it, a part, or more than there is.
fn refund(terminal: &Terminal, seed: &mut Seed) -> Act {
    let sales = terminal.ledger().sales().len() as u64;
    let sale = SaleId(u32::try_from(seed.below(sales.max(1)) + 1).unwrap_or(1));
    let amounts = [None, None, None, Some("0.01"), Some("1.00"), Some("3.00"), Some("5.00"), Some("99.00")];
    let amount = seed.pick(&amounts, None).map(str::to_owned);
    Input::RefundAsked { sale, amount, reason: "returned".to_owned(), approver: None }.into()
}

/// This code under the scanner.
pub(crate) fn scan_of(gateway: &Gateway, number: usize) -> Act {
    let text = gateway.codes.get(number).map_or("", |code| code.text.as_str());
    let input = Input::Scanned(Scan::from_message(text.as_bytes().to_vec()));
    Act { input, code: Some(number) }
}
