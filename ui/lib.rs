//! The screen: shows a [`View`](quickpay_core::view::View) and says what was touched.
//!
//! Invariant: the screen decides nothing. Every property is set from the view every time, every touch becomes a
//! [`UiEvent`]; whether it means anything is for the core to say.
//! Deliberately absent: clocks, timers of the trade, devices, files other than the fonts.

mod customer;
mod demo;
mod error;
mod event;
#[cfg(feature = "desktop")]
mod focus;
pub mod fonts;
mod generated;
mod handle;
mod look;
mod pages;
mod pane;
mod picture;
mod pin_buffer;
mod platform;
mod present;
mod screen;
mod studio;

pub use customer::{CustomerHandle, CustomerOptions, CustomerStudio, Frame};
pub use demo::{Charge, Customer, DemoEvent, DemoView, Line};
pub use error::UiError;
pub use event::{KeyPress, Keystrokes, UiEvent};
pub use handle::{Finger, ScreenHandle};
pub use picture::Picture;
pub use pin_buffer::TypedPin;
pub use platform::Windows;
pub use screen::{Screen, ScreenOptions, Stage};
pub use studio::{Format, Studio};

#[cfg(test)]
mod customer_tests;
#[cfg(test)]
extern crate self as quickpay_ui; // the scenes are shared with `tests/`
#[cfg(test)]
#[path = "tests/scenes/mod.rs"]
mod scenes;
#[cfg(test)]
mod screen_tests;
