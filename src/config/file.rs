//! The configuration file as it is written, with the place of every value.
//!
//! Invariant: unknown keys are errors. Deliberately absent: judgement of the values (`check.rs`).

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) terminal: TerminalTable,
    pub(super) gateway: GatewayTable,
    #[serde(default)]
    pub(super) payment: PaymentTable,
    #[serde(default, deserialize_with = "one_or_several")]
    pub(super) scanner: Vec<Spanned<ScannerTable>>,
    pub(super) printer: Option<Spanned<PrinterTable>>,
    #[serde(default)]
    pub(super) person: Vec<PersonTable>,
    #[serde(default)]
    pub(super) devices: DevicesTable,
    #[serde(default)]
    pub(super) receipt: ReceiptTable,
    #[serde(default)]
    pub(super) customer_display: CustomerDisplayTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalTable {
    pub(super) id: Spanned<String>,
    pub(super) merchant: Spanned<String>,
    pub(super) data_dir: Spanned<String>,
    pub(super) currency: Option<Spanned<String>>,
    pub(super) language: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GatewayTable {
    pub(super) base_url: Spanned<String>,
    pub(super) secret_key_file: Option<Spanned<String>>,
    pub(super) connect_timeout_ms: Option<Spanned<i64>>,
    pub(super) answer_timeout_ms: Option<Spanned<i64>>,
    pub(super) line_check_ms: Option<Spanned<i64>>,
    pub(super) probe_timeout_ms: Option<Spanned<i64>>,
    #[serde(default)]
    pub(super) client_ip: String,
    #[serde(default)]
    pub(super) os_type: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentTable {
    pub(super) submit_deadline_ms: Option<Spanned<i64>>,
    pub(super) inquiry_interval_ms: Option<Spanned<i64>>,
    pub(super) pay_window_ms: Option<Spanned<i64>>,
    pub(super) reverse_not_before_ms: Option<Spanned<i64>>,
    pub(super) escalate_after_ms: Option<Spanned<i64>>,
    pub(super) confirm_above: Option<Spanned<String>>,
    pub(super) wallets_file: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScannerTable {
    pub(super) kind: Spanned<String>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) baud: Option<Spanned<i64>>,
    pub(super) vendor_id: Option<Spanned<toml::Value>>,
    pub(super) product_id: Option<Spanned<toml::Value>>,
    pub(super) serial_number: Option<Spanned<String>>,
    pub(super) port: Option<Spanned<String>>,
    pub(super) idle_end_ms: Option<Spanned<i64>>,
    pub(super) repeat_ms: Option<Spanned<i64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrinterTable {
    pub(super) kind: Spanned<String>,
    pub(super) address: Option<Spanned<String>>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) baud: Option<Spanned<i64>>,
    pub(super) flow: Option<Spanned<String>>,
    pub(super) vendor_id: Option<Spanned<toml::Value>>,
    pub(super) product_id: Option<Spanned<toml::Value>>,
    pub(super) serial_number: Option<Spanned<String>>,
    pub(super) port: Option<Spanned<String>>,
    pub(super) width_dots: Option<Spanned<i64>>,
    pub(super) columns: Option<Spanned<i64>>,
    pub(super) profile: Option<Spanned<String>>,
    pub(super) profiles_file: Option<Spanned<String>>,
    pub(super) drawer: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfilesFile {
    #[serde(default)]
    pub(super) profile: Vec<ProfileTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileTable {
    pub(super) name: Spanned<String>,
    pub(super) like: Option<Spanned<String>>,
    pub(super) columns: Option<Spanned<i64>>,
    pub(super) width_dots: Option<Spanned<i64>>,
    pub(super) charset: Option<Spanned<String>>,
    pub(super) code_page: Option<Spanned<i64>>,
    pub(super) raster: Option<Spanned<String>>,
    pub(super) band_rows: Option<Spanned<i64>>,
    pub(super) barcode: Option<Spanned<String>>,
    pub(super) qr: Option<Spanned<String>>,
    pub(super) answers: Option<Spanned<String>>,
    pub(super) asb: Option<Spanned<bool>>,
    pub(super) port_status: Option<bool>,
    pub(super) cutter: Option<Spanned<String>>,
    pub(super) feed_dots: Option<Spanned<i64>>,
    pub(super) feed_lines: Option<Spanned<i64>>,
    pub(super) barcode_height_dots: Option<Spanned<i64>>,
    pub(super) drawer_pin: Option<Spanned<i64>>,
    pub(super) drawer_on_ms: Option<Spanned<i64>>,
    pub(super) drawer_off_ms: Option<Spanned<i64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonTable {
    pub(super) name: Spanned<String>,
    pub(super) role: Spanned<String>,
    /// Anything, so that a PIN that stands here as a number is not repeated by the parser's complaint.
    pub(super) pin: Spanned<toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DevicesTable {
    pub(super) root: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerDisplayTable {
    pub(super) enabled: Option<Spanned<bool>>,
    pub(super) x: Option<Spanned<i64>>,
    pub(super) y: Option<Spanned<i64>>,
    pub(super) width: Option<Spanned<i64>>,
    pub(super) height: Option<Spanned<i64>>,
    pub(super) diagonal_inches: Option<Spanned<toml::Value>>,
    pub(super) languages: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptTable {
    pub(super) file: Option<Spanned<String>>,
    pub(super) header: Option<Spanned<Vec<String>>>,
    pub(super) footer: Option<Spanned<Vec<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptFile {
    pub(super) store: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) header: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) footer: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) legal: Vec<Spanned<String>>,
    pub(super) languages: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) copies: Option<Spanned<i64>>,
    pub(super) columns: Option<Spanned<i64>>,
    pub(super) width_dots: Option<Spanned<i64>>,
    pub(super) show: Option<Vec<Spanned<String>>>,
    pub(super) slips: Option<Vec<Spanned<String>>>,
    pub(super) logo: Option<LogoTable>,
    pub(super) e_receipt: Option<EReceiptTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogoTable {
    pub(super) file: Spanned<String>,
    pub(super) dots: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EReceiptTable {
    pub(super) folder: Option<Spanned<String>>,
    pub(super) formats: Option<Vec<Spanned<String>>>,
    pub(super) keep: Option<Spanned<i64>>,
    pub(super) base_url: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WalletsFile {
    pub(super) wallet: Vec<WalletTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WalletTable {
    pub(super) id: Spanned<String>,
    pub(super) name_en: String,
    pub(super) name_zh: String,
    pub(super) enabled: bool,
    pub(super) codes: Vec<Spanned<CodeTable>>,
    pub(super) pay_window_ms: Option<Spanned<i64>>,
    pub(super) reversal: bool,
    pub(super) reversal_ends: Option<Spanned<EndValue>>,
    pub(super) partial_refunds: Spanned<PartsValue>,
    pub(super) refund_gap_ms: Option<Spanned<i64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeTable {
    pub(super) prefixes: Vec<String>,
    pub(super) length: Option<usize>,
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) alphabet: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum PartsValue {
    Word(String),
    Most(u32),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum EndValue {
    Word(String),
    Days(u32),
}

/// `[scanner]` once, or `[[scanner]]` several times.
fn one_or_several<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Spanned<ScannerTable>>, D::Error> {
    struct OneOrSeveral;

    impl<'de> Visitor<'de> for OneOrSeveral {
        type Value = Vec<Spanned<ScannerTable>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one [scanner] table, or several [[scanner]] tables")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            let table = ScannerTable::deserialize(MapAccessDeserializer::new(map))?;
            let place = table.kind.span();
            Ok(vec![Spanned::new(place, table)])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
    }

    from.deserialize_any(OneOrSeveral)
}
