//! `quickpay journal show`: the story of the day.

use anyhow::Result;
use quickpay_core::record::{Entry, Record};
use quickpay_core::settings::Settings;
use serde_json::json;

use super::{read, say};
use crate::cli::ShowJournal;
use crate::config::Config;
use crate::story;

pub(super) fn run(arguments: &ShowJournal) -> Result<()> {
    crate::telemetry::start("warn");
    let config = Config::read(&arguments.config)?;
    read(&config.data_dir, &mut |entry| show(&entry, &config.settings, arguments.json))
}

fn show(entry: &Entry, settings: &Settings, as_json: bool) {
    let tell = |record: &Record| story::tell(record, settings);
    if as_json {
        let records: Vec<String> = entry.records.iter().map(tell).collect();
        let line = json!({
            "seq": entry.seq,
            "at": entry.at.wall.to_string(),
            "unix_ms": entry.at.wall.unix_ms,
            "monotonic_ms": entry.at.mono.0,
            "boot": format!("{:032x}", entry.at.boot.0),
            "records": records,
        });
        return say(&line.to_string());
    }
    for record in &entry.records {
        say(&format!("{:>6}  {}  {}", entry.seq, entry.at.wall, tell(record)));
    }
}
