//! The printer model on a real port, and the papers that came out of it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quickpay_drivers::printer::model::{PrinterModel, RunningModel, Voice};
use quickpay_drivers::printer::typeface::Typeface;

use super::SetUp;
use super::till::LIMIT;

/// A printer of its own for a test.
pub(crate) fn printer() -> RunningModel {
    start(Voice::Answers)
}

/// One that prints and never says anything.
pub(crate) fn silent_printer() -> RunningModel {
    start(Voice::Silent)
}

fn start(voice: Voice) -> RunningModel {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/fonts");
    let typeface = Typeface::open(&fonts.join("NotoSansCJKsc-Regular-subset.otf"), None).unwrap();
    PrinterModel::new(Arc::new(typeface)).voice(voice).start(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()
}

/// A till that prints there.
pub(crate) fn set_up(printer: &RunningModel) -> SetUp {
    let printer = format!("kind = \"tcp\"\naddress = \"{}\"\nprofile = \"demo\"", printer.address());
    SetUp { printer, ..SetUp::default() }
}

/// Waits for so many papers; gives their text.
pub(crate) fn papers(printer: &RunningModel, count: usize) -> Vec<String> {
    let until = Instant::now() + LIMIT;
    while printer.papers().len() < count {
        assert!(Instant::now() < until, "{} papers of {count}", printer.papers().len());
        std::thread::sleep(Duration::from_millis(20));
    }
    printer.papers().into_iter().map(|paper| paper.text).collect()
}
