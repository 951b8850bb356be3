//! Pictures of the screen without a display: the same window, drawn into memory.
//!
//! Invariant: a view gives the same picture every time; no clock runs here, so nothing moves.
//! Deliberately absent: input. A thread has one studio or one window, not both.

use crate::demo::{self, DemoView};
use crate::error::UiError;
use crate::fonts;
use crate::pages;
use crate::pane::Pane;
use crate::picture::Picture;
use crate::present;
use crate::screen::Stage;
use quickpay_core::page::Page;
use quickpay_core::view::View;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter, WindowEvent};
use std::path::Path;
use std::rc::Rc;

/// The pixels of a screen and how many of them make a logical one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Format {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pixels per logical pixel, which is 1/3.78 mm.
    pub scale: f32,
}

impl Format {
    /// 15", the usual till.
    pub const INCH_15: Format = Format { width: 1024, height: 768, scale: 0.89 };
    /// 15.6", wide.
    pub const INCH_15_6: Format = Format { width: 1366, height: 768, scale: 1.05 };
    /// 15.6", wide and fine.
    pub const INCH_15_6_FINE: Format = Format { width: 1920, height: 1080, scale: 1.47 };
    /// 10.1", the smallest we support.
    pub const INCH_10_1: Format = Format { width: 1280, height: 800, scale: 1.56 };
    /// The demo window.
    pub const DEMO: Format = Format { width: 1480, height: 820, scale: 1.0 };
}

/// Draws views into memory.
#[derive(Debug)]
pub struct Studio {
    pane: Pane,
}

impl Studio {
    /// Sets a window up in memory.
    ///
    /// # Errors
    /// [`UiError::Occupied`] if this thread has a real window, [`UiError::Fonts`] without the fonts.
    pub fn new(stage: Stage, fonts_dir: &Path, format: Format) -> Result<Studio, UiError> {
        settle_in_memory(fonts_dir)?;
        let pane = Pane::new(stage)?;
        let window = pane.window();
        window.dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: format.scale });
        window.set_size(slint::PhysicalSize::new(format.width, format.height));
        pane.show()?;
        Ok(Studio { pane })
    }

    /// The picture of a view.
    ///
    /// # Errors
    /// [`UiError::Display`] if the renderer refuses.
    pub fn picture(&self, view: &View) -> Result<Picture, UiError> {
        present::show(&self.pane.vm(), view);
        self.taken()
    }

    /// The picture of a view with the world beside it; on a studio of [`Stage::Till`] without the world.
    ///
    /// # Errors
    /// [`UiError::Display`] if the renderer refuses.
    pub fn demo_picture(&self, view: &View, world: &DemoView) -> Result<Picture, UiError> {
        if let Some(shown) = self.pane.world() {
            demo::show(&shown, world);
        }
        self.picture(view)
    }

    /// Opens a screen beside SALE, or closes it, for the pictures that follow.
    pub fn show_page(&self, page: Option<&Page>) {
        pages::show(&self.pane.book(), page);
    }

    /// Puts a code beside the result of a paid sale, or takes it away, for the pictures that follow.
    pub fn show_code(&self, code: Option<&Picture>) {
        present::show_code(&self.pane.vm(), code);
    }

    fn taken(&self) -> Result<Picture, UiError> {
        Ok(Picture::from_snapshot(&self.pane.window().take_snapshot()?))
    }
}

/// Makes this thread one that draws into memory.
pub(crate) fn settle_in_memory(fonts_dir: &Path) -> Result<(), UiError> {
    fonts::ready(fonts_dir)?;
    if let Err(error) = slint::platform::set_platform(Box::new(Memory)) {
        // A second studio on the same thread is fine, and finds the fonts registered.
        if !MEMORY.get() {
            return Err(error.into());
        }
    }
    MEMORY.set(true);
    fonts::install(fonts_dir)?;
    Ok(())
}

thread_local! {
    /// Whether the platform of this thread is ours.
    static MEMORY: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// A platform without display, input or time.
struct Memory;

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, slint::PlatformError> {
        Ok(MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer))
    }

    fn duration_since_start(&self) -> core::time::Duration {
        core::time::Duration::ZERO
    }
}
