//! Signing in and out: who has the till, and what a locked till still does.
//!
//! Invariant: while nobody is signed in, no sale begins, no scan is taken and nothing is copied or given back; what is
//! in doubt is still asked about, printed and finished. Signing out wipes every code at once and loses no record.
//! Deliberately absent: PINs; whoever signs in was proven by the rim.

use crate::attempt::{Attempt, Phase, Standing};
use crate::decision::Decision;
use crate::desk::Note;
use crate::input::Input;
use crate::person::{PersonName, Role};
use crate::record::{ExpiryCause, Record, SignOutCause};
use crate::refusal::Refusal;
use crate::sale::{Place, Sale};
use crate::terminal::Terminal;
use crate::view::Access;

impl Terminal {
    /// Who is signed in.
    #[must_use]
    pub fn operator(&self) -> Option<&PersonName> {
        self.ledger.signed_in.as_ref()
    }

    /// Whether somebody must sign in first.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        !self.settings.people.is_empty() && self.operator().is_none()
    }

    pub(crate) fn access(&self) -> Access {
        match self.operator() {
            _ if self.settings.people.is_empty() => Access::Free,
            Some(operator) => Access::SignedIn(operator.clone()),
            None => Access::Locked(self.settings.people.names()),
        }
    }

    /// A person was proven. What a restart left on the counter in doubt is shown again.
    pub(crate) fn sign_in(&self, person: PersonName) -> Result<Decision, Refusal> {
        self.refuse_without_people()?;
        if let Some(operator) = self.operator() {
            return Err(Refusal::SomebodySignedIn { person: operator.clone() });
        }
        self.settings.people.role_of(&person).ok_or(Refusal::NoSuchPerson)?;
        let mut decision = Decision::default();
        decision.record(Record::PersonSignedIn { person });
        let left = |sale: &&Sale| sale.place == Place::AtHand && sale.standing() == Standing::InDoubt;
        if let Some(sale) = self.ledger.open_sales().filter(left).last() {
            decision.note(Note::Shown(Some(sale.id)));
        }
        Ok(decision)
    }

    /// The person leaves: codes are wiped and what they would have paid is over, the amount is dropped, and a sale in
    /// doubt is put aside, where it goes on.
    pub(crate) fn sign_out(&self) -> Result<Decision, Refusal> {
        self.refuse_without_people()?;
        let person = self.operator().ok_or(Refusal::NobodySignedIn)?.clone();
        let mut decision = Decision::default();
        let held = |attempt: &&Attempt| attempt.phase == Phase::Held;
        for attempt in self.ledger.open_sales().flat_map(|sale| &sale.attempts).filter(held) {
            decision.record(Record::AttemptExpired { attempt: attempt.id, cause: ExpiryCause::SignOut });
            decision.note(Note::Settled(attempt.id));
        }
        for attempt in self.desk.vault.keys() {
            decision.note(Note::CodeWiped(*attempt));
        }
        let in_doubt = |sale: &&Sale| sale.standing() == Standing::InDoubt && sale.place == Place::AtHand;
        if let Some(sale) = self.shown_sale().filter(in_doubt) {
            decision.record(Record::SalePutAside { sale: sale.id });
        }
        decision.record(Record::PersonSignedOut { person, cause: SignOutCause::Asked });
        decision.note(Note::Entry(String::new()));
        decision.note(Note::Shown(None));
        Ok(decision)
    }

    /// Nobody stays signed in over a restart: who has the till now is not known.
    pub(crate) fn sign_out_at_restart(&self, decision: &mut Decision) {
        if let Some(person) = self.operator().cloned() {
            decision.record(Record::PersonSignedOut { person, cause: SignOutCause::Restart });
        }
    }

    /// A refund is a privilege of its own: a manager gives the PIN, also one who is signed in.
    pub(crate) fn refuse_without_manager(&self, approver: Option<&PersonName>) -> Result<(), Refusal> {
        let people = &self.settings.people;
        match approver.and_then(|approver| people.role_of(approver)) {
            _ if people.is_empty() => Ok(()),
            Some(Role::Manager) => Ok(()),
            Some(Role::Cashier) | None => Err(Refusal::ManagerNeeded),
        }
    }

    /// Whose word is taken about money that the gateway cannot tell about: a manager's, by PIN as for a refund. Where no
    /// manager works it is that of whoever has the till, because nobody else could ever end the matter.
    pub(crate) fn whose_word(&self, approver: Option<PersonName>) -> Result<Option<PersonName>, Refusal> {
        if self.settings.people.first_manager().is_none() {
            return Ok(self.operator().cloned());
        }
        self.refuse_without_manager(approver.as_ref())?;
        Ok(approver)
    }

    fn refuse_without_people(&self) -> Result<(), Refusal> {
        if self.settings.people.is_empty() { Err(Refusal::NoPeople) } else { Ok(()) }
    }
}

impl Input {
    /// With this manager's word, where the act can need one.
    #[must_use]
    pub fn approved_by(mut self, manager: Option<PersonName>) -> Input {
        if let Input::RefundAsked { approver, .. }
        | Input::RefundSeen { approver, .. }
        | Input::PutRight { approver, .. } = &mut self
        {
            *approver = manager;
        }
        self
    }

    /// Whether it is a person's act at the counter, which a locked till does not take.
    pub(crate) fn needs_operator(&self) -> bool {
        match self {
            Input::KeyPressed(_) | Input::AmountEntered(_) | Input::Cleared | Input::Confirmed => true,
            Input::CancelAsked | Input::PutAside | Input::Resumed(_) | Input::CheckAsked(_) => true,
            Input::CopyAsked(_) | Input::CopyOfOrderAsked(_) | Input::CopyByScanAsked => true,
            Input::SlipAsked(_) | Input::TestPageAsked => true,
            Input::RefundAsked { .. } | Input::RefundSeen { .. } | Input::PaperSeen { .. } => true,
            Input::PutRight { .. } => true,
            Input::ShiftOpenAsked | Input::XReportAsked => true,
            Input::ShiftCloseAsked { .. } | Input::ZCopyAsked(_) => true,
            Input::Scanned(_) => true,
            Input::Started | Input::DeadlineReached => false,
            Input::PersonProven(_) | Input::SignOutAsked => false,
            Input::Answered { .. } | Input::RefundAnswered { .. } | Input::LineProbed(_) => false,
            Input::PrintEnded { .. } | Input::PrintHindered { .. } => false,
            Input::PrinterLooked(_) | Input::ScannerIs(_) => false,
        }
    }
}
