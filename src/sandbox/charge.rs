//! Money that really moved: charges and refunds, the truth that tests compare with; a charge is written once and only
//! its refunded sum grows, never past its amount. What the gateway says about them is absent.

use serde::{Deserialize, Serialize};

use crate::id::{ChargeId, CustomerName, IntentId, OrderId, RefundId};
use crate::moment::Moment;
use crate::money::{Currency, Minor};
use crate::wallet::Wallet;

/// Money that left a customer's wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Its id.
    pub id: ChargeId,
    /// The intent it paid.
    pub intent: IntentId,
    /// The merchant's number.
    pub order: Option<OrderId>,
    /// How much.
    pub amount: Minor,
    /// Of what.
    pub currency: Currency,
    /// When it left the wallet.
    pub at: Moment,
    /// Whose.
    pub customer: CustomerName,
    /// From which wallet.
    pub wallet: Wallet,
    /// How much went back.
    pub refunded: Minor,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStanding {
    /// The money is back.
    #[default]
    Succeeded,
    /// Accepted; the money is counted as gone back.
    Pending,
    /// Refused by the wallet; nothing moved.
    Failed,
}

impl RefundStanding {
    /// The `status` on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }
}

/// Money that went back, or was to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The charge it gives back.
    pub charge: ChargeId,
    /// The intent of that charge.
    pub intent: IntentId,
    /// The merchant's number.
    pub order: Option<OrderId>,
    /// How much.
    pub amount: Minor,
    /// Of what.
    pub currency: Currency,
    /// When.
    pub at: Moment,
    /// The merchant's words.
    pub reason: Option<String>,
    /// Where it stands.
    pub standing: RefundStanding,
    /// When a pending one succeeds; `None` is never.
    pub settles: Option<Moment>,
}
