//! The names things go by: intents, charges, refunds, customers, orders; an id is never empty and never changes.
//! Minting them is absent: see `mint.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A payment intent: `pi_` and 19 digits.
    IntentId
);
id!(
    /// A charge, which is money that really moved: `ch_` and 19 digits.
    ChargeId
);
id!(
    /// A refund: `re_` and 19 digits.
    RefundId
);
id!(
    /// The merchant's own number for an attempt (`merchant_order_id`).
    OrderId
);
id!(
    /// A simulated customer.
    CustomerName
);
