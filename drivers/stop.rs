//! Telling a device's thread to stop, and waiting no longer than it takes.
//!
//! Invariant: a thread that sleeps does so here, so that a stop wakes it at once.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Shared between a thread and who owns it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    asked: Mutex<bool>,
    wake: Condvar,
}

impl Stop {
    pub(crate) fn ask(&self) {
        *self.0.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.wake.notify_all();
    }

    pub(crate) fn is_asked(&self) -> bool {
        *self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps, or returns early when asked to stop. Returns whether it was.
    pub(crate) fn wait(&self, span: Duration) -> bool {
        let asked = self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.wake.wait_timeout_while(asked, span, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A thread with its stop: asked and joined when dropped.
#[derive(Debug)]
pub(crate) struct Stoppable {
    pub(crate) stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Stoppable {
    /// Starts a named thread.
    pub(crate) fn start(name: &str, run: impl FnOnce(Stop) + Send + 'static) -> std::io::Result<Stoppable> {
        let stop = Stop::default();
        let theirs = stop.clone();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || run(theirs))?;
        Ok(Stoppable { stop, thread: Some(thread) })
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        self.stop.ask();
        let own_thread = self.thread.as_ref().is_some_and(|t| t.thread().id() == std::thread::current().id());
        if let Some(thread) = self.thread.take().filter(|_| !own_thread)
            && thread.join().is_err()
        {
            tracing::error!("a device's thread had panicked");
        }
    }
}
