//! SIGTERM and SIGINT: stop, in order.

use tokio::signal::unix::{SignalKind, signal};

/// Waits until the program is asked to stop; for ever where signals cannot be had. It listens from the call on, not
/// only once it is awaited: who has read that we are ready may stop us. Must be called on a tokio runtime.
pub fn asked_to_stop() -> impl Future<Output = ()> + Send {
    let listening = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut term), Ok(mut int)) = listening else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
}
