//! `quickpay sandbox`: the simulated gateway alone.

use anyhow::{Result, bail};
use quickpay_sandbox::{Sandbox, SandboxOptions, Script};

use super::say;
use crate::cli;

pub(super) fn run(arguments: &cli::Sandbox) -> Result<()> {
    crate::telemetry::start("info");
    for address in [Some(arguments.listen), arguments.control].into_iter().flatten() {
        if !address.ip().is_loopback() {
            bail!(super::WrongUse(format!(
                "the sandbox listens on loopback addresses only, not on {address}"
            )));
        }
    }
    let mut options = SandboxOptions::at(arguments.listen);
    options.control = arguments.control;
    options.state_file.clone_from(&arguments.state);
    options.seed = arguments.seed;
    if let Some(file) = &arguments.script {
        options.script = Script::open(file)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = crate::signal::asked_to_stop();
        let sandbox = Sandbox::start(options).await?;
        say(&format!("listening on {}", sandbox.base_url()));
        if let Some(control) = sandbox.control_address() {
            say(&format!("control on http://{control}"));
        }
        stop.await;
        sandbox.stop().await;
        Ok(())
    })
}
