//! A small shop that takes one wallet.

use std::time::Duration;

use quickpay_core::answer::Mode;
use quickpay_core::id::TerminalId;
use quickpay_core::money::Currency;
use quickpay_core::person::People;
use quickpay_core::settings::{Paper, PrinterPresence, Settings, Timers};
use quickpay_core::wallet::{
    Alphabet, CodePattern, PartialRefunds, Reversal, ReversalEnd, Wallet, WalletId, WalletTable,
};
use quickpay_core::words::Language;

pub fn settings() -> Settings {
    let second = Duration::from_secs;
    let wallet = Wallet {
        id: WalletId("wechat_pay".into()),
        name_en: "WeChat Pay".into(),
        name_zh: "微信支付".into(),
        enabled: true,
        codes: vec![CodePattern {
            prefixes: ["10", "11", "12", "13", "14", "15"].map(String::from).to_vec(),
            min_len: 18,
            max_len: 18,
            alphabet: Alphabet::Digits,
        }],
        pay_window: second(50),
        reversal: Reversal::NotBefore(second(15)),
        reversal_end: ReversalEnd::After(second(7 * 24 * 3600)),
        partial_refunds: PartialRefunds::Many(50),
        refund_gap: second(60),
    };
    Settings {
        terminal: TerminalId::parse("T1").unwrap(),
        merchant: "Demo Store".into(),
        currency: Currency::Cny,
        language: Language::En,
        mode: Mode::Test,
        timers: Timers {
            submit_deadline: second(20),
            inquiry_interval: second(5),
            pay_window: second(50),
            reverse_not_before: second(15),
            escalate_after: second(900),
            line_check_interval: second(10),
        },
        wallets: WalletTable::new(vec![wallet]),
        confirm_above: None,
        people: People::default(),
        paper: Paper { printer: PrinterPresence::Configured, ..Paper::default() },
    }
}
