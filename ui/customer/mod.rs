//! The customer's display: a second window of the same process, for eyes only.
//!
//! Invariant: it takes neither keys nor touches, nobody can close it but the till, and without it the till goes on.
//! Deliberately absent: what it says; that is the core's [`CustomerView`].

mod studio;

pub use studio::CustomerStudio;

use crate::error::UiError;
use crate::generated::{CustomerWindow, Icon, Said, Shown};
use crate::look;
use crate::picture::Picture;
use crate::platform;
use crate::present::{replaced, ring};
use quickpay_core::customer::CustomerView;
use quickpay_core::view::State;
use slint::{CloseRequestResponse, ComponentHandle, PhysicalPosition, PhysicalSize};
use std::cell::RefCell;
use std::rc::Rc;

/// How to open the display.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CustomerOptions {
    /// The upper left corner on the desktop, in pixels; `None` leaves it to the window manager.
    pub place: Option<(i32, i32)>,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// Millimetres across the glass: makes 26 mm be 26 mm.
    pub width_mm: f32,
    /// Who moves and closes it.
    pub frame: Frame,
}

/// Who moves and closes a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Nobody: it stands where it was put, over everything else, and the window manager leaves it alone.
    Fixed,
    /// The window manager, as for any window.
    Managed,
}

/// The display on its thread, which must be the window's.
pub(crate) struct CustomerDisplay {
    window: Rc<RefCell<Option<CustomerWindow>>>,
}

impl std::fmt::Debug for CustomerDisplay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerDisplay").finish_non_exhaustive()
    }
}

impl CustomerDisplay {
    /// Makes the window and asks for it to be seen.
    ///
    /// # Errors
    /// [`UiError::OneWindow`] or [`UiError::Display`] where there can be no second window.
    pub(crate) fn open(options: &CustomerOptions) -> Result<CustomerDisplay, UiError> {
        let window = platform::framed(options.frame, CustomerWindow::new)?;
        if let Some((x, y)) = options.place {
            window.window().set_position(PhysicalPosition::new(x, y));
        }
        window.window().on_close_requested(|| CloseRequestResponse::KeepWindowShown);
        set_up(&window, options.size, options.width_mm)?;
        let display = CustomerDisplay { window: Rc::default() };
        let slot = Rc::downgrade(&display.window);
        platform::on_destroyed(window.window(), move || {
            slot.upgrade().and_then(|slot| slot.take());
        });
        display.window.replace(Some(window));
        Ok(display)
    }

    /// Takes it off the glass; that it was gone already is no fault.
    pub(crate) fn close(&self) {
        if let Some(window) = self.window.take() {
            window.hide().ok();
        }
    }

    pub(crate) fn handle(&self) -> CustomerHandle {
        let window = self.window.borrow();
        CustomerHandle(window.as_ref().map(CustomerWindow::as_weak).unwrap_or_default())
    }
}

/// Gives a display its size and shows it.
pub(crate) fn set_up(
    window: &CustomerWindow,
    (width, height): (u32, u32),
    width_mm: f32,
) -> Result<(), slint::PlatformError> {
    window.window().set_size(PhysicalSize::new(width, height));
    window.global::<Shown<'_>>().set_width_mm(width_mm);
    window.show()
}

/// The way to the display from other threads; cheap to clone.
#[derive(Clone)]
pub struct CustomerHandle(pub(crate) slint::Weak<CustomerWindow>);

impl std::fmt::Debug for CustomerHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerHandle")
    }
}

impl CustomerHandle {
    /// Shows a view with the QR symbol of its electronic receipt, if it has one. Views of one thread are shown in order.
    ///
    /// # Errors
    /// [`UiError::Closed`] once the till's window is gone. Where this one was destroyed nothing is shown any more.
    pub fn show(&self, view: CustomerView, code: Option<Picture>) -> Result<(), UiError> {
        Ok(self.0.upgrade_in_event_loop(move |window| {
            show(&window.global::<Shown<'_>>(), &view, code.as_ref());
        })?)
    }
}

/// Sets every property, every time.
pub(crate) fn show(shown: &Shown<'_>, view: &CustomerView, code: Option<&Picture>) {
    shown.set_shop(view.shop.as_str().into());
    shown.set_currency(view.currency.code().into());
    shown.set_amount(view.amount.as_deref().unwrap_or_default().into());
    shown.set_tone(look::tone(view.state));
    shown.set_icon(icon(view.state));
    let said = view.said.iter().map(|said| Said { head: said.head.into(), line: said.line.into() });
    shown.set_said(replaced(shown.get_said(), said.collect()));
    shown.set_lines(view.said.iter().any(|said| !said.line.is_empty()));
    let (share, text) = ring(view.countdown);
    shown.set_clock(view.countdown.is_some());
    shown.set_clock_share(share);
    shown.set_clock_text(text);
    let words = view.e_receipt.as_ref().map(|invitation| invitation.words.join(" · ")).unwrap_or_default();
    shown.set_code_words(words.into());
    shown.set_has_code(code.is_some() && view.e_receipt.is_some());
    shown.set_code(code.map(Picture::to_image).unwrap_or_default());
}

/// As on the till, but digits are the cashier's.
fn icon(state: State) -> Icon {
    if state == State::Ready { Icon::None } else { look::icon(state) }
}
