//! Why a sandbox cannot start; once it runs, its faults are answers. Refusals of requests are absent: see `refusal.rs`.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a sandbox cannot start. Nothing listens when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The state file cannot be read or written.
    #[error("cannot use the state file {}", path.display())]
    StateFile {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The state file is not one, or is damaged; it is left as it is.
    #[error("the state file {} is damaged or no sandbox state: {reason}; move it away to start empty", path.display())]
    StateDamaged {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The script cannot be read.
    #[error("cannot read the script {}", path.display())]
    ScriptFile {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The script says what cannot be.
    #[error("the script {} is wrong: {reason}", path.display())]
    Script {
        /// Which.
        path: PathBuf,
        /// Which step, and what is allowed.
        reason: String,
    },
}
