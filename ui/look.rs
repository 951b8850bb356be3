//! How each state looks: tone, icon, and whether it is a result. The one table between the core's states and paint.
//!
//! Invariant: green is for money that is proven to be paid, red for money that is proven not to have moved.

use crate::generated::{Gear, Icon, Tone};
use quickpay_core::view::{Device, State};

/// The colour of a state.
pub(crate) fn tone(state: State) -> Tone {
    match state {
        State::Ready => Tone::Neutral,
        State::Armed | State::Submitted => Tone::Blue,
        State::Held | State::RefundSaved => Tone::Amber,
        State::Expired => Tone::RedOutline,
        State::AwaitingPayer | State::RefundSent => Tone::Violet,
        State::Checking | State::Reversing => Tone::Hatched,
        State::AskManager | State::RefundDue => Tone::Edged,
        State::Approved => Tone::Green,
        State::Refunded => Tone::GreenOutline,
        State::Declined | State::RefundRefused => Tone::Red,
        State::Reversed => Tone::Grey,
    }
}

/// The drawing of a state.
pub(crate) fn icon(state: State) -> Icon {
    match state {
        State::Ready => Icon::Digits,
        State::Armed => Icon::Scan,
        State::Held => Icon::Wait,
        State::Expired => Icon::CodeCrossed,
        State::Submitted => Icon::Sending,
        State::AwaitingPayer => Icon::Phone,
        State::Checking => Icon::Question,
        State::Reversing => Icon::Back,
        State::AskManager => Icon::Manager,
        State::Approved => Icon::Tick,
        State::Declined | State::RefundRefused => Icon::Cross,
        State::Reversed => Icon::Closed,
        State::RefundDue | State::RefundSaved | State::RefundSent | State::Refunded => Icon::Refund,
    }
}

/// Whether the state is a result, which grows over the pad and stays until the next act.
pub(crate) fn is_result(state: State) -> bool {
    match state {
        State::Expired | State::Approved | State::Declined | State::Reversed | State::RefundDue => true,
        State::RefundSaved | State::RefundSent | State::Refunded | State::RefundRefused => true,
        State::Ready
        | State::Armed
        | State::Held
        | State::Submitted
        | State::AwaitingPayer
        | State::Checking
        | State::Reversing
        | State::AskManager => false,
    }
}

/// How the bar tells of a device.
pub(crate) fn gear(device: Device) -> Gear {
    match device {
        Device::Absent => Gear::None,
        Device::Ready => Gear::Ready,
        Device::Away => Gear::Away,
        Device::NeedsCare => Gear::Care,
        Device::Unknown => Gear::Unknown,
    }
}
