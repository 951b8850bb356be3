//! Which operation a method and a path name; every operation of `wooshpay-api.md` section 2 that a till uses has one
//! `Op`. What it does is absent: see `carry_out.rs`.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// An operation of the wire contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// `POST /v1/payment_intents`
    Create,
    /// `GET /v1/payment_intents/{id}`
    Retrieve,
    /// `POST /v1/payment_intents/{id}/confirm`
    Confirm,
    /// `POST /v1/payment_intents/{id}/cancel`
    Cancel,
    /// `GET /v1/payment_intents`
    List,
    /// `GET /v1/payment_intents/search`
    Search,
    /// `POST /v1/refunds`
    Refund,
    /// `GET /v1/refunds/{id}`
    RetrieveRefund,
    /// `GET /v1/charges/{id}`
    RetrieveCharge,
}

impl Op {
    /// Whether this only asks what became of a payment.
    pub(crate) const fn is_inquiry(self) -> bool {
        match self {
            Self::Retrieve | Self::List | Self::Search => true,
            Self::Create
            | Self::Confirm
            | Self::Cancel
            | Self::Refund
            | Self::RetrieveRefund
            | Self::RetrieveCharge => false,
        }
    }

    /// Whether this carries a JSON body that must be there.
    pub(crate) const fn has_body(self) -> bool {
        match self {
            Self::Create | Self::Confirm | Self::Cancel | Self::Refund => true,
            Self::Retrieve | Self::List | Self::Search | Self::RetrieveRefund | Self::RetrieveCharge => false,
        }
    }
}

/// An operation and the id in its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) op: Op,
    /// Empty where the path has none.
    pub(crate) id: String,
}

impl Route {
    /// Reads a path below `/v1`.
    pub(crate) fn find(method: &str, path: &str) -> Result<Self, Refusal> {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let get = method == "GET";
        let (op, id, method_fits) = match parts.as_slice() {
            ["v1", "payment_intents"] if get => (Op::List, "", true),
            ["v1", "payment_intents"] => (Op::Create, "", method == "POST"),
            ["v1", "payment_intents", "search"] => (Op::Search, "", get),
            ["v1", "payment_intents", id] => (Op::Retrieve, *id, get),
            ["v1", "payment_intents", id, "confirm"] => (Op::Confirm, *id, method == "POST"),
            ["v1", "payment_intents", id, "cancel"] => (Op::Cancel, *id, method == "POST"),
            ["v1", "refunds"] => (Op::Refund, "", method == "POST"),
            ["v1", "refunds", id] => (Op::RetrieveRefund, *id, get),
            ["v1", "charges", id] => (Op::RetrieveCharge, *id, get),
            [..] => return Err(Refusal::Missing { what: "path" }),
        };
        if method_fits { Ok(Self { op, id: id.to_owned() }) } else { Err(Refusal::MethodNotAllowed) }
    }
}
