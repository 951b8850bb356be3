//! Why there is no screen.

use crate::fonts::FontError;

/// What can keep the screen from showing.
#[derive(Debug, thiserror::Error)]
pub enum UiError {
    /// The fonts are not there; without them not one letter can be drawn.
    #[error(transparent)]
    Fonts(#[from] FontError),
    /// No display, or none that answers.
    #[error("no display to draw on")]
    Display(#[from] slint::PlatformError),
    /// The window could not be set up off the screen.
    #[error("cannot draw without a display on this thread, since it already has another screen")]
    Occupied(#[from] slint::platform::SetPlatformError),
    /// This build, or what it runs on, shows one window.
    #[error("only the desktop build, under a window system, shows a second window")]
    OneWindow,
    /// The window's thread is gone, so it cannot be reached any more.
    #[error("the window is closed")]
    Closed(#[from] slint::EventLoopError),
    /// A picture could not be written as PNG.
    #[error("the picture could not be encoded")]
    Picture(#[from] png::EncodingError),
}
