//! The window on a display.
//!
//! Invariant: the window lives on the thread that made it; other threads have a [`ScreenHandle`].
//! Deliberately absent: any state of the trade. What is shown last is kept by slint alone.

use crate::customer::{CustomerDisplay, CustomerHandle, CustomerOptions};
use crate::demo::{self, DemoEvent, DemoView};
use crate::error::UiError;
use crate::event::{KeyPress, Keystrokes, UiEvent};
use crate::fonts;
use crate::generated::Vm;
use crate::handle::ScreenHandle;
use crate::pages;
use crate::pane::Pane;
use crate::picture::Picture;
use crate::pin_buffer::PinBuffer;
use crate::platform::{self, Windows};
use crate::present::{self, LANGUAGES};
use quickpay_core::id::{JobId, SaleId};
use quickpay_core::input::Seen;
use quickpay_core::view::View;
use slint::platform::WindowEvent;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

/// Which window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// The till alone.
    #[default]
    Till,
    /// The till with the world beside it.
    Demo,
}

/// How to open the window.
#[derive(Debug, Clone)]
pub struct ScreenOptions {
    /// Which window.
    pub stage: Stage,
    /// Where the files of [`fonts::FILES`] are.
    pub fonts_dir: PathBuf,
    /// What becomes of key presses.
    pub keystrokes: Keystrokes,
    /// How many windows there will be: a second one is for the customer.
    pub windows: Windows,
    /// The pad on the left side.
    pub left_handed: bool,
    /// Cover the whole display.
    pub fullscreen: bool,
    /// Pixels per logical pixel; `None` leaves it to the system. A logical pixel is 1/3.78 mm when it is right:
    /// 0.89 for 15" 1024x768, 1.05 for 15.6" 1366x768, 1.47 for 15.6" 1920x1080, 1.56 for 10.1" 1280x800.
    pub scale: Option<f32>,
    /// Size in pixels; `None` takes 1024x768, or 1366x740 for the demo.
    pub size: Option<(u32, u32)>,
}

impl ScreenOptions {
    /// A till of the usual size that takes typed keys, with its fonts from this folder.
    #[must_use]
    pub fn new(stage: Stage, fonts_dir: impl Into<PathBuf>) -> ScreenOptions {
        ScreenOptions {
            stage,
            fonts_dir: fonts_dir.into(),
            keystrokes: Keystrokes::Typed,
            windows: Windows::One,
            left_handed: false,
            fullscreen: false,
            scale: None,
            size: None,
        }
    }
}

type Told<E> = Rc<RefCell<Option<Rc<dyn Fn(E)>>>>;

/// The window. Stays on its thread, which must be the main one.
pub struct Screen {
    pane: Pane,
    customer: Option<CustomerDisplay>,
    scale: Option<f32>,
    told: Told<UiEvent>,
    demo_told: Told<DemoEvent>,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("pane", &self.pane).finish_non_exhaustive()
    }
}

impl Screen {
    /// Opens the display, registers the fonts and makes the window; nothing is seen until [`Screen::run`].
    ///
    /// # Errors
    /// [`UiError::Display`] without a display, [`UiError::Fonts`] without the fonts; nothing stays behind.
    pub fn new(options: &ScreenOptions) -> Result<Screen, UiError> {
        fonts::ready(&options.fonts_dir)?;
        match platform::choose(options.windows) {
            // A test has set its own platform.
            Ok(()) | Err(slint::PlatformError::SetPlatformError(_)) => {}
            Err(error) => return Err(error.into()),
        }
        fonts::install(&options.fonts_dir)?;
        let pane = Pane::new(options.stage)?;
        if let Some((width, height)) = options.size {
            pane.window().set_size(slint::PhysicalSize::new(width, height));
        }
        pane.window().set_fullscreen(options.fullscreen);
        pane.vm().set_left_handed(options.left_handed);
        let screen = Screen {
            pane,
            customer: None,
            scale: options.scale,
            told: Told::default(),
            demo_told: Told::default(),
        };
        screen.connect(options.keystrokes);
        Ok(screen)
    }

    /// Opens the customer's display beside this window; it is seen with it, and closes with it.
    ///
    /// # Errors
    /// [`UiError::OneWindow`] or [`UiError::Display`] where there can be no second window; this one is as it was.
    pub fn open_customer_display(&mut self, options: &CustomerOptions) -> Result<CustomerHandle, UiError> {
        let display = CustomerDisplay::open(options)?;
        let handle = display.handle();
        self.customer = Some(display);
        Ok(handle)
    }

    /// Where touches and keys go, from now on. The closure runs on the window's thread and must not wait.
    pub fn on_event(&self, tell: impl Fn(UiEvent) + 'static) {
        self.told.replace(Some(Rc::new(tell)));
    }

    /// Where clicks in the demo's side panel go.
    pub fn on_demo_event(&self, tell: impl Fn(DemoEvent) + 'static) {
        self.demo_told.replace(Some(Rc::new(tell)));
    }

    /// A handle for other threads.
    #[must_use]
    pub fn handle(&self) -> ScreenHandle {
        ScreenHandle(self.pane.handle())
    }

    /// Shows a view now; on the window's thread.
    pub fn show(&self, view: &View) {
        present::show(&self.pane.vm(), view);
    }

    /// Shows the world now; nothing happens on a till without the side panel.
    pub fn show_demo(&self, view: &DemoView) {
        if let Some(world) = self.pane.world() {
            demo::show(&world, view);
        }
    }

    /// Opens the window and stays until it is closed or [`ScreenHandle::quit`] is called.
    ///
    /// # Errors
    /// [`UiError::Display`] if the display goes away.
    pub fn run(&self) -> Result<(), UiError> {
        self.pane.show()?;
        if let Some(scale_factor) = self.scale {
            let event = WindowEvent::ScaleFactorChanged { scale_factor };
            self.pane.window().dispatch_event(event);
        }
        #[cfg(feature = "desktop")]
        crate::focus::claim_keyboard();
        let ran = slint::run_event_loop();
        if let Some(customer) = &self.customer {
            customer.close();
        }
        ran?;
        self.pane.hide()?;
        Ok(())
    }

    /// What is on the screen, for support and tests.
    ///
    /// # Errors
    /// [`UiError::Display`] if the window cannot be drawn.
    pub fn snapshot(&self) -> Result<Picture, UiError> {
        Ok(Picture::from_snapshot(&self.pane.window().take_snapshot()?))
    }

    fn connect(&self, keystrokes: Keystrokes) {
        let tell = told(&self.told);
        connect(&self.pane.vm(), &tell, keystrokes);
        pages::connect(&self.pane.book(), &tell);
        if let Some(world) = self.pane.world() {
            demo::connect(&world, &told(&self.demo_told));
        }
        self.pane.window().on_close_requested(move || {
            tell(UiEvent::Closed);
            slint::CloseRequestResponse::HideWindow
        });
    }
}

/// A closure that calls whatever is set at the time; before that, events are dropped.
fn told<E: 'static>(slot: &Told<E>) -> Rc<dyn Fn(E)> {
    let slot = Rc::clone(slot);
    Rc::new(move |event| {
        let tell = slot.borrow().clone(); // not held while it runs: it may set another
        if let Some(tell) = tell {
            tell(event);
        }
    })
}

/// The digits of a PIN are kept here and come out whole, once, with their person.
fn connect_pin(vm: &Vm<'_>, tell: &Rc<dyn Fn(UiEvent)>) {
    let pin = Rc::<RefCell<PinBuffer>>::default();
    vm.on_pin_digit({
        let pin = Rc::clone(&pin);
        move |text| count(pin.borrow_mut().digit(&text))
    });
    vm.on_pin_backspace({
        let pin = Rc::clone(&pin);
        move || count(pin.borrow_mut().backspace())
    });
    vm.on_pin_wipe({
        let pin = Rc::clone(&pin);
        move || {
            pin.borrow_mut().wipe();
            0
        }
    });
    vm.on_sign_in({
        let tell = Rc::clone(tell);
        move |person| {
            let typed = pin.borrow_mut().take(); // not held while it is told
            tell(UiEvent::SignIn(person.to_string(), typed));
        }
    });
}

/// Dots for so many digits.
fn count(digits: usize) -> i32 {
    i32::try_from(digits).unwrap_or(0)
}

/// Connects every callback of the contract.
pub(crate) fn connect(vm: &Vm<'_>, tell: &Rc<dyn Fn(UiEvent)>, keystrokes: Keystrokes) {
    let fixed = |event: UiEvent| {
        let tell = Rc::clone(tell);
        move || tell(event.clone())
    };
    vm.on_double_zero(fixed(UiEvent::DoubleZero));
    vm.on_point(fixed(UiEvent::Point));
    vm.on_clear(fixed(UiEvent::Clear));
    vm.on_backspace(fixed(UiEvent::Backspace));
    vm.on_put_aside(fixed(UiEvent::PutAside));
    vm.on_cancel(fixed(UiEvent::Cancel));
    vm.on_check_again(fixed(UiEvent::CheckAgain));
    vm.on_confirm(fixed(UiEvent::Confirm));
    vm.on_reprint(fixed(UiEvent::Reprint));
    vm.on_open_tapped(fixed(UiEvent::OpenTapped));
    vm.on_digit({
        let tell = Rc::clone(tell);
        move |digit| {
            if let Some(digit) = digit.chars().next() {
                tell(UiEvent::Digit(digit));
            }
        }
    });
    vm.on_sale_tapped({
        let tell = Rc::clone(tell);
        move |sale| {
            if let Ok(sale) = SaleId::parse(&sale) {
                tell(UiEvent::SaleTapped(sale));
            }
        }
    });
    vm.on_paper_seen({
        let tell = Rc::clone(tell);
        move |job, yes| {
            if let Some(job) = JobId::parse(&job) {
                tell(UiEvent::PaperSeen(job, if yes { Seen::Yes } else { Seen::No }));
            }
        }
    });
    vm.on_language_chosen({
        let tell = Rc::clone(tell);
        move |at| {
            if let Some((language, _)) = usize::try_from(at).ok().and_then(|at| LANGUAGES.get(at)) {
                tell(UiEvent::LanguageChosen(*language));
            }
        }
    });
    connect_pin(vm, tell);
    vm.on_sign_out(fixed(UiEvent::SignOut));
    vm.set_raw_keys(keystrokes == Keystrokes::Raw);
    vm.on_key({
        let tell = Rc::clone(tell);
        move |text| {
            let press = KeyPress(text.to_string());
            match keystrokes {
                Keystrokes::Raw => tell(UiEvent::Key(press)),
                Keystrokes::Typed => {
                    if let Some(event) = press.typed() {
                        tell(event);
                    }
                }
            }
        }
    });
}
