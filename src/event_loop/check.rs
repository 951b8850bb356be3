//! The full check in the background, after the start and once a day.
//!
//! Invariant: a journal or list that is not as it was written stops new sales, in words; what is open is still finished.

use std::time::{Duration, Instant};

use quickpay_store::Checked;

use super::EventLoop;
use crate::arrival::Arrival;
use crate::happening::Happening;

/// Once a day (storage rules, section 5).
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// The lowest priority: whatever the till does comes first.
const NICEST: i32 = 19;

impl EventLoop {
    pub(super) fn check_in_the_background(&mut self) {
        self.check_again_at = Some(self.clock.now().mono.after(EVERY));
        let check = self.store.background_check();
        let queue = self.workers.queue();
        let work = move || {
            if let Err(error) = rustix::process::nice(NICEST) {
                tracing::debug!(%error, "the check runs at the usual priority");
            }
            let mut begun = Instant::now();
            let checked = check.run(&mut || {
                std::thread::sleep(begun.elapsed()); // half of one core at most
                begun = Instant::now();
            });
            if queue.blocking_send(Arrival::Checked(checked)).is_err() {
                tracing::debug!("the check ended after the loop");
            }
        };
        if let Err(error) = std::thread::Builder::new().name("check".to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread for the check of the journal");
        }
    }

    pub(super) fn check_daily(&mut self) {
        if self.check_again_at.is_some_and(|at| at <= self.clock.now().mono) {
            self.check_in_the_background();
        }
    }

    pub(super) fn checked(&mut self, checked: &Checked) {
        let Checked { entries, segments, journal, lists, rotten_copies } = checked;
        if !rotten_copies.is_empty() {
            tracing::warn!(segments = ?rotten_copies, "second copies are not as they were written; they are made anew");
            self.store.copy_again(rotten_copies);
        }
        let message = match (journal, lists) {
            (None, None) => {
                tracing::info!(entries, segments, "the whole journal and every list were checked");
                self.unsound = None;
                return;
            }
            (Some(why), _) => format!("no new sale: {why}"),
            (None, Some(why)) => format!(
                "no new sale: every sale is safe in the journal, but the lists are not as they were written ({why}); \
                 close the terminal and run `quickpay doctor rebuild`"
            ),
        };
        tracing::error!(%message, "the terminal stops selling; what is open is finished");
        self.tell(Happening::Error { message: message.clone(), tag: None });
        self.unsound = Some(message);
    }
}
