//! The keyboard on a display without a window manager (a bare X server, Xvfb, a kiosk session).
//!
//! Invariant: where a window manager runs, nothing is done: the focus is his to give.
//! Deliberately absent: errors. Without this the window works by touch all the same.

use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, InputFocus, MapState, Window};
use x11rb::rust_connection::RustConnection;

/// How long the window may take to appear: 50 looks, 100 ms apart.
const LOOKS: u32 = 50;
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The title in `customer/window.slint`.
const CUSTOMERS: &str = "quickpay customer";

/// Waits, in a thread of its own, until our window is seen, and gives it the keyboard.
pub(crate) fn claim_keyboard() {
    // Without a thread, or without X, the keys stay where they are.
    std::thread::Builder::new().name("focus".to_owned()).spawn(|| claim().ok()).ok();
}

fn claim() -> Result<(), Box<dyn std::error::Error>> {
    let (server, screen) = RustConnection::connect(None)?;
    let Some(root) = server.setup().roots.get(screen).map(|screen| screen.root) else { return Ok(()) };
    let atom =
        |name: &[u8]| -> Result<Atom, ReplyOrIdError> { Ok(server.intern_atom(false, name)?.reply()?.atom) };
    let (manager, process) = (atom(b"_NET_SUPPORTING_WM_CHECK")?, atom(b"_NET_WM_PID")?);
    if server.get_property(false, root, manager, AtomEnum::WINDOW, 0, 1)?.reply()?.value_len > 0 {
        return Ok(());
    }
    for _ in 0..LOOKS {
        for window in server.query_tree(root)?.reply()?.children {
            if is_ours(&server, window, process).unwrap_or(false) {
                server.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?.check()?;
                return Ok(());
            }
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// Whether a window is the till's: of this process, seen, and not the customer's. One that has gone meanwhile is an error.
fn is_ours(server: &RustConnection, window: Window, process: Atom) -> Result<bool, ReplyOrIdError> {
    let seen = server.get_window_attributes(window)?.reply()?;
    let name = server.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 8)?.reply()?.value;
    let property = server.get_property(false, window, process, AtomEnum::CARDINAL, 0, 1)?.reply()?;
    let owner = property.value32().and_then(|mut values| values.next());
    let shown = seen.map_state == MapState::VIEWABLE && !seen.override_redirect;
    Ok(shown && name != CUSTOMERS.as_bytes() && owner == Some(std::process::id()))
}
