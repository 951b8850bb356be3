//! What a request asks for, read strictly by the wire contract; a request that is read has every field in range and
//! its payment code in one place only. Answering is absent: see `carry_out.rs`.

use serde_json::Value;

use crate::code::PaymentCode;
use crate::fields::Fields;
use crate::id::{ChargeId, IntentId, OrderId, RefundId};
use crate::intent::Details;
use crate::list_filter::{self, ListFilter};
use crate::money::{Currency, Minor};
use crate::query::Query;
use crate::refusal::Refusal;
use crate::route::{Op, Route};
use crate::wallet::{Wallet, looks_like_a_code};
use crate::world::{NewIntent, NewRefund};

/// Documented in `wooshpay-api.md` section 3 and in the update page.
const CREATE_FIELDS: [&str; 21] = [
    "amount",
    "currency",
    "confirm",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "payment_method",
    "confirmation_method",
    "capture_method",
    "merchant_order_id",
    "merchant_user_id",
    "metadata",
    "description",
    "return_url",
    "customer",
    "shipping",
    "quantity",
    "receipt_email",
    "off-session",
    "off_session",
    "error_on_requires_action",
];
const CONFIRM_FIELDS: [&str; 5] = [
    "payment_method_data",
    "payment_method_options",
    "off_session",
    "error_on_requires_action",
    "return_url",
];
/// Longest text that is kept.
const TEXT_LIMIT: usize = 1_000;
/// Longest `merchant_order_id` that is kept (its true limit is unknown).
const ORDER_LIMIT: usize = 64;

/// A request that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Create(NewIntent),
    Retrieve(IntentId),
    Confirm(IntentId, PaymentCode),
    Cancel { intent: IntentId, reason: String },
    List(ListFilter),
    Search { order: OrderId, limit: usize },
    Refund(NewRefund),
    RetrieveRefund(RefundId),
    RetrieveCharge(ChargeId),
}

/// Reads a request by its route.
pub(crate) fn wanted(route: &Route, query: &Query, body: &[u8]) -> Result<Wanted, Refusal> {
    let body = if body.is_empty() && !route.op.has_body() { Value::Null } else { json(body)? };
    let intent = || IntentId::new(route.id.as_str());
    Ok(match route.op {
        Op::Create => Wanted::Create(create(&body)?),
        Op::Retrieve => Wanted::Retrieve(intent()),
        Op::Confirm => Wanted::Confirm(intent(), confirm(&body)?),
        Op::Cancel => Wanted::Cancel { intent: intent(), reason: cancel(&body)? },
        Op::List => Wanted::List(ListFilter::read(query, &body)?),
        Op::Search => {
            let order = list_filter::searched_order(query.get("query"))?;
            Wanted::Search { order, limit: list_filter::limit(query.get("limit"))? }
        }
        Op::Refund => Wanted::Refund(refund(&body)?),
        Op::RetrieveRefund => Wanted::RetrieveRefund(RefundId::new(route.id.as_str())),
        Op::RetrieveCharge => Wanted::RetrieveCharge(ChargeId::new(route.id.as_str())),
    })
}

/// Reads a body as JSON. The parser's own words are withheld: they may repeat a value.
fn json(bytes: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        Refusal::invalid("", format!("not JSON at line {} column {}", error.line(), error.column()))
    })
}

/// Reads a create.
fn create(body: &Value) -> Result<NewIntent, Refusal> {
    let fields = Fields::of(body)?;
    fields.only(&CREATE_FIELDS)?;
    let amount = fields.integer("amount")?.ok_or_else(|| fields.wrong("amount", "given"))?;
    let currency = Currency::parse(fields.required_text("currency")?)
        .ok_or_else(|| fields.wrong("currency", "three letters"))?;
    let (wallet, code) = method(&fields.required_object("payment_method_data")?)?;
    let confirm = fields.flag("confirm")?.unwrap_or(false);
    let code = match (confirm, code) {
        (true, None) => {
            let path = format!("payment_method_data.{wallet}.payment_code");
            return Err(Refusal::invalid(&path, format!("{path} is required to confirm")));
        }
        (false, Some(_)) => {
            return Err(Refusal::invalid("confirm", "a payment_code is presented with confirm: true only"));
        }
        (true, Some(code)) => Some(code),
        (false, None) => None,
    };
    let details = details(&fields, wallet, code.is_some())?;
    seen_once(body, code.as_ref())?;
    Ok(NewIntent { order: order(&fields)?, amount: Minor::new(amount), currency, wallet, code, details })
}

/// Reads a confirm.
fn confirm(body: &Value) -> Result<PaymentCode, Refusal> {
    let fields = Fields::of(body)?;
    fields.only(&CONFIRM_FIELDS)?;
    let (wallet, code) = method(&fields.required_object("payment_method_data")?)?;
    seen_once(body, code.as_ref())?;
    let path = format!("payment_method_data.{wallet}.payment_code");
    code.ok_or_else(|| Refusal::invalid(&path, format!("{path} is required to confirm")))
}

/// Reads a cancel: its reason.
fn cancel(body: &Value) -> Result<String, Refusal> {
    let fields = Fields::of(body)?;
    fields.only(&["cancellation_reason"])?;
    kept(&fields, "cancellation_reason", fields.required_text("cancellation_reason")?)
}

/// Reads a refund.
fn refund(body: &Value) -> Result<NewRefund, Refusal> {
    let fields = Fields::of(body)?;
    fields.only(&["payment_intent", "amount", "reason", "metadata", "description"])?;
    let reason = fields.text("reason")?.map(|text| kept(&fields, "reason", text)).transpose()?;
    Ok(NewRefund {
        intent: IntentId::new(fields.required_text("payment_intent")?),
        amount: fields.lenient_integer("amount")?.map(Minor::new),
        reason,
    })
}

fn method(data: &Fields<'_>) -> Result<(Wallet, Option<PaymentCode>), Refusal> {
    let name = data.required_text("type")?;
    let wallet = Wallet::parse(name).ok_or_else(|| data.wrong("type", "a wallet this gateway knows"))?;
    let Some(inner) = data.object(wallet.as_str())? else { return Ok((wallet, None)) };
    Ok((wallet, inner.text("payment_code")?.map(PaymentCode::new)))
}

fn details(fields: &Fields<'_>, wallet: Wallet, confirmed: bool) -> Result<Details, Refusal> {
    let options = fields.object("payment_method_options")?;
    let options = options.map(|all| all.object(wallet.as_str())).transpose()?.flatten();
    let read = |name: &str| -> Result<Option<String>, Refusal> {
        let Some(options) = &options else { return Ok(None) };
        options.text(name)?.map(|text| kept(options, name, text)).transpose()
    };
    let terminal = read("terminal_type")?;
    let scans = terminal.as_deref().is_some_and(|terminal| terminal.eq_ignore_ascii_case("SCAN_CODE"));
    if !scans && (confirmed || terminal.is_some()) {
        let path = format!("payment_method_options.{wallet}.terminal_type");
        return Err(Refusal::invalid(&path, format!("{path} must be SCAN_CODE; the sandbox plays no other")));
    }
    let metadata = match fields.object("metadata")? {
        None => Vec::new(),
        Some(metadata) => metadata.texts()?,
    };
    let long = metadata.iter().any(|(key, value)| key.len() > TEXT_LIMIT || value.len() > TEXT_LIMIT);
    if long || metadata.len() > 50 {
        return Err(fields.wrong("metadata", "at most 50 short texts"));
    }
    let own = |name: &str| fields.text(name)?.map(|text| kept(fields, name, text)).transpose();
    Ok(Details {
        description: own("description")?,
        metadata: metadata.into_iter().collect(),
        os_type: read("os_type")?,
        client_ip: read("client_ip")?,
        return_url: own("return_url")?,
    })
}

fn order(fields: &Fields<'_>) -> Result<Option<OrderId>, Refusal> {
    let Some(order) = fields.text("merchant_order_id")? else { return Ok(None) };
    if order.len() > ORDER_LIMIT {
        return Err(fields.wrong("merchant_order_id", "at most 64 characters"));
    }
    if looks_like_a_code(order) {
        return Err(fields.wrong("merchant_order_id", "no payment code: let it hold a letter"));
    }
    Ok(Some(OrderId::new(order)))
}

fn kept(fields: &Fields<'_>, name: &str, text: &str) -> Result<String, Refusal> {
    let coded = text.split(|c: char| !c.is_ascii_digit()).any(looks_like_a_code);
    if coded {
        return Err(fields.wrong(name, "free of payment codes"));
    }
    if text.len() > TEXT_LIMIT { Err(fields.wrong(name, "shorter")) } else { Ok(text.to_owned()) }
}

/// A code belongs in `payment_code` and nowhere else: a till that puts it into its metadata is found out here.
fn seen_once(body: &Value, code: Option<&PaymentCode>) -> Result<(), Refusal> {
    let Some(code) = code else { return Ok(()) };
    let long = code.reveal().len() >= 12; // a short one could stand anywhere by chance
    if long && body.to_string().matches(code.reveal()).count() > 1 {
        return Err(Refusal::invalid("", "the payment code stands in a second place of this request"));
    }
    Ok(())
}
