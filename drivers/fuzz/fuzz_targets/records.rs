//! Fuzzes `records`; what must hold is in `bodies.rs`.
#![no_main]

use quickpay_drivers::{printer, scanner};

#[allow(dead_code)] // each target has one body
#[path = "../bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|input: &[u8]| bodies::records(input));
