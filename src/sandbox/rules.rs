//! What is not documented about the real gateway and therefore switchable here; the defaults are the friendliest
//! reading. Faults are absent: see `play.rs`.

use serde::{Deserialize, Serialize};

/// The switches, also the body of `POST /sandbox/rules` (every field optional there).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// How long a code lives from display (WeChat and Alipay refresh theirs every minute).
    pub code_life_ms: u64,
    /// When the wallet revokes what nobody confirmed (WeChat: 45 s); null is never.
    pub confirm_window_ms: Option<u64>,
    /// Refuse well-formed codes that nobody was shown. When off they belong to a rich customer, once each.
    pub strict_codes: bool,
    /// Refuse a `merchant_order_id` that was used before.
    pub unique_orders: bool,
    /// Honour `Idempotency-Key`.
    pub honour_keys: bool,
    /// The time a wallet wants between two refunds of one payment (WeChat: a minute); 0 is none.
    pub refund_gap_ms: u64,
    /// Play the conformance table by its CNY amounts: 0.30 is A4, and so on.
    pub conformance_amounts: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            code_life_ms: 60_000,
            confirm_window_ms: Some(45_000),
            strict_codes: false,
            unique_orders: false,
            honour_keys: true,
            refund_gap_ms: 0,
            conformance_amounts: false,
        }
    }
}

impl Rules {
    /// The same rules with every time divided by `speed` (0 counts as 1), for drills that cannot wait.
    #[must_use]
    pub fn faster(mut self, speed: u64) -> Self {
        let speed = speed.max(1);
        self.code_life_ms /= speed;
        self.confirm_window_ms = self.confirm_window_ms.map(|ms| ms / speed);
        self.refund_gap_ms /= speed;
        self
    }
}
