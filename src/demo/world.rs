//! The demo's world: sandbox gateway, scanner and printer models, and the till among them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use quickpay_core::input::Input;
use quickpay_drivers::printer::model::{Paper, PrinterModel, RunningModel, Voice};
use quickpay_drivers::scanner::model::ScannerModel;
use quickpay_gateway::SecretKey;
use quickpay_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::cast::Customer;
use super::remote::Remote;
use super::watch::Watch;
use crate::arrival::{Arrival, Request};
use crate::config::Config;
use crate::happening::Happening;
use crate::{shop, window};

/// The product's barcode, an EAN-13.
pub(super) const PRODUCT_BARCODE: &str = "6901234567892";

/// What stands on the demo's papers; the address of the electronic receipts leads nowhere.
const RECEIPT: &str = "header = [\"1 Harbour Road\"]\nfooter = [\"Thank you, come again\"]\n\n\
                       [e_receipt]\nbase_url = \"https://receipts.example.com/r/\"\n";

/// How fast the world turns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Timers of the till, in milliseconds.
    pub(super) submit_deadline: u64,
    pub(super) inquiry_interval: u64,
    pub(super) pay_window: u64,
    pub(super) reverse_not_before: u64,
    pub(super) line_check: u64,
    pub(super) probe_timeout: u64,
    pub(super) answer_timeout: u64,
    /// How long a password takes.
    pub(super) confirm: u64,
    /// A pause for the eye between the tour's steps.
    pub(super) pause: Duration,
}

impl Pace {
    /// As fast as a machine can look.
    pub(super) const FULL_SPEED: Pace = Pace {
        submit_deadline: 1_500,
        inquiry_interval: 150,
        pay_window: 2_500,
        reverse_not_before: 600,
        line_check: 250,
        probe_timeout: 300,
        answer_timeout: 1_000,
        confirm: 500,
        pause: Duration::ZERO,
    };
    /// For people: as on a real till where a person has something to see, shorter where one would only wait.
    pub(super) const FOR_PEOPLE: Pace = Pace {
        submit_deadline: 12_000,
        inquiry_interval: 2_000,
        pay_window: 20_000,
        reverse_not_before: 6_000,
        line_check: 1_000,
        probe_timeout: 3_000, // longer than the panel's slow line takes
        answer_timeout: 4_000,
        confirm: 4_000,
        pause: Duration::from_millis(1_500),
    };
}

/// Everything that runs.
pub(super) struct World {
    pub(super) remote: Remote,
    pub(super) printer: RunningModel,
    pub(super) papers: Arc<Mutex<Vec<Paper>>>,
    pub(super) queue: mpsc::Sender<Arrival>,
    pub(super) watch: Watch,
    pub(super) pace: Pace,
    scanner: Mutex<ScannerModel>,
    sandbox: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    till: Option<JoinHandle<Result<()>>>,
}

/// Where the till keeps its things, and the random world's seed.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) seed: u64,
}

impl World {
    /// Starts the world, then the till in it; `listener` hears all that the till says, besides the watch.
    pub(super) fn start(
        place: &Place,
        pace: Pace,
        mut listener: impl FnMut(&Happening) + Send + 'static,
    ) -> Result<World> {
        let (addresses, sandbox) = start_sandbox(place.seed)?;
        let remote = Remote::at(addresses.control);
        let papers = Arc::new(Mutex::new(Vec::new()));
        let typeface = Arc::new(crate::commands::typeface()?);
        let came_out = Arc::clone(&papers);
        let printer = PrinterModel::new(typeface)
            .voice(Voice::Answers)
            .on_paper(move |paper| {
                came_out.lock().unwrap_or_else(PoisonError::into_inner).push(paper.clone());
            })
            .start(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let scanner = ScannerModel::plug_in().context("no pseudo terminal for the scanner")?;
        let config = configuration(place, pace, addresses.gateway, printer.address(), scanner.path())?;
        let watch = Watch::default();
        let (queue, arrivals) = shop::queue();
        let ear = watch.clone();
        let door = (queue.clone(), arrivals);
        let till = std::thread::Builder::new().name("till".to_owned()).spawn(move || {
            let said = ear.clone();
            let key = SecretKey::parse("sk_test_demo")?;
            let ended = window::run_till(&config, key, door, move |happening| {
                listener(&happening);
                said.hear(happening);
            });
            ear.end();
            ended
        })?;
        let world = World {
            remote,
            printer,
            papers,
            queue,
            watch,
            pace,
            scanner: Mutex::new(scanner),
            sandbox: Some(sandbox),
            till: Some(till),
        };
        for customer in Customer::ALL {
            world.remote.post("/sandbox/wallet", &customer.wish(pace.confirm))?;
        }
        world.wait_for_the_scanner()?;
        Ok(world)
    }

    /// A scanner that was just plugged in is not listened to for a moment (hardware notes, section 2.2: 300 ms).
    fn wait_for_the_scanner(&self) -> Result<()> {
        let ready = |said: &super::watch::Said| {
            said.view.as_ref().is_some_and(|view| view.scanner == quickpay_core::view::Device::Ready)
        };
        if !self.watch.until(Duration::from_secs(10), ready) {
            bail!("the till does not find its scanner");
        }
        std::thread::sleep(Duration::from_millis(350));
        Ok(())
    }

    /// Something for the till, as a cashier's hand gives it.
    pub(super) fn touch(&self, input: Input) {
        self.queue.blocking_send(Arrival::Asked(Request::Do(input), None)).ok();
    }

    /// Holds a customer's phone under the scanner.
    pub(super) fn scan(&self, customer: Customer) -> Result<()> {
        let path = format!("/sandbox/wallet/{}", customer.name());
        let shown = self.remote.get(&path)?;
        let code = shown.get("code").and_then(Value::as_str).context("the sandbox shows no code")?;
        if customer == Customer::Eva {
            std::thread::sleep(Duration::from_millis(20)); // her code lives for a millisecond
        }
        let mut scanner = self.scanner.lock().unwrap_or_else(PoisonError::into_inner);
        scanner.read_out(code).context("the scanner's line is gone")
    }

    /// Holds a thing from the shelf under the scanner.
    pub(super) fn scan_product(&self) -> Result<()> {
        let mut scanner = self.scanner.lock().unwrap_or_else(PoisonError::into_inner);
        scanner.read_out(PRODUCT_BARCODE).context("the scanner's line is gone")
    }

    /// Sets the line to the gateway.
    pub(super) fn line(&self, wish: &Value) -> Result<()> {
        self.remote.post("/sandbox/line", wish).map(drop)
    }

    /// What really moved, by the sandbox's own word.
    pub(super) fn charges(&self) -> Result<Value> {
        self.remote.get("/sandbox/charges")
    }

    /// Stops the till, then the world.
    pub(super) fn stop(mut self) -> Result<()> {
        self.queue.blocking_send(Arrival::Quit).ok();
        let ended = match self.till.take() {
            Some(till) => till.join().map_err(|_| anyhow!("the till broke"))?,
            None => Ok(()),
        };
        if let Some((stop, thread)) = self.sandbox.take() {
            stop.send(()).ok();
            thread.join().map_err(|_| anyhow!("the sandbox broke"))?;
        }
        ended
    }
}

struct Addresses {
    gateway: SocketAddr,
    control: SocketAddr,
}

type Stoppable = (oneshot::Sender<()>, JoinHandle<()>);

fn start_sandbox(seed: u64) -> Result<(Addresses, Stoppable)> {
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return tell.send(Err(anyhow!(error))).unwrap_or(()),
        };
        runtime.block_on(async {
            let any = SocketAddr::from(([127, 0, 0, 1], 0));
            let mut options = SandboxOptions::at(any);
            options.control = Some(any);
            options.seed = Some(seed);
            match Sandbox::start(options).await {
                Err(error) => tell.send(Err(anyhow!(error))).unwrap_or(()),
                Ok(sandbox) => {
                    let control = sandbox.control_address().unwrap_or_else(|| sandbox.address());
                    tell.send(Ok(Addresses { gateway: sandbox.address(), control })).ok();
                    stopped.await.ok();
                    sandbox.stop().await;
                }
            }
        });
    })?;
    let addresses = told.recv().context("the sandbox did not start")??;
    Ok((addresses, (stop, thread)))
}

/// The till's configuration, written beside its data so that `journal show` and `receipt` can be tried afterwards.
fn configuration(
    place: &Place,
    pace: Pace,
    gateway: SocketAddr,
    printer: SocketAddr,
    scanner: &Path,
) -> Result<Config> {
    std::fs::create_dir_all(&place.folder)
        .with_context(|| format!("{} cannot be made", place.folder.display()))?;
    let data_dir = place.folder.join("till");
    if data_dir.exists() {
        std::fs::remove_dir_all(&data_dir)
            .with_context(|| format!("{} cannot be cleared", data_dir.display()))?;
    }
    let quoted = |path: &Path| json!(path.to_string_lossy()).to_string();
    let text = format!(
        "# Written by `quickpay demo`; the addresses are those of its last run.\n\
         [terminal]\nid = \"T1\"\nmerchant = \"Demo Store 样品店\"\ndata_dir = {}\ncurrency = \"CNY\"\n\n\
         [gateway]\nbase_url = \"http://{gateway}\"\nconnect_timeout_ms = 1000\nanswer_timeout_ms = {}\n\
         line_check_ms = {}\nprobe_timeout_ms = {}\n\n\
         [payment]\nsubmit_deadline_ms = {}\ninquiry_interval_ms = {}\npay_window_ms = {}\n\
         reverse_not_before_ms = {}\n\n\
         [scanner]\nkind = \"serial\"\npath = {}\n\n\
         [printer]\nkind = \"tcp\"\naddress = \"{printer}\"\nprofile = \"demo\"\n\n\
         [receipt]\nfile = \"receipt.toml\"\n",
        quoted(&data_dir),
        pace.answer_timeout,
        pace.line_check,
        pace.probe_timeout,
        pace.submit_deadline,
        pace.inquiry_interval,
        pace.pay_window,
        pace.reverse_not_before,
        quoted(scanner),
    );
    let receipt = place.folder.join("receipt.toml");
    std::fs::write(&receipt, RECEIPT).with_context(|| format!("{} cannot be written", receipt.display()))?;
    let file = place.folder.join("terminal.toml");
    std::fs::write(&file, &text).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(Config::parse(&file, &text)?)
}
