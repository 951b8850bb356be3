//! `quickpay run`: the terminal, with its window or headless.

use anyhow::Result;
use quickpay_gateway::SecretKey;

use crate::arrival::Arrival;
use crate::cli::Run;
use crate::config::Config;
use crate::happening::Happening;
use crate::{headless, shop, window};

pub(super) fn run(arguments: &Run) -> Result<()> {
    crate::telemetry::start("info");
    let config = Config::read(&arguments.config)?;
    let key = config.secret_key()?;
    if arguments.headless { run_headless(&config, key) } else { window::run(&config, key) }
}

fn run_headless(config: &Config, key: SecretKey) -> Result<()> {
    let (queue, arrivals) = shop::queue();
    let mut reader = Some(queue.clone());
    let stop = queue.clone();
    window::run_till(config, key, (queue, arrivals), move |happening| {
        let ready = matches!(happening, Happening::Ready { .. });
        if !headless::write_event(&happening) {
            stop.try_send(Arrival::Quit).ok(); // nobody listens any more
        }
        // Requests may be sent from `ready` on, so nothing is read before it.
        if let Some(queue) = reader.take_if(|_| ready)
            && let Err(error) = headless::read_requests(queue)
        {
            tracing::error!(%error, "no thread for requests");
        }
    })
}
