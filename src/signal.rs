//! SIGTERM and SIGINT: stop, in order.

use tokio::signal::unix::{SignalKind, signal};

/// Waits until the program is asked to stop; for ever where signals cannot be had.
pub async fn asked_to_stop() {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
