//! The two windows behind one face.
//!
//! Invariant: both hold the same till, so whatever is shown or connected works on either.
//! Deliberately absent: what is shown, and when.

use crate::generated::{Book, DemoWindow, TillWindow, Vm, World};
use crate::screen::Stage;
use slint::ComponentHandle;

/// One of the two windows.
pub(crate) enum Pane {
    Till(TillWindow),
    Demo(DemoWindow),
}

/// The same, for other threads.
#[derive(Clone)]
pub(crate) enum PaneHandle {
    Till(slint::Weak<TillWindow>),
    Demo(slint::Weak<DemoWindow>),
}

impl std::fmt::Debug for Pane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Pane::Till(_) => f.write_str("Till"),
            Pane::Demo(_) => f.write_str("Demo"),
        }
    }
}

impl std::fmt::Debug for PaneHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PaneHandle::Till(_) => f.write_str("Till"),
            PaneHandle::Demo(_) => f.write_str("Demo"),
        }
    }
}

impl Pane {
    pub(crate) fn new(stage: Stage) -> Result<Pane, slint::PlatformError> {
        match stage {
            Stage::Till => TillWindow::new().map(Pane::Till),
            Stage::Demo => DemoWindow::new().map(Pane::Demo),
        }
    }

    pub(crate) fn window(&self) -> &slint::Window {
        match self {
            Pane::Till(window) => window.window(),
            Pane::Demo(window) => window.window(),
        }
    }

    pub(crate) fn vm(&self) -> Vm<'_> {
        match self {
            Pane::Till(window) => window.global::<Vm<'_>>(),
            Pane::Demo(window) => window.global::<Vm<'_>>(),
        }
    }

    pub(crate) fn book(&self) -> Book<'_> {
        match self {
            Pane::Till(window) => window.global::<Book<'_>>(),
            Pane::Demo(window) => window.global::<Book<'_>>(),
        }
    }

    pub(crate) fn world(&self) -> Option<World<'_>> {
        match self {
            Pane::Till(_) => None,
            Pane::Demo(window) => Some(window.global::<World<'_>>()),
        }
    }

    pub(crate) fn show(&self) -> Result<(), slint::PlatformError> {
        match self {
            Pane::Till(window) => window.show(),
            Pane::Demo(window) => window.show(),
        }
    }

    pub(crate) fn hide(&self) -> Result<(), slint::PlatformError> {
        match self {
            Pane::Till(window) => window.hide(),
            Pane::Demo(window) => window.hide(),
        }
    }

    pub(crate) fn handle(&self) -> PaneHandle {
        match self {
            Pane::Till(window) => PaneHandle::Till(window.as_weak()),
            Pane::Demo(window) => PaneHandle::Demo(window.as_weak()),
        }
    }
}
