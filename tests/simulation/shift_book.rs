//! 12: what reports of shifts say, against a count from the records themselves; and what their papers say.
//!
//! Invariant: counts from the entries since the last close, sale by sale, never from the core's running sums.

use std::collections::{BTreeMap, BTreeSet};

use quickpay_core::attempt::Phase;
use quickpay_core::document::{Document, Line};
use quickpay_core::figures::{Figures, Flow, Flows, Sum, total};
use quickpay_core::id::{AttemptId, JobId, SaleId, ShiftNumber};
use quickpay_core::ledger::Ledger;
use quickpay_core::print::Sheet;
use quickpay_core::record::{Entry, Record, Slip};
use quickpay_core::sale::Sale;
use quickpay_core::shift::ShiftReport;
use quickpay_core::terminal::Terminal;
use quickpay_core::time::Moment;
use quickpay_core::view::State;
use quickpay_core::wallet::WalletId;
use quickpay_core::words::Language;

use crate::life::Life;
use crate::mutant::Mutant;
use crate::watch::{Checked, Stage};

/// Money by where it belongs: begun in this shift, in an earlier one, in none.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    own: BTreeMap<WalletId, [(u32, u64); 4]>,
    earlier: BTreeMap<WalletId, [(u32, u64); 4]>,
    outside: BTreeMap<WalletId, [(u32, u64); 4]>,
}

const SALES: usize = 0;
const LATE: usize = 1;
const REFUNDS: usize = 2;
const UNPAID: usize = 3;

/// Counts anew what the entries since the last close say; the wallets and amounts are looked up in all entries.
fn count(entries: &[Entry], shift: ShiftNumber, last: &Entry) -> Counted {
    let records =
        || entries.iter().flat_map(|entry| entry.records.iter().map(move |record| (entry.seq, record)));
    let (mut begun_in, mut owed, mut wallets) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut returned = BTreeMap::new();
    for (_, record) in records() {
        match record {
            Record::SaleOpened { sale, amount, shift, .. } => {
                begun_in.insert(*sale, *shift);
                owed.insert(*sale, amount.minor());
            }
            Record::AttemptHeld { attempt, wallet, .. }
            | Record::AttemptSubmitted { attempt, wallet, .. } => {
                wallets.insert(*attempt, wallet.clone());
            }
            Record::RefundSaved { refund, attempt, amount, .. } => {
                returned.insert(*refund, (*attempt, amount.minor()));
            }
            _ => {}
        }
    }
    let closes =
        records().filter(|(seq, record)| *seq < last.seq && matches!(record, Record::ShiftClosed { .. }));
    let since = closes.map(|(seq, _)| seq).max().unwrap_or(0);
    let mut counted = Counted::default();
    let mut book = |attempt: AttemptId, minor: u64, column: usize| {
        let rows = match begun_in.get(&attempt.sale).copied().flatten() {
            None => &mut counted.outside,
            Some(own) if own == shift => &mut counted.own,
            Some(_) => &mut counted.earlier,
        };
        let Some(wallet) = wallets.get(&attempt) else { return };
        if let Some((count, sum)) = rows.entry(wallet.clone()).or_default().get_mut(column) {
            *count += 1;
            *sum += minor;
        }
    };
    let of = |attempt: &AttemptId| owed.get(&attempt.sale).copied().unwrap_or(0);
    for (_, record) in records().filter(|(seq, _)| *seq > since && *seq <= last.seq) {
        match record {
            Record::AttemptApproved { attempt, .. } => book(*attempt, of(attempt), SALES),
            Record::AttemptDeclined { attempt, .. } | Record::AttemptReversed { attempt, .. } => {
                book(*attempt, of(attempt), UNPAID);
            }
            Record::RefundOwed { attempt, amount, .. } => book(*attempt, amount.minor(), LATE),
            Record::RefundConfirmed { refund, .. } => {
                if let Some((attempt, minor)) = returned.get(refund) {
                    book(*attempt, *minor, REFUNDS);
                }
            }
            _ => {}
        }
    }
    counted
}

fn told(figures: &Figures) -> Counted {
    let pair = |sum: Sum| (sum.count, sum.minor);
    let row = |flow: Flow| [pair(flow.sales), pair(flow.late), pair(flow.refunds), pair(flow.unpaid)];
    let rows = |flows: &Flows| flows.iter().map(|(wallet, flow)| (wallet.clone(), row(*flow))).collect();
    let Figures { own, earlier, outside, .. } = figures;
    Counted { own: rows(own), earlier: rows(earlier), outside: rows(outside) }
}

/// What the screen calls it, without what it says after a wait.
fn state_at(till: &Terminal, sale: &Sale, now: Moment) -> State {
    match till.state_of(sale, now) {
        State::Submitted | State::AwaitingPayer | State::Reversing | State::AskManager => State::Checking,
        other => other,
    }
}

fn doubt_alike(state: State) -> State {
    match state {
        State::AwaitingPayer | State::Reversing | State::AskManager => State::Checking,
        other => other,
    }
}

fn begun_in(ledger: &Ledger, shift: ShiftNumber) -> impl Iterator<Item = &Sale> {
    ledger.sales().values().filter(move |sale| sale.shift == Some(shift))
}

/// Whether somebody still has to do something about it, by its stages alone.
fn is_unsettled(sale: &Sale) -> bool {
    let in_doubt = sale.attempts.iter().any(|attempt| match Stage::of(&attempt.phase) {
        Stage::Submitted | Stage::Awaiting | Stage::Reversing => true,
        Stage::Held | Stage::Expired | Stage::Reversed | Stage::Declined | Stage::Approved => false,
    });
    let refunding = sale.refunds.iter().any(|refund| refund.phase.is_open());
    let astray = sale.stray().is_some();
    in_doubt || refunding || astray || sale.refunds_owed.iter().any(|owed| sale.left_of(&owed.intent) > 0)
}

impl Life {
    /// After each committed entry: the running sums, and a closed shift's report.
    pub(crate) fn check_shifts(&mut self) {
        let (Some(till), Some(entry)) = (&self.till, self.disk.entries.last()) else { return };
        let checked = self.running(till, entry).and_then(|()| {
            let closed = entry.records.iter().filter_map(|record| match record {
                Record::ShiftClosed { report } => Some(&**report),
                _ => None,
            });
            closed.into_iter().try_for_each(|report| {
                counted_anew(report, &self.disk.entries, entry)?;
                nothing_is_hidden(report, till, entry.at)
            })
        });
        self.judge(checked);
    }

    /// What all reports and the open figures say together is what the journal says was paid and went back.
    fn running(&self, till: &Terminal, entry: &Entry) -> Checked {
        let ledger = till.ledger();
        let shifts = ledger.shifts();
        for record in &entry.records {
            if let Record::SaleOpened { sale, shift, .. } = record
                && *shift != shifts.open.as_ref().map(|open| open.number)
            {
                return Err((12, format!("{sale} is begun in shift {shift:?}, open is {:?}", shifts.open)));
            }
        }
        let all = shifts.closed.values().map(|report| &report.figures).chain([&shifts.figures]);
        let all = all.flat_map(|figures| [&figures.own, &figures.earlier, &figures.outside]);
        let all = all.map(total).fold(Flow::default(), Flow::plus);
        let (paid, back) = (self.watch.approved_minor, self.watch.returned_minor);
        if (all.sales.minor, all.refunds.minor) != (paid, back) {
            return Err((12, format!("reports say {all:?}; paid were {paid}, {back} went back")));
        }
        if usize::try_from(all.late.count).unwrap_or(0) != self.watch.refunds {
            return Err((12, format!("reports say {:?} came late, {} did", all.late, self.watch.refunds)));
        }
        let Some(open) = &shifts.open else { return Ok(()) };
        let mine = begun_in(ledger, open.number);
        let (count, minor) = mine.fold((0, 0), |(count, sum), sale| (count + 1, sum + sale.amount.minor()));
        let begun = shifts.figures.begun();
        if (begun.count, begun.minor) == (count, minor) {
            return Ok(());
        }
        Err((12, format!("the states of shift {} add up to {begun:?}, not {count} of {minor}", open.number)))
    }

    /// The document, unless a mutant makes another one of it.
    pub(crate) fn as_it_prints(&self, mut document: Document) -> Document {
        let twice = |label: &mut String| {
            let count = label.strip_prefix("Refunds × ").and_then(|count| count.parse::<u32>().ok());
            *label = count.map_or(label.clone(), |count| format!("Refunds × {}", count * 2));
        };
        for line in &mut document.lines {
            if let Line::Pair { label, .. } = line
                && self.is(Mutant::RefundCountedTwice)
            {
                twice(label);
            }
        }
        if self.is(Mutant::HandOverForgetsDoubt) {
            let doubt =
                [State::Checking, State::AwaitingPayer, State::Reversing].map(|s| s.word(Language::En));
            document.lines.retain(|line| match line {
                Line::Pair { label, .. } => {
                    !(label.starts_with('S') && doubt.iter().any(|word| label.ends_with(&format!(" {word}"))))
                }
                _ => true,
            });
        }
        document
    }

    /// 12: a shift's paper says what its report says, and names all that is open.
    pub(crate) fn check_paper_of_shift(&mut self, job: JobId, sheet: Sheet, document: &Document) {
        let Some(till) = &self.till else { return };
        let shifts = till.ledger().shifts();
        let report = match sheet {
            Sheet::Slip(Slip::Z(shift)) => shifts.closed.get(&shift),
            Sheet::Slip(Slip::X(_)) => shifts.looks.get(&job),
            _ => return,
        };
        let Some(report) = report.cloned() else {
            return self.broken(11, || format!("{job} prints a report that nobody made"));
        };
        let checked = paper_says(&report, document);
        self.judge(checked);
    }
}

fn counted_anew(report: &ShiftReport, entries: &[Entry], entry: &Entry) -> Checked {
    let (told, counted) = (told(&report.figures), count(entries, report.number, entry));
    if told == counted {
        return Ok(());
    }
    Err((12, format!("Z {} says {told:?}, the journal {counted:?}", report.number)))
}

fn nothing_is_hidden(report: &ShiftReport, till: &Terminal, now: Moment) -> Checked {
    let (number, ledger) = (report.number, till.ledger());
    let before = ledger.shifts().closed.range(..number).count();
    if usize::try_from(number.0).unwrap_or(0) != before + 1 {
        return Err((12, format!("Z {number} follows {before} others")));
    }
    let mut states: BTreeMap<State, (u32, u64)> = BTreeMap::new();
    for sale in begun_in(ledger, number) {
        let (count, minor) = states.entry(state_at(till, sale, now)).or_default();
        *count += 1;
        *minor += sale.amount.minor();
    }
    let mut said: BTreeMap<State, (u32, u64)> = BTreeMap::new();
    for (state, sum) in &report.figures.states {
        let (count, minor) = said.entry(doubt_alike(*state)).or_default();
        *count += sum.count;
        *minor += sum.minor;
    }
    if said != states {
        return Err((12, format!("Z {number} says {said:?} of its sales, which are {states:?}")));
    }
    let listed: BTreeSet<SaleId> = report.open.iter().map(|open| open.sale).collect();
    let open: BTreeSet<SaleId> =
        ledger.sales().values().filter(|sale| is_unsettled(sale)).map(|sale| sale.id).collect();
    let held = ledger.open_sales().filter_map(Sale::latest).any(|attempt| attempt.phase == Phase::Held);
    if listed != open || held || listed.len() != report.open.len() {
        return Err((12, format!("Z {number} hands over {listed:?}, open are {open:?}")));
    }
    Ok(())
}

fn paper_says(report: &ShiftReport, paper: &Document) -> Checked {
    let pairs = || {
        paper.lines.iter().filter_map(|line| match line {
            Line::Pair { label, value, .. } => Some((label.as_str(), value.as_str())),
            _ => None,
        })
    };
    for open in &report.open {
        let name = format!("{} ", open.sale);
        let (amount, order) = (open.amount.to_string(), open.order.as_str());
        let named = pairs().any(|(label, value)| label.starts_with(&name) && value == amount);
        if !named || !pairs().any(|(_, value)| value == order) {
            return Err((
                12,
                format!("{} is open and not on the paper of shift {}", open.sale, report.number),
            ));
        }
    }
    let rows = [&report.figures.own, &report.figures.earlier, &report.figures.outside];
    let expected: u32 =
        rows.into_iter().map(|flows| total(flows).refunds.count * if flows.len() > 1 { 2 } else { 1 }).sum();
    let said: u32 =
        pairs().filter_map(|(label, _)| label.strip_prefix("Refunds × ")?.parse::<u32>().ok()).sum();
    if said != expected {
        return Err((
            12,
            format!("the paper of shift {} counts {said} refunds, not {expected}", report.number),
        ));
    }
    Ok(())
}
