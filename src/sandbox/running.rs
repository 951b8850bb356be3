//! Starting a sandbox and holding it while it runs; dropping the handle stops it, `stop` also waits until it has.
//! Everything it does meanwhile is absent: see `gateway.rs` and `control.rs`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::auth::ApiKeys;
use crate::clock;
use crate::customer::Customer;
use crate::error::SandboxError;
use crate::gateway::{Gateway, locked};
use crate::id::CustomerName;
use crate::line::Line;
use crate::listener::{Door, accept};
use crate::mint::Mint;
use crate::refusal::Refusal;
use crate::request_log::{Received, RequestLog};
use crate::rules::Rules;
use crate::script::Script;
use crate::state_file::StateFile;
use crate::world::{Books, ShownCode, Truth, World};

/// How a sandbox shall be.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where tills connect; port 0 picks one.
    pub listen: SocketAddr,
    /// A second socket for the `/sandbox` paths; with it, a line that refuses really closes the first.
    pub control: Option<SocketAddr>,
    /// Where to remember.
    pub state_file: Option<PathBuf>,
    /// What the first requests shall meet.
    pub script: Script,
    /// Who may speak to it.
    pub api_keys: ApiKeys,
    /// The switches; `POST /sandbox/reset` comes back to these.
    pub rules: Rules,
    /// Makes ids and codes repeatable; `None` is a new seed.
    pub seed: Option<u64>,
}

impl SandboxOptions {
    /// An honest sandbox at `listen`, with nothing else set.
    #[must_use]
    pub fn at(listen: SocketAddr) -> Self {
        Self {
            listen,
            control: None,
            state_file: None,
            script: Script::default(),
            api_keys: ApiKeys::default(),
            rules: Rules::default(),
            seed: None,
        }
    }
}

impl Script {
    /// Reads a script from a file.
    ///
    /// # Errors
    /// `SandboxError::ScriptFile` or `SandboxError::Script`.
    pub fn open(path: &Path) -> Result<Self, SandboxError> {
        let failed = |source| SandboxError::ScriptFile { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(failed)?;
        Self::read(&text).map_err(|reason| SandboxError::Script { path: path.to_owned(), reason })
    }
}

/// The gateway; see `start`.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts serving on the current tokio runtime (with IO and time enabled).
    ///
    /// # Errors
    /// A `SandboxError`, when nothing listens.
    pub async fn start(options: SandboxOptions) -> Result<RunningSandbox, SandboxError> {
        let (file, books) = match &options.state_file {
            None => (None, Books::default()),
            Some(path) => StateFile::open(path).map(|(file, books)| (Some(file), books))?,
        };
        let (main, address) = bind(options.listen).await?;
        let control = match options.control {
            None => None,
            Some(address) => Some(bind(address).await?),
        };
        let seed = options.seed.unwrap_or_else(Mint::random_seed);
        let gateway = Arc::new(Gateway {
            world: Mutex::new(World::with_books(seed, options.rules.clone(), books)),
            script: Mutex::new(options.script),
            log: Mutex::new(RequestLog::default()),
            line: watch::Sender::new(Line::up()),
            first_rules: options.rules,
            api_keys: options.api_keys,
            file: tokio::sync::Mutex::new(file),
            listening: watch::Sender::new(true),
            closes: control.is_some(),
        });
        let stop = watch::Sender::new(());
        let spawn = |listener, address, door| {
            tokio::spawn(accept(Arc::clone(&gateway), listener, address, door, stop.subscribe()))
        };
        let mut doors = vec![spawn(main, address, Door::Main)];
        let control_address = control.as_ref().map(|(_, address)| *address);
        doors.extend(control.map(|(listener, address)| spawn(listener, address, Door::Control)));
        tracing::info!(%address, "sandbox gateway listens");
        Ok(RunningSandbox { gateway, address, control_address, stop, doors })
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), SandboxError> {
    let failed = |source| SandboxError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// A sandbox that runs. The verbs below do in-process what the `/sandbox` paths do over HTTP.
#[derive(Debug)]
pub struct RunningSandbox {
    gateway: Arc<Gateway>,
    address: SocketAddr,
    control_address: Option<SocketAddr>,
    stop: watch::Sender<()>,
    doors: Vec<JoinHandle<()>>,
}

impl RunningSandbox {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the second socket listens, if there is one.
    #[must_use]
    pub const fn control_address(&self) -> Option<SocketAddr> {
        self.control_address
    }

    /// `http://127.0.0.1:8650`, for a till's `base_url`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes or replaces a customer.
    ///
    /// # Errors
    /// `Refusal::Full`.
    pub fn set_customer(&self, customer: Customer) -> Result<(), Refusal> {
        locked(&self.gateway.world).set_customer(customer)
    }

    /// A fresh code on a customer's phone.
    ///
    /// # Errors
    /// `Refusal::Missing` when there is no such customer.
    pub fn show_code(&self, customer: &CustomerName) -> Result<ShownCode, Refusal> {
        locked(&self.gateway.world).show_code(customer, clock::now())
    }

    /// Adds steps to the script.
    ///
    /// # Errors
    /// Words, when that would be too many.
    pub fn play(&self, script: Script) -> Result<(), String> {
        locked(&self.gateway.script).append(script)
    }

    /// Changes the line; when this returns, the socket has followed.
    pub async fn set_line(&self, line: Line) {
        self.gateway.set_line(line).await;
    }

    /// Turns switches until the next reset.
    pub fn set_rules(&self, rules: Rules) {
        locked(&self.gateway.world).set_rules(rules);
    }

    /// All money that moved.
    #[must_use]
    pub fn truth(&self) -> Truth {
        self.gateway.truth()
    }

    /// The last requests.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.gateway.requests()
    }

    /// Forgets everything.
    pub async fn reset(&self) {
        self.gateway.reset().await;
    }

    /// Stops listening, lets what is under way end within a second, saves.
    pub async fn stop(self) {
        self.stop.send_replace(());
        for door in self.doors {
            if let Err(error) = door.await {
                tracing::error!(%error, "a listener ended badly");
            }
        }
        self.gateway.save().await;
    }
}
