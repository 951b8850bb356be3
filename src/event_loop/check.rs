//! What is read beside sales: at once what the start left unread of the newest segment, then the lists, where they have to
//! be made anew, then everything, and everything again once a day.
//!
//! Invariant: a journal or list that is not as it was written stops new sales, in words; what is open is still finished.

use std::time::{Duration, Instant};

use quickpay_store::{Checked, FrontEnd, RebuildEnd};

use super::EventLoop;
use crate::arrival::Arrival;
use crate::happening::Happening;

/// Once a day (storage rules, section 5).
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// The lowest priority: whatever the till does comes first.
const NICEST: i32 = 19;

impl EventLoop {
    /// What the store needs after a start, beside sales: first the rest of the newest segment.
    pub(super) fn look_after_the_store(&mut self) {
        let Some(front) = self.store.front() else { return self.look_after_the_past() };
        self.in_the_background("front", move |_| Arrival::FrontRead(front.prove()));
    }

    pub(super) fn front_read(&mut self, end: FrontEnd) {
        match self.store.front_read(end) {
            Ok(()) => {
                tracing::info!("the newest segment is whole");
                self.look_after_the_past();
            }
            Err(error) => self.stop_selling(format!("no new sale: {error}")),
        }
    }

    /// The lists, if they are to be made, then the check.
    fn look_after_the_past(&mut self) {
        let Some(rebuild) = self.store.rebuild_under_way() else { return self.check_in_the_background() };
        tracing::warn!("the lists are made anew beside sales; older sales cannot be looked up meanwhile");
        self.in_the_background("lists", move |pause| Arrival::Rebuilt(rebuild.run(pause)));
    }

    pub(super) fn rebuilt(&mut self, end: &RebuildEnd) {
        self.store.rebuilt(end);
        match end {
            RebuildEnd::Whole { entries } => {
                tracing::info!(entries, "the lists are whole");
                self.check_in_the_background();
            }
            RebuildEnd::Stopped => {}
            RebuildEnd::Broken(why) => self.stop_selling(format!("no new sale: {why}")),
        }
    }

    pub(super) fn check_in_the_background(&mut self) {
        self.check_again_at = Some(self.clock.now().mono.after(EVERY));
        let check = self.store.background_check();
        self.in_the_background("check", move |pause| Arrival::Checked(check.run(pause)));
    }

    /// Work of the lowest priority in a thread of its own, with half of one core at most.
    fn in_the_background(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut dyn FnMut()) -> Arrival + Send + 'static,
    ) {
        let queue = self.workers.queue();
        let thread = move || {
            if let Err(error) = rustix::process::nice(NICEST) {
                tracing::debug!(%error, "work in the background runs at the usual priority");
            }
            let mut begun = Instant::now();
            let arrival = work(&mut || {
                std::thread::sleep(begun.elapsed());
                begun = Instant::now();
            });
            if queue.blocking_send(arrival).is_err() {
                tracing::debug!("work in the background ended after the loop");
            }
        };
        if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(thread) {
            tracing::warn!(%error, name, "no thread for work in the background");
        }
    }

    pub(super) fn check_daily(&mut self) {
        if self.store.is_whole() && self.check_again_at.is_some_and(|at| at <= self.clock.now().mono) {
            self.check_in_the_background();
        }
    }

    pub(super) fn checked(&mut self, checked: &Checked) {
        let Checked { entries, segments, journal, lists, rotten_copies, missing_copies } = checked;
        if !rotten_copies.is_empty() {
            tracing::warn!(segments = ?rotten_copies, "second copies are not as they were written; they are made anew");
            self.store.copy_again(rotten_copies);
        }
        if !missing_copies.is_empty() {
            tracing::info!(segments = ?missing_copies, "full segments without second copies get them now");
            self.store.copy_again(missing_copies);
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
        self.stop_selling(message);
    }

    fn stop_selling(&mut self, message: String) {
        tracing::error!(%message, "the terminal stops selling; what is open is finished");
        self.tell(Happening::Error { message: message.clone(), tag: None });
        self.unsound = Some(message);
    }
}
