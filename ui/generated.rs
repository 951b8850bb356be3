//! What slint makes of the `.slint` files. Nothing here is written by hand.
#![allow(unsafe_code, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]
#![allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]

slint::include_modules!();
