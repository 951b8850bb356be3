//! Pictures of the customer's display without a display: the same window, drawn into memory.

use crate::customer::{set_up, show};
use crate::error::UiError;
use crate::generated::{CustomerWindow, Shown};
use crate::picture::Picture;
use crate::studio::settle_in_memory;
use quickpay_core::customer::CustomerView;
use slint::ComponentHandle;
use std::path::Path;

/// Draws what customers see into memory.
pub struct CustomerStudio {
    window: CustomerWindow,
}

impl std::fmt::Debug for CustomerStudio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerStudio").finish_non_exhaustive()
    }
}

impl CustomerStudio {
    /// A glass of so many pixels, and so many millimetres across.
    ///
    /// # Errors
    /// [`UiError::Occupied`] if this thread has a real window, [`UiError::Fonts`] without the fonts.
    pub fn new(fonts_dir: &Path, size: (u32, u32), width_mm: f32) -> Result<CustomerStudio, UiError> {
        settle_in_memory(fonts_dir)?;
        let window = CustomerWindow::new()?;
        set_up(&window, size, width_mm)?;
        Ok(CustomerStudio { window })
    }

    /// The picture of a view, with the QR symbol of its electronic receipt.
    ///
    /// # Errors
    /// [`UiError::Display`] if the renderer refuses.
    pub fn picture(&self, view: &CustomerView, code: Option<&Picture>) -> Result<Picture, UiError> {
        show(&self.window.global::<Shown<'_>>(), view, code);
        Ok(Picture::from_snapshot(&self.window.window().take_snapshot()?))
    }
}
