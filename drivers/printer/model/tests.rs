//! Printing end to end: encoder, job, port and the model as referee.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use quickpay_core::document::{Align, Document, DocumentKind, Line, Style};
use quickpay_core::id::JobId;

use super::*;
use crate::printer::escpos::{Drawer, encode};
use crate::printer::file::FileSettings;
use crate::printer::hindrance::Hindrance;
use crate::printer::job::{PrintOutcome, Proof, Stage, Trouble};
use crate::printer::port::PrinterKind;
use crate::printer::preview;
use crate::printer::profile::{Answers, Profile, Trailer};
use crate::printer::queue::{PrintOrder, PrinterEvent, RunningPrinter};
use crate::printer::serial::{Flow, SerialPrinterSettings};
use crate::printer::tcp::TcpSettings;
use crate::printer::text::plain_text;

const LOOPBACK: &str = "127.0.0.1:0";

fn typeface() -> Arc<Typeface> {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/fonts");
    let bold = fonts.join("NotoSansCJKsc-Bold-subset.otf");
    Arc::new(Typeface::open(&fonts.join("NotoSansCJKsc-Regular-subset.otf"), Some(&bold)).unwrap())
}

fn text(text: &str, align: Align, style: Style) -> Line {
    Line::Text { text: text.to_owned(), align, style }
}

fn pair(label: &str, value: &str, style: Style) -> Line {
    Line::Pair { label: label.to_owned(), value: value.to_owned(), style }
}

fn receipt() -> Document {
    let lines = vec![
        text("示范商店 Demo Store", Align::Centre, Style::Bold),
        text("上海市南京西路 100 号", Align::Centre, Style::Plain),
        Line::Space,
        text("SALE 消费", Align::Centre, Style::Bold),
        Line::Rule,
        pair("Terminal 终端", "T1", Style::Plain),
        pair("Cashier 收银员", "Li Na 李娜", Style::Plain),
        pair("Time 时间", "2026-11-20 14:02:05 +08:00", Style::Plain),
        pair("Wallet 钱包", "WeChat Pay 微信支付", Style::Plain),
        Line::Rule,
        pair("合计", "CNY 88.00", Style::Large),
        text("PAID 收款成功", Align::Centre, Style::Large),
        Line::Rule,
        pair("Order 订单号", "T1-3LK2QZ-S0001a", Style::Plain),
        pair("Intent", "int_hkdmr7v9rg1j58ky8re", Style::Plain),
        pair("Wallet trade id", "4200001234567890123456789012", Style::Plain),
        Line::Space,
        Line::Barcode("T1-3LK2QZ-S0001a".to_owned()),
        Line::Space,
        text("感谢惠顾,请保留小票以便退款。", Align::Centre, Style::Plain),
        text("Thank you. Keep this receipt for refunds.", Align::Centre, Style::Plain),
    ];
    Document { kind: DocumentKind::Receipt, lines }
}

fn told(job: u32, events: &Receiver<PrinterEvent>) -> (PrintOutcome, Vec<Stage>) {
    let mut stages = Vec::new();
    loop {
        match events.recv_timeout(Duration::from_secs(20)).expect("an event") {
            PrinterEvent::Stage(_, stage) => stages.push(stage),
            PrinterEvent::Looked(looked) => panic!("nobody asked: {looked:?}"),
            PrinterEvent::Done { job: done, outcome, missing: _ } => {
                assert_eq!(done, JobId(job));
                return (outcome, stages);
            }
        }
    }
}

fn start(kind: PrinterKind, profile: Profile, limit: Duration) -> (RunningPrinter, Receiver<PrinterEvent>) {
    let (tell, events) = channel();
    let running = RunningPrinter::start(kind, profile, limit, move |event| {
        let _gone_after_the_test = tell.send(event);
    });
    (running.unwrap(), events)
}

fn order(job: u32, document: Document) -> PrintOrder {
    PrintOrder { job: JobId(job), document, drawer: Drawer::Open, logo: None }
}

fn model() -> RunningModel {
    PrinterModel::new(typeface()).start(LOOPBACK.parse().unwrap()).unwrap()
}

fn over_tcp(model: &RunningModel) -> PrinterKind {
    PrinterKind::Tcp(TcpSettings::at(model.address().to_string()))
}

/// A paper's or a document's text without its places: large words have other spaces before them.
fn words(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn what_is_printed_over_tcp_stands_on_the_paper() {
    let (tell, on_paper) = channel();
    let model = PrinterModel::new(typeface())
        .on_paper(move |paper| tell.send(paper.text.clone()).unwrap())
        .start(LOOPBACK.parse().unwrap())
        .unwrap();
    for (job, trailer) in [(1, Trailer::GsR), (2, Trailer::GsParenH)] {
        let profile = Profile { answers: Answers::InOrder(trailer), ..Profile::demo() };
        let (printer, events) = start(over_tcp(&model), profile, Duration::from_secs(10));
        printer.print(order(job, receipt())).unwrap();
        assert_eq!(told(job, &events), (PrintOutcome::Printed(Proof::Answered), vec![Stage::Sending]));
    }
    let papers = model.papers();
    assert_eq!(papers.len(), 2);
    assert_eq!(papers[0].text, papers[1].text);
    assert_eq!(on_paper.recv().unwrap(), papers[0].text);
    assert_eq!(papers[0].barcodes, ["T1-3LK2QZ-S0001a"]);
    let expected: Vec<_> = words(&plain_text(&receipt(), 48));
    let mut printed = words(&papers[0].text);
    printed.retain(|line| line != "T1-3LK2QZ-S0001a"); // the caption; the barcode itself stands in brackets
    assert_eq!(printed, expected);
    assert_eq!(model.drawer_kicks(), 2);
    assert!(model.unknown_commands().is_empty());
}

#[test]
fn a_printer_that_says_nothing_gets_its_paper_too() {
    let model = PrinterModel::new(typeface()).voice(Voice::Silent).start(LOOPBACK.parse().unwrap()).unwrap();
    let (printer, events) = start(over_tcp(&model), Profile::generic(), Duration::from_secs(10));
    printer.print(order(1, receipt())).unwrap();
    assert_eq!(told(1, &events).0, PrintOutcome::Printed(Proof::Sent));
    assert_eq!(model.papers().len(), 1);
    assert!(model.papers()[0].text.contains("???? Demo Store"));
}

#[test]
fn without_paper_nothing_is_sent_and_the_reason_is_said() {
    let model = model();
    model.roll(Roll::Out);
    let (printer, events) = start(over_tcp(&model), Profile::demo(), Duration::from_secs(10));
    printer.print(order(1, receipt())).unwrap();
    assert_eq!(told(1, &events).0, PrintOutcome::NotSent(Trouble::Hindered(Hindrance::PaperOut)));
    model.roll(Roll::Full);
    model.cover(Cover::Open);
    printer.print(order(2, receipt())).unwrap();
    assert_eq!(told(2, &events).0, PrintOutcome::NotSent(Trouble::Hindered(Hindrance::CoverOpen)));
    assert!(model.text_at_head().is_empty());
}

#[test]
fn paper_that_ends_mid_job_interrupts_and_a_new_roll_finishes_the_same_paper() {
    let model = model();
    model.roll(Roll::Lines(5));
    let (printer, events) = start(over_tcp(&model), Profile::demo(), Duration::from_secs(20));
    printer.print(order(1, receipt())).unwrap();
    let mut stages = Vec::new();
    while stages.last() != Some(&PrinterEvent::Stage(JobId(1), Stage::Interrupted(Hindrance::PaperOut))) {
        stages.push(events.recv_timeout(Duration::from_secs(5)).unwrap());
    }
    assert!(model.papers().is_empty());
    model.roll(Roll::Full);
    assert_eq!(told(1, &events).0, PrintOutcome::Printed(Proof::Answered));
    assert_eq!(model.papers().len(), 1);
    assert!(words(&model.papers()[0].text).contains(&"PAID 收款成功".to_owned()));
}

#[test]
fn paper_that_ends_and_is_not_renewed_leaves_the_job_unknown() {
    let model = model();
    model.roll(Roll::Lines(5));
    let (printer, events) = start(over_tcp(&model), Profile::demo(), Duration::from_secs(3));
    printer.print(order(1, receipt())).unwrap();
    let (outcome, stages) = told(1, &events);
    assert_eq!(outcome, PrintOutcome::Unknown(Trouble::Hindered(Hindrance::PaperOut)));
    assert!(stages.contains(&Stage::Interrupted(Hindrance::PaperOut)));
}

#[test]
fn a_printer_that_is_switched_off_mid_job_leaves_it_unknown_and_afterwards_refuses() {
    let model = PrinterModel::new(typeface())
        .line_time(Duration::from_millis(100))
        .start(LOOPBACK.parse().unwrap())
        .unwrap();
    let (printer, events) = start(over_tcp(&model), Profile::demo(), Duration::from_secs(10));
    printer.print(order(1, receipt())).unwrap();
    while model.text_at_head().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    model.power(Power::Off);
    let (outcome, _) = told(1, &events);
    assert!(matches!(outcome, PrintOutcome::Unknown(Trouble::Broken(_))), "{outcome:?}");
    printer.print(order(2, receipt())).unwrap();
    let (outcome, stages) = told(2, &events);
    // Refused, or taken by the dying listener's queue and reset.
    assert!(
        matches!(&outcome, PrintOutcome::NotSent(Trouble::CannotOpen(_) | Trouble::Broken(_))),
        "{outcome:?}"
    );
    assert!(stages.is_empty());
    model.power(Power::On);
    std::thread::sleep(Duration::from_millis(50));
    model.line_time(Duration::ZERO);
    printer.print(order(3, receipt())).unwrap();
    assert_eq!(told(3, &events).0, PrintOutcome::Printed(Proof::Answered));
}

#[test]
fn a_port_where_nobody_listens_is_not_sent() {
    let nobody = TcpListener::bind(LOOPBACK).unwrap().local_addr().unwrap();
    let kind = PrinterKind::Tcp(TcpSettings::at(nobody.to_string()));
    let (printer, events) = start(kind, Profile::generic(), Duration::from_secs(10));
    printer.print(order(1, receipt())).unwrap();
    let (outcome, _) = told(1, &events);
    assert!(
        matches!(&outcome, PrintOutcome::NotSent(Trouble::CannotOpen(why)) if why.contains("refused")),
        "{outcome:?}"
    );
}

#[test]
fn every_order_is_answered_when_the_printer_is_stopped_and_that_takes_less_than_a_second() {
    let model = PrinterModel::new(typeface())
        .line_time(Duration::from_secs(5))
        .start(LOOPBACK.parse().unwrap())
        .unwrap();
    let (printer, events) = start(over_tcp(&model), Profile::demo(), Duration::from_secs(60));
    for job in 1..=3 {
        printer.print(order(job, receipt())).unwrap();
    }
    while model.text_at_head().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let stopping = Instant::now();
    drop(printer);
    assert!(stopping.elapsed() < Duration::from_secs(1));
    assert_eq!(told(1, &events).0, PrintOutcome::Unknown(Trouble::Stopped));
    assert_eq!(told(2, &events).0, PrintOutcome::NotSent(Trouble::Stopped));
    assert_eq!(told(3, &events).0, PrintOutcome::NotSent(Trouble::Stopped));
    let stopping = Instant::now();
    drop(model);
    assert!(stopping.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_serial_printer_gets_the_same_bytes() {
    use serialport::{SerialPort, TTYPort};
    use std::io::Read;
    let (mut printer_end, till) = TTYPort::pair().unwrap();
    printer_end.set_timeout(Duration::from_millis(300)).unwrap();
    let path = PathBuf::from(till.name().unwrap());
    let kind = PrinterKind::Serial(SerialPrinterSettings { path, baud: 19_200, flow: Flow::XonXoff });
    let (printer, events) = start(kind, Profile::generic(), Duration::from_secs(10));
    printer.print(order(1, receipt())).unwrap();
    let (mut got, mut chunk) = (Vec::new(), [0_u8; 512]);
    while let Ok(read) = printer_end.read(&mut chunk) {
        got.extend_from_slice(&chunk[..read]);
    }
    assert_eq!(told(1, &events).0, PrintOutcome::Printed(Proof::Sent));
    assert_eq!(got, encode(&receipt(), &Profile::generic(), Drawer::Open).bytes);
}

#[test]
fn a_file_gets_the_bytes_and_is_never_overwritten() {
    let folder = std::env::temp_dir().join(format!("quickpay-papers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let one = folder.join("J0001.bin");
    let _gone_or_never_there = std::fs::remove_file(&one);
    let kind = PrinterKind::File(FileSettings::OnePerJob(folder));
    let (printer, events) = start(kind, Profile::gb18030(), Duration::from_secs(10));
    printer.print(order(1, receipt())).unwrap();
    assert_eq!(told(1, &events).0, PrintOutcome::Printed(Proof::Sent));
    let bytes = std::fs::read(&one).unwrap();
    assert_eq!(bytes, encode(&receipt(), &Profile::gb18030(), Drawer::Open).bytes);
    printer.print(order(1, receipt())).unwrap();
    assert!(matches!(told(1, &events).0, PrintOutcome::NotSent(Trouble::CannotOpen(_))));
}

/// Where the pictures go for a person to look at.
fn picture_file(name: &str, picture: &Picture) -> PathBuf {
    let folder = std::env::temp_dir().join("quickpay-pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, picture.to_png().unwrap()).unwrap();
    file
}

/// `None` when zbarimg is not installed.
fn zbarimg(file: &Path) -> Option<String> {
    let program = std::env::var("ZBARIMG").unwrap_or_else(|_| "zbarimg".to_owned());
    let output = Command::new(program).args(["-q", "--raw"]).arg(file).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that could not look says so")]
fn the_picture_of_a_paper_is_as_wide_as_the_head_and_its_barcode_can_be_scanned() {
    let bytes = encode(&receipt(), &Profile::demo(), Drawer::Leave).bytes;
    let papers = develop(&bytes, &typeface(), 576);
    let picture = &papers[0].picture;
    assert_eq!(picture.width, 576);
    assert!((600..1200).contains(&picture.height), "{}", picture.height);
    assert_eq!(picture.pixels.len(), 576 * usize::try_from(picture.height).unwrap());
    let file = picture_file("model.png", &picture.with_margin(32));
    let png = std::fs::read(&file).unwrap();
    assert_eq!(&png[1..4], b"PNG");
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 640);
    let preview = picture_file("preview.png", &preview::paint(&receipt(), 48, &typeface()));
    for file in [file, preview] {
        match zbarimg(&file) {
            Some(read) => assert_eq!(read, "T1-3LK2QZ-S0001a"),
            None => eprintln!("zbarimg is not installed: the barcode was not scanned"),
        }
    }
}

#[test]
fn a_broken_image_swallows_what_follows_until_the_wake_up_zeros_end_it() {
    let broken = b"\x1b@\x1dv0\x00\x48\x00\x10\x00".as_slice();
    let typeface = typeface();
    assert!(develop(&[broken, b"hello\n"].concat(), &typeface, 576).is_empty());
    let woken = develop(&[broken, &[0; 8192], b"hello\n"].concat(), &typeface, 576);
    assert_eq!(woken[0].text, "hello\n");
}

#[test]
fn image_data_that_looks_like_a_query_is_not_obeyed() {
    let mut machine = Machine::new(typeface(), 576, Voice::Answers, Duration::ZERO);
    machine.receive(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x02");
    assert!(machine.take_replies().is_empty());
    machine.receive(b"\x10\x04\x02");
    assert_eq!(machine.take_replies(), [0x12]);
    machine.set_roll(Roll::Out);
    machine.receive(b"\x1dr\x01\x10\x04\x02\x10\x04\x04");
    assert_eq!(machine.step(Duration::ZERO), machine::Did::Nothing);
    assert_eq!(machine.take_replies(), [0x32, 0x72]);
}

#[test]
fn automatic_status_is_told_at_every_change() {
    let mut machine = Machine::new(typeface(), 576, Voice::Answers, Duration::ZERO);
    machine.receive(b"\x1da\xff");
    assert_eq!(machine.step(Duration::ZERO), machine::Did::Something);
    machine.set_cover(Cover::Open);
    assert_eq!(machine.take_replies(), [0x10, 0, 0, 0, 0x38, 0, 0, 0]);
}

#[test]
fn no_bytes_make_the_model_panic() {
    use proptest::prelude::*;
    let typeface = typeface();
    let lead = prop::sample::select(vec![0x10_u8, 0x1b, 0x1c, 0x1d, b'V', b'k', b'v', b'(', b'\n', b'A']);
    let byte = prop_oneof![lead, any::<u8>()];
    proptest!(ProptestConfig::with_cases(64), |(bytes in prop::collection::vec(byte, 0..200))| {
        for paper in develop(&bytes, &typeface, 384) {
            prop_assert_eq!(paper.picture.width, 384);
        }
    });
}

#[test]
fn a_narrow_paper_and_any_script_of_the_typeface_can_be_painted() {
    let narrow = Profile { columns: 32, width_dots: 384, ..Profile::demo() };
    let bytes = encode(&receipt(), &narrow, Drawer::Leave).bytes;
    let papers = develop(&bytes, &typeface(), 384);
    assert!(words(&papers[0].text).contains(&"4200001234567890123456789012".to_owned()));
    picture_file("narrow.png", &papers[0].picture.with_margin(24));
    let mut korean = receipt();
    korean.lines.push(text("감사합니다 · ありがとう", Align::Centre, Style::Bold));
    assert_eq!(preview::paint(&korean, 48, &typeface()).width, 640);
    picture_file("korean.png", &preview::paint(&korean, 48, &typeface()));
}

fn looked(printer: &RunningPrinter, events: &Receiver<PrinterEvent>) -> Result<(), Trouble> {
    assert!(printer.look());
    match events.recv_timeout(Duration::from_secs(20)).expect("an answer") {
        PrinterEvent::Looked(looked) => looked,
        other @ (PrinterEvent::Stage(..) | PrinterEvent::Done { .. }) => panic!("it looks only: {other:?}"),
    }
}

#[test]
fn a_look_says_what_is_in_the_way_gives_the_printer_nothing_and_leaves_the_way_open_for_the_paper() {
    let model = model();
    let (printer, events) = start(over_tcp(&model), Profile::demo(), Duration::from_secs(10));
    model.cover(Cover::Open);
    assert_eq!(looked(&printer, &events), Err(Trouble::Hindered(Hindrance::CoverOpen)));
    model.cover(Cover::Closed);
    model.power(Power::Off);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !matches!(looked(&printer, &events), Err(Trouble::CannotOpen(_))) {
        assert!(Instant::now() < deadline, "a printer that is off is still seen");
    }
    model.power(Power::On);
    while looked(&printer, &events) != Ok(()) {
        assert!(Instant::now() < deadline, "it came back unseen");
    }
    assert!(model.papers().is_empty() && model.text_at_head().is_empty());
    // The model, like real printers, serves a second client only when the first has gone: the paper takes the same way.
    printer.print(order(1, receipt())).unwrap();
    assert_eq!(told(1, &events).0, PrintOutcome::Printed(Proof::Answered));
    assert_eq!(looked(&printer, &events), Ok(()));
    std::thread::sleep(Duration::from_millis(1500)); // nothing comes: the way is given up
    printer.print(order(2, receipt())).unwrap();
    assert_eq!(told(2, &events).0, PrintOutcome::Printed(Proof::Answered));
    assert_eq!(model.papers().len(), 2);
    assert!(model.unknown_commands().is_empty());
}

#[test]
fn a_silent_printer_is_looked_at_by_its_way_alone() {
    let model = PrinterModel::new(typeface()).voice(Voice::Silent).start(LOOPBACK.parse().unwrap()).unwrap();
    let (printer, events) = start(over_tcp(&model), Profile::generic(), Duration::from_secs(10));
    assert_eq!(looked(&printer, &events), Ok(()));
    printer.print(order(1, receipt())).unwrap();
    assert_eq!(told(1, &events).0, PrintOutcome::Printed(Proof::Sent));
    assert_eq!(model.papers().len(), 1);
}

#[test]
fn a_look_at_a_file_makes_none_and_sees_a_folder_that_is_missing_or_came() {
    let folder = std::env::temp_dir().join(format!("quickpay-looked-at-{}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    for settings in [FileSettings::Append(folder.join("paper.bin")), FileSettings::OnePerJob(folder.clone())]
    {
        let (printer, events) =
            start(PrinterKind::File(settings), Profile::generic(), Duration::from_secs(5));
        assert!(matches!(looked(&printer, &events), Err(Trouble::CannotOpen(_))));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(looked(&printer, &events), Ok(()));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        printer.print(order(1, receipt())).unwrap();
        assert_eq!(told(1, &events).0, PrintOutcome::Printed(Proof::Sent));
        assert_eq!(looked(&printer, &events), Ok(()));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
