//! Receipts on a USB printer that misbehaves: what the till says of each paper, and what really came out.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::counter::Bench;
use super::super::firmware::{Condition, Voice};
use super::super::gadget::Port;
use super::super::outcome::{Outcome, Trying as _, ensure, wait_for};
use super::super::printer::{PASSPORT, Printer, Then};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{LIMIT, Mark, Till};

/// A printer that answers in order; the only one that is plugged in.
const HONEST: &str = "kind = \"usb\"\nprofile = \"epson-tm\"";
/// A printer of which nothing is believed.
const GENERIC: &str = "kind = \"usb\"\nprofile = \"generic\"";

/// The rig's own printer is a printer for the kernel too: bytes go in, answers come out, a paper is cut.
pub(crate) fn through_usblp(_: &mut Bench) -> Outcome<Measured> {
    let printer = plugged(Voice::Honest)?;
    let mut file = wait_for("usblp node", Duration::from_secs(5), || {
        OpenOptions::new().read(true).write(true).open(USBLP).ok()
    })?;
    file.write_all(b"\x1b@Hello\n\x1dV\x42\x40\x1dr\x01").trying("writing to usblp")?;
    let mut answer = [0_u8; 8];
    let read = file.read(&mut answer).trying("reading from usblp")?;
    ensure(answer.get(..read) == Some(&[0]), || format!("the answer is {answer:?}"))?;
    came_out(&printer, 1)?;
    let (ids, _) = printer.asked();
    ensure(ids > 0, || "the kernel did not ask for the device id".to_owned())?;
    Ok(String::new())
}

const USBLP: &str = "/dev/usb/lp0";

/// A receipt comes out once, complete; between papers the kernel has its printer back.
pub(crate) fn prints(bench: &mut Bench) -> Outcome<Measured> {
    let printer = plugged(Voice::Honest)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    let began = Instant::now();
    let mark = sell(bench, &mut till)?;
    let printed = till.paper(mark, "printed", LIMIT)?;
    let took = printed.at.saturating_duration_since(began);
    came_out(&printer, 1)?;
    let paper = printer.papers().concat();
    for words in ["Rig Shop", "88.00", "S0001"] {
        ensure(contains(&paper, words), || format!("no {words} on the paper"))?;
    }
    let (ids, _) = printer.asked();
    ensure(ids > 0, || "nobody asked for the device id".to_owned())?;
    wait_for("usblp node, given back", LIMIT, || Path::new(USBLP).exists().then_some(()))?;
    till.quit()?;
    Ok(format!("{} bytes, {} ms from the amount to the proof", paper.len(), took.as_millis()))
}

/// A printer whose buffer is full takes its time: no sale waits for it, no byte is lost or sent twice.
pub(crate) fn is_blocked(bench: &mut Bench) -> Outcome<Measured> {
    let printer = plugged(Voice::Honest)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    let plain = printer.papers().concat().len();
    // Blocked at several places, in transfers that time out midway.
    for stop_at in [1, 3000, 6000] {
        let before = printer.papers().len();
        printer.after(stop_at, Then::Hold);
        let taken = printer.taken();
        let mark = sell(bench, &mut till)?;
        wait_for("bytes in the printer", LIMIT, || (printer.taken() >= taken + stop_at).then_some(()))?;
        std::thread::sleep(Duration::from_millis(1800));
        printer.flow();
        till.paper(mark, "printed", LIMIT)?;
        came_out(&printer, before + 1)?;
        let length = printer.papers().last().map_or(0, Vec::len);
        ensure(length == plain, || format!("{length} bytes came out instead of {plain}"))?;
    }
    till.quit()?;
    Ok(format!("{plain} bytes each time"))
}

/// An endpoint that an earlier program left stalled is cleared; a stall in the middle leaves the paper in doubt.
pub(crate) fn stalls(bench: &mut Bench) -> Outcome<Measured> {
    let mut printer = Printer::new("printer", PASSPORT, Voice::Honest)?;
    printer.after(0, Then::Stall);
    printer.plug(Port::First)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    wait_for("stall", LIMIT, || (printer.stalls() == 1).then_some(()))?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    came_out(&printer, 1)?;

    printer.after(3000, Then::Stall);
    let mark = sell(bench, &mut till)?;
    let asked = till.paper(mark, "unknown", LIMIT)?;
    ensure(printer.stalls() == 2, || format!("{} stalls", printer.stalls()))?;
    in_doubt_until_a_person_looks(&mut till, &printer, asked.text("sale"), asked.text("job_id"))?;
    till.quit()?;
    Ok(String::new())
}

/// The printer is switched off in the middle of a paper: the cashier is asked, and only a marked copy comes out later.
pub(crate) fn is_switched_off(bench: &mut Bench) -> Outcome<Measured> {
    vanishes(bench, Printer::switch_off)
}

/// The same with a pulled cable: the printer still waits for the rest of an image, and swallows what comes next.
pub(crate) fn is_pulled(bench: &mut Bench) -> Outcome<Measured> {
    vanishes(bench, Printer::pull)
}

fn vanishes(bench: &mut Bench, how: fn(&mut Printer) -> Outcome<Instant>) -> Outcome<Measured> {
    let mut printer = plugged(Voice::Honest)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    printer.after(3000, Then::Hold);
    let mark = sell(bench, &mut till)?;
    wait_for("bytes in the printer", LIMIT, || (printer.taken() >= 3000).then_some(()))?;
    let pulled = how(&mut printer)?;
    let asked = till.paper(mark, "unknown", LIMIT)?;
    let told = asked.at.saturating_duration_since(pulled);
    printer.flow();
    // A sale while it is away: its paper waits.
    let mark = sell(bench, &mut till)?;
    till.device(mark, "printer", "unknown", LIMIT)?;
    ensure(printer.papers().is_empty(), || "a paper came out of nowhere".to_owned())?;
    printer.plug(Port::Second)?;
    till.paper(mark, "printed", LIMIT)?;
    came_out(&printer, 1)?;
    in_doubt_until_a_person_looks(&mut till, &printer, asked.text("sale"), asked.text("job_id"))?;
    till.quit()?;
    Ok(format!("{} ms to the question", told.as_millis()))
}

/// Paper that runs out on the way, and a cover that is opened: the same paper goes on afterwards, and comes out once.
pub(crate) fn is_interrupted(bench: &mut Bench) -> Outcome<Measured> {
    let printer = plugged(Voice::Honest)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    for (count, condition) in [Condition::PaperOut, Condition::CoverOpen].into_iter().enumerate() {
        let taken = printer.taken();
        printer.after(3000, Then::Hold);
        let mark = sell(bench, &mut till)?;
        wait_for("bytes in the printer", LIMIT, || (printer.taken() >= taken + 3000).then_some(()))?;
        printer.set_condition(condition);
        printer.flow();
        till.device(mark, "printer", "needs_care", LIMIT)?;
        till.paper(mark, "interrupted", LIMIT)?;
        printer.set_condition(Condition::Well);
        till.paper(mark, "printed", LIMIT)?;
        came_out(&printer, count + 1)?;
        till.device(mark, "printer", "ready", LIMIT)?;
    }
    till.quit()?;
    Ok(String::new())
}

/// Without paper nothing is sent, and new paper is enough: nobody has to ask for the receipt again.
pub(crate) fn has_no_paper(bench: &mut Bench) -> Outcome<Measured> {
    let printer = plugged(Voice::Honest)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    // An answer that nobody read stays in the pipe: "paper is well" of an hour ago must not be believed.
    printer.says(&[0x12, 0x12]);
    printer.set_condition(Condition::PaperOut);
    let mark = sell(bench, &mut till)?;
    till.device(mark, "printer", "needs_care", LIMIT)?;
    ensure(printer.at_head() == 0 && printer.papers().is_empty(), || "something was printed".to_owned())?;
    printer.set_condition(Condition::Well);
    till.paper(mark, "printed", LIMIT)?;
    came_out(&printer, 1)?;
    till.quit()?;
    Ok(String::new())
}

/// A printer that never answers: with a profile that expects answers nothing is sent; with one that does not, the paper
/// comes out once.
pub(crate) fn is_silent(bench: &mut Bench) -> Outcome<Measured> {
    let printer = plugged(Voice::Clone)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    let mark = sell(bench, &mut till)?;
    till.device(mark, "printer", "away", LIMIT)?;
    ensure(printer.papers().is_empty(), || "something was printed".to_owned())?;
    till.kill();
    let mut till = Shop::new(bench, "", GENERIC)?.start()?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    came_out(&printer, 1)?;
    till.quit()?;
    Ok(String::new())
}

/// Papers are owed while the printer is switched off: nothing is recorded while it is looked for, and each comes out once
/// soon after it is there again.
pub(crate) fn is_away(bench: &mut Bench) -> Outcome<Measured> {
    let mut printer = plugged(Voice::Honest)?;
    let shop = Shop::new(bench, "", HONEST)?;
    let mut till = shop.start()?;
    printer.switch_off()?;
    let first = sell(bench, &mut till)?;
    till.device(first, "printer", "away", LIMIT)?;
    let second = sell(bench, &mut till)?;
    std::thread::sleep(Duration::from_secs(7)); // three looks
    let begun = shop.begun()?;
    ensure(begun == 1, || format!("papers were begun {begun} times while the printer was away"))?;
    let mark = till.mark();
    let back = printer.plug(Port::Second)?;
    let printed = till.paper(mark, "printed", LIMIT)?;
    let took = printed.at.saturating_duration_since(back);
    wait_for("second paper", LIMIT, || (printer.papers().len() == 2).then_some(()))?;
    till.device(second, "printer", "ready", LIMIT)?;
    came_out(&printer, 2)?;
    let begun = shop.begun()?;
    ensure(begun == 3, || format!("two papers were begun {begun} times"))?;
    till.quit()?;
    Ok(format!("{} ms from the plug to the proof", took.as_millis()))
}

/// Through the node of the kernel's own driver, for machines where libusb cannot be used: prints, and a cable that is
/// pulled in the middle leaves the paper in doubt.
pub(crate) fn by_usblp(bench: &mut Bench) -> Outcome<Measured> {
    let mut printer = plugged(Voice::Honest)?;
    wait_for("usblp node", LIMIT, || Path::new(USBLP).exists().then_some(()))?;
    let table = format!("kind = \"usb\"\npath = \"{USBLP}\"\nprofile = \"epson-tm\"");
    let mut till = Shop::new(bench, "", &table)?.start()?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    came_out(&printer, 1)?;
    // Back-pressure: the node takes nothing, the till does not hang, and the paper comes out whole.
    let plain = printer.papers().concat().len();
    let taken = printer.taken();
    printer.after(3000, Then::Hold);
    let mark = sell(bench, &mut till)?;
    wait_for("bytes in the printer", LIMIT, || (printer.taken() >= taken + 3000).then_some(()))?;
    std::thread::sleep(Duration::from_secs(2));
    till.ask(json!({ "do": "view" }))?;
    printer.flow();
    till.paper(mark, "printed", LIMIT)?;
    came_out(&printer, 2)?;
    let length = printer.papers().last().map_or(0, Vec::len);
    ensure(length == plain, || format!("{length} bytes came out instead of {plain}"))?;

    let taken = printer.taken();
    printer.after(3000, Then::Hold);
    let mark = sell(bench, &mut till)?;
    wait_for("bytes in the printer", LIMIT, || (printer.taken() >= taken + 3000).then_some(()))?;
    printer.switch_off()?;
    let asked = till.paper(mark, "unknown", LIMIT)?;
    printer.flow();
    printer.plug(Port::First)?;
    wait_for("usblp node, back", LIMIT, || Path::new(USBLP).exists().then_some(()))?;
    in_doubt_until_a_person_looks(&mut till, &printer, asked.text("sale"), asked.text("job_id"))?;
    till.quit()?;
    Ok(format!("{plain} bytes each time"))
}

/// Two identical printers that are told apart by their serial numbers, wherever they are plugged in.
pub(crate) fn has_a_number(bench: &mut Bench) -> Outcome<Measured> {
    let numbered = |serial| super::super::gadget::Passport { serial: Some(serial), ..PASSPORT };
    let mut first = Printer::new("first", numbered("P1"), Voice::Honest)?;
    let mut second = Printer::new("second", numbered("P2"), Voice::Honest)?;
    first.plug(Port::First)?;
    second.plug(Port::Second)?;
    let mut till = Shop::new(bench, "", &format!("{HONEST}\nserial_number = \"P2\""))?.start()?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    first.pull()?;
    second.pull()?;
    first.plug(Port::Second)?;
    second.plug(Port::First)?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    came_out(&second, 2)?;
    ensure(first.taken() == 0, || "the other one got bytes".to_owned())?;
    // It alone is switched off: its paper waits for it, and the twin is not asked to help out.
    second.switch_off()?;
    let mark = sell(bench, &mut till)?;
    till.device(mark, "printer", "away", LIMIT)?;
    second.plug(Port::Third)?;
    till.paper(mark, "printed", LIMIT)?;
    came_out(&second, 3)?;
    ensure(first.taken() == 0, || "the other one got bytes".to_owned())?;
    till.quit()?;
    Ok(String::new())
}

/// Two identical printers without serial numbers: none is chosen until the port says which.
pub(crate) fn has_a_twin(bench: &mut Bench) -> Outcome<Measured> {
    let first = plugged(Voice::Honest)?;
    let mut second = Printer::new("twin", PASSPORT, Voice::Honest)?;
    second.plug(Port::Second)?;
    let mut till = Shop::new(bench, "", HONEST)?.start()?;
    let mark = sell(bench, &mut till)?;
    till.device(mark, "printer", "away", LIMIT)?;
    till.quit()?;
    ensure(first.taken() == 0 && second.taken() == 0, || "one of the two was taken".to_owned())?;
    let named = format!("{HONEST}\nport = \"{}\"", Port::Second.name()?);
    let mut till = Shop::new(bench, "", &named)?.start()?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    came_out(&second, 1)?;
    ensure(first.taken() == 0, || "the other one got bytes".to_owned())?;
    till.quit()?;
    Ok(String::new())
}

/// The till loses power in the middle of a paper: after the restart the cashier is asked, nothing is printed again.
pub(crate) fn outlives_the_till(bench: &mut Bench) -> Outcome<Measured> {
    let printer = plugged(Voice::Honest)?;
    let shop = Shop::new(bench, "", HONEST)?;
    let mut till = shop.start()?;
    printer.after(3000, Then::Hold);
    sell(bench, &mut till)?;
    wait_for("bytes in the printer", LIMIT, || (printer.taken() >= 3000).then_some(()))?;
    till.kill();
    printer.flow();
    let mut till = shop.start()?;
    till.device(Mark::START, "printer", "unknown", LIMIT)?;
    let asked = till.paper(Mark::START, "unknown", LIMIT)?;
    in_doubt_until_a_person_looks(&mut till, &printer, asked.text("sale"), asked.text("job_id"))?;
    till.quit()?;
    Ok(String::new())
}

fn plugged(voice: Voice) -> Outcome<Printer> {
    let mut printer = Printer::new("printer", PASSPORT, voice)?;
    printer.plug(Port::First)?;
    std::thread::sleep(Duration::from_millis(300)); // until the kernel knows it
    Ok(printer)
}

/// A sale that is paid, whatever the printer does meanwhile.
pub(super) fn sell(bench: &Bench, till: &mut Till) -> Outcome<Mark> {
    let mark = till.mark();
    till.ring_up("88.00")?;
    till.ask(json!({ "do": "scan", "text": bench.gateway.code()? }))?;
    till.sale(mark, "approved")?;
    Ok(mark)
}

/// So many whole papers, and no command that the printer did not know.
fn came_out(printer: &Printer, count: usize) -> Outcome {
    let papers = printer.papers();
    ensure(papers.len() == count, || format!("{} papers came out instead of {count}", papers.len()))?;
    let unknown = printer.unknown();
    ensure(unknown.is_empty(), || format!("commands that the printer does not know: {unknown:02x?}"))
}

/// Nothing comes out by itself; when the cashier says that nothing came out, the next paper is a marked copy.
fn in_doubt_until_a_person_looks(till: &mut Till, printer: &Printer, sale: &str, job: &str) -> Outcome {
    let before = printer.papers().len();
    std::thread::sleep(Duration::from_secs(2));
    came_out(printer, before)?;
    let mark = till.mark();
    till.ask(json!({ "do": "printed", "job": job, "yes": false }))?;
    till.ask(json!({ "do": "reprint", "sale": sale }))?;
    till.paper(mark, "printed", LIMIT)?;
    std::thread::sleep(Duration::from_millis(500));
    let papers = printer.papers();
    let new: Vec<_> = papers.iter().skip(before).collect();
    ensure(!new.is_empty() && new.iter().all(|paper| contains(paper, "COPY")), || {
        format!("{} papers came out after the question, not all of them marked as copies", new.len())
    })
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}
