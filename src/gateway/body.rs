//! The bodies of requests, exactly as the wire contract has them (section 3).
//!
//! Invariant: a body is written once, into a buffer that never grows (growing would leave copies behind) and that is
//! wiped when the last holder drops it. It is never logged. What TLS and the kernel copy on the way is out of reach.
//! Deliberately absent: whatever arrives, see `wire.rs`.

use std::collections::BTreeMap;

use bytes::Bytes;
use quickpay_core::effect::{PayRequest, RefundRequest};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::options::ClientOptions;

#[derive(Serialize)]
struct Create<'a> {
    amount: u64,
    currency: &'static str,
    confirm: bool,
    merchant_order_id: &'a str,
    payment_method_options: BTreeMap<&'a str, MethodOptions<'a>>,
    payment_method_data: Method<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    return_url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
struct MethodOptions<'a> {
    terminal_type: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    os_type: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    client_ip: &'a str,
}

/// `{"type":"wechat_pay","wechat_pay":{"payment_code":"…"}}`
struct Method<'a> {
    wallet: &'a str,
    code: &'a str,
}

impl Serialize for Method<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", self.wallet)?;
        map.serialize_entry(self.wallet, &BTreeMap::from([("payment_code", self.code)]))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Cancel<'a> {
    cancellation_reason: &'a str,
}

#[derive(Serialize)]
struct Refund<'a> {
    payment_intent: &'a str,
    amount: u64,
    reason: &'static str,
}

/// The body that creates and confirms an intent at once.
pub(crate) fn pay(options: &ClientOptions, request: &PayRequest, code: &str) -> serde_json::Result<Bytes> {
    let wallet = request.code.wallet().0.to_ascii_lowercase();
    let method = MethodOptions {
        terminal_type: "SCAN_CODE",
        os_type: &options.os_type,
        client_ip: &options.client_ip,
    };
    let terminal = options.terminal.as_str();
    write_once(&Create {
        amount: request.amount.minor(),
        currency: request.amount.currency().code(),
        confirm: true,
        merchant_order_id: request.order.as_str(),
        payment_method_options: BTreeMap::from([(wallet.as_str(), method)]),
        payment_method_data: Method { wallet: &wallet, code },
        return_url: &options.return_url,
        description: &options.description,
        metadata: (!terminal.is_empty()).then_some(("terminal", terminal)).into_iter().collect(),
    })
}

/// The body that cancels an intent.
pub(crate) fn cancel(options: &ClientOptions) -> serde_json::Result<Bytes> {
    write_once(&Cancel { cancellation_reason: &options.cancellation_reason })
}

/// The body that gives money back: always the amount, as an integer (wire contract, section 7).
pub(crate) fn refund(request: &RefundRequest) -> serde_json::Result<Bytes> {
    write_once(&Refund {
        payment_intent: &request.intent.0,
        amount: request.amount.minor(),
        reason: "requested_by_customer",
    })
}

/// Measures first, so that the buffer of the second run never grows.
fn write_once<T: Serialize>(body: &T) -> serde_json::Result<Bytes> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, body)?;
    let mut buffer = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *buffer, body)?;
    Ok(Bytes::from_owner(buffer))
}

/// A writer that only counts.
struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
