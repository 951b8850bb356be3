//! The screens beside SALE through the loop that the window runs: what is touched goes in, what is shown comes out.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use quickpay::arrival::Arrival;
use quickpay::config::Config;
use quickpay::happening::Happening;
use quickpay::typing::meaning;
use quickpay::{shop as till_shop, window};
use quickpay_core::input::Input;
use quickpay_core::page::{DetailPage, ListPage, Page, PageAct, RefundPage, RefundReason, RefundStep};
use quickpay_core::payment_code::Scan;
use quickpay_core::view::{State, View};
use quickpay_gateway::SecretKey;
use quickpay_ui::UiEvent;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::people::person;
use crate::shop::{SetUp, Shop};
use crate::till::{KEY, LIMIT};

/// What the screen was told last.
#[derive(Debug, Default)]
struct Shown {
    view: Option<View>,
    page: Option<Page>,
    refused: Vec<&'static str>,
}

/// A till whose window is this test.
pub(crate) struct Window {
    pub(crate) queue: mpsc::Sender<Arrival>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    till: JoinHandle<()>,
}

impl Window {
    pub(crate) fn open(shop: &Shop) -> Window {
        let config = Config::read(&shop.folder.join("terminal.toml")).unwrap();
        let shown = Arc::<(Mutex<Shown>, Condvar)>::default();
        let ear = Arc::clone(&shown);
        let (queue, arrivals) = till_shop::queue();
        let ends = (queue.clone(), arrivals);
        let till = std::thread::spawn(move || {
            let key = SecretKey::parse(KEY).unwrap();
            window::run_till(&config, key, ends, move |happening| {
                let mut shown = ear.0.lock().unwrap();
                match happening {
                    Happening::View(view, _) => shown.view = Some(*view),
                    Happening::Page(page) => shown.page = page.map(|page| *page),
                    Happening::Refused { reason, .. } => shown.refused.push(reason),
                    Happening::Ready { .. } | Happening::Sale(..) | Happening::Story(..) => {}
                    Happening::Shift(..)
                    | Happening::List(..)
                    | Happening::Receipt(_)
                    | Happening::Error { .. } => {}
                }
                ear.1.notify_all();
            })
            .unwrap();
        });
        let window = Window { queue, shown, till };
        window.view("online", |view| view.online);
        window
    }

    pub(crate) fn close(self) {
        self.queue.blocking_send(Arrival::Quit).unwrap();
        self.till.join().unwrap();
    }

    #[allow(clippy::needless_pass_by_value, reason = "as the screen gives it away")]
    pub(crate) fn touch(&self, event: UiEvent) {
        let meant = meaning(&event).unwrap_or_else(|| panic!("{event:?} means nothing"));
        self.queue.blocking_send(Arrival::Touched(meant)).unwrap();
    }

    pub(crate) fn act(&self, act: PageAct) {
        self.touch(UiEvent::Act(act));
    }

    pub(crate) fn typed(&self, text: &str) {
        for letter in text.chars() {
            self.touch(match letter {
                '.' => UiEvent::Point,
                digit if digit.is_ascii_digit() => UiEvent::Digit(digit),
                letter => UiEvent::Letter(letter),
            });
        }
    }

    fn scan(&self, text: &str) {
        let scan = Scan::from_message(text.as_bytes().to_vec());
        self.queue.blocking_send(Arrival::Happened(Input::Scanned(scan))).unwrap();
    }

    /// Waits until what is shown gives something.
    fn shows<T>(&self, what: &str, find: impl Fn(&Shown) -> Option<T>) -> T {
        let end = Instant::now() + LIMIT;
        let mut shown = self.shown.0.lock().unwrap();
        loop {
            if let Some(found) = find(&shown) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "never shown: {what}; last {shown:?}");
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    fn view(&self, what: &str, fits: impl Fn(&View) -> bool) -> View {
        self.shows(what, |shown| shown.view.clone().filter(|view| fits(view)))
    }

    fn list(&self, what: &str, fits: impl Fn(&ListPage) -> bool) -> ListPage {
        self.shows(what, |shown| match &shown.page {
            Some(Page::List(page)) => Some(page.clone()).filter(|page| fits(page)),
            Some(Page::Detail(_) | Page::Refund(_)) | None => None,
        })
    }

    pub(crate) fn detail(&self, what: &str, fits: impl Fn(&DetailPage) -> bool) -> DetailPage {
        self.shows(what, |shown| match &shown.page {
            Some(Page::Detail(page)) => Some(page.clone()).filter(|page| fits(page)),
            Some(Page::List(_) | Page::Refund(_)) | None => None,
        })
    }

    pub(crate) fn refund(&self, step: RefundStep) -> RefundPage {
        self.shows(&format!("{step:?}"), |shown| match &shown.page {
            Some(Page::Refund(page)) => Some(page.clone()).filter(|page| page.step == step),
            Some(Page::List(_) | Page::Detail(_)) | None => None,
        })
    }

    fn no_page(&self) {
        self.shows("SALE alone", |shown| shown.page.is_none().then_some(()));
    }

    pub(crate) fn refused(&self, reason: &str) {
        self.shows(reason, |shown| shown.refused.contains(&reason).then_some(()));
    }
}

/// A shop whose sales, at 1.00, 2.00 and so on, are closed and no longer held by the till.
fn with_a_past(sales: u32, more: &str) -> Shop {
    let (shop, mut till) = Shop::with_till_of(&SetUp::default());
    for n in 1..=sales {
        let sale = till.sell(&format!("{n}.00"), &shop.code("anna"));
        till.reaches(&sale, "approved");
    }
    till.quit();
    let file = shop.folder.join("terminal.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{config}\n{more}")).unwrap();
    shop
}

fn acts(page: &DetailPage) -> Vec<PageAct> {
    page.choices.iter().map(|choice| choice.act).collect()
}

fn refunds(shop: &Shop) -> Vec<Value> {
    shop.gateway.get("/sandbox/charges")["refunds"].as_array().unwrap().clone()
}

#[test]
fn past_sales_are_leafed_through_to_the_first_one_and_found_by_number_amount_and_receipt() {
    let shop = with_a_past(12, "");
    let till = Window::open(&shop);
    till.touch(UiEvent::RecentTapped);
    let page = till.list("the newest", |page| page.rows.len() == ListPage::ROWS);
    assert_eq!((page.rows[0].sale.0, page.rows[0].word.as_str(), page.part.of), (12, "PAID", 12));
    till.touch(UiEvent::PageDown);
    let page = till.list("the oldest", |page| page.rows.len() == 4);
    assert_eq!((page.rows[3].sale.0, page.rows[3].amount.as_str()), (1, "1.00"));
    let order = page.rows[3].order.clone();
    till.typed("7.0");
    let page = till.list("by its amount", |page| page.typed == "7.0" && page.rows.len() == 1);
    assert_eq!(page.rows[0].sale.0, 7);
    till.touch(UiEvent::Clear);
    till.typed("s0011");
    till.list("by its number", |page| page.rows.len() == 1 && page.rows[0].sale.0 == 11);
    till.touch(UiEvent::Enter);
    let page = till.detail("the eleventh", |page| page.sale.0 == 11);
    assert!(page.story.iter().any(|line| line.text == "PAID"), "{page:?}");
    till.touch(UiEvent::Back);
    till.touch(UiEvent::Clear);
    till.typed("nothing");
    till.list("nothing", |page| page.rows.is_empty() && page.typed == "NOTHING");
    till.touch(UiEvent::FindReceipt);
    till.list("asked for a receipt", |page| page.says == "Scan the receipt now.");
    till.scan(&shop.code("anna"));
    till.refused("not_a_receipt");
    till.scan(&order);
    till.detail("of the scanned receipt", |page| page.sale.0 == 1);
    till.touch(UiEvent::Home);
    till.no_page();
    till.close();
}

#[test]
fn the_sale_at_hand_goes_on_under_a_list_and_its_result_stays() {
    let shop = with_a_past(1, "");
    let till = Window::open(&shop);
    till.typed("5");
    till.view("armed", |view| view.state == State::Armed);
    till.touch(UiEvent::RecentTapped);
    till.list("the list", |page| page.rows.len() == 1);
    till.typed("9");
    till.list("a filter", |page| page.typed == "9");
    till.scan(&shop.code("anna"));
    let view = till.view("paid under the list", |view| view.state == State::Approved);
    assert_eq!(view.amount_text, "5.00", "the digit went into the field");
    till.list("still open", |page| page.typed == "9");
    till.touch(UiEvent::Clear);
    till.touch(UiEvent::Clear);
    till.no_page();
    till.view("the result is still there", |view| view.state == State::Approved);
    till.touch(UiEvent::SaleTapped(quickpay_core::id::SaleId(1)));
    till.detail("a detail", |page| page.sale.0 == 1);
    till.typed("6");
    till.no_page();
    till.view("the next sale", |view| view.amount_text == "6");
    till.close();
}

#[test]
fn a_sale_of_long_ago_is_refunded_in_part_from_its_detail_and_shows_what_is_left() {
    let shop = with_a_past(14, "");
    let till = Window::open(&shop);
    till.touch(UiEvent::RefundTapped);
    till.list("which sale", |page| page.rows.len() == ListPage::ROWS);
    till.typed("3");
    till.list("the third", |page| page.rows.first().is_some_and(|row| row.sale.0 == 3));
    till.touch(UiEvent::Enter);
    till.refund(RefundStep::Amount);
    till.typed("3.01");
    till.touch(UiEvent::Enter);
    let page = till.refund(RefundStep::Amount);
    assert!(page.choices.iter().all(|choice| choice.act != PageAct::Typed), "{page:?}");
    till.touch(UiEvent::Clear);
    till.typed("1");
    till.touch(UiEvent::Enter);
    till.refund(RefundStep::Reason);
    till.touch(UiEvent::Digit('3'));
    let page = till.refund(RefundStep::Confirm);
    assert!(
        page.facts.iter().any(|(_, value)| value == RefundReason::PaidTwice.text(page_language())),
        "{page:?}"
    );
    assert_eq!(refunds(&shop).len(), 0, "nothing left before the last key");
    for _ in 0..5 {
        till.act(PageAct::RefundNow); // a finger that trembles
    }
    let left = |page: &DetailPage| page.facts.iter().any(|(_, value)| value == "CNY 2.00");
    let page = till.detail("what is left", |page| page.state == State::Approved && left(page));
    assert!(page.story.iter().any(|line| line.text == "REFUNDED"), "{page:?}");
    assert!(!acts(&page).contains(&PageAct::CheckAgain), "{page:?}");
    let made = refunds(&shop);
    assert_eq!((made.len(), &made[0]["amount"]), (1, &serde_json::json!(100)), "{made:?}");
    till.act(PageAct::Refund);
    till.refund(RefundStep::Amount);
    till.touch(UiEvent::Confirm);
    till.refund(RefundStep::Reason);
    till.act(PageAct::OwnWords);
    till.typed("late");
    till.touch(UiEvent::Enter);
    till.refund(RefundStep::Confirm);
    till.touch(UiEvent::Confirm);
    till.detail("all of it", |page| page.state == State::Refunded || page.state == State::RefundSaved);
    till.close();
}

fn page_language() -> quickpay_core::words::Language {
    quickpay_core::words::Language::En
}

#[test]
fn what_is_open_is_listed_with_its_sum_and_taken_up_from_its_detail() {
    let shop = with_a_past(1, "");
    let till = Window::open(&shop);
    till.touch(UiEvent::OpenTapped);
    till.list("nothing is open", |page| page.rows.is_empty() && page.says == "Nothing is open.");
    till.touch(UiEvent::Back);
    till.typed("8");
    till.scan(&shop.code("carla"));
    till.view("waits for the payer", |view| view.state == State::AwaitingPayer);
    till.touch(UiEvent::PutAside);
    till.view("put aside", |view| view.state == State::Ready);
    till.touch(UiEvent::OpenTapped);
    let page = till.list("the open one", |page| page.rows.len() == 1);
    assert_eq!(page.says, "1 · CNY 8.00 at stake");
    till.touch(UiEvent::Enter);
    let page = till.detail("its detail", |page| page.sale.0 == 2);
    let offered = acts(&page);
    assert!(offered.contains(&PageAct::CheckAgain) && offered.contains(&PageAct::Resume), "{page:?}");
    assert!(!offered.contains(&PageAct::Refund) && !offered.contains(&PageAct::Reprint), "{page:?}");
    till.act(PageAct::Reprint); // not offered: nothing happens
    till.touch(UiEvent::CheckAgain);
    till.touch(UiEvent::PutAside); // F4 on a detail takes the sale up
    till.no_page();
    till.view("back on the panel", |view| view.sale == Some(page.sale));
    till.close();
}

/// PINs that stand nowhere else.
const LI: &str = "50716428";
const KIM: &str = "73159826";

#[test]
fn where_people_are_configured_a_refund_from_the_window_needs_a_manager_s_pin() {
    let staff = [person("Li", "cashier", LI), person("Kim", "manager", KIM)].concat();
    let shop = with_a_past(1, &staff);
    let till = Window::open(&shop);
    till.touch(UiEvent::RecentTapped);
    till.refused("locked");
    till.no_page();
    let li = quickpay_core::person::PersonName::parse("Li").unwrap();
    till.queue.blocking_send(Arrival::Happened(Input::PersonProven(li))).unwrap();
    till.view("Li has the till", |view| view.lines.len() <= 1 || view.state == State::Ready);
    till.touch(UiEvent::SaleTapped(quickpay_core::id::SaleId(1)));
    till.detail("the sale", |page| acts(page).contains(&PageAct::Refund));
    till.touch(UiEvent::RefundTapped);
    till.refund(RefundStep::Amount);
    till.act(PageAct::All);
    till.refund(RefundStep::Reason);
    till.act(PageAct::Because(RefundReason::Returned));
    till.refund(RefundStep::Confirm);
    till.act(PageAct::RefundNow);
    till.refund(RefundStep::Pin);
    till.typed(LI);
    let page = till.shows("asterisks", |shown| match &shown.page {
        Some(Page::Refund(page)) if page.typed == "********" => Some(page.clone()),
        Some(Page::Refund(_) | Page::List(_) | Page::Detail(_)) | None => None,
    });
    assert_eq!(page.step, RefundStep::Pin);
    till.touch(UiEvent::Enter);
    till.refused("wrong_pin");
    assert_eq!(refunds(&shop).len(), 0, "a cashier's PIN gives nothing back");
    till.typed(KIM);
    till.touch(UiEvent::Enter);
    let page = till.detail("given back", |page| page.state == State::Refunded);
    assert!(page.story.iter().any(|line| line.text.contains("(Li, Kim)")), "{page:?}");
    assert_eq!(refunds(&shop).len(), 1);
    till.queue.blocking_send(Arrival::Happened(Input::SignOutAsked)).unwrap();
    till.no_page();
    till.close();
}
