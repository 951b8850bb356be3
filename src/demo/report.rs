//! The demo without a window: plays the story at full speed, and writes down what happened.
//!
//! Invariant: the exit status is 0 only when every sale ended as the script says and the summary agrees with the
//! sandbox's own charges.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use quickpay_core::customer::CustomerView;
use quickpay_core::document::DocumentKind;
use quickpay_core::money::{Currency, decimal};
use quickpay_core::view::{State, View};
use quickpay_core::words::Language;
use quickpay_ui::{CustomerStudio, Format, Stage as UiStage, Studio};
use serde_json::Value;

use super::CUSTOMERS_LANGUAGES;
use super::tour::{Outcome, STORY, Scene, Stage};
use super::watch::Said;
use super::world::{Pace, Place, World};
use crate::customer_display::code_of;
use crate::happening::SaleLine;

/// Seven inches: its pixels, and its millimetres across.
const CUSTOMERS_GLASS: ((u32, u32), f32) = ((1024, 600), 153.4);

/// Waits for the last paper.
const LAST_PAPER: Duration = Duration::from_secs(15);

/// Plays the story and writes screenshots, receipts and a summary into a folder.
pub(crate) fn play_without_window(
    out: &Path,
    seed: u64,
    sales: u32,
    say: &mut dyn FnMut(&str),
) -> Result<()> {
    clear(out)?;
    let place = Place { folder: out.to_owned(), seed };
    let world = World::start(&place, Pace::FULL_SPEED, |_| {})?;
    let mut pictures: Vec<(String, View)> = Vec::new();
    let mut outcomes = Vec::new();
    let plain = (1..=sales).map(Scene::Plain);
    for (n, scene) in STORY.into_iter().chain(plain).enumerate() {
        let mut keep = |name: &str, view: View| {
            if n < STORY.len() {
                pictures.push((format!("{:02}-{name}", pictures.len() + 1), view));
            }
        };
        let mut stage =
            Stage { world: &world, tell: &mut |_| (), picture: &mut keep, language: Language::En };
        let outcome = scene.play(&mut stage);
        say(&line_of(&outcome));
        outcomes.push(outcome);
    }
    let paid = outcomes.iter().filter(|outcome| outcome.reached == Some(State::Approved)).count();
    let receipts =
        |kinds: &[DocumentKind]| kinds.iter().filter(|kind| **kind == DocumentKind::Receipt).count();
    world.watch.until(LAST_PAPER, |said| said.no_paper_is_owed() && receipts(&said.printed()) >= paid);
    let printed = world.watch.look(Said::printed);
    let charges = world.charges()?;
    let sold: Vec<SaleLine> = world.watch.look(|said| said.sales.values().cloned().collect());
    let papers = world.papers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    world.stop()?;

    let mut faults: Vec<String> = Vec::new();
    let wrong = outcomes.iter().filter(|outcome| !outcome.is_as_written());
    faults.extend(wrong.map(|outcome| format!("{}: not as the script says", outcome.title)));
    faults.extend(compare(&sold, &charges));
    if receipts(&printed) != paid {
        faults.push(format!("{} receipts for {paid} paid sales", receipts(&printed)));
    }
    if papers.len() != printed.len() {
        faults.push(format!(
            "{} papers lie on the counter, the till knows of {}",
            papers.len(),
            printed.len()
        ));
    }
    write_papers(out, &papers)?;
    write_pictures(out, &pictures)?;
    let summary = summary(&outcomes, &sold, &charges, &faults);
    std::fs::write(out.join("summary.txt"), &summary)?;
    say(&summary);
    say(&format!("pictures, receipts and summary.txt are in {}", out.display()));
    if faults.is_empty() { Ok(()) } else { bail!("{} of the demo's promises were not kept", faults.len()) }
}

/// Removes what an earlier demo left, and nothing else.
fn clear(out: &Path) -> Result<()> {
    for folder in ["screens", "customer", "receipts"] {
        let folder = out.join(folder);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    Ok(())
}

fn line_of(outcome: &Outcome) -> String {
    let mark = if outcome.is_as_written() { "ok " } else { "!! " };
    let reached = outcome.reached.map_or("nothing", |state| state.word(Language::En));
    let fault = outcome.fault.as_ref().map_or(String::new(), |fault| format!("  ({fault})"));
    format!("{mark} {:<40} CNY {:>7}  {reached}{fault}", outcome.title, outcome.amount)
}

/// Holds what the till believes against what the gateway really moved.
fn compare(sold: &[SaleLine], charges: &Value) -> Vec<String> {
    let mut moved: BTreeMap<&str, u64> = BTreeMap::new();
    let mut faults = Vec::new();
    for charge in charges.get("charges").and_then(Value::as_array).into_iter().flatten() {
        let order = charge.get("order").and_then(Value::as_str).unwrap_or_default();
        let amount = charge.get("amount").and_then(Value::as_u64).unwrap_or_default();
        if moved.insert(order, amount).is_some() {
            faults.push(format!("{order} was charged twice"));
        }
    }
    for line in sold {
        let charged = moved.remove(line.order.as_str());
        match (line.state, charged) {
            (State::Approved, Some(amount)) if amount == line.amount_minor => {}
            (State::Approved, _) => {
                faults.push(format!("{} says PAID, the gateway does not agree", line.sale));
            }
            (_, None) => {}
            (_, Some(_)) => {
                faults.push(format!("{} was charged, but the till says {}", line.sale, line.state.name()));
            }
        }
    }
    faults.extend(moved.keys().map(|order| format!("{order} was charged, and the till knows nothing of it")));
    faults
}

fn summary(outcomes: &[Outcome], sold: &[SaleLine], charges: &Value, faults: &[String]) -> String {
    let mut text = String::from("Quick Pay demo: what the till says and what the gateway really charged\n\n");
    for outcome in outcomes {
        let line = outcome.sale.and_then(|sale| sold.iter().find(|line| line.sale == sale));
        let order = line.map_or("-", |line| line.order.as_str());
        let _written = writeln!(text, "{}  {order}", line_of(outcome));
    }
    let paid: u64 =
        sold.iter().filter(|line| line.state == State::Approved).map(|line| line.amount_minor).sum();
    let list = charges.get("charges").and_then(Value::as_array);
    let moved = |charge: &Value| charge.get("amount").and_then(Value::as_u64).unwrap_or_default();
    let charged: u64 = list.into_iter().flatten().map(moved).sum();
    let total = |minor| decimal(minor, Currency::Cny);
    let count = list.map_or(0, Vec::len);
    let _written = writeln!(text, "\ntill:    {} sales, CNY {} paid", sold.len(), total(paid));
    let _written = writeln!(text, "gateway: {count} charges, CNY {}", total(charged));
    for fault in faults {
        let _written = writeln!(text, "FAULT: {fault}");
    }
    let verdict =
        if faults.is_empty() { "they agree, every sale ended as the script says" } else { "NOT as promised" };
    let _written = writeln!(text, "{verdict}");
    text
}

fn write_papers(out: &Path, papers: &[quickpay_drivers::printer::model::Paper]) -> Result<()> {
    for (n, paper) in papers.iter().enumerate() {
        let name = out.join("receipts").join(format!("{:02}", n + 1));
        std::fs::write(name.with_extension("png"), paper.picture.to_png()?)?;
        std::fs::write(name.with_extension("txt"), &paper.text)?;
    }
    Ok(())
}

fn write_pictures(out: &Path, pictures: &[(String, View)]) -> Result<()> {
    let studio = Studio::new(UiStage::Till, &crate::assets::fonts(), Format::INCH_15)?;
    let (size, width_mm) = CUSTOMERS_GLASS;
    let customers = CustomerStudio::new(&crate::assets::fonts(), size, width_mm)?;
    for (name, view) in pictures {
        let picture = studio.picture(view)?;
        std::fs::write(out.join("screens").join(name).with_extension("png"), picture.to_png()?)?;
        let seen = CustomerView::of(view, &CUSTOMERS_LANGUAGES);
        let code = seen.e_receipt.as_ref().and_then(|invitation| code_of(&invitation.address));
        let picture = customers.picture(&seen, code.as_ref())?;
        std::fs::write(out.join("customer").join(name).with_extension("png"), picture.to_png()?)?;
    }
    Ok(())
}
