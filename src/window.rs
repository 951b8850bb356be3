//! The window: the loop in a thread of its own, the screen on the main thread, two queues between them.

use anyhow::{Context as _, Result};
use quickpay_core::page::Page;
use quickpay_core::view::View;
use quickpay_gateway::SecretKey;
use quickpay_ui::{Keystrokes, Screen, ScreenHandle, ScreenOptions, Stage, UiEvent, Windows};
use tokio::sync::mpsc;

use crate::arrival::{Arrival, Request};
use crate::config::{Config, Scanner};
use crate::customer_display::{CustomerDisplay, code_of};
use crate::happening::Happening;
use crate::pin::Pin;
use crate::shop;
use crate::typing::meaning;

/// Runs the terminal with its window until the window is closed or the program is told to stop.
///
/// # Errors
/// In words, when the shop cannot be opened or there is no display.
pub fn run(config: &Config, key: SecretKey) -> Result<()> {
    let mut options = ScreenOptions::new(Stage::Till, crate::assets::fonts());
    options.keystrokes = keystrokes(config);
    if config.customer_display.is_some() {
        options.windows = Windows::Two;
    }
    let mut screen = Screen::new(&options).context("the window cannot be opened (try --headless)")?;
    let customer = CustomerDisplay::open(&mut screen, config.customer_display.as_ref());
    let (queue, arrivals) = shop::queue();
    wire(&screen, &queue);
    let till =
        start_till(config.clone(), key, (queue.clone(), arrivals), Shown::on(screen.handle(), customer))?;
    let shown = screen.run().context("the window broke");
    queue.blocking_send(Arrival::Quit).ok();
    let ended = till.join().map_err(|_| anyhow::anyhow!("the event loop broke"))?;
    shown.and(ended)
}

/// Whether key presses may come from a scanner.
#[must_use]
pub fn keystrokes(config: &Config) -> Keystrokes {
    if config.scanners.contains(&Scanner::Window) { Keystrokes::Raw } else { Keystrokes::Typed }
}

/// Sends what is touched to the loop.
pub fn wire(screen: &Screen, queue: &mpsc::Sender<Arrival>) {
    let queue = queue.clone();
    let handle = screen.handle();
    screen.on_event(move |event| {
        if event == UiEvent::Closed {
            handle.quit().ok();
        }
        let arrival = arrival_of(&event);
        if let Some(arrival) = arrival
            && queue.try_send(arrival).is_err()
        {
            tracing::error!("the event loop does not keep up; a touch was dropped");
        }
    });
}

/// What an event of the screen is to the loop.
fn arrival_of(event: &UiEvent) -> Option<Arrival> {
    if let UiEvent::Key(key) = event {
        return Some(Arrival::Key(key.0.clone()));
    }
    if let UiEvent::LanguageChosen(language) = event {
        return Some(Arrival::Asked(Request::Language(*language), None));
    }
    if let UiEvent::SignIn(person, pin) = event {
        return Some(Arrival::Asked(Request::SignIn(person.clone(), Pin::typed(pin.reveal())), None));
    }
    if *event == UiEvent::Closed {
        return Some(Arrival::Quit);
    }
    meaning(event).map(Arrival::Touched)
}

/// Where views go: the till's screen, and the customer's display if there is one.
#[derive(Debug)]
pub struct Shown {
    screen: ScreenHandle,
    customer: Option<CustomerDisplay>,
    /// Whose code stands on the till's screen.
    address: Option<String>,
}

impl Shown {
    /// Shows on these.
    #[must_use]
    pub fn on(screen: ScreenHandle, customer: Option<CustomerDisplay>) -> Shown {
        Shown { screen, customer, address: None }
    }

    /// Shows a view; a window that is closed shows no more.
    pub fn show(&mut self, view: View) {
        match &mut self.customer {
            // The code of the electronic receipt stands where the customer looks.
            Some(customer) => customer.show(&view),
            None if view.e_receipt != self.address => {
                self.address.clone_from(&view.e_receipt);
                self.screen.show_code(self.address.as_deref().and_then(code_of)).ok();
            }
            None => {}
        }
        self.screen.show(view).ok();
    }

    /// Shows the screen beside SALE to the cashier alone.
    pub fn show_page(&self, page: Option<Page>) {
        self.screen.show_page(page).ok();
    }
}

/// A thread for the loop; the window is closed when it ends.
fn start_till(
    config: Config,
    key: SecretKey,
    arrivals: (mpsc::Sender<Arrival>, mpsc::Receiver<Arrival>),
    mut shown: Shown,
) -> Result<std::thread::JoinHandle<Result<()>>> {
    let thread = std::thread::Builder::new().name("till".to_owned()).spawn(move || {
        let screen = shown.screen.clone();
        let ended = run_till(&config, key, arrivals, move |happening| match happening {
            Happening::View(view, _) => shown.show(*view),
            Happening::Page(page) => shown.show_page(page.map(|page| *page)),
            Happening::Shift(..) => {}
            Happening::Ready { .. } | Happening::Sale(..) | Happening::Story(..) | Happening::List(..) => {}
            Happening::Refused { .. } | Happening::Receipt(_) | Happening::Error { .. } => {}
        });
        screen.quit().ok();
        ended
    });
    thread.context("no thread for the event loop")
}

/// Opens the shop on a runtime of its own and runs its loop to the end; SIGTERM and SIGINT stop it in order.
///
/// # Errors
/// In words, when the shop cannot be opened.
pub fn run_till(
    config: &Config,
    key: SecretKey,
    arrivals: (mpsc::Sender<Arrival>, mpsc::Receiver<Arrival>),
    listener: impl FnMut(Happening) + Send + 'static,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let queue = arrivals.0.clone();
        let stop = crate::signal::asked_to_stop();
        tokio::spawn(async move {
            stop.await;
            queue.send(Arrival::Quit).await.ok();
        });
        let shop = shop::open(config, key, arrivals, Box::new(listener))?;
        let ended = shop.event_loop.run().await;
        drop(shop.scanners);
        ended.map_err(anyhow::Error::from)
    });
    runtime.shutdown_background(); // a name lookup that hangs must not hold up a stop
    ended
}
