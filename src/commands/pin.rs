//! `quickpay pin`: from a PIN that a person types twice to the line of configuration that holds its hash.
//!
//! Invariant: the PIN is not echoed on a terminal, is wiped, and is written nowhere.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use anyhow::{Context as _, Result};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::{WrongUse, say};
use crate::pin::{Pin, PinHash};

/// The longest line that is read for a PIN.
const LONGEST_LINE: u64 = 64;

pub(super) fn run() -> Result<()> {
    let silence = Silence::begin();
    let typed = ask("PIN, 4 to 8 digits: ").and_then(|first| Ok((first, ask("The same again: ")?)));
    drop(silence);
    let (first, again) = typed?;
    let pin = Pin::chosen(first).map_err(|error| WrongUse(error.to_string()))?;
    if !pin.is_same(&Pin::typed(again)) {
        return Err(WrongUse("the two PINs differ; nothing was made".to_owned()).into());
    }
    let hash = PinHash::of(&pin, &crate::shop::random()?);
    let hash = hash.map_err(|error| anyhow::anyhow!("the hash could not be made: {error}"))?;
    say(&format!("pin = \"{}\"", hash.reveal()));
    Ok(())
}

/// One line of standard input; the question stands on standard error, so that the result can be redirected.
#[allow(clippy::print_stderr, reason = "a question to the person at the terminal, beside the result")]
fn ask(question: &str) -> Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        eprint!("{question}");
    }
    let mut line = Zeroizing::new(String::with_capacity(usize::try_from(LONGEST_LINE)?));
    let mut input = std::io::stdin().lock().take(LONGEST_LINE);
    input.read_line(&mut line).context("the PIN cannot be read")?;
    if std::io::stdin().is_terminal() {
        eprintln!();
    }
    while line.ends_with(['\n', '\r']) {
        line.pop();
    }
    Ok(line)
}

/// While it lives, a terminal does not show what is typed.
struct Silence(Option<Termios>);

impl Silence {
    fn begin() -> Silence {
        let stdin = std::io::stdin();
        let Ok(before) = tcgetattr(&stdin) else { return Silence(None) };
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        let silenced = tcsetattr(&stdin, OptionalActions::Flush, &quiet).is_ok();
        Silence(silenced.then_some(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            tcsetattr(std::io::stdin(), OptionalActions::Flush, before).ok();
        }
    }
}
