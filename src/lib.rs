//! The rim of the terminal.
#![forbid(unsafe_code)]
