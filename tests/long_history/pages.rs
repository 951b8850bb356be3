//! The page of past sales while the lists are made anew, through the loop that the window runs.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use quickpay::arrival::Arrival;
use quickpay::config::Config;
use quickpay::happening::Happening;
use quickpay::typing::meaning;
use quickpay::{shop, window};
use quickpay_core::page::{ListPage, Page};
use quickpay_core::words::{Language, PageWord};
use quickpay_gateway::SecretKey;
use quickpay_ui::UiEvent;

use crate::history::{self, States};
use crate::own_folder;
use crate::program::Program;

/// What the window shows: the page, and the remark under it.
#[derive(Debug, Default)]
struct Shown {
    page: Option<Page>,
    remark: Option<String>,
}

fn page_that(
    shown: &(Mutex<Shown>, Condvar),
    fits: impl Fn(&ListPage) -> bool,
) -> (ListPage, Option<String>) {
    let end = Instant::now() + Duration::from_secs(300);
    let mut now = shown.0.lock().unwrap();
    loop {
        match &now.page {
            Some(Page::List(page)) if fits(page) => return (page.clone(), now.remark.clone()),
            Some(Page::List(_) | Page::Detail(_) | Page::Refund(_)) | None => {}
        }
        let left = end.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "never shown; last {now:?}");
        now = shown.1.wait_timeout(now, left).unwrap().0;
    }
}

#[test]
fn the_page_of_past_sales_says_that_older_ones_are_listed_anew_and_then_fills_by_itself() {
    let folder = own_folder("history-in-the-window");
    history::write(&folder, 15_000, States::Ours);
    let config = Config::read(&Program::config(&folder)).unwrap();
    let shown = Arc::<(Mutex<Shown>, Condvar)>::default();
    let ear = Arc::clone(&shown);
    let (queue, arrivals) = shop::queue();
    let ends = (queue.clone(), arrivals);
    let till = std::thread::spawn(move || {
        let key = SecretKey::parse("sk_test_counter").unwrap();
        window::run_till(&config, key, ends, move |happening| {
            let mut shown = ear.0.lock().unwrap();
            match happening {
                Happening::Page(page) => shown.page = page.map(|page| *page),
                Happening::View(view, _) => shown.remark.clone_from(&view.notice),
                Happening::Ready { .. } | Happening::Sale(..) | Happening::Story(..) => {}
                Happening::Shift(..) | Happening::List(..) | Happening::Receipt(_) => {}
                Happening::Refused { .. } | Happening::Error { .. } => {}
            }
            ear.1.notify_all();
        })
        .unwrap();
    });
    let touch = |event: UiEvent| {
        queue.blocking_send(Arrival::Touched(meaning(&event).unwrap())).unwrap();
    };
    touch(UiEvent::RecentTapped);
    for key in [UiEvent::Letter('s'), UiEvent::Digit('0'), UiEvent::Digit('0'), UiEvent::Digit('2')] {
        touch(key);
    }
    // It is a race with the lists, which nobody needs to win; but no page says that there is no such sale.
    let (page, remark) = page_that(&shown, |page| page.typed == "S002");
    let anew = PageWord::PastUnlisted.text(Language::En);
    assert_eq!(page.rows.is_empty(), page.says == anew, "{page:?}");
    assert_eq!(remark, None, "the remark is left to what happens");
    let (page, _) = page_that(&shown, |page| page.rows.len() == 1);
    assert_eq!((page.rows[0].sale.0, page.says.as_str()), (2, PageWord::Searched.text(Language::En)));
    queue.blocking_send(Arrival::Quit).unwrap();
    till.join().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}
