//! Carrying a request out in the world and wording the answer; a refused request has changed nothing. Keys, scripts and
//! sockets are absent: see `gateway.rs`.

use serde_json::Value;

use crate::answer;
use crate::asked::Wanted;
use crate::id::{IntentId, RefundId};
use crate::intent::Intent;
use crate::moment::Moment;
use crate::money::Minor;
use crate::play::{Memory, Play};
use crate::refusal::Refusal;
use crate::world::{NewIntent, Second, World};

const LIST_URL: &str = "/v1/payment_intents";
const SEARCH_URL: &str = "/v1/payment_intents/search";

/// A body, and the id of what was changed.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) body: Value,
    pub(crate) subject: Option<String>,
}

impl Done {
    fn only(body: Value) -> Self {
        Self { body, subject: None }
    }

    fn about(intent: &Intent) -> Self {
        Self { body: answer::intent(intent), subject: Some(intent.id.to_string()) }
    }
}

/// Carries `wanted` out as `play` has it.
pub(crate) fn carry_out(
    world: &mut World,
    wanted: &Wanted,
    play: &Play,
    at: Moment,
) -> Result<Done, Refusal> {
    let knows = play.memory == Memory::Sound;
    match wanted {
        Wanted::Create(new) => create(world, new, play, at),
        Wanted::Retrieve(id) => {
            let intent = world.retrieve(id, at).filter(|_| knows);
            Ok(Done::only(answer::intent(&intent.ok_or(missing("payment_intent"))?)))
        }
        Wanted::Confirm(id, code) => {
            world.confirm(id, code, play.fate.as_ref(), at).map(|intent| Done::about(&intent))
        }
        Wanted::Cancel { intent, .. } if !knows && !intent.as_str().is_empty() => {
            Err(missing("payment_intent"))
        }
        Wanted::Cancel { intent, reason } => {
            world.cancel(intent, reason, play.cancel.as_ref(), at).map(|intent| Done::about(&intent))
        }
        Wanted::List(filter) => {
            let all = if knows { filter.pass(world.list(at)) } else { Vec::new() };
            Ok(Done::only(answer::page(LIST_URL, &all, filter.limit)))
        }
        Wanted::Search { order, limit } => {
            let all = if knows { world.search(order, at) } else { Vec::new() };
            Ok(Done::only(answer::page(SEARCH_URL, &all, *limit)))
        }
        Wanted::Refund(new) => {
            let refund = world.refund(new, play.refund.as_ref(), at)?;
            Ok(Done { body: answer::refund(&refund), subject: Some(refund.id.to_string()) })
        }
        Wanted::RetrieveRefund(id) => {
            let refund = world.find_refund(id, at).filter(|_| knows);
            Ok(Done::only(answer::refund(&refund.ok_or(missing("refund"))?)))
        }
        Wanted::RetrieveCharge(id) => {
            let charge = world.charge(id, at).filter(|_| knows);
            Ok(Done::only(answer::charge(&charge.ok_or(missing("charge"))?)))
        }
    }
}

/// What became of an earlier request, as it is now.
pub(crate) fn again(world: &mut World, subject: &str, at: Moment) -> Result<Value, Refusal> {
    if subject.starts_with("re_") {
        let refund = world.find_refund(&RefundId::new(subject), at);
        return Ok(answer::refund(&refund.ok_or(missing("refund"))?));
    }
    let intent = world.retrieve(&IntentId::new(subject), at);
    Ok(answer::intent(&intent.ok_or(missing("payment_intent"))?))
}

fn create(world: &mut World, new: &NewIntent, play: &Play, at: Moment) -> Result<Done, Refusal> {
    let first = world.create(new, play.fate.as_ref(), at)?;
    let answered = match play.second {
        None => first,
        Some(Second::Paid) => {
            world.duplicate(&first, at);
            first
        }
        Some(Second::PaidMore) => {
            let amount = Minor::new(first.amount.get().saturating_add(1));
            world.duplicate(&Intent { amount, ..first.clone() }, at);
            first
        }
        Some(Second::Declined) => world.create(new, None, at)?,
    };
    Ok(Done::about(&answered))
}

const fn missing(what: &'static str) -> Refusal {
    Refusal::Missing { what }
}
