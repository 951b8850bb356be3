//! The window system, where a window must be told apart from the first.
//!
//! Invariant: a fixed window is no business of a window manager: he neither focuses, moves, covers nor closes it.
//! Deliberately absent: all of this without the feature `desktop`, where there is one window.

#[cfg(feature = "desktop")]
pub(crate) use with_windows::{choose, framed, on_destroyed};
#[cfg(not(feature = "desktop"))]
pub(crate) use without_windows::{choose, framed, on_destroyed};

/// How many windows there will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Windows {
    /// The till's.
    #[default]
    One,
    /// The till's and the customer's.
    Two,
}

#[cfg(feature = "desktop")]
mod with_windows {
    use super::Windows;
    use crate::customer::Frame;
    use crate::error::UiError;
    use i_slint_backend_winit::winit::event::WindowEvent;
    use i_slint_backend_winit::winit::platform::x11::WindowAttributesExtX11 as _;
    use i_slint_backend_winit::{Backend, EventResult, WinitWindowAccessor as _};
    use slint::PlatformError;
    use std::cell::Cell;
    use std::time::Duration;

    thread_local! {
        /// The frame of the window that is made just now.
        static FRAME: Cell<Frame> = const { Cell::new(Frame::Managed) };
    }

    /// Chooses the window system of this thread. With one window slint chooses; a test may have chosen before.
    pub(crate) fn choose(windows: Windows) -> Result<(), PlatformError> {
        if windows == Windows::One {
            return slint::BackendSelector::new().select();
        }
        let backend = Backend::builder()
            .with_window_attributes_hook(|attributes| match FRAME.get() {
                Frame::Managed => attributes,
                Frame::Fixed => attributes.with_override_redirect(true).with_decorations(false),
            })
            .build()?;
        slint::platform::set_platform(Box::new(backend)).map_err(PlatformError::SetPlatformError)
    }

    /// Makes a window with this frame.
    pub(crate) fn framed<W>(
        frame: Frame,
        make: impl FnOnce() -> Result<W, PlatformError>,
    ) -> Result<W, UiError> {
        FRAME.set(frame);
        let made = make();
        FRAME.set(Frame::Managed);
        Ok(made?)
    }

    /// Calls `forget` once when somebody destroys the window behind our back. It must be hidden at once and soon be dropped:
    /// to draw on it or to ask where it is would be an error of the display, which ends all windows.
    pub(crate) fn on_destroyed(window: &slint::Window, forget: impl FnOnce() + 'static) {
        let mut forget = Some(forget);
        window.on_winit_window_event(move |window, event| {
            if matches!(event, WindowEvent::Destroyed)
                && let Some(forget) = forget.take()
            {
                window.hide().ok();
                slint::Timer::single_shot(Duration::ZERO, forget); // not while its own event is handled
            }
            EventResult::Propagate
        });
    }
}

#[cfg(not(feature = "desktop"))]
mod without_windows {
    use super::Windows;
    use crate::customer::Frame;
    use crate::error::UiError;
    use slint::PlatformError;

    pub(crate) fn choose(_windows: Windows) -> Result<(), PlatformError> {
        slint::BackendSelector::new().select()
    }

    pub(crate) fn framed<W>(
        _frame: Frame,
        _make: impl FnOnce() -> Result<W, PlatformError>,
    ) -> Result<W, UiError> {
        Err(UiError::OneWindow) // the kiosk's one output is the till's
    }

    pub(crate) fn on_destroyed(_window: &slint::Window, _forget: impl FnOnce() + 'static) {}
}
