//! The figures of a shift as an event.

use quickpay_core::figures::{Flows, Sum, total};
use quickpay_core::shift::{OpenSale, ShiftReport};
use serde_json::{Map, Value, json};

use super::{object, time};
use crate::arrival::ShiftAct;
use crate::happening::ShiftLine;

/// `state` is `open` or `closed`; all amounts in minor units of the till's currency.
pub(super) fn json_of(line: &ShiftLine) -> Map<String, Value> {
    let ShiftLine { act, report } = line;
    let ShiftReport { number, opened_at, opened_by, taken_at, taken_by, figures, open, head, previous: _ } =
        report;
    let state = match act {
        ShiftAct::Open | ShiftAct::Look => "open",
        ShiftAct::Close => "closed",
    };
    let states: Map<String, Value> =
        figures.states.iter().map(|(state, sum)| (state.name().to_owned(), sum_json(*sum))).collect();
    let mut event = object(json!({
        "event": "shift",
        "shift": number.0,
        "state": state,
        "opened_at": time(opened_at.wall),
        "until": time(taken_at.wall),
        "sales": sum_json(figures.begun()),
        "states": states,
        "own": flows_json(&figures.own),
        "earlier": flows_json(&figures.earlier),
        "outside": flows_json(&figures.outside),
        "in_doubt": sum_json(report.in_doubt()),
        "copies": figures.copies,
        "open": open.iter().map(open_json).collect::<Vec<_>>(),
    }));
    for (name, person) in [("opened_by", opened_by), ("taken_by", taken_by)] {
        if let Some(person) = person {
            event.insert(name.to_owned(), json!(person.as_str()));
        }
    }
    if let Some(head) = head {
        event.insert("head".to_owned(), json!({ "entry": head.seq, "chain": head.chain }));
    }
    event
}

fn sum_json(sum: Sum) -> Value {
    json!({ "count": sum.count, "minor": sum.minor })
}

/// One row a wallet, and `total`.
fn flows_json(flows: &Flows) -> Value {
    let wallets = flows.iter().map(|(wallet, flow)| (wallet.0.clone(), *flow));
    let rows = wallets.chain([("total".to_owned(), total(flows))]).map(|(name, flow)| {
        let row = json!({
            "sales": sum_json(flow.sales),
            "late": sum_json(flow.late),
            "refunds": sum_json(flow.refunds),
            "unpaid": sum_json(flow.unpaid),
            "net_minor": flow.net_minor(),
        });
        (name, row)
    });
    Value::Object(rows.collect())
}

fn open_json(sale: &OpenSale) -> Value {
    json!({
        "sale": sale.sale.to_string(),
        "shift": sale.shift.map(|shift| shift.0),
        "amount_minor": sale.amount.minor(),
        "state": sale.state.name(),
        "since": time(sale.since),
        "order": sale.order.as_str(),
    })
}
