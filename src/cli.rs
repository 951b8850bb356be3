//! The command line: what can be said, and which command it starts.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The default place of the configuration.
pub(crate) const CONFIG: &str = "/etc/quickpay/terminal.toml";

/// A point-of-sale terminal for wallet Quick Pay.
#[derive(Debug, Parser)]
#[command(name = "quickpay", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the whole shop in one process: gateway, scanner, printer, customers, a bad network
    Demo(Demo),
    /// Run the terminal
    Run(Run),
    /// Run the WooshPay-compatible sandbox gateway alone
    Sandbox(Sandbox),
    /// Say what is wrong in a configuration file, at which line, and what would be right
    CheckConfig(CheckConfig),
    /// Read the journal
    #[command(subcommand)]
    Journal(Journal),
    /// Check the journal and the store, mend them, or make the store anew
    #[command(subcommand)]
    Doctor(Doctor),
    /// Say which scanners and printers are plugged in, what is wrong with them, and the lines of configuration for each
    Devices(Devices),
    /// Render a sale's receipt; prints nothing on the printer
    Receipt(Receipt),
    /// Ask for a person's PIN twice and print the line of configuration that holds its hash
    Pin,
}

/// `quickpay demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Play the script at full speed without a window, and write what happened to the output directory
    #[arg(long)]
    pub no_window: bool,
    /// Where pictures, receipts and the summary go
    #[arg(long, value_name = "DIR", default_value = "demo-out")]
    pub out: PathBuf,
    /// Which random codes and ids the simulated world uses
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Show the customer's display too, in a window of its own
    #[arg(long, conflicts_with = "no_window")]
    pub customer_display: bool,
    /// How many plain sales to ring up after the script
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub sales: u32,
}

/// `quickpay run`
#[derive(Debug, Args)]
pub struct Run {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = CONFIG)]
    pub config: PathBuf,
    /// No window: a JSON request per line on standard input, events on standard output
    #[arg(long)]
    pub headless: bool,
}

/// `quickpay sandbox`
#[derive(Debug, Args)]
pub struct Sandbox {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8650")]
    pub listen: SocketAddr,
    /// A second address for the /sandbox paths alone, so that a line that is down can refuse connections
    #[arg(long, value_name = "ADDRESS")]
    pub control: Option<SocketAddr>,
    /// Remember intents, charges and refunds in this file
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// What the first requests shall meet, as for POST /sandbox/script
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Which random codes and ids are given
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// `quickpay check-config`
#[derive(Debug, Args)]
pub struct CheckConfig {
    /// The file to check
    pub file: PathBuf,
}

/// `quickpay journal`
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// The journal as text, or as JSON Lines
    #[command(visible_alias = "export")]
    Show(ShowJournal),
}

/// `quickpay journal show`
#[derive(Debug, Args)]
pub struct ShowJournal {
    /// The terminal's configuration
    #[arg(long, value_name = "FILE", default_value = CONFIG)]
    pub config: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `quickpay doctor`
#[derive(Debug, Subcommand)]
pub enum Doctor {
    /// Read everything and say what is wrong; changes nothing
    Verify(OfConfig),
    /// Mend what can be proven: a torn tail, a damaged frame that the store still has, leftovers; keeps what it replaces
    Repair(OfConfig),
    /// Set the store aside and make it anew from the journal
    Rebuild(OfConfig),
}

/// A command about one terminal's data.
#[derive(Debug, Args)]
pub struct OfConfig {
    /// The terminal's configuration
    #[arg(long, value_name = "FILE", default_value = CONFIG)]
    pub config: PathBuf,
}

/// `quickpay devices`
#[derive(Debug, Args)]
pub struct Devices {
    /// Also say how the devices of this configuration are; the default is read where it exists
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long, conflicts_with = "test")]
    pub json: bool,
    /// Read one scan and print a test page: with the configured devices, or with what is plugged in
    #[arg(long)]
    pub test: bool,
    /// How long --test waits for a scan
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub wait: u64,
}

/// `quickpay receipt`
#[derive(Debug, Args)]
pub struct Receipt {
    /// The sale, such as S0001
    pub sale: String,
    /// The terminal's configuration
    #[arg(long, value_name = "FILE", default_value = CONFIG)]
    pub config: PathBuf,
    /// Write a picture instead of text
    #[arg(long, value_name = "FILE")]
    pub png: Option<PathBuf>,
    /// Write a PDF page instead of text
    #[arg(long, value_name = "FILE")]
    pub pdf: Option<PathBuf>,
}
