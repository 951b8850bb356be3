//! The table of wallets: the built-in `config/wallets.toml`, or a file of the same form.

use std::path::Path;
use std::time::Duration;

use quickpay_core::settings::Timers;
use quickpay_core::wallet::{
    Alphabet, CodePattern, PartialRefunds, Reversal, ReversalEnd, Wallet, WalletId, WalletTable,
};
use toml::Spanned;

use super::file::{CodeTable, EndValue, PartsValue, WalletTable as Table, WalletsFile};
use super::problem::{ConfigError, Problem};

const BUILT_IN: &str = include_str!("../../config/wallets.toml");

/// Reads the table of a file, or the built-in one.
pub(super) fn read(file: Option<&Path>, timers: &Timers) -> Result<WalletTable, ConfigError> {
    let Some(path) = file else { return parse(Path::new("config/wallets.toml"), BUILT_IN, timers) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        ConfigError::new(path, "", vec![Problem::unreadable(&error, "config/wallets.toml")])
    })?;
    parse(path, &text, timers)
}

fn parse(path: &Path, text: &str, timers: &Timers) -> Result<WalletTable, ConfigError> {
    let wrong = |problems| ConfigError::new(path, text, problems);
    let file = toml::from_str::<WalletsFile>(text).map_err(|error| wrong(vec![Problem::of(&error)]))?;
    let mut problems = Vec::new();
    let wallets = file.wallet.into_iter().map(|table| wallet(table, timers, &mut problems)).collect();
    if problems.is_empty() { Ok(WalletTable::new(wallets)) } else { Err(wrong(problems)) }
}

fn wallet(table: Table, timers: &Timers, problems: &mut Vec<Problem>) -> Wallet {
    let codes = table.codes.into_iter().filter_map(|code| pattern(code, problems)).collect();
    let mut millis = |key: &str, value: Option<&Spanned<i64>>, default: Duration, least: u64| {
        let Some(value) = value else { return default };
        match u64::try_from(*value.get_ref()) {
            Ok(ms) if (least..=600_000).contains(&ms) => Duration::from_millis(ms),
            Ok(_) | Err(_) => {
                problems.push(Problem::at(value.span(), format!("{key} is {least} to 600000")));
                default
            }
        }
    };
    let pay_window = millis("pay_window_ms", table.pay_window_ms.as_ref(), timers.pay_window, 50);
    let refund_gap = millis("refund_gap_ms", table.refund_gap_ms.as_ref(), Duration::ZERO, 0);
    let partial_refunds = match table.partial_refunds.get_ref() {
        PartsValue::Word(word) if word == "none" => PartialRefunds::None,
        PartsValue::Word(word) if word == "once" => PartialRefunds::Once,
        PartsValue::Most(most @ 1..) => PartialRefunds::Many(*most),
        PartsValue::Word(_) | PartsValue::Most(0) => {
            let words = "partial_refunds is \"none\", \"once\", or the most parts of one payment";
            problems.push(Problem::at(table.partial_refunds.span(), words));
            PartialRefunds::None
        }
    };
    let reversal_end = reversal_end(table.reversal_ends.as_ref(), problems);
    Wallet {
        id: WalletId(table.id.into_inner()),
        name_en: table.name_en,
        name_zh: table.name_zh,
        enabled: table.enabled,
        codes,
        pay_window,
        reversal: if table.reversal {
            Reversal::NotBefore(timers.reverse_not_before)
        } else {
            Reversal::Unsupported
        },
        reversal_end,
        partial_refunds,
        refund_gap,
    }
}

/// How long a reversal may come after the Beijing day (quick-pay rules, section 3).
const AFTER_THE_DAY: Duration = Duration::from_secs(15 * 60);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn reversal_end(value: Option<&Spanned<EndValue>>, problems: &mut Vec<Problem>) -> ReversalEnd {
    let Some(value) = value else { return ReversalEnd::After(DAY * 7) };
    match value.get_ref() {
        EndValue::Days(days @ 1..=365) => ReversalEnd::After(DAY * *days),
        EndValue::Word(word) if word == "beijing-day" => ReversalEnd::BeijingDay(AFTER_THE_DAY),
        EndValue::Days(_) | EndValue::Word(_) => {
            problems.push(Problem::at(value.span(), "reversal_ends is 1 to 365 days, or \"beijing-day\""));
            ReversalEnd::After(DAY * 7)
        }
    }
}

fn pattern(table: Spanned<CodeTable>, problems: &mut Vec<Problem>) -> Option<CodePattern> {
    let span = table.span();
    let code = table.into_inner();
    let mut wrong = |words: &str| problems.push(Problem::at(span.clone(), words));
    let (min_len, max_len) = match (code.length, code.min, code.max) {
        (Some(length), None, None) => (length, length),
        (None, Some(min), Some(max)) if min <= max => (min, max),
        (Some(_) | None, _, _) => {
            wrong("a code has either length, or min and max with min not above max");
            return None;
        }
    };
    let alphabet = match code.alphabet.as_deref() {
        None | Some("digits") => Alphabet::Digits,
        Some("alphanumeric") => Alphabet::Alphanumeric,
        Some(_) => {
            wrong("alphabet is \"digits\" or \"alphanumeric\"");
            return None;
        }
    };
    if code.prefixes.is_empty() || !(8..=128).contains(&min_len) {
        wrong("a code has at least one prefix and 8 to 128 characters");
        return None;
    }
    Some(CodePattern { prefixes: code.prefixes, min_len, max_len, alphabet })
}
