//! The template of papers, slips, reprints and electronic receipts, through the real program.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::paper::{papers, printer, set_up};
use crate::shop::{SetUp, Shop, own_folder};
use crate::till::{LIMIT, Till, quickpay};

/// A folder with a template and a terminal's configuration that names it.
struct Template {
    folder: PathBuf,
}

impl Template {
    fn of(text: &str) -> Template {
        let folder = own_folder();
        std::fs::write(folder.join("receipt.toml"), text).unwrap();
        let data = folder.join("data");
        let terminal = format!(
            "[terminal]\nid = \"T1\"\nmerchant = \"Shop\"\ndata_dir = {data:?}\n\
             [gateway]\nbase_url = \"https://apitest.wooshpay.com\"\n[receipt]\nfile = \"receipt.toml\"\n"
        );
        std::fs::write(folder.join("terminal.toml"), terminal).unwrap();
        Template { folder }
    }

    fn check(&self) -> (Option<i32>, String) {
        let output = quickpay().arg("check-config").arg(self.folder.join("terminal.toml")).output().unwrap();
        let words = [output.stdout.as_slice(), &output.stderr].concat();
        (output.status.code(), String::from_utf8(words).unwrap().replace(&*self.folder.to_string_lossy(), ""))
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

#[test]
fn a_wrong_template_is_refused_with_line_column_and_reason() {
    let long = format!("header = [\"{}\"]", "x".repeat(201));
    let many = format!("footer = [{}]", "\"x\", ".repeat(21));
    for (text, expected) in [
        ("header = []\nfoter = []", "/receipt.toml:2:1: unknown field `foter`, expected one of"),
        ("languages = [\"en\", \"fr\"]", "/receipt.toml:1:20: no language \"fr\""),
        ("languages = [\"en\", \"en\"]", "/receipt.toml:1:13: languages are one, or two different ones"),
        ("languages = []", "/receipt.toml:1:13: languages are one, or two different ones"),
        ("copies = 4", "/receipt.toml:1:10: copies is 0 to 3"),
        ("columns = 60", "/receipt.toml:1:11: columns is 24 to 48, which this printer has"),
        ("width_dots = 500", "/receipt.toml:1:14: width_dots is 384, 512 or 576, at most the printer's 576"),
        (
            "show = [\"code\"]",
            "/receipt.toml:1:9: show has no \"code\"; there are sale_number, cashier, gateway_id",
        ),
        ("show = [\"qr\"]", "/receipt.toml:1:9: \"qr\" needs [e_receipt] base_url"),
        ("slips = [\"x\"]", "/receipt.toml:1:10: slips has no \"x\"; there are pending, reversal, refund"),
        ("store = \"a\\nb\"", "/receipt.toml:1:9: a line of store has no control characters"),
        (&long, "/receipt.toml:1:11: a line of header has at most 200 characters"),
        (&many, ": footer has at most 20 lines"),
        ("[logo]\nfile = \"no.png\"", "/receipt.toml:2:8: the logo /no.png: No such file"),
        (
            "[logo]\nfile = \"terminal.toml\"",
            "/receipt.toml:2:8: the logo /terminal.toml: it is not a PNG picture",
        ),
        ("[logo]\nfile = \"x\"\ndots = \"grey\"", "/receipt.toml:3:8: dots is \"dither\" or \"threshold\""),
        ("[e_receipt]\nbase_url = \"receipts\"", "/receipt.toml:2:12: base_url is an address"),
        ("[e_receipt]\nfolder = \"r\"\nkeep = 0", "/receipt.toml:3:8: keep is 1 to 100000 receipts"),
        (
            "[e_receipt]\nformats = [\"doc\"]",
            "/receipt.toml:2:12: formats has no \"doc\"; there are png, pdf",
        ),
    ] {
        let (code, words) = Template::of(text).check();
        assert_eq!(code, Some(2), "{words}");
        assert!(words.contains(expected), "no {expected:?} in\n{words}");
        assert!(words.contains("/terminal.toml:8:8: "), "where it is named: {words}");
    }
}

#[test]
fn all_faults_of_a_template_are_said_at_once_and_its_lines_stand_in_one_place() {
    let (_, words) = Template::of("copies = 9\nlanguages = [\"xx\"]").check();
    assert!(words.contains("/receipt.toml:1:10:") && words.contains("/receipt.toml:2:14:"), "{words}");
    let template = Template::of("");
    let terminal = template.folder.join("terminal.toml");
    let text = std::fs::read_to_string(&terminal).unwrap();
    std::fs::write(&terminal, format!("{text}footer = [\"Bye\"]\n")).unwrap();
    let (code, words) = template.check();
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("/terminal.toml:9:10: these lines stand in the receipt file"), "{words}");
}

#[test]
fn the_shipped_template_is_good() {
    let (_, words) = Template::of(include_str!("../../config/receipt.toml")).check();
    assert!(words.contains(": well"), "{words}");
}

/// A shop whose printer is a model and whose papers follow a template; the templates folder is kept for the test.
fn shop(template: &str) -> (quickpay_drivers::printer::model::RunningModel, Template, Shop, Till) {
    let printer = printer();
    let template = Template::of(template);
    let file = template.folder.join("receipt.toml");
    let set_up = set_up(&printer);
    let set_up = SetUp { printer: format!("{}\n[receipt]\nfile = {file:?}", set_up.printer), ..set_up };
    let (shop, till) = Shop::with_till_of(&set_up);
    (printer, template, shop, till)
}

fn paper_event(till: &Till, kind: &str) -> Value {
    till.event(kind, |e| e["event"] == "receipt" && e["kind"] == kind && e["job"] == "printed")
}

#[test]
fn papers_follow_the_template() {
    let (printer, _template, shop, mut till) = shop(
        "store = \"West Street\"\nheader = [\"1 West Street\"]\nfooter = [\"Bye\"]\nlegal = [\"VAT 123\"]\n\
         languages = [\"en\", \"zh-CN\"]\ncopies = 1\nshow = [\"barcode\"]",
    );
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let papers = papers(&printer, 2);
    for words in ["West Street", "VAT 123", "TOTAL 合计", "CNY 88.00", "WeChat Pay 微信支付", "Bye"] {
        assert!(papers[0].contains(words), "no {words:?} on\n{}", papers[0]);
    }
    assert!(!papers[0].contains("Gateway id") && !papers[0].contains("COPY"), "{}", papers[0]);
    assert!(papers[1].contains("COPY 1") && papers[1].contains("DUPLICATED / 重打印凭证"), "{}", papers[1]);
    till.quit();
}

#[test]
fn each_fact_puts_out_its_slip() {
    let (printer, _template, shop, mut till) = shop("");
    let open = till.sell("40.00", &shop.code("carla"));
    till.reaches(&open, "awaiting_payer");
    till.ask(json!({ "do": "put_aside" }));
    let pending = paper_event(&till, "pending");
    assert_eq!(pending["sale"], open);
    let text = pending["text"].as_str().unwrap();
    assert!(text.contains("PENDING - NOT A RECEIPT") && text.contains("待确认，非付款凭证"), "{text}");
    assert!(papers(&printer, 1)[0].contains("PENDING - NOT A RECEIPT"));
    till.ask(json!({ "do": "resume", "sale": open }));
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&open, "reversed");
    assert_eq!(paper_event(&till, "reversal")["sale"], open);

    let paid = till.sell("12.00", &shop.code("anna"));
    till.reaches(&paid, "approved");
    till.ask(json!({ "do": "refund", "sale": paid }));
    till.reaches(&paid, "refunded");
    assert_eq!(paper_event(&till, "refund")["sale"], paid);
    let slip = till.ask(json!({ "do": "slip", "sale": paid }));
    assert_eq!(slip["event"], "view", "{slip}");
    let again = till.event("again", |e| e["kind"] == "refund" && e["copy"] == 1 && e["job"] == "printed");
    assert!(again["text"].as_str().unwrap().starts_with("         "), "{again}");
    till.ask(json!({ "do": "test_page" }));
    assert_eq!(paper_event(&till, "test")["sale"], Value::Null);
    till.quit();
}

#[test]
fn a_receipt_is_copied_by_its_number_by_its_barcode_and_as_the_last_one() {
    let (printer, _template, shop, mut till) = shop("");
    let first = till.sell("1.00", &shop.code("anna"));
    let order = till.reaches(&first, "approved")["order"].clone();
    let last = till.sell("2.00", &shop.code("anna"));
    till.reaches(&last, "approved");
    papers(&printer, 2);
    for (request, sale, count) in
        [(json!({ "do": "reprint", "order": order }), &first, 3), (json!({ "do": "reprint" }), &last, 4)]
    {
        assert_eq!(till.ask(request)["event"], "view");
        let copy = papers(&printer, count).pop().unwrap();
        assert!(copy.contains("COPY 1") && copy.contains(sale.as_str()), "{copy}");
    }
    till.ask(json!({ "do": "clear" }));
    let number = order.as_str().unwrap();
    assert_eq!(till.scan(number)["reason"], "receipt_number", "nobody asked for a receipt");
    assert_eq!(till.ask(json!({ "do": "reprint", "scan": true }))["event"], "view");
    till.scan(number);
    let copy = papers(&printer, 5).pop().unwrap();
    assert!(copy.contains("COPY 2") && copy.contains(number), "{copy}");
    let unknown = till.ask(json!({ "do": "reprint", "order": "T9-000000-S0001a" }));
    assert_eq!(unknown["reason"], "no_such_sale");
    let both = till.ask(json!({ "do": "reprint", "order": "x", "sale": "S0001" }));
    assert_eq!(both["event"], "error", "{both}");
    till.quit();
}

fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "{what} does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn electronic_receipts_are_files_that_follow_the_sale_and_are_bounded() {
    let (_printer, template, shop, mut till) = shop(
        "show = [\"barcode\", \"qr\"]\n[e_receipt]\nfolder = \"receipts\"\nkeep = 2\n\
         base_url = \"https://receipts.example.com/r/\"",
    );
    let folder = template.folder.join("receipts");
    let read = |name: String| std::fs::read(folder.join(name)).ok();
    let mut orders = Vec::new();
    for amount in ["1.00", "2.00", "3.00"] {
        let sale = till.sell(amount, &shop.code("anna"));
        let order = till.reaches(&sale, "approved")["order"].as_str().unwrap().to_owned();
        let address = format!("https://receipts.example.com/r/{order}");
        till.screen("the address", |view| view["e_receipt"] == address.as_str());
        let pdf = until("a PDF file", || read(format!("{order}.pdf")));
        assert!(pdf.starts_with(b"%PDF-1.4") && pdf.ends_with(b"%%EOF\n"));
        until("the last one", || (read("last.pdf".into())? == pdf).then_some(()));
        orders.push((sale, order));
    }
    until("the oldest to go", || read(format!("{}.png", orders[0].1)).is_none().then_some(()));
    let (sale, order) = &orders[1];
    let before = read(format!("{order}.png")).unwrap();
    assert!(before.starts_with(b"\x89PNG"));
    let last = read("last.png".into()).unwrap();
    till.ask(json!({ "do": "refund", "sale": sale }));
    till.reaches(sale, "refunded");
    until("a receipt that tells of the refund", || (read(format!("{order}.png"))? != before).then_some(()));
    assert_eq!(read("last.png".into()).unwrap(), last, "an older receipt is not the last one");
    till.quit();
}
