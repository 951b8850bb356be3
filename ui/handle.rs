//! The way to the window from other threads.
//!
//! Invariant: nothing here waits; everything is posted to the window's thread and happens there in order.
//! Deliberately absent: answers. What the cashier does comes out of the window as events.

use crate::demo::{self, DemoView};
use crate::error::UiError;
use crate::event::KeyPress;
use crate::generated::{Book, Vm, World};
use crate::pages;
use crate::pane::PaneHandle;
use crate::picture::Picture;
use crate::present;
use quickpay_core::page::Page;
use quickpay_core::view::View;
use slint::ComponentHandle;
use slint::platform::WindowEvent;

/// Shows something on the window from any thread; cheap to clone.
#[derive(Debug, Clone)]
pub struct ScreenHandle(pub(crate) PaneHandle);

impl ScreenHandle {
    /// Shows a view. Views of one thread are shown in order.
    ///
    /// # Errors
    /// [`UiError::Closed`] once the window is gone; nothing else can be done with it then.
    pub fn show(&self, view: View) -> Result<(), UiError> {
        match &self.0 {
            PaneHandle::Till(weak) => {
                weak.upgrade_in_event_loop(move |window| present::show(&window.global::<Vm<'_>>(), &view))
            }
            PaneHandle::Demo(weak) => {
                weak.upgrade_in_event_loop(move |window| present::show(&window.global::<Vm<'_>>(), &view))
            }
        }?;
        Ok(())
    }

    /// Shows the screen beside SALE; `None` shows SALE alone.
    ///
    /// # Errors
    /// [`UiError::Closed`] once the window is gone.
    pub fn show_page(&self, page: Option<Page>) -> Result<(), UiError> {
        match &self.0 {
            PaneHandle::Till(weak) => weak.upgrade_in_event_loop(move |window| {
                pages::show(&window.global::<Book<'_>>(), page.as_ref());
            }),
            PaneHandle::Demo(weak) => weak.upgrade_in_event_loop(move |window| {
                pages::show(&window.global::<Book<'_>>(), page.as_ref());
            }),
        }?;
        Ok(())
    }

    /// Shows a code beside the result of a paid sale, for the customer to read; `None` takes it away.
    ///
    /// # Errors
    /// [`UiError::Closed`] once the window is gone.
    pub fn show_code(&self, code: Option<Picture>) -> Result<(), UiError> {
        match &self.0 {
            PaneHandle::Till(weak) => weak.upgrade_in_event_loop(move |window| {
                present::show_code(&window.global::<Vm<'_>>(), code.as_ref());
            }),
            PaneHandle::Demo(weak) => weak.upgrade_in_event_loop(move |window| {
                present::show_code(&window.global::<Vm<'_>>(), code.as_ref());
            }),
        }?;
        Ok(())
    }

    /// Shows the world of the demo; nothing happens on a till.
    ///
    /// # Errors
    /// [`UiError::Closed`] once the window is gone.
    pub fn show_demo(&self, view: DemoView) -> Result<(), UiError> {
        match &self.0 {
            PaneHandle::Till(_) => Ok(()),
            PaneHandle::Demo(weak) => {
                Ok(weak
                    .upgrade_in_event_loop(move |window| demo::show(&window.global::<World<'_>>(), &view))?)
            }
        }
    }

    /// Passes on a finger read from a touch device itself (kiosk), at a place given as parts of the screen, 0 to 1.
    ///
    /// # Errors
    /// [`UiError::Closed`] once the window is gone.
    pub fn touch(&self, finger: Finger, across: f32, down: f32) -> Result<(), UiError> {
        self.dispatch(move |window| {
            let size = window.size().to_logical(window.scale_factor());
            let position = at(size, across, down);
            let button = slint::platform::PointerEventButton::Left;
            match finger {
                Finger::Down => WindowEvent::PointerPressed { position, button },
                Finger::Moved => WindowEvent::PointerMoved { position },
                Finger::Up => WindowEvent::PointerReleased { position, button },
            }
        })
    }

    /// Passes on a key read from a keyboard device itself (kiosk).
    ///
    /// # Errors
    /// [`UiError::Closed`] once the window is gone.
    pub fn key(&self, press: KeyPress) -> Result<(), UiError> {
        self.dispatch(move |_| WindowEvent::KeyPressed { text: press.0.into() })
    }

    fn dispatch(
        &self,
        event: impl FnOnce(&slint::Window) -> WindowEvent + Send + 'static,
    ) -> Result<(), UiError> {
        match &self.0 {
            PaneHandle::Till(weak) => weak.upgrade_in_event_loop(move |shown| {
                let window = shown.window();
                window.dispatch_event(event(window));
            }),
            PaneHandle::Demo(weak) => weak.upgrade_in_event_loop(move |shown| {
                let window = shown.window();
                window.dispatch_event(event(window));
            }),
        }?;
        Ok(())
    }

    /// Takes a picture of the screen and hands it to the closure, on the window's thread.
    ///
    /// # Errors
    /// [`UiError::Closed`] once the window is gone; the closure is not called then.
    pub fn snapshot(
        &self,
        take: impl FnOnce(Result<Picture, UiError>) + Send + 'static,
    ) -> Result<(), UiError> {
        let picture = |window: &slint::Window| {
            window.take_snapshot().map(|buffer| Picture::from_snapshot(&buffer)).map_err(UiError::from)
        };
        match &self.0 {
            PaneHandle::Till(weak) => {
                weak.upgrade_in_event_loop(move |window| take(picture(window.window())))
            }
            PaneHandle::Demo(weak) => {
                weak.upgrade_in_event_loop(move |window| take(picture(window.window())))
            }
        }?;
        Ok(())
    }

    /// Ends [`Screen::run`](crate::Screen::run).
    ///
    /// # Errors
    /// [`UiError::Closed`] if it has ended already.
    pub fn quit(&self) -> Result<(), UiError> {
        Ok(slint::quit_event_loop()?)
    }
}

/// What a finger did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finger {
    /// It came down.
    Down,
    /// It moved, still down.
    Moved,
    /// It was lifted.
    Up,
}

/// A place given as parts of the size; paint, not money.
#[allow(clippy::float_arithmetic)]
fn at(size: slint::LogicalSize, across: f32, down: f32) -> slint::LogicalPosition {
    slint::LogicalPosition::new(across.clamp(0.0, 1.0) * size.width, down.clamp(0.0, 1.0) * size.height)
}
