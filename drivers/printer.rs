//! Receipt printers: a document becomes bytes, the bytes leave by a port, and what is known about the paper is said.
//!
//! Invariant: "not sent" only when provably no byte of the document left; nothing is ever printed twice by itself.
//! Deliberately absent: queues that outlive the program, and copies (the core's outbox and journal).

pub mod answers;
pub mod bitmap;
pub mod charset;
mod code128;
pub mod escpos;
pub mod file;
pub mod fonts;
pub mod hindrance;
mod ink;
pub mod job;
pub mod layout;
pub mod list;
pub mod logo;
pub mod model;
pub mod once;
pub mod part;
pub mod pdf;
pub mod picture;
pub mod port;
mod press;
pub mod preview;
pub mod profile;
mod profiles;
mod qr;
pub mod queue;
mod raster;
pub mod serial;
mod sheet;
pub mod tcp;
pub mod text;
pub mod typeface;
mod typeset;
pub mod usb;
mod usblp;

#[cfg(test)]
mod code_tests;
#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod papers_tests;
