//! The pure core: inputs become decisions.
//!
//! Invariant: nothing here does IO, reads a clock, spawns, awaits or serialises; every decision can be replayed.
//! Deliberately absent: every foreign library but `thiserror` and `zeroize` (ADR 0001).
//!
//! Where to begin: [`terminal::Terminal::decide`] takes an [`input::Input`] and gives a [`decision::Decision`];
//! [`decision::Decision::commit`] makes its [`record::Record`]s durable and only then hands out its [`effect::Effect`]s.
//!
#![doc = include_str!("GLOSSARY.md")]
#![forbid(unsafe_code)]

pub mod acts;
mod afterlook;
pub mod answer;
pub mod attempt;
pub mod checkpoint;
mod closing;
mod counter;
pub mod customer;
pub mod decision;
pub mod decline;
mod desk;
pub mod document;
pub mod effect;
pub mod figures;
pub mod id;
pub mod input;
pub mod journal;
mod judge;
pub mod ledger;
pub mod money;
mod next_question;
mod outbox;
mod pace;
pub mod page;
mod pages;
mod papers_due;
pub mod payment_code;
mod pen;
pub mod person;
pub mod print;
mod printer_watch;
mod printing;
mod receipt;
pub mod record;
pub mod refund;
mod refunding;
pub mod refusal;
pub mod replay;
mod reports;
pub mod sale;
mod scan;
mod search;
pub mod settings;
pub mod shift;
mod show;
mod signing;
mod slips;
mod stray;
pub mod terminal;
pub mod time;
pub mod view;
pub mod wallet;
pub mod words;
