//! One exchange at the gateway, from request to answer: read, scripted, carried out, saved, bent, delivered; what was
//! carried out is on the disk before anything is answered. Sockets are absent: see `server.rs`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::answer::Answer;
use crate::asked::{self, Wanted};
use crate::auth::ApiKeys;
use crate::carry_out::{again, carry_out};
use crate::clock;
use crate::delivered::Delivered;
use crate::id::OrderId;
use crate::line::{Line, Replies};
use crate::masked::masked_text;
use crate::moment::Moment;
use crate::play::{CarriedOut, Delivery, Play};
use crate::query::Query;
use crate::refusal::Refusal;
use crate::request_log::{Received, RequestLog};
use crate::route::Route;
use crate::rules::Rules;
use crate::script::{Cue, Script};
use crate::state_file::{self, StateFile};
use crate::twist;
use crate::wallet::looks_like_a_code;
use crate::world::World;

/// A request as it came off the wire. Its body may hold a code, so it prints none of it.
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) accept: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) body: Result<Vec<u8>, Refusal>,
}

/// A request that was read.
struct Admitted<'a> {
    route: Route,
    wanted: Wanted,
    order: Option<OrderId>,
    body: &'a [u8],
}

/// Everything a running sandbox shares.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) world: Mutex<World>,
    pub(crate) script: Mutex<Script>,
    pub(crate) log: Mutex<RequestLog>,
    pub(crate) line: watch::Sender<Line>,
    pub(crate) first_rules: Rules,
    pub(crate) api_keys: ApiKeys,
    pub(crate) file: tokio::sync::Mutex<Option<StateFile>>,
    /// Whether the main socket listens, as its acceptor says.
    pub(crate) listening: watch::Sender<bool>,
    /// Whether a line that refuses closes the main socket.
    pub(crate) closes: bool,
}

/// The lock's content, also after a panic elsewhere: a referee keeps on judging.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gateway {
    /// Answers one request to `/v1`.
    pub(crate) async fn exchange(&self, incoming: &Incoming) -> Delivered {
        let slow = self.line.borrow().delay_ms();
        tokio::time::sleep(Duration::from_millis(slow)).await;
        let at = clock::now();
        let admitted = self.admit(incoming);
        let play = match &admitted {
            Ok(admitted) => self.cue(incoming, admitted),
            Err(_) => None,
        };
        let n = self.write_down(incoming, admitted.as_ref().ok(), play.is_some(), at);
        let play = play.unwrap_or_default();
        let answer = match &admitted {
            Ok(admitted) => self.perform(incoming, admitted, &play, at),
            Err(refusal) => Answer::from(refusal),
        };
        let saved = self.save().await;
        let answer = if saved { twist::apply(answer, &play.twists) } else { cannot_save() };
        tokio::time::sleep(play.delay).await;
        let delivered = Delivered::by(&play.delivery, &answer);
        if self.line.borrow().replies == Replies::Lost {
            return Delivered::Dropped;
        }
        if let Delivered::Bytes(outgoing) = &delivered {
            locked(&self.log).answered(n, outgoing.status);
        }
        delivered
    }

    /// Writes the world to its file, if there is one and there is news; whether it is safe.
    pub(crate) async fn save(&self) -> bool {
        let mut file = self.file.lock().await;
        let Some(state) = file.as_mut() else { return true };
        let Some((path, revision, text)) = state.pending(&locked(&self.world)) else { return true };
        let shown = path.display().to_string();
        let write = || tokio::task::spawn_blocking(move || state_file::replace(&path, &text?));
        match write().await.map_err(std::io::Error::other).flatten() {
            Ok(()) => {
                state.saved(revision);
                true
            }
            Err(error) => {
                tracing::error!(path = shown, %error, "the sandbox state is not on the disk");
                false
            }
        }
    }

    fn admit<'a>(&self, incoming: &'a Incoming) -> Result<Admitted<'a>, Refusal> {
        let body = incoming.body.as_ref().map_err(Clone::clone)?;
        self.api_keys.check(incoming.authorization.as_deref())?;
        let route = Route::find(&incoming.method, &incoming.path)?;
        let is_json = |header: &str| header.to_ascii_lowercase().contains("application/json");
        if route.op.has_body() && !incoming.content_type.as_deref().is_some_and(is_json) {
            return Err(Refusal::invalid("Content-Type", "Content-Type must be application/json"));
        }
        let accepts =
            |header: &str| is_json(header) || header.contains("*/*") || header.contains("application/*");
        if !incoming.accept.as_deref().is_some_and(accepts) {
            return Err(Refusal::invalid("Accept", "Accept must be application/json"));
        }
        if incoming.idempotency_key.as_deref().is_some_and(|key| key.len() > 255 || looks_like_a_code(key)) {
            return Err(Refusal::invalid("Idempotency-Key", "the key must hold a letter, 255 at most"));
        }
        let wanted = asked::wanted(&route, &Query::parse(&incoming.query), body)?;
        if let Wanted::Create(new) = &wanted {
            new.check()?;
        }
        let order = self.order_of(&wanted);
        Ok(Admitted { route, wanted, order, body })
    }

    fn order_of(&self, wanted: &Wanted) -> Option<OrderId> {
        let world = locked(&self.world);
        match wanted {
            Wanted::Create(new) => new.order.clone(),
            Wanted::Search { order, .. } => Some(order.clone()),
            Wanted::Retrieve(intent) | Wanted::Confirm(intent, _) | Wanted::Cancel { intent, .. } => {
                world.order_of(intent).cloned()
            }
            Wanted::Refund(refund) => world.order_of(&refund.intent).cloned(),
            Wanted::List(_) => None,
            Wanted::RetrieveRefund(id) => {
                world.books().refunds.get(id).and_then(|refund| refund.order.clone())
            }
            Wanted::RetrieveCharge(id) => {
                world.books().charges.get(id).and_then(|charge| charge.order.clone())
            }
        }
    }

    fn cue(&self, incoming: &Incoming, admitted: &Admitted<'_>) -> Option<Play> {
        let order = admitted.order.as_ref();
        let cue = Cue { op: admitted.route.op, method: &incoming.method, path: &incoming.path, order };
        let mut script = locked(&self.script);
        if let Some(play) = script.take(cue) {
            return Some(play);
        }
        let Wanted::Create(new) = &admitted.wanted else { return None };
        let by_amount = locked(&self.world).rules().conformance_amounts && new.currency.as_str() == "CNY";
        by_amount.then(|| script.take_case(new.amount.get(), new.order.as_ref())).flatten()
    }

    fn perform(&self, incoming: &Incoming, admitted: &Admitted<'_>, play: &Play, at: Moment) -> Answer {
        let carried_out = match &play.delivery {
            Delivery::DropBefore => CarriedOut::No,
            Delivery::Instead(instead) => instead.carried_out,
            Delivery::Whole | Delivery::DropAfter | Delivery::TruncatedJson | Delivery::CutBody => {
                CarriedOut::Yes
            }
        };
        if carried_out == CarriedOut::No {
            return Answer::ok(serde_json::Value::Null);
        }
        let mut world = locked(&self.world);
        let done = keyed(&mut world, incoming, admitted, play, at);
        done.map_or_else(|refusal| Answer::from(&refusal), Answer::ok)
    }

    fn write_down(
        &self,
        incoming: &Incoming,
        admitted: Option<&Admitted<'_>>,
        scripted: bool,
        at: Moment,
    ) -> u64 {
        let path: Vec<&str> = incoming.path.split('/').map(masked_text).collect();
        let order = admitted.and_then(|admitted| admitted.order.as_ref());
        let op = Route::find(&incoming.method, &incoming.path).ok().map(|route| route.op);
        let received = Received {
            n: 0,
            at_ms: at,
            method: incoming.method.clone(),
            path: path.join("/"),
            op,
            order: order.map(|order| masked_text(order.as_str()).to_owned()),
            idempotency_key: incoming.idempotency_key.as_deref().map(|key| masked_text(key).to_owned()),
            scripted,
            status: None,
        };
        let n = locked(&self.log).write(received);
        tracing::debug!(n, ?op, scripted, "request");
        n
    }
}

/// Carries a request out once per key, where keys are honoured.
fn keyed(
    world: &mut World,
    incoming: &Incoming,
    admitted: &Admitted<'_>,
    play: &Play,
    at: Moment,
) -> Result<serde_json::Value, Refusal> {
    let honoured = world.rules().honour_keys && admitted.route.op.has_body();
    let key = incoming.idempotency_key.as_deref().filter(|_| honoured);
    if let Some(key) = key
        && let Some(subject) = world.keys_mut().replay(key, &incoming.path, admitted.body)?
    {
        return again(world, &subject, at);
    }
    let done = carry_out(world, &admitted.wanted, play, at)?;
    if let (Some(key), Some(subject)) = (key, &done.subject) {
        world.keys_mut().remember(key, &incoming.path, admitted.body, subject);
    }
    Ok(done.body)
}

fn cannot_save() -> Answer {
    let message = "the sandbox carried this out but cannot write its state file";
    let error = serde_json::json!({ "type": "api_error", "code": "state_not_saved", "message": message });
    Answer { status: 500, body: serde_json::json!({ "error": error }) }
}
