//! The wallets the gateway knows, as data: code shapes, presented currencies, refunds; every limit names its source in
//! `wooshpay-api.md` section 9. What a customer has in a wallet is absent: see `customer.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::mint::Mint;

/// A wallet, by its `payment_method_data.type` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wallet {
    /// WeChat Pay, the only one documented for `SCAN_CODE`.
    #[default]
    WechatPay,
    /// Alipay.
    Alipay,
    /// Alipay+.
    Alipayplus,
    /// UnionPay QR.
    Unionpay,
}

/// How often a payment of a wallet may be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refunds {
    /// Several partial ones, until all is back.
    Several,
    /// One, full or partial.
    One,
    /// None.
    Never,
}

/// What the gateway holds true of one wallet.
#[derive(Debug)]
pub(crate) struct WalletRules {
    pub(crate) name: &'static str,
    pub(crate) presented: &'static [&'static str],
    pub(crate) maximum: Option<(&'static str, i64)>,
    pub(crate) refunds: Refunds,
}

const WECHAT_PAY: WalletRules = WalletRules {
    name: "wechat_pay",
    presented: &["CNY", "GBP", "USD", "EUR", "HKD"],
    maximum: Some(("USD", 5_000_000)),
    refunds: Refunds::Several,
};
const ALIPAY: WalletRules = WalletRules {
    name: "alipay",
    presented: &["CNY", "GBP", "USD", "EUR", "HKD"],
    maximum: None,
    refunds: Refunds::One,
};
const ALIPAYPLUS: WalletRules = WalletRules {
    name: "alipayplus",
    presented: &["CNY", "HKD", "GBP", "IDR", "MYR", "PHP", "THB"],
    maximum: None,
    refunds: Refunds::One,
};
const UNIONPAY: WalletRules = WalletRules {
    name: "unionpay",
    presented: &["MYR", "CNY"],
    maximum: Some(("MYR", 250_000)),
    refunds: Refunds::Never,
};

impl Wallet {
    const ALL: [Self; 4] = [Self::WechatPay, Self::Alipay, Self::Alipayplus, Self::Unionpay];

    /// Reads the wire name, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wallet| wallet.rules().name.eq_ignore_ascii_case(text))
    }

    /// The wire name, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.rules().name
    }

    pub(crate) fn rules(self) -> &'static WalletRules {
        match self {
            Self::WechatPay => &WECHAT_PAY,
            Self::Alipay => &ALIPAY,
            Self::Alipayplus => &ALIPAYPLUS,
            Self::Unionpay => &UNIONPAY,
        }
    }

    /// Whether these digits have the shape of this wallet's payment codes (`quick-pay.md` section 1).
    #[must_use]
    pub fn claims(self, digits: &str) -> bool {
        let length = digits.len();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        let begins = |from: u32, to: u32| {
            digits.get(..2).and_then(|two| two.parse::<u32>().ok()).is_some_and(|n| (from..=to).contains(&n))
        };
        match self {
            Self::WechatPay => length == 18 && (begins(10, 15) || digits.starts_with("160")),
            Self::Alipay | Self::Alipayplus => (16..=24).contains(&length) && begins(25, 30),
            Self::Unionpay => length == 19 && begins(62, 62),
        }
    }

    /// New digits in this wallet's shape.
    pub(crate) fn mint_code(self, mint: &mut Mint) -> String {
        match self {
            Self::WechatPay => format!("13{}", mint.digits(16)),
            Self::Alipay | Self::Alipayplus => format!("28{}", mint.digits(16)),
            Self::Unionpay => format!("62{}", mint.digits(17)),
        }
    }
}

/// Whether a text, as it stands, would be taken for any wallet's payment code.
pub(crate) fn looks_like_a_code(text: &str) -> bool {
    Wallet::ALL.into_iter().any(|wallet| wallet.claims(text))
}

impl fmt::Display for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
