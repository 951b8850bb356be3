//! What the customer's display shows, as data: a pure function of the view, in several languages at once.
//!
//! Invariant: it tells of the sale of the customer at the counter alone: nothing that the cashier looked up, no list, no
//! count, no reference, no reason of a wallet; it says paid, cancelled or refunded only where the gateway proved it.
//! Deliberately absent: colours and sizes, and whether there is such a display.

use crate::money::Currency;
use crate::view::{Access, Countdown, Panel, State, View};
use crate::words::{CustomerWord, Language, PaperWord};

/// Everything the customer's display shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerView {
    /// The shop.
    pub shop: String,
    /// What it is about; [`State::Ready`] also while the cashier looks at something that is not this customer's.
    pub state: State,
    /// The amount without currency, such as `88.00`; none where there is none, or where only a part of it may be meant.
    pub amount: Option<String>,
    /// The currency of the till.
    pub currency: Currency,
    /// The same in each language of the display, in their order.
    pub said: Vec<Said>,
    /// How long the customer has, if something ends.
    pub countdown: Option<Countdown>,
    /// Where the receipt is, once it is paid and the shop has such a place.
    pub e_receipt: Option<Invitation>,
}

/// What is said in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The few words that one reads from afar.
    pub head: &'static str,
    /// One line more; may be empty.
    pub line: &'static str,
}

/// The way to the electronic receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// What the QR symbol says.
    pub address: String,
    /// The words beside it, in each language of the display.
    pub words: Vec<&'static str>,
}

impl CustomerView {
    /// What a customer may see of a view.
    #[must_use]
    pub fn of(view: &View, languages: &[Language]) -> CustomerView {
        let (state, amount) = match (view.panel, &view.access) {
            (Panel::LookedUp, _) | (_, Access::Locked(_)) => (State::Ready, None),
            (Panel::Counter, Access::Free | Access::SignedIn(_)) => {
                (state_for_customers(view.state), view.amount)
            }
        };
        let amount = amount.filter(|money| money.minor() > 0 && has_amount(state));
        let asked = amount.is_some();
        let words = |language: &Language| said(state, asked, view.online, *language);
        let address = view.e_receipt.clone().filter(|_| state == State::Approved);
        CustomerView {
            shop: view.merchant.clone(),
            state,
            amount: amount.map(crate::money::Money::decimal),
            currency: view.currency,
            said: languages.iter().map(words).collect(),
            countdown: view.countdown.filter(|_| has_clock(state)),
            e_receipt: address.map(|address| Invitation {
                address,
                words: languages
                    .iter()
                    .map(|language| PaperWord::ElectronicReceipt.text(*language))
                    .collect(),
            }),
        }
    }
}

/// A manager is the shop's business; to the customer the sale is still being checked.
fn state_for_customers(state: State) -> State {
    match state {
        State::AskManager => State::Checking,
        State::Ready | State::Armed | State::Held | State::Expired | State::Submitted => state,
        State::AwaitingPayer | State::Checking | State::Reversing | State::Approved => state,
        State::Declined | State::Reversed | State::RefundDue | State::RefundSaved => state,
        State::RefundSent | State::Refunded | State::RefundRefused => state,
    }
}

/// Whether the sale's amount is what the state is about. A refund may be of a part, so the sale's amount would mislead.
fn has_amount(state: State) -> bool {
    match state {
        State::Ready | State::Armed | State::Held | State::Expired | State::Submitted => true,
        State::AwaitingPayer | State::Checking | State::Reversing | State::AskManager => true,
        State::Approved | State::Declined | State::Reversed | State::Refunded => true,
        State::RefundDue | State::RefundSaved | State::RefundSent | State::RefundRefused => false,
    }
}

/// Whether time runs out for the customer. When we ask next is no business of theirs.
fn has_clock(state: State) -> bool {
    match state {
        State::Held | State::AwaitingPayer => true,
        State::Ready | State::Armed | State::Expired | State::Submitted | State::Checking => false,
        State::Reversing | State::AskManager | State::Approved | State::Declined | State::Reversed => false,
        State::RefundDue | State::RefundSaved | State::RefundSent | State::Refunded => false,
        State::RefundRefused => false,
    }
}

fn said(state: State, asked: bool, online: bool, language: Language) -> Said {
    let text = |word: CustomerWord| word.text(language);
    let word = state.word(language);
    let (head, line) = match state {
        State::Ready if asked => (text(CustomerWord::AmountToPay), ""),
        State::Ready => (text(CustomerWord::Welcome), ""),
        State::Armed => (text(CustomerWord::ShowYourCode), text(CustomerWord::HoldItToTheScanner)),
        State::Held => (word, text(CustomerWord::NoNetworkWait)),
        State::Expired if online => (word, text(CustomerWord::RefreshYourCode)),
        State::Expired => (word, text(CustomerWord::NoNetworkNothingTaken)),
        State::Submitted => (word, text(CustomerWord::PleaseWait)),
        State::AwaitingPayer => {
            (text(CustomerWord::ConfirmOnYourPhone), text(CustomerWord::PasswordOrFingerprint))
        }
        State::Checking | State::AskManager => {
            (text(CustomerWord::WeAreChecking), text(CustomerWord::DoNotPayAgain))
        }
        State::Reversing => (word, text(CustomerWord::NotConfirmedYet)),
        State::Approved => (word, text(CustomerWord::ThankYou)),
        State::Declined => (word, text(CustomerWord::RefreshOrPayAnotherWay)),
        State::Reversed => (word, text(CustomerWord::NothingPaid)),
        State::RefundDue => (word, text(CustomerWord::WeOweYou)),
        State::RefundSaved => (word, text(CustomerWord::RefundNotSent)),
        State::RefundSent => (word, text(CustomerWord::WalletIsWorking)),
        State::Refunded => (word, text(CustomerWord::ToTheWalletThatPaid)),
        State::RefundRefused => (word, text(CustomerWord::AskTheCashier)),
    };
    Said { head, line }
}
