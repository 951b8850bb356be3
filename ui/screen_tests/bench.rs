//! A till without a display, and what it reported.
#![allow(clippy::float_arithmetic, reason = "places, sizes and colours")]

use crate::event::{Keystrokes, UiEvent};
use crate::fonts;
use crate::generated::TillWindow;
use crate::pane::Pane;
use crate::scenes::{fonts_dir, view};
use crate::screen::{Stage, connect};
use crate::studio::Format;
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
};
use quickpay_core::page::Page;
use quickpay_core::view::{State, View};
use quickpay_core::words::Language;
use slint::platform::{PointerEventButton, WindowEvent};
use std::cell::RefCell;
use std::rc::Rc;

pub(super) const MM: f32 = 3.78; // logical pixels
pub(super) const FORMATS: [Format; 4] =
    [Format::INCH_15, Format::INCH_15_6, Format::INCH_15_6_FINE, Format::INCH_10_1];

/// The till.
pub(super) struct Bench {
    pub(super) pane: Pane,
    heard: Rc<RefCell<Vec<UiEvent>>>,
}

impl Bench {
    pub(super) fn new(format: Format, keystrokes: Keystrokes) -> Bench {
        let options = TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        };
        slint::platform::set_platform(Box::new(TestingBackend::new(options))).ok(); // a thread keeps its first
        fonts::install(fonts_dir()).unwrap();
        let pane = Pane::new(Stage::Till).unwrap();
        let heard = Rc::<RefCell<Vec<UiEvent>>>::default();
        let tell: Rc<dyn Fn(UiEvent)> = Rc::new({
            let heard = Rc::clone(&heard);
            move |event| heard.borrow_mut().push(event)
        });
        connect(&pane.vm(), &tell, keystrokes);
        crate::pages::connect(&pane.book(), &tell);
        pane.window().dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: format.scale });
        pane.window().set_size(slint::PhysicalSize::new(format.width, format.height));
        pane.show().unwrap();
        pane.window().dispatch_event(WindowEvent::WindowActiveChanged(true));
        Bench { pane, heard }
    }

    pub(super) fn of(state: State) -> Bench {
        let bench = Bench::new(Format::INCH_15, Keystrokes::Typed);
        bench.show(&view(state, Language::En));
        bench
    }

    pub(super) fn show(&self, view: &View) {
        crate::present::show(&self.pane.vm(), view);
    }

    /// Opens a screen beside SALE.
    pub(super) fn open(&self, page: &Page) {
        crate::pages::show(&self.pane.book(), Some(page));
    }

    pub(super) fn window(&self) -> &TillWindow {
        let Pane::Till(window) = &self.pane else { panic!("the bench has a till") };
        window
    }

    pub(super) fn labelled(&self, label: &str) -> Option<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.window(), label).next()
    }

    pub(super) fn press(&self, label: &str) -> Vec<UiEvent> {
        let key = self.labelled(label).unwrap_or_else(|| panic!("no control is called {label}"));
        key.mock_single_click(PointerEventButton::Left);
        self.heard.take()
    }

    pub(super) fn typed(&self, text: impl Into<slint::SharedString>) -> Vec<UiEvent> {
        let text = text.into();
        self.pane.window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        self.pane.window().dispatch_event(WindowEvent::KeyReleased { text });
        self.heard.take()
    }

    /// Label, place and size of every control, in logical pixels.
    pub(super) fn controls(&self) -> Vec<(String, [f32; 4])> {
        let mut controls: Vec<(String, [f32; 4])> = ElementQuery::from_root(self.window())
            .match_descendants()
            .match_accessible_role(AccessibleRole::Button)
            .find_all()
            .into_iter()
            .map(|control| {
                let (place, size) = (control.absolute_position(), control.size());
                let label = control.accessible_label().unwrap_or_default();
                (label.to_string(), [place.x, place.y, size.width, size.height])
            })
            .collect();
        controls.sort_by(|a, b| a.partial_cmp(b).unwrap());
        controls.dedup();
        controls
    }
}
