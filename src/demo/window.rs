//! The demo's window: the till, and the panel that plays the rest of the world.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use quickpay_core::input::Input;
use quickpay_core::view::State;
use quickpay_core::words::Language;
use quickpay_drivers::printer::model::{Power, Roll};
use quickpay_ui::{
    CustomerOptions, DemoEvent, Frame, Line, Screen, ScreenHandle, ScreenOptions, Stage as UiStage, Windows,
};
use serde_json::{Value, json};

use super::CUSTOMERS_LANGUAGES;
use super::cast::Customer;
use super::panel::{self, LastPaper, Switches};
use super::tour::{Cue, STORY, Stage};
use super::watch::Said;
use super::world::{Pace, Place, World};
use crate::customer_display::CustomerDisplay;
use crate::happening::Happening;
use crate::window::{self, Shown};

/// How often the panel looks at the world.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// The customer's display of the demo: seven inches, for the proportions.
const GLASS: CustomerOptions =
    CustomerOptions { place: None, size: (800, 480), width_mm: 152.5, frame: Frame::Managed };

/// Opens the window, with two also the customer's, and runs the shop until it is closed.
pub(crate) fn play_in_window(seed: u64, windows: Windows) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("quickpay-demo-{}", std::process::id()));
    let place = Place { folder: folder.clone(), seed };
    let options = ScreenOptions { windows, ..ScreenOptions::new(UiStage::Demo, crate::assets::fonts()) };
    let mut screen = Screen::new(&options).context("the window cannot be opened (try demo --no-window)")?;
    let customer = match windows {
        Windows::One => None,
        Windows::Two => {
            let opened = screen.open_customer_display(&GLASS);
            let handle = opened.context("the customer's display cannot be opened")?;
            Some(CustomerDisplay::new(handle, CUSTOMERS_LANGUAGES.to_vec()))
        }
    };
    let mut shown = Shown::on(screen.handle(), customer);
    let world = World::start(&place, Pace::FOR_PEOPLE, move |happening| match happening {
        Happening::View(view, _) => shown.show((**view).clone()),
        Happening::Page(page) => shown.show_page(page.as_deref().cloned()),
        Happening::Ready { .. } | Happening::Sale(..) | Happening::Story(..) | Happening::List(..) => {}
        Happening::Shift(..) => {}
        Happening::Refused { .. } | Happening::Receipt(_) | Happening::Error { .. } => {}
    })?;
    window::wire(&screen, &world.queue);
    let (tell, told) = channel();
    screen.on_demo_event(move |event| {
        tell.send(event).ok();
    });
    let world = Arc::new(world);
    let player = Player {
        world: Arc::clone(&world),
        switches: Arc::default(),
        screen: screen.handle(),
        paper: LastPaper::default(),
        tour: None,
    };
    let panel = std::thread::Builder::new().name("panel".to_owned()).spawn(move || player.run(&told))?;
    let ran = screen.run().context("the window broke");
    drop(screen); // ends the panel's queue, and with it a tour
    panel.join().map_err(|_| anyhow!("the panel broke"))?;
    let stopped = match Arc::try_unwrap(world) {
        Ok(world) => world.stop(),
        Err(_) => Err(anyhow!("the tour still holds the world")), // cannot be: the panel has ended it
    };
    std::fs::remove_dir_all(&folder).ok();
    ran.and(stopped)
}

/// Carries out what is clicked in the panel.
struct Player {
    world: Arc<World>,
    switches: Arc<Mutex<Switches>>,
    screen: ScreenHandle,
    paper: LastPaper,
    tour: Option<JoinHandle<()>>,
}

impl Player {
    fn run(mut self, clicks: &Receiver<DemoEvent>) {
        let mut shown = None;
        loop {
            match clicks.recv_timeout(LOOK_EVERY) {
                Ok(click) => {
                    if let Err(error) = self.carry_out(click) {
                        tracing::warn!(%error, "the panel could not");
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.world.watch.look(|said| said.ended) {
                self.screen.quit().ok(); // told to stop by a signal, or a fault that was logged
                break;
            }
            let switches = lock(&self.switches).clone();
            match panel::look(&self.world, &switches, &mut self.paper) {
                Ok(view) if shown.as_ref() == Some(&view) => {}
                Ok(view) => {
                    shown = Some(view.clone());
                    self.screen.show_demo(view).ok();
                }
                Err(error) => tracing::warn!(%error, "the panel sees nothing"),
            }
        }
        self.stop_tour();
    }

    fn carry_out(&mut self, click: DemoEvent) -> Result<()> {
        match click {
            DemoEvent::Scan(place) => self.scan(place),
            DemoEvent::Line(line) => {
                lock(&self.switches).line = line;
                self.world.line(&wish(line))
            }
            DemoEvent::PaperOut(out) => {
                lock(&self.switches).paper_out = out;
                self.world.printer.roll(if out { Roll::Out } else { Roll::Full });
                Ok(())
            }
            DemoEvent::PrinterOff(off) => {
                lock(&self.switches).printer_off = off;
                self.world.printer.power(if off { Power::Off } else { Power::On });
                Ok(())
            }
            DemoEvent::PlayTour => self.start_tour(),
            DemoEvent::StopTour => {
                self.stop_tour();
                Ok(())
            }
        }
    }

    /// The card at a place: a customer's phone, or after them the product.
    fn scan(&self, place: usize) -> Result<()> {
        let line = {
            let mut switches = lock(&self.switches);
            switches.scanned = Some((place, Instant::now()));
            switches.line
        };
        let Some(customer) = Customer::ALL.get(place) else { return self.world.scan_product() };
        // Replies get lost from the charge on. Were they lost before, the till would know that the line is bad, and
        // hold the code.
        let takes_a_code = self.world.watch.look(|said| {
            let state = said.view.as_ref().map(|view| view.state);
            matches!(state, Some(State::Armed | State::Declined | State::Expired))
        });
        if line == Line::RepliesLost && takes_a_code {
            self.world.line(&json!({ "line": "up", "replies": "lost" }))?;
        }
        self.world.scan(*customer)
    }

    fn start_tour(&mut self) -> Result<()> {
        self.stop_tour();
        {
            let mut switches = lock(&self.switches);
            switches.touring = true;
            switches.line = Line::Up;
            switches.paper_out = false;
            switches.printer_off = false;
        }
        self.world.line(&wish(Line::Up))?;
        self.world.printer.roll(Roll::Full);
        self.world.printer.power(Power::On);
        let world = Arc::clone(&self.world);
        let switches = Arc::clone(&self.switches);
        let tour = std::thread::Builder::new().name("tour".to_owned());
        self.tour = Some(tour.spawn(move || tour_of(&world, &switches))?);
        Ok(())
    }

    /// Ends the tour, if there is one; the shop is as it was before, with the sales so far.
    fn stop_tour(&mut self) {
        if let Some(tour) = self.tour.take() {
            self.world.watch.give_up();
            if tour.join().is_err() {
                tracing::error!("the tour broke");
            }
            self.world.watch.wait_again();
        }
    }
}

fn lock(switches: &Mutex<Switches>) -> MutexGuard<'_, Switches> {
    switches.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tour_of(world: &World, switches: &Mutex<Switches>) {
    for (n, scene) in STORY.into_iter().enumerate() {
        let language = world.watch.look(|said| said.view.as_ref().map_or(Language::En, |view| view.language));
        {
            let mut switches = lock(switches);
            switches.title = format!("{} / {}  {}", n + 1, STORY.len(), scene.title(language));
            scene.lesson(language).clone_into(&mut switches.caption);
        }
        let mut tell = |cue: Cue| {
            let mut switches = lock(switches);
            match cue {
                Cue::Line(line) => switches.line = line,
                Cue::Scan(customer) => {
                    let place = Customer::ALL.into_iter().position(|one| one == customer);
                    switches.scanned = place.map(|place| (place, Instant::now()));
                }
            }
        };
        let mut stage = Stage { world, tell: &mut tell, picture: &mut |_, _| {}, language };
        let outcome = scene.play(&mut stage);
        if world.watch.look(Said::is_over) {
            break;
        }
        if !outcome.is_as_written() {
            tracing::warn!(scene = outcome.title, fault = ?outcome.fault, "the tour went another way");
        }
    }
    world.line(&wish(Line::Up)).ok();
    let armed = |said: &Said| said.view.as_ref().is_some_and(|view| view.state == State::Armed);
    if world.watch.look(armed) {
        world.touch(Input::Cleared); // stopped between the amount and the code
    }
    let mut switches = lock(switches);
    switches.touring = false;
    switches.line = Line::Up;
    switches.title.clear();
    switches.caption.clear();
}

fn wish(line: Line) -> Value {
    match line {
        Line::Up => json!({ "line": "up", "replies": "kept" }),
        Line::Slow => json!({ "line": "slow", "delay_ms": 2000, "replies": "kept" }),
        Line::Down => json!({ "line": "down", "how": "refuse", "replies": "kept" }),
        Line::RepliesLost => json!({ "line": "up", "replies": "kept" }), // until a code is scanned
    }
}
