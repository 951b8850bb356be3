//! Printers in trouble: what the screen says, what the job says, and that nothing is printed twice.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use quickpay_drivers::printer::model::{Cover, Power, Roll, RunningModel};
use serde_json::{Value, json};

use crate::shop::paper::{papers, printer, set_up};
use crate::shop::{SetUp, Shop};
use crate::till::Till;

fn job<'a>(sale: &'a str, stage: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |event| event["event"] == "receipt" && event["sale"] == sale && event["job"] == stage
}

/// How often each sale's number stands on the papers, without copies.
fn originals(printer: &RunningModel, sale: &str) -> usize {
    printer.papers().iter().filter(|paper| paper.text.contains(sale) && !paper.text.contains("COPY")).count()
}

/// A sale that is paid; its paper is on its way.
fn paid(shop: &Shop, till: &mut Till, amount: &str) -> String {
    let sale = till.sell(amount, &shop.code("anna"));
    till.reaches(&sale, "approved");
    sale
}

#[test]
fn paper_that_runs_out_in_the_middle_is_said_delays_no_sale_and_prints_once_with_the_new_roll() {
    let printer = printer();
    printer.roll(Roll::Lines(4));
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let first = paid(&shop, &mut till, "5.00");
    let stopped = till.event("interrupted", job(&first, "interrupted"));
    assert_eq!(stopped["why"], "paper_out");
    let view = till.screen("needs care", |view| view["printer"] == "needs_care");
    assert_eq!(view["printer_line"], "Printer: no paper. Put in a roll; it goes on by itself.");
    let second = paid(&shop, &mut till, "6.00");
    till.event("queued", job(&second, "queued"));
    assert_eq!(till.stages_of(&second), ["queued"], "one paper after the other");
    printer.roll(Roll::Full);
    for sale in [&first, &second] {
        let printed = till.event("printed", job(sale, "printed"));
        assert_eq!(printed["proof"], "answered");
    }
    till.screen("ready", |view| view["printer"] == "ready" && view["printer_line"].is_null());
    let stages: Vec<_> = till.stages_of(&first).into_iter().filter(|stage| stage != "queued").collect();
    assert_eq!(stages, ["printing", "interrupted", "printed"]);
    till.quit();
    assert_eq!((originals(&printer, &first), originals(&printer, &second)), (1, 1));
    assert_eq!(printer.papers().len(), 2);
}

#[test]
fn a_cover_opened_before_and_in_the_middle_of_a_paper_is_said_and_nothing_prints_twice() {
    let printer = printer();
    printer.cover(Cover::Open);
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let first = paid(&shop, &mut till, "5.00");
    let view = till.screen("needs care", |view| view["printer"] == "needs_care");
    assert_eq!(view["printer_line"], "Printer: the cover is open. Close it; it goes on by itself.");
    printer.cover(Cover::Closed);
    till.event("printed", job(&first, "printed"));
    printer.line_time(Duration::from_millis(100));
    let second = paid(&shop, &mut till, "6.00");
    while printer.text_at_head().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    printer.cover(Cover::Open);
    let stopped = till.event("interrupted", job(&second, "interrupted"));
    assert_eq!(stopped["why"], "cover_open");
    printer.cover(Cover::Closed);
    till.event("printed", job(&second, "printed"));
    till.quit();
    assert_eq!((originals(&printer, &first), originals(&printer, &second)), (1, 1));
}

/// The cashier looks, finds nothing whole, says so, and takes a copy.
fn settles_with_a_copy(till: &mut Till, sale: &str) {
    let unknown = till.event("unknown", job(sale, "unknown"));
    let view = till.screen("the question", |view| view["printer"] == "unknown");
    let question = format!("Did the paper of {sale} come out? Look at the printer.");
    assert_eq!(view["printer_line"], question);
    let settled = till.ask(json!({ "do": "printed", "job": unknown["job_id"], "yes": false }));
    assert_eq!(settled["event"], "view", "{settled}");
    till.event("missing", job(sale, "missing"));
    till.ask(json!({ "do": "reprint", "sale": sale }));
    let copy = till.event("the copy", |e| job(sale, "printed")(e) && e["copy"] == 1);
    assert_eq!(copy["kind"], "copy");
}

#[test]
fn a_printer_switched_off_and_on_in_the_middle_prints_nothing_again_until_the_cashier_asks_for_a_copy() {
    let printer = printer();
    printer.line_time(Duration::from_millis(100));
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = paid(&shop, &mut till, "88.00");
    while printer.text_at_head().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    printer.power(Power::Off);
    till.event("unknown", job(&sale, "unknown"));
    printer.power(Power::On);
    printer.line_time(Duration::ZERO);
    std::thread::sleep(Duration::from_secs(3));
    assert!(printer.papers().is_empty(), "printed again by itself");
    settles_with_a_copy(&mut till, &sale);
    till.quit();
    assert_eq!(originals(&printer, &sale), 0);
    let [copy] = printer.papers().try_into().unwrap();
    assert!(copy.text.contains("COPY 1"), "{}", copy.text);
}

/// A cable between till and printer that breaks after so many bytes of the till's.
struct Cable {
    address: SocketAddr,
    holds: Arc<AtomicUsize>,
}

impl Cable {
    fn to(printer: &RunningModel, holds: usize) -> Cable {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (holds, to) = (Arc::new(AtomicUsize::new(holds)), printer.address());
        let left = Arc::clone(&holds);
        std::thread::spawn(move || {
            for till in listener.incoming().map_while(Result::ok) {
                let Ok(printer) = TcpStream::connect(to) else { continue };
                let (mut ear, mut mouth) = (printer.try_clone().unwrap(), till.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut ear, &mut mouth));
                carry(till, printer, &left);
            }
        });
        Cable { address, holds }
    }

    fn mended(&self) {
        self.holds.store(usize::MAX, Ordering::SeqCst);
    }
}

fn carry(mut till: TcpStream, mut printer: TcpStream, left: &AtomicUsize) {
    let mut chunk = [0; 64];
    while let Ok(read @ 1..) = till.read(&mut chunk) {
        if left.load(Ordering::SeqCst) < read {
            till.shutdown(Shutdown::Both).ok();
            printer.shutdown(Shutdown::Both).ok();
            return;
        }
        left.fetch_sub(read, Ordering::SeqCst);
        if printer.write_all(&chunk[..read]).is_err() {
            return;
        }
    }
    printer.shutdown(Shutdown::Write).ok();
}

#[test]
fn a_cable_pulled_in_the_middle_of_a_paper_leaves_it_unknown_and_the_second_paper_is_a_marked_copy() {
    let printer = printer();
    let cable = Cable::to(&printer, 600);
    let table = format!("kind = \"tcp\"\naddress = \"{}\"\nprofile = \"demo\"", cable.address);
    let (shop, mut till) = Shop::with_till_of(&SetUp { printer: table, ..SetUp::default() });
    let sale = paid(&shop, &mut till, "88.00");
    till.event("unknown", job(&sale, "unknown"));
    cable.mended();
    std::thread::sleep(Duration::from_secs(3));
    assert!(printer.papers().is_empty(), "printed again by itself");
    settles_with_a_copy(&mut till, &sale);
    till.quit();
    let [paper] = printer.papers().try_into().unwrap();
    assert!(paper.text.contains("COPY 1"), "{}", paper.text);
}

#[test]
fn of_two_printers_alike_only_the_one_that_is_meant_prints() {
    let (mine, neighbours) = (printer(), printer());
    let (shop, mut till) = Shop::with_till_of(&set_up(&mine));
    let sale = paid(&shop, &mut till, "5.00");
    till.event("printed", job(&sale, "printed"));
    till.quit();
    assert_eq!((mine.papers().len(), neighbours.papers().len()), (1, 0));
}

#[test]
fn a_printer_that_never_answers_is_said_to_be_away_or_its_paper_sent_and_not_proven() {
    let printer = crate::shop::paper::silent_printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = paid(&shop, &mut till, "5.00");
    let view = till.screen("away", |view| view["printer"] == "away");
    assert_eq!(view["printer_line"], "Printer not reached. Papers wait; sales go on.");
    assert_eq!(till.stages_of(&sale).last().unwrap(), "queued");
    till.quit();
    assert!(printer.papers().is_empty());

    // The same printer with a profile that believes no answers.
    let table = format!("kind = \"tcp\"\naddress = \"{}\"\nprofile = \"gb18030\"", printer.address());
    let (shop, mut till) = Shop::with_till_of(&SetUp { printer: table, ..SetUp::default() });
    let sale = paid(&shop, &mut till, "6.00");
    let sent = till.event("sent", job(&sale, "printed"));
    assert_eq!(sent["proof"], "sent");
    let view = till.screen("not proven", |view| !view["printer_line"].is_null());
    assert_eq!(view["printer_line"], "Receipt sent, not proven: this printer cannot answer.");
    assert_eq!(papers(&printer, 1).len(), 1);
    till.quit();
}

#[test]
fn a_printer_that_reports_by_itself_is_interrupted_at_once_and_confirms_its_paper_by_id() {
    let printer = printer();
    printer.line_time(Duration::from_millis(60));
    let table = format!(
        "kind = \"tcp\"\naddress = \"{}\"\nprofile = \"demo-asb\"\ndrawer = \"open\"",
        printer.address()
    );
    let (shop, mut till) = Shop::with_till_of(&SetUp { printer: table, ..SetUp::default() });
    let sale = paid(&shop, &mut till, "5.00");
    while printer.text_at_head().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    printer.cover(Cover::Open);
    let stopped = till.event("interrupted", job(&sale, "interrupted"));
    assert_eq!(stopped["why"], "cover_open");
    printer.cover(Cover::Closed);
    let printed = till.event("printed", job(&sale, "printed"));
    assert_eq!(printed["proof"], "answered");
    assert_eq!(printer.drawer_kicks(), 1);
    till.ask(json!({ "do": "reprint", "sale": sale }));
    till.event("the copy", |e| job(&sale, "printed")(e) && e["copy"] == 1);
    till.quit();
    assert_eq!(printer.drawer_kicks(), 1, "a copy opens no drawer");
    assert_eq!(printer.unknown_commands(), Vec::<Vec<u8>>::new());
}

/// How often the journal says that papers were begun.
fn begun(shop: &Shop) -> usize {
    let shown = shop.run(&["journal", "show"]);
    String::from_utf8(shown.stdout).unwrap().lines().filter(|line| line.ends_with(" printing")).count()
}

#[test]
fn papers_that_wait_for_a_printer_write_nothing_and_come_out_once_each_when_it_is_there_again() {
    let printer = printer();
    printer.power(Power::Off);
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sales = ["5.00", "6.00", "7.00"].map(|amount| paid(&shop, &mut till, amount));
    till.screen("away", |view| view["printer"] == "away");
    std::thread::sleep(Duration::from_secs(9)); // four looks
    assert_eq!(begun(&shop), 1, "only the first paper was tried");
    for sale in &sales[1..] {
        assert_eq!(till.stages_of(sale), ["queued"]);
    }
    printer.power(Power::On);
    for sale in &sales {
        till.event("printed", job(sale, "printed"));
    }
    till.screen("ready", |view| view["printer"] == "ready" && view["printer_line"].is_null());
    assert_eq!(begun(&shop), 4);
    till.quit();
    for sale in &sales {
        assert_eq!(originals(&printer, sale), 1, "{sale}");
    }
}

#[test]
fn a_printer_that_wants_paper_is_looked_at_without_a_record_until_it_has_some() {
    let printer = printer();
    printer.roll(Roll::Out);
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = paid(&shop, &mut till, "5.00");
    till.screen("paper", |view| {
        view["printer_line"] == "Printer: no paper. Put in a roll; it goes on by itself."
    });
    std::thread::sleep(Duration::from_secs(6));
    printer.cover(Cover::Open); // what it wants changes, and is said anew
    till.screen("cover", |view| {
        view["printer_line"] == "Printer: the cover is open. Close it; it goes on by itself."
    });
    assert_eq!(begun(&shop), 1);
    printer.roll(Roll::Full);
    printer.cover(Cover::Closed);
    till.event("printed", job(&sale, "printed"));
    assert_eq!(begun(&shop), 2);
    till.quit();
    assert_eq!(originals(&printer, &sale), 1);
}

#[test]
fn a_folder_for_papers_that_is_not_there_is_looked_for_and_gets_its_papers_when_it_comes() {
    let folder = crate::shop::own_folder().join("stick");
    let table = format!("kind = \"file\"\npath = {:?}", folder.join("paper.bin"));
    let (shop, mut till) = Shop::with_till_of(&SetUp { printer: table, ..SetUp::default() });
    let sale = paid(&shop, &mut till, "5.00");
    till.screen("away", |view| view["printer"] == "away");
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(begun(&shop), 1);
    std::fs::create_dir_all(&folder).unwrap();
    till.event("printed", job(&sale, "printed"));
    till.quit();
    let paper = std::fs::read(folder.join("paper.bin")).unwrap();
    assert!(String::from_utf8_lossy(&paper).contains(&sale));
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}
