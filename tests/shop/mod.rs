//! A shop of its own for each test: a folder, a gateway in another process, a configuration, customers.
//!
//! Invariant: when a test has passed, no code that was shown in its shop is in any file of the folder, and neither is
//! the secret key.
//! Every test program that needs the whole program takes this folder in as a module.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

pub(crate) mod gateway_control;
pub(crate) mod leak;
pub(crate) mod paper;
pub(crate) mod till;
pub(crate) mod truth;
pub(crate) mod wall_clock;

use self::gateway_control::GatewayControl;
use self::till::{KEY, Start, Till, quickpay};

/// What a shop's till is set up with. The timers are long where a slow machine must not run into them.
#[derive(Debug, Clone)]
pub(crate) struct SetUp {
    pub(crate) currency: &'static str,
    pub(crate) answer_timeout_ms: u64,
    pub(crate) line_check_ms: u64,
    pub(crate) probe_timeout_ms: u64,
    pub(crate) submit_deadline_ms: u64,
    pub(crate) inquiry_interval_ms: u64,
    pub(crate) pay_window_ms: u64,
    pub(crate) reverse_not_before_ms: u64,
    pub(crate) escalate_after_ms: u64,
    pub(crate) confirm_above: Option<&'static str>,
    pub(crate) scanner: String,
    pub(crate) printer: String,
    /// More tables at the end of the configuration, such as people.
    pub(crate) more: String,
    /// A table of wallets instead of the built-in one.
    pub(crate) wallets: Option<&'static str>,
}

impl Default for SetUp {
    fn default() -> SetUp {
        SetUp {
            currency: "CNY",
            answer_timeout_ms: 10_000,
            line_check_ms: 200,
            probe_timeout_ms: 2_000,
            submit_deadline_ms: 45_000,
            inquiry_interval_ms: 100,
            pay_window_ms: 60_000,
            reverse_not_before_ms: 300,
            escalate_after_ms: 900_000,
            confirm_above: None,
            scanner: "kind = \"none\"".to_owned(),
            printer: "kind = \"none\"".to_owned(),
            more: String::new(),
            wallets: None,
        }
    }
}

/// A folder for one test, below the target directory.
pub(crate) fn own_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("counter-{}-{n}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A shop with an open gateway; tills are started in it.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) folder: PathBuf,
    pub(crate) gateway: GatewayControl,
    sandbox: Child,
    codes: Mutex<Vec<String>>,
}

impl Shop {
    pub(crate) fn open(set_up: &SetUp) -> Shop {
        let folder = own_folder();
        let log = std::fs::File::create(folder.join("sandbox.log")).unwrap();
        if let Some(wallets) = set_up.wallets {
            std::fs::write(folder.join("wallets.toml"), wallets).unwrap();
        }
        let mut sandbox = quickpay()
            .args(["sandbox", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--seed", "7"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(sandbox.stdout.take().unwrap()).lines();
        let mut address = |begins: &str| -> SocketAddr {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(begins).unwrap_or_else(|| panic!("{line}")).parse().unwrap()
        };
        let gateway = address("listening on http://");
        let control = address("control on http://");
        std::fs::write(folder.join("terminal.toml"), configuration(&folder, set_up, gateway)).unwrap();
        let shop = Shop {
            folder,
            gateway: GatewayControl { address: control },
            sandbox,
            codes: Mutex::new(Vec::new()),
        };
        shop.customer(&json!({ "customer": "anna", "confirms": "at_once" }));
        shop.customer(&json!({ "customer": "ben", "password": true, "confirms": { "after_ms": 300 } }));
        shop.customer(&json!({ "customer": "carla", "password": true, "confirms": "never" }));
        shop.customer(&json!({ "customer": "dong", "balance": 1, "confirms": "at_once" }));
        shop
    }

    /// A shop with the usual set-up, and its till, online.
    pub(crate) fn with_till() -> (Shop, Till) {
        Shop::with_till_of(&SetUp::default())
    }

    pub(crate) fn with_till_of(set_up: &SetUp) -> (Shop, Till) {
        let shop = Shop::open(set_up);
        let till = shop.start();
        till.is_online();
        (shop, till)
    }

    /// Starts a till and waits until it takes requests.
    pub(crate) fn start(&self) -> Till {
        self.start_with(&Start::default())
    }

    /// The same, with something of its own in the environment.
    pub(crate) fn start_with(&self, how: &Start) -> Till {
        let till = Till::start(&self.folder, how);
        till.event("ready", |event| event["event"] == "ready");
        till
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Makes or changes a customer.
    pub(crate) fn customer(&self, wish: &Value) {
        let shown = self.gateway.post("/sandbox/wallet", wish);
        self.remember(&shown["code"]);
    }

    /// A fresh code on a customer's phone.
    pub(crate) fn code(&self, customer: &str) -> String {
        let shown = self.gateway.get(&format!("/sandbox/wallet/{customer}"));
        self.remember(&shown["code"])
    }

    fn remember(&self, code: &Value) -> String {
        let code = code.as_str().unwrap().to_owned();
        self.codes.lock().unwrap().push(code.clone());
        code
    }

    /// Sets the line to the gateway.
    pub(crate) fn line(&self, wish: &Value) {
        self.gateway.post("/sandbox/line", wish);
    }

    pub(crate) fn line_up(&self) {
        self.line(&json!({ "line": "up" }));
    }

    pub(crate) fn line_down(&self) {
        self.line(&json!({ "line": "down", "how": "refuse" }));
    }

    /// Says what the next requests shall meet.
    pub(crate) fn script(&self, steps: &Value) {
        self.gateway.post("/sandbox/script", steps);
    }

    /// Runs a command on this shop's configuration to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        quickpay().args(arguments).arg("--config").arg(self.folder.join("terminal.toml")).output().unwrap()
    }

    /// Runs a till without input to its end.
    pub(crate) fn run_till(&self) -> Output {
        quickpay()
            .args(["run", "--headless", "--config"])
            .arg(self.folder.join("terminal.toml"))
            .env("QUICKPAY_SECRET_KEY", KEY)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What went on with codes in this shop must have left none behind, nor the secret key.
    pub(crate) fn has_no_secret_left(&self) {
        let codes = self.codes.lock().unwrap();
        let found = leak::files_with(&codes, &self.folder);
        assert!(found.is_empty(), "a payment code is in {found:?}");
        let found = leak::files_holding(KEY.as_bytes(), &self.folder);
        assert!(found.is_empty(), "the secret key is in {found:?}");
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.sandbox.kill().ok();
        self.sandbox.wait().ok();
        if std::thread::panicking() {
            return; // the folder stays, for a person to look into
        }
        self.has_no_secret_left();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn configuration(folder: &Path, set_up: &SetUp, gateway: SocketAddr) -> String {
    let data_dir = folder.join("data");
    let confirm_above =
        set_up.confirm_above.map_or_else(String::new, |above| format!("confirm_above = \"{above}\"\n"));
    let wallets = set_up
        .wallets
        .map_or_else(String::new, |_| format!("wallets_file = {:?}\n", folder.join("wallets.toml")));
    format!(
        "[terminal]\nid = \"T1\"\nmerchant = \"Corner Shop\"\ndata_dir = {data_dir:?}\ncurrency = \"{}\"\n\n\
         [gateway]\nbase_url = \"http://{gateway}\"\nconnect_timeout_ms = 2000\nanswer_timeout_ms = {}\n\
         line_check_ms = {}\nprobe_timeout_ms = {}\n\n\
         [payment]\nsubmit_deadline_ms = {}\ninquiry_interval_ms = {}\npay_window_ms = {}\n\
         reverse_not_before_ms = {}\nescalate_after_ms = {}\n{confirm_above}{wallets}\n[[scanner]]\n{}\n\n[printer]\n{}\n\n{}\n",
        set_up.currency,
        set_up.answer_timeout_ms,
        set_up.line_check_ms,
        set_up.probe_timeout_ms,
        set_up.submit_deadline_ms,
        set_up.inquiry_interval_ms,
        set_up.pay_window_ms,
        set_up.reverse_not_before_ms,
        set_up.escalate_after_ms,
        set_up.scanner,
        set_up.printer,
        set_up.more,
    )
}
