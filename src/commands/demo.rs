//! `quickpay demo`: the whole shop in one process, with a window where there is a display.

use anyhow::Result;
use quickpay_ui::Windows;

use super::say;
use crate::cli::Demo;
use crate::demo::{play_in_window, play_without_window};

pub(super) fn run(arguments: &Demo) -> Result<()> {
    crate::telemetry::start("warn");
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if display && !arguments.no_window {
        let display = if arguments.customer_display { Windows::Two } else { Windows::One };
        return play_in_window(arguments.seed, display);
    }
    play_without_window(&arguments.out, arguments.seed, arguments.sales, &mut |line| say(line))
}
