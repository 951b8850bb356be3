//! Shifts as a program asks for them: the input goes to the core, the answer are the figures.
//!
//! Invariant: a close carries the head of the journal as the store knows it at that moment.

use quickpay_core::input::Input;

use super::EventLoop;
use crate::arrival::ShiftAct;
use crate::happening::{Happening, ShiftLine, Tag};

impl EventLoop {
    pub(super) fn shift_asked(&mut self, act: ShiftAct, tag: Option<Tag>) {
        let input = match act {
            ShiftAct::Open => Input::ShiftOpenAsked,
            ShiftAct::Look => Input::XReportAsked,
            ShiftAct::Close => Input::ShiftCloseAsked { head: Some(self.store.head()) },
        };
        match self.attempt(input) {
            Err(refusal) => self.refused(&refusal, tag),
            Ok(()) => {
                self.tell_shift(act, tag);
                self.do_what_is_due();
            }
        }
        self.publish(None);
    }

    fn tell_shift(&mut self, act: ShiftAct, tag: Option<Tag>) {
        let ledger = self.terminal.ledger();
        let report = match act {
            ShiftAct::Open | ShiftAct::Look => ledger.shift_report(self.clock.now(), None),
            ShiftAct::Close => ledger.shifts().closed.last_key_value().map(|(_, report)| report.clone()),
        };
        if let Some(report) = report {
            self.tell(Happening::Shift(Box::new(ShiftLine { act, report }), tag));
        }
    }
}
