#![doc = include_str!("ARCHITECTURE.md")]
#![forbid(unsafe_code)]

pub mod arrival;
pub mod assets;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod customer_display;
mod demo;
pub mod devices;
pub mod dump;
pub mod event_loop;
pub mod happening;
pub mod headless;
pub mod lookup;
pub mod pages;
pub mod pin;
pub mod pin_desk;
pub mod receipt_files;
pub mod shop;
pub mod signal;
mod start;
pub mod story;
pub mod telemetry;
pub mod typing;
pub mod window;
pub mod workers;
