//! What the next requests shall meet: steps, taken in order by the first request each fits, and gone when used up; an
//! empty script is an honest gateway. Carrying a play out is absent: see `gateway.rs`.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::case;
use crate::id::OrderId;
use crate::masked::holds_a_code;
use crate::play::Play;
use crate::route::Op;
use crate::then;

/// Steps held at most.
const STEP_LIMIT: usize = 1_000;
const TIMES_LIMIT: u32 = 1_000_000;
const OPS: &str =
    "create, retrieve, confirm, cancel, list, search, refund, retrieve_refund, retrieve_charge, inquiry, any";

/// Steps still to be played.
#[derive(Debug, Clone, Default)]
pub struct Script {
    steps: VecDeque<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    which: Which,
    order: Option<OrderId>,
    method: Option<String>,
    path: Option<String>,
    times: u32,
    then: Then,
    shown: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Any,
    Inquiry,
    One(Op),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    Play(Box<Play>),
    Case { first: Box<Play>, follow: Vec<Step> },
}

/// What a request shows to the script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cue<'a> {
    pub(crate) op: Op,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) order: Option<&'a OrderId>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MatchWire {
    op: Option<String>,
    method: Option<String>,
    path: Option<String>,
    order: Option<String>,
    times: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepWire {
    #[serde(default, rename = "match")]
    matching: Option<Value>,
    then: Value,
    #[serde(default)]
    times: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseWire {
    case: String,
    after_ms: Option<u64>,
    end: Option<String>,
}

impl Script {
    /// Reads a JSON list of steps, or `{"steps": […]}`.
    ///
    /// # Errors
    /// Words saying which step is wrong and what is allowed.
    pub fn read(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        Self::from_value(&value)
    }

    /// Reads steps from JSON already parsed.
    ///
    /// # Errors
    /// As `read`.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let list = value.as_array().or_else(|| value.get("steps").and_then(Value::as_array));
        let list = list.ok_or("a script is a list of steps, or {\"steps\": [\u{2026}]}")?;
        if list.len() > STEP_LIMIT {
            return Err(format!("at most {STEP_LIMIT} steps"));
        }
        if holds_a_code(value) {
            return Err("a payment code has no place in a script; match by order".to_owned());
        }
        let step = |(index, value): (usize, &Value)| {
            Step::read(value).map_err(|words| format!("step {}: {words}", index + 1))
        };
        Ok(Self { steps: list.iter().enumerate().map(step).collect::<Result<_, _>>()? })
    }

    /// Appends another script.
    ///
    /// # Errors
    /// When that would be too many steps; nothing has changed.
    pub fn append(&mut self, more: Self) -> Result<(), String> {
        if self.steps.len() + more.steps.len() > STEP_LIMIT {
            return Err(format!("at most {STEP_LIMIT} steps at a time"));
        }
        self.steps.extend(more.steps);
        Ok(())
    }

    /// The steps that are left, as `GET /sandbox/script` lists them.
    #[must_use]
    pub fn left(&self) -> Vec<Value> {
        self.steps.iter().map(Step::show).collect()
    }

    /// Takes the play of the first step that fits.
    pub(crate) fn take(&mut self, cue: Cue<'_>) -> Option<Play> {
        let index = self.steps.iter().position(|step| step.fits(cue))?;
        let step = self.steps.get_mut(index)?;
        step.times -= 1;
        let then = step.then.clone();
        if step.times == 0 {
            self.steps.remove(index);
        }
        Some(self.begin(then, cue.order))
    }

    /// Begins a case without a step, as its amount asks for it.
    pub(crate) fn take_case(&mut self, fen: i64, order: Option<&OrderId>) -> Option<Play> {
        let then = Then::of_case(&case::by_fen(fen)?).ok()?;
        Some(self.begin(then, order))
    }

    fn begin(&mut self, then: Then, order: Option<&OrderId>) -> Play {
        match then {
            Then::Play(play) => *play,
            Then::Case { first, follow } => {
                let room = STEP_LIMIT.saturating_sub(self.steps.len());
                for step in follow.into_iter().take(room).rev() {
                    self.steps.push_front(Step { order: order.cloned(), ..step });
                }
                *first
            }
        }
    }
}

impl Then {
    fn read(value: &Value) -> Result<(Self, Option<Op>), String> {
        let word = value.as_str().or_else(|| value.get("answer").and_then(Value::as_str));
        if let Some(spelled) = word.and_then(then::spelled_out) {
            return Ok((Self::Play(Box::new(then::read(&spelled)?)), None));
        }
        if let Some(word) = word {
            let case =
                case::by_name(word).map_err(|_| format!("then is one of {}, or an object", then::WORDS))?;
            return Ok((Self::of_case(&case)?, Some(case.op)));
        }
        if value.get("case").is_some() {
            let wire: CaseWire = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
            let case = case::retimed(case::by_name(&wire.case)?, wire.after_ms, wire.end.as_deref());
            return Ok((Self::of_case(&case)?, Some(case.op)));
        }
        if !value.is_object() {
            return Err(format!("then is one of {}, or an object", then::WORDS));
        }
        Ok((Self::Play(Box::new(then::read(value)?)), None))
    }

    fn of_case(case: &case::Case) -> Result<Self, String> {
        let follow = case.follow.iter().map(Step::read).collect::<Result<_, _>>()?;
        Ok(Self::Case { first: Box::new(then::read(&case.then)?), follow })
    }
}

impl Step {
    fn read(value: &Value) -> Result<Self, String> {
        let wire: StepWire = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        let matching = match wire.matching {
            None => MatchWire::default(),
            Some(Value::String(op)) => MatchWire { op: Some(op), ..MatchWire::default() },
            Some(object) => serde_json::from_value(object).map_err(|error| format!("match: {error}"))?,
        };
        let (then, case_op) = Then::read(&wire.then).map_err(|words| format!("then: {words}"))?;
        let times = matching.times.or(wire.times).unwrap_or(1);
        if times == 0 || times > TIMES_LIMIT {
            return Err(format!("times is 1 to {TIMES_LIMIT}"));
        }
        let path = matching.path.clone().filter(|path| path.starts_with('/'));
        let word = matching.op.or(matching.path.filter(|path| !path.starts_with('/')));
        let which = match (word, case_op) {
            (Some(word), _) => Which::read(&word)?,
            (None, Some(op)) => Which::One(op),
            (None, None) => Which::Any,
        };
        let order = matching.order.map(OrderId::new);
        Ok(Self { which, order, method: matching.method, path, times, then, shown: wire.then })
    }

    fn fits(&self, cue: Cue<'_>) -> bool {
        let op = match self.which {
            Which::Any => true,
            Which::Inquiry => cue.op.is_inquiry(),
            Which::One(op) => op == cue.op,
        };
        let order = self.order.is_none() || self.order.as_ref() == cue.order;
        let method = self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(cue.method));
        op && order && method && self.path.as_deref().is_none_or(|path| path_fits(path, cue.path))
    }

    fn show(&self) -> Value {
        let op = match self.which {
            Which::Any => json!("any"),
            Which::Inquiry => json!("inquiry"),
            Which::One(op) => json!(op),
        };
        json!({
            "match": { "op": op, "order": self.order, "method": self.method, "path": self.path, "times": self.times },
            "then": self.shown,
        })
    }
}

impl Which {
    fn read(word: &str) -> Result<Self, String> {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "any" | "*" => Ok(Self::Any),
            "inquiry" => Ok(Self::Inquiry),
            "pay" => Ok(Self::One(Op::Create)),
            "refund_retrieve" => Ok(Self::One(Op::RetrieveRefund)),
            _ => serde_json::from_value(json!(word))
                .map(Self::One)
                .map_err(|_| format!("match: no such op; there are {OPS}")),
        }
    }
}

/// Segment by segment; `{id}` and `*` in the pattern fit any one.
fn path_fits(pattern: &str, path: &str) -> bool {
    let fits = |(want, got): (&str, &str)| want == got || want == "*" || want.starts_with('{');
    let (want, got) = (pattern.trim_matches('/').split('/'), path.trim_matches('/').split('/'));
    want.clone().count() == got.clone().count() && want.zip(got).all(fits)
}
