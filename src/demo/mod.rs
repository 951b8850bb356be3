//! The whole shop in one process: the till with its real doors, and the world around it simulated.
//!
//! Invariant: the till is the same as in `quickpay run`; the world reaches it by HTTP, a serial line, TCP and touches.

mod cast;
mod panel;
mod remote;
mod report;
mod tour;
mod watch;
mod window;
mod world;

use quickpay_core::words::Language;

/// What the demo's customers are told in.
const CUSTOMERS_LANGUAGES: [Language; 2] = [Language::ZhCn, Language::En];

pub(crate) use report::play_without_window;
pub(crate) use window::play_in_window;
