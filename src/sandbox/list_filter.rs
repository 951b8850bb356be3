//! Which intents a list or a search wants; the filters may stand in the query or, as WooshPay shows it, in a JSON body
//! on GET. Searching by anything but the merchant's number is absent: nothing else is documented.

use serde_json::Value;

use crate::id::OrderId;
use crate::intent::Intent;
use crate::moment::Moment;
use crate::query::Query;
use crate::refusal::Refusal;

/// Below this a time is in seconds (`wooshpay-api.md` section 11).
const SECONDS_BELOW: u64 = 100_000_000_000;

/// The filters of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListFilter {
    /// At most so many.
    pub(crate) limit: usize,
    from: Option<Moment>,
    until: Option<Moment>,
    starting_after: Option<String>,
    ending_before: Option<String>,
}

impl ListFilter {
    pub(crate) fn read(query: &Query, body: &Value) -> Result<Self, Refusal> {
        let text = |name: &str| {
            let own =
                body.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            own.filter(|text| !text.is_empty() && text != "null")
                .or_else(|| query.get(name).map(str::to_owned))
        };
        let created = |name: &str| -> Result<Option<u64>, Refusal> {
            let path = format!("created[{name}]");
            let own = body.get("created").and_then(|created| created.get(name));
            let own = own.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            let Some(text) = own.or_else(|| query.get(&path).map(str::to_owned)) else { return Ok(None) };
            let number = text.parse::<u64>().map_err(|_| Refusal::invalid(&path, "must be a time"))?;
            Ok(Some(if number < SECONDS_BELOW { number * 1_000 } else { number }))
        };
        let from = [created("gte")?, created("gt")?.map(|ms| ms.saturating_add(1))];
        let until = [created("lte")?, created("lt")?.map(|ms| ms.saturating_sub(1))];
        Ok(Self {
            limit: limit(text("limit").as_deref())?,
            from: from.into_iter().flatten().max().map(Moment::from_ms),
            until: until.into_iter().flatten().min().map(Moment::from_ms),
            starting_after: text("starting_after"),
            ending_before: text("ending_before"),
        })
    }

    /// What of `all`, newest first, passes; the limit is not applied.
    pub(crate) fn pass(&self, all: Vec<Intent>) -> Vec<Intent> {
        let place = |id: &Option<String>| {
            let id = id.as_deref()?;
            all.iter().position(|intent| intent.id.as_str() == id)
        };
        let first = place(&self.starting_after).map_or(0, |index| index + 1);
        let end = place(&self.ending_before).unwrap_or(usize::MAX);
        let timely = |intent: &Intent| {
            self.from.is_none_or(|from| intent.created >= from)
                && self.until.is_none_or(|until| intent.created <= until)
        };
        all.into_iter()
            .enumerate()
            .filter(|(index, _)| (first..end).contains(index))
            .map(|(_, intent)| intent)
            .filter(timely)
            .collect()
    }
}

/// 1 to 100, 10 when nothing is said.
pub(crate) fn limit(text: Option<&str>) -> Result<usize, Refusal> {
    let limit = text.map_or(Ok(10), str::parse).ok().filter(|limit| (1..=100).contains(limit));
    limit.ok_or_else(|| Refusal::invalid("limit", "limit must be 1 to 100"))
}

/// Reads `merchant_order_id:'A1'`, with `\'` and `\\` as escapes.
pub(crate) fn searched_order(query: Option<&str>) -> Result<OrderId, Refusal> {
    let wrong = || Refusal::invalid("query", "query must be merchant_order_id:'\u{2026}'");
    let rest = query.ok_or_else(wrong)?.trim().strip_prefix("merchant_order_id:").ok_or_else(wrong)?.trim();
    let quote = rest.chars().next().filter(|c| *c == '\'' || *c == '"').ok_or_else(wrong)?;
    let mut order = String::new();
    let mut letters = rest.chars().skip(1);
    while let Some(letter) = letters.next() {
        if letter == quote {
            let clean = letters.next().is_none() && !order.is_empty();
            return if clean { Ok(OrderId::new(order)) } else { Err(wrong()) };
        }
        order.push(if letter == '\\' { letters.next().ok_or_else(wrong)? } else { letter });
    }
    Err(wrong())
}
