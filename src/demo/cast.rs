//! The customers of the demo.

use quickpay_core::words::Language;
use serde_json::{Value, json};

/// One customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Customer {
    /// Pays at once.
    Anna,
    /// Confirms with a password after a moment.
    Ben,
    /// Is asked for a password and never gives it.
    Carla,
    /// Has almost no money.
    Dong,
    /// Shows a code that has expired.
    Eva,
}

impl Customer {
    pub(super) const ALL: [Customer; 5] =
        [Customer::Anna, Customer::Ben, Customer::Carla, Customer::Dong, Customer::Eva];

    pub(super) fn name(self) -> &'static str {
        match self {
            Customer::Anna => "Anna",
            Customer::Ben => "Ben",
            Customer::Carla => "Carla",
            Customer::Dong => "Dong",
            Customer::Eva => "Eva",
        }
    }

    pub(super) fn habit(self, language: Language) -> &'static str {
        let [en, zh_cn, zh_tw, ko] = match self {
            Customer::Anna => ["pays at once", "立即付款", "立即付款", "바로 결제"],
            Customer::Ben => ["types a password", "输入密码", "輸入密碼", "비밀번호 입력"],
            Customer::Carla => ["never confirms", "从不确认", "從不確認", "확인하지 않음"],
            Customer::Dong => ["too little money", "余额不足", "餘額不足", "잔액 부족"],
            Customer::Eva => ["expired code", "过期的码", "過期的碼", "만료된 코드"],
        };
        match language {
            Language::En => en,
            Language::ZhCn => zh_cn,
            Language::ZhTw => zh_tw,
            Language::Ko => ko,
        }
    }

    /// What is in the purse at first, in fen.
    pub(super) fn purse_minor(self) -> u64 {
        match self {
            Customer::Anna => 500_000,
            Customer::Ben | Customer::Carla | Customer::Eva => 200_000,
            Customer::Dong => 150,
        }
    }

    /// What the sandbox is told. `confirm_ms` is how long a password takes.
    pub(super) fn wish(self, confirm_ms: u64) -> Value {
        let (name, balance) = (self.name(), self.purse_minor());
        match self {
            Customer::Anna | Customer::Dong => {
                json!({ "customer": name, "balance": balance, "confirms": "at_once" })
            }
            Customer::Ben => {
                json!({ "customer": name, "balance": balance, "password": true, "confirms": { "after_ms": confirm_ms } })
            }
            Customer::Carla => {
                json!({ "customer": name, "balance": balance, "password": true, "confirms": "never" })
            }
            Customer::Eva => json!({ "customer": name, "balance": balance, "code_life_ms": 1 }),
        }
    }
}
