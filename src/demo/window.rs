//! The demo's window: the till, and the panel that plays the rest of the world.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use quickpay_core::words::Language;
use quickpay_drivers::printer::model::{Power, Roll};
use quickpay_ui::{DemoEvent, Line, Screen, ScreenHandle, ScreenOptions, Stage as UiStage};
use serde_json::{Value, json};

use super::cast::Customer;
use super::panel::{self, Switches};
use super::tour::{STORY, Stage};
use super::world::{Pace, Place, World};
use crate::happening::Happening;
use crate::window;

/// How often the panel looks at the world.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Opens the window and runs the shop until it is closed.
pub(crate) fn play_in_window(seed: u64) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("quickpay-demo-{}", std::process::id()));
    let place = Place { folder: folder.clone(), seed };
    let options = ScreenOptions::new(UiStage::Demo, crate::assets::fonts());
    let screen = Screen::new(&options).context("the window cannot be opened (try demo --no-window)")?;
    let shown = screen.handle();
    let world = World::start(&place, Pace::FOR_PEOPLE, move |happening| {
        if let Happening::View(view, _) = happening {
            shown.show((**view).clone()).ok();
        }
    })?;
    window::wire(&screen, &world.queue);
    let (tell, told) = channel();
    screen.on_demo_event(move |event| {
        tell.send(event).ok();
    });
    let world = Arc::new(world);
    let player = Player { world: Arc::clone(&world), switches: Arc::default(), screen: screen.handle() };
    let panel = std::thread::Builder::new().name("panel".to_owned()).spawn(move || player.run(&told))?;
    let ran = screen.run().context("the window broke");
    drop(screen); // ends the panel's queue
    panel.join().map_err(|_| anyhow!("the panel broke"))?;
    let stopped = match Arc::try_unwrap(world) {
        Ok(world) => world.stop(),
        Err(_tour_still_holds_it) => Ok(()), // the tour ends with the process
    };
    std::fs::remove_dir_all(&folder).ok();
    ran.and(stopped)
}

/// Carries out what is clicked in the panel.
struct Player {
    world: Arc<World>,
    switches: Arc<Mutex<Switches>>,
    screen: ScreenHandle,
}

impl Player {
    fn run(self, clicks: &Receiver<DemoEvent>) {
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
            let switches = self.switches.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match panel::look(&self.world, &switches) {
                Ok(view) => {
                    self.screen.show_demo(view).ok();
                }
                Err(error) => tracing::warn!(%error, "the panel sees nothing"),
            }
        }
        self.switches.lock().unwrap_or_else(PoisonError::into_inner).touring = false;
    }

    fn carry_out(&self, click: DemoEvent) -> Result<()> {
        match click {
            DemoEvent::Scan(place) => match Customer::ALL.get(place) {
                Some(customer) => self.world.scan(*customer),
                None => Ok(()),
            },
            DemoEvent::Line(line) => {
                self.switches.lock().unwrap_or_else(PoisonError::into_inner).line = line;
                self.world.line(&wish(line))
            }
            DemoEvent::PaperOut(out) => {
                self.switches.lock().unwrap_or_else(PoisonError::into_inner).paper_out = out;
                self.world.printer.roll(if out { Roll::Out } else { Roll::Full });
                Ok(())
            }
            DemoEvent::PrinterOff(off) => {
                self.switches.lock().unwrap_or_else(PoisonError::into_inner).printer_off = off;
                self.world.printer.power(if off { Power::Off } else { Power::On });
                Ok(())
            }
            DemoEvent::PlayTour => self.start_tour(),
            DemoEvent::StopTour => {
                self.switches.lock().unwrap_or_else(PoisonError::into_inner).touring = false;
                Ok(())
            }
        }
    }

    fn start_tour(&self) -> Result<()> {
        {
            let mut switches = self.switches.lock().unwrap_or_else(PoisonError::into_inner);
            if switches.touring {
                return Ok(());
            }
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
        std::thread::Builder::new().name("tour".to_owned()).spawn(move || tour(&world, &switches))?;
        Ok(())
    }
}

fn tour(world: &World, switches: &Mutex<Switches>) {
    let language = world.watch.look(|said| said.view.as_ref().map_or(Language::En, |view| view.language));
    for (n, scene) in STORY.into_iter().enumerate() {
        let mut caption = |text: &str| {
            let mut switches = switches.lock().unwrap_or_else(PoisonError::into_inner);
            switches.caption = format!("{} / {}   {text}", n + 1, STORY.len());
            switches.touring
        };
        let mut stage = Stage { world, caption: &mut caption, picture: &mut |_, _| {}, language };
        let outcome = scene.play(&mut stage);
        if !switches.lock().unwrap_or_else(PoisonError::into_inner).touring {
            break;
        }
        if !outcome.is_as_written() {
            tracing::warn!(scene = outcome.title, fault = ?outcome.fault, "the tour went another way");
        }
    }
    world.line(&wish(Line::Up)).ok();
    let mut switches = switches.lock().unwrap_or_else(PoisonError::into_inner);
    switches.touring = false;
    switches.line = Line::Up;
    switches.caption = String::new();
}

fn wish(line: Line) -> Value {
    match line {
        Line::Up => json!({ "line": "up", "replies": "kept" }),
        Line::Slow => json!({ "line": "slow", "delay_ms": 2500, "replies": "kept" }),
        Line::Down => json!({ "line": "down", "how": "refuse", "replies": "kept" }),
        Line::RepliesLost => json!({ "line": "up", "replies": "lost" }),
    }
}
