//! The world beside the till in the demo window: customers, the line, the printer, the charges.
//!
//! Invariant: what the panel shows is given; a click changes nothing until the next [`DemoView`] says so.
//! Deliberately absent: payment codes. A customer is a number here; the code is made outside, at the click.

use crate::generated::{Charge as ChargeRow, Customer as CustomerRow, Wire, World};
use crate::picture::Picture;
use crate::present::replaced;
use std::rc::Rc;

/// Across, in pixels: what the panel's paper box holds.
const PAPER_WIDTH: u32 = 150;

/// Down, in pixels: what is left of the window for the paper at full size.
const PAPER_HEIGHT: u32 = 740;

/// What the link to the gateway does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// Requests and answers get through.
    #[default]
    Up,
    /// They take seconds.
    Slow,
    /// Nothing gets through.
    Down,
    /// Requests arrive, answers do not.
    RepliesLost,
}

/// Somebody with a phone. All texts in the chosen language; short, since the card is 100 pixels wide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Who: `Li`.
    pub name: String,
    /// `WeChat`.
    pub wallet: String,
    /// `pays at once`.
    pub habit: String,
    /// `CNY 500.00`.
    pub balance: String,
    /// Whether a click does something.
    pub ready: bool,
}

/// One movement of money that the gateway really made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// `14:02:11`.
    pub time: String,
    /// Whose and for which order.
    pub text: String,
    /// `88.00`, or `-88.00` when it went back.
    pub amount: String,
    /// Whether the money went back to the payer.
    pub back: bool,
}

/// Everything the side panel shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DemoView {
    /// At most six.
    pub customers: Vec<Customer>,
    /// The link.
    pub line: Line,
    /// The printer has run out of paper.
    pub paper_out: bool,
    /// The printer is switched off.
    pub printer_off: bool,
    /// The last paper that came out.
    pub receipt: Option<Picture>,
    /// Newest first; as many as fit are seen, about six.
    pub charges: Vec<Charge>,
    /// All charges less what went back: `CNY 176.00`.
    pub charged_total: String,
    /// The scene of the tour; empty outside it.
    pub title: String,
    /// What there is to see in it; empty outside the tour.
    pub caption: String,
    /// The card that is under the scanner just now: its place in `customers`.
    pub scanned: Option<usize>,
    /// Whether the tour is playing.
    pub touring: bool,
}

/// A click in the side panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoEvent {
    /// Hold this customer's phone under the scanner: the place in [`DemoView::customers`].
    Scan(usize),
    /// Set the link.
    Line(Line),
    /// Take the paper out, or put it in.
    PaperOut(bool),
    /// Switch the printer off, or on.
    PrinterOff(bool),
    /// Start the tour.
    PlayTour,
    /// Stop it.
    StopTour,
}

impl From<Line> for Wire {
    fn from(line: Line) -> Wire {
        match line {
            Line::Up => Wire::Up,
            Line::Slow => Wire::Slow,
            Line::Down => Wire::Down,
            Line::RepliesLost => Wire::RepliesLost,
        }
    }
}

impl From<Wire> for Line {
    fn from(wire: Wire) -> Line {
        match wire {
            Wire::Up => Line::Up,
            Wire::Slow => Line::Slow,
            Wire::Down => Line::Down,
            Wire::RepliesLost => Line::RepliesLost,
        }
    }
}

/// Sets the whole contract from the view.
pub(crate) fn show(world: &World<'_>, view: &DemoView) {
    let customers = view.customers.iter().take(6).map(|customer| CustomerRow {
        name: customer.name.as_str().into(),
        wallet: customer.wallet.as_str().into(),
        habit: customer.habit.as_str().into(),
        balance: customer.balance.as_str().into(),
        ready: customer.ready,
    });
    world.set_customers(replaced(world.get_customers(), customers.collect()));
    world.set_wire(view.line.into());
    world.set_paper(!view.paper_out);
    world.set_power(!view.printer_off);
    show_receipt(world, view.receipt.as_ref());
    let charges = view.charges.iter().take(12).map(|charge| ChargeRow {
        time: charge.time.as_str().into(),
        text: charge.text.as_str().into(),
        amount: charge.amount.as_str().into(),
        back: charge.back,
    });
    world.set_charges(replaced(world.get_charges(), charges.collect()));
    world.set_charged_total(view.charged_total.as_str().into());
    world.set_title(view.title.as_str().into());
    world.set_scanned(view.scanned.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1));
    world.set_caption(view.caption.as_str().into());
    world.set_touring(view.touring);
}

/// A picture is set only when it is another one, since every new image repaints. Both sizes are made here: the
/// renderer would drop pixels, and small print with them.
fn show_receipt(world: &World<'_>, receipt: Option<&Picture>) {
    let mark = receipt.map(Picture::mark).unwrap_or_default();
    if world.get_receipt_mark() != mark.as_str() {
        let image = |width: u32| receipt.map(|paper| paper.shrunk(width).to_image()).unwrap_or_default();
        let fitting = receipt.map_or(0, |paper| paper.width_at_height(PAPER_HEIGHT));
        world.set_receipt(image(fitting));
        world.set_receipt_small(image(PAPER_WIDTH));
        world.set_receipt_mark(mark.into());
    }
    world.set_has_receipt(receipt.is_some());
}

/// Connects the clicks.
pub(crate) fn connect(world: &World<'_>, tell: &Rc<dyn Fn(DemoEvent)>) {
    let told = |event: fn() -> DemoEvent| {
        let tell = Rc::clone(tell);
        move || tell(event())
    };
    world.on_play(told(|| DemoEvent::PlayTour));
    world.on_stop(told(|| DemoEvent::StopTour));
    world.on_scan({
        let tell = Rc::clone(tell);
        move |at| {
            if let Ok(at) = usize::try_from(at) {
                tell(DemoEvent::Scan(at));
            }
        }
    });
    world.on_wire_chosen({
        let tell = Rc::clone(tell);
        move |wire| tell(DemoEvent::Line(wire.into()))
    });
    world.on_paper_chosen({
        let tell = Rc::clone(tell);
        move |paper| tell(DemoEvent::PaperOut(!paper))
    });
    world.on_power_chosen({
        let tell = Rc::clone(tell);
        move |power| tell(DemoEvent::PrinterOff(!power))
    });
}
