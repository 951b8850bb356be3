//! From the file to the configuration: every default and every limit stands here.
//!
//! Sources of the numbers: quick-pay rules, sections 2 and 3; the contract in `config/terminal.toml`.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use quickpay_core::answer::Mode;
use quickpay_core::id::TerminalId;
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::{People, Person};
use quickpay_core::settings::{Paper, PrinterPresence, Settings, Timers};
use quickpay_core::wallet::WalletTable;
use quickpay_core::words::Language;
use quickpay_drivers::printer::profile::Profile;
use quickpay_drivers::scanner::sysfs::Sysfs;
use quickpay_gateway::Endpoint;
use toml::Spanned;

use super::file::{File, GatewayTable, PaymentTable};
use super::problem::Problem;
use super::receipt::Template;
use super::{Config, Gateway, Printer, wallets};
use crate::pin_desk::PinHolder;

/// Collects what is wrong while defaults keep the check going.
pub(super) struct Checker {
    pub(super) problems: Vec<Problem>,
}

pub(super) fn check(file: &File, folder: &Path) -> Result<Config, Vec<Problem>> {
    let mut checker = Checker { problems: Vec::new() };
    let terminal = checker.take(&file.terminal.id, |text| TerminalId::parse(text).map_err(|e| e.to_string()));
    let currency = checker.optional(file.terminal.currency.as_ref(), Currency::Cny, currency);
    let language = checker.optional(file.terminal.language.as_ref(), Language::En, language);
    let merchant = checker.take(&file.terminal.merchant, |text| named("merchant", text));
    let data_dir = checker.take(&file.terminal.data_dir, |text| named("data_dir", text).map(PathBuf::from));
    let gateway = checker.gateway(&file.gateway);
    let on_loopback = gateway.as_ref().is_some_and(|gateway| gateway.endpoint.is_loopback());
    let timers = checker.timers(&file.payment, &file.gateway, on_loopback);
    let confirm_above = file.payment.confirm_above.as_ref().and_then(|value| {
        let amount =
            |text: &String| Money::parse(text, currency).map_err(|error| format!("confirm_above: {error}"));
        checker.take(value, amount)
    });
    let wallets = checker.wallets(file.payment.wallets_file.as_ref(), &timers);
    let pins = checker.people(&file.person);
    let sysfs = file.devices.root.as_ref().map_or_else(Sysfs::default, |root| Sysfs::under(Path::new(root)));
    let scanners = checker.scanners(&file.scanner, &sysfs);
    let printer = file.printer.as_ref().map_or(Some(Printer::None), |table| checker.printer(table, folder));
    let present = match &printer {
        None | Some(Printer::None) => PrinterPresence::None,
        Some(Printer::Device { .. }) => PrinterPresence::Configured,
    };
    let profile = printer.as_ref().map_or_else(Profile::generic, Printer::profile);
    let customer_display = checker.customer_display(&file.customer_display, language);
    let template = checker.template(&file.receipt, folder, profile);
    let (Some(terminal), Some(merchant), Some(data_dir), Some(gateway), Some(printer), true) =
        (terminal, merchant, data_dir, gateway, printer, checker.problems.is_empty())
    else {
        return Err(checker.problems);
    };
    let Template { paper, profile, receipt } = template;
    let paper = Paper { printer: present, ..paper };
    let printer = printer.with_profile(profile);
    let person = |holder: &PinHolder| Person { name: holder.name.clone(), role: holder.role };
    let people = People(pins.iter().map(person).collect());
    let settings = Settings {
        terminal,
        merchant,
        currency,
        language,
        mode: Mode::Test, // replaced by the key's mode when the shop opens
        timers,
        wallets,
        confirm_above,
        people,
        paper,
    };
    Ok(Config { settings, data_dir, gateway, pins, scanners, printer, receipt, customer_display, sysfs })
}

impl Checker {
    pub(super) fn take<T, U>(
        &mut self,
        value: &Spanned<T>,
        read: impl FnOnce(&T) -> Result<U, String>,
    ) -> Option<U> {
        match read(value.get_ref()) {
            Ok(read) => Some(read),
            Err(words) => {
                self.problems.push(Problem::at(value.span(), words));
                None
            }
        }
    }

    pub(super) fn optional<T, U>(
        &mut self,
        value: Option<&Spanned<T>>,
        default: U,
        read: impl FnOnce(&T) -> Result<U, String>,
    ) -> U {
        match value {
            None => default,
            Some(value) => self.take(value, read).unwrap_or(default),
        }
    }

    pub(super) fn millis(
        &mut self,
        key: &str,
        value: Option<&Spanned<i64>>,
        default_ms: u64,
        range: RangeInclusive<u64>,
    ) -> Duration {
        let read = |ms: &i64| {
            let within = u64::try_from(*ms).ok().filter(|ms| range.contains(ms));
            within.ok_or_else(|| {
                format!("{key} is {} to {} milliseconds, not {ms}", range.start(), range.end())
            })
        };
        Duration::from_millis(self.optional(value, default_ms, read))
    }

    fn gateway(&mut self, table: &GatewayTable) -> Option<Gateway> {
        let endpoint = self.take(&table.base_url, |text| {
            Endpoint::parse(text).map_err(|error| format!("base_url: {error}"))
        });
        let limit = 50..=60_000;
        let connect_timeout =
            self.millis("connect_timeout_ms", table.connect_timeout_ms.as_ref(), 6_000, limit.clone());
        let answer_timeout =
            self.millis("answer_timeout_ms", table.answer_timeout_ms.as_ref(), 10_000, limit.clone());
        let probe_timeout = self.millis("probe_timeout_ms", table.probe_timeout_ms.as_ref(), 4_000, limit);
        let secret_key_file = table
            .secret_key_file
            .as_ref()
            .and_then(|value| self.take(value, |text| named("secret_key_file", text).map(PathBuf::from)));
        Some(Gateway {
            endpoint: endpoint?,
            secret_key_file,
            connect_timeout,
            answer_timeout,
            probe_timeout,
            client_ip: table.client_ip.clone(),
            os_type: table.os_type.clone(),
        })
    }

    fn timers(&mut self, table: &PaymentTable, gateway: &GatewayTable, on_loopback: bool) -> Timers {
        let least = |ms| if on_loopback { 50 } else { ms };
        Timers {
            submit_deadline: self.millis(
                "submit_deadline_ms",
                table.submit_deadline_ms.as_ref(),
                20_000,
                least(1_000)..=45_000,
            ),
            inquiry_interval: self.millis(
                "inquiry_interval_ms",
                table.inquiry_interval_ms.as_ref(),
                5_000,
                least(3_000)..=60_000,
            ),
            pay_window: self.millis(
                "pay_window_ms",
                table.pay_window_ms.as_ref(),
                50_000,
                least(20_000)..=600_000,
            ),
            reverse_not_before: self.millis(
                "reverse_not_before_ms",
                table.reverse_not_before_ms.as_ref(),
                15_000,
                least(15_000)..=600_000,
            ),
            escalate_after: self.millis(
                "escalate_after_ms",
                table.escalate_after_ms.as_ref(),
                900_000,
                least(60_000)..=86_400_000,
            ),
            line_check_interval: self.millis(
                "line_check_ms",
                gateway.line_check_ms.as_ref(),
                10_000,
                least(1_000)..=60_000,
            ),
        }
    }

    fn wallets(&mut self, file: Option<&Spanned<String>>, timers: &Timers) -> WalletTable {
        let path = file.map(|value| Path::new(value.get_ref().as_str()));
        match wallets::read(path, timers) {
            Ok(table) => table,
            Err(error) => {
                let words = error.to_string();
                self.problems.push(match file {
                    Some(file) => Problem::at(file.span(), words),
                    None => Problem::nowhere(words),
                });
                WalletTable::default()
            }
        }
    }
}

fn currency(text: &String) -> Result<Currency, String> {
    let known = || Currency::ALL.iter().map(|currency| currency.code()).collect::<Vec<_>>().join(" ");
    Currency::parse(text).ok_or_else(|| format!("no currency \"{text}\"; there are {}", known()))
}

pub(super) fn language(text: &String) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| format!("no language \"{text}\"; there are en, zh-CN, zh-TW and ko"))
}

pub(super) fn named(key: &str, text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err(format!("{key} is empty")) } else { Ok(text.to_owned()) }
}
