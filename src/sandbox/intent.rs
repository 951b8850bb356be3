//! A payment intent and where it stands; every question about it is answered from its one `Standing`. Moving money is
//! absent: see `world.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decline::Decline;
use crate::id::{ChargeId, CustomerName, IntentId, OrderId};
use crate::moment::Moment;
use crate::money::{Currency, Minor};
use crate::wallet::Wallet;

/// Where an intent stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// No way to pay yet, or the last one was refused: the intent is open.
    RequiresMethod {
        /// Why the last attempt was refused, if there was one.
        error: Option<Decline>,
    },
    /// A way to pay is known, confirmation is not.
    RequiresConfirmation,
    /// The payer is at the phone.
    RequiresAction,
    /// Paid.
    Succeeded {
        /// The money that moved.
        charge: ChargeId,
    },
    /// Closed, not paid.
    Canceled {
        /// The `cancellation_reason`, or the wallet's.
        reason: String,
        /// Why the last attempt was refused, if there was one.
        error: Option<Decline>,
    },
}

impl Standing {
    /// The `status` on the wire.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Self::RequiresMethod { .. } => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Succeeded { .. } => "succeeded",
            Self::Canceled { .. } => "canceled",
        }
    }

    /// Whether it can still be paid or cancelled.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self {
            Self::RequiresMethod { .. } | Self::RequiresConfirmation | Self::RequiresAction => true,
            Self::Succeeded { .. } | Self::Canceled { .. } => false,
        }
    }

    /// Why the last attempt was refused.
    #[must_use]
    pub const fn error(&self) -> Option<&Decline> {
        match self {
            Self::RequiresMethod { error } | Self::Canceled { error, .. } => error.as_ref(),
            Self::RequiresConfirmation | Self::RequiresAction | Self::Succeeded { .. } => None,
        }
    }

    /// The money that moved.
    #[must_use]
    pub const fn charge(&self) -> Option<&ChargeId> {
        match self {
            Self::Succeeded { charge } => Some(charge),
            Self::RequiresMethod { .. }
            | Self::RequiresConfirmation
            | Self::RequiresAction
            | Self::Canceled { .. } => None,
        }
    }
}

/// What the wallet will do on its own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Later {
    /// When.
    pub at: Moment,
    /// What.
    pub end: LaterEnd,
}

/// How a payment that waits for the phone ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaterEnd {
    /// The payer confirms; also after a decline or a cancel, which is the late success that tills fear.
    Paid,
    /// The payer or the wallet refuses.
    Refused(Decline),
    /// Nobody confirmed: the wallet revokes.
    Revoked,
}

/// What the merchant said about a payment besides its money.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// `description`.
    pub description: Option<String>,
    /// `metadata`.
    pub metadata: BTreeMap<String, String>,
    /// `payment_method_options.….os_type`.
    pub os_type: Option<String>,
    /// `payment_method_options.….client_ip`.
    pub client_ip: Option<String>,
    /// `return_url`.
    pub return_url: Option<String>,
}

/// One payment intent. A payment code is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// `id`.
    pub id: IntentId,
    /// `merchant_order_id`.
    pub order: Option<OrderId>,
    /// `created`.
    pub created: Moment,
    /// `amount`.
    pub amount: Minor,
    /// `currency`.
    pub currency: Currency,
    /// The wallet asked for.
    pub wallet: Wallet,
    /// `status` and what belongs to it.
    pub standing: Standing,
    /// Everything else the merchant said.
    pub details: Details,
    /// `payment_method`, once a code was presented.
    pub payment_method: Option<String>,
    /// `client_secret`.
    pub client_secret: String,
    /// Who pays, once a code was presented.
    pub customer: Option<CustomerName>,
    /// What the wallet will do on its own account.
    pub later: Option<Later>,
}
