//! A scanner of each kind, as one of a maker of nothing but scanners: it is plugged in, read with, and pulled.

use std::time::{Duration, Instant};

use super::acm::{Acm, Line};
use super::gadget::{Gadget, Passport, Port};
use super::hid::{Hid, Reports};
use super::outcome::Outcome;
use super::{acm, hid_pos, keyboard};

/// How a gun presents itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    HidPos,
    /// HID POS in a layout that only its descriptor tells.
    OtherHidPos,
    Wedge,
    Acm,
}

impl Kind {
    /// The configuration's word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::HidPos | Kind::OtherHidPos => "hid-pos",
            Kind::Wedge => "evdev",
            Kind::Acm => "serial",
        }
    }

    /// Newland's numbers; its guns change the product with the mode.
    fn product(self) -> &'static str {
        match self {
            Kind::HidPos | Kind::OtherHidPos => "1d10",
            Kind::Wedge => "1d03",
            Kind::Acm => "1d06",
        }
    }
}

/// The end the gun's firmware writes to; there is one while it is plugged in. It is closed before the gadget goes.
#[derive(Debug)]
enum End {
    Hid(Hid, Option<Reports>),
    Acm(Acm, Option<Line>),
}

/// A gun with its cable.
#[derive(Debug)]
pub(crate) struct Gun {
    kind: Kind,
    vendor: &'static str,
    serial: &'static str,
    end: End,
    gadget: Gadget,
}

/// The serial number of the rig's gun.
pub(crate) const SERIAL: &str = "RIG7";
/// Its maker: Newland.
pub(crate) const VENDOR: &str = "1eab";

/// The pause between two reports of keys of a brisk gun; full-speed keyboards are asked every 8 or 10 ms.
const KEY_EVERY: Duration = Duration::from_millis(1);

impl Gun {
    pub(crate) fn new(kind: Kind) -> Outcome<Gun> {
        Gun::with_serial(kind, SERIAL)
    }

    /// A gun that is told from others by its serial number.
    pub(crate) fn with_serial(kind: Kind, serial: &'static str) -> Outcome<Gun> {
        Gun::of_maker(kind, VENDOR, serial)
    }

    /// A gun of another maker.
    pub(crate) fn of_maker(kind: Kind, vendor: &'static str, serial: &'static str) -> Outcome<Gun> {
        let passport = Passport {
            vendor,
            product: kind.product(),
            serial: Some(serial),
            maker: "Newland",
            model: "Rig gun",
        };
        let mut gadget = Gadget::new(&format!("gun-{}-{serial}", kind.word()), passport)?;
        let end = match kind {
            Kind::HidPos => End::Hid(hid_pos::FUNCTION.add_to(&mut gadget)?, None),
            Kind::OtherHidPos => End::Hid(hid_pos::OTHER_FUNCTION.add_to(&mut gadget)?, None),
            Kind::Wedge => End::Hid(keyboard::FUNCTION.add_to(&mut gadget)?, None),
            Kind::Acm => End::Acm(acm::add_to(&mut gadget)?, None),
        };
        Ok(Gun { kind, vendor, serial, end, gadget })
    }

    pub(crate) fn plug(&mut self, port: Port) -> Outcome<Instant> {
        let at = self.gadget.plug(port)?;
        match &mut self.end {
            End::Hid(hid, reports) => *reports = Some(hid.open()?),
            End::Acm(acm, line) => *line = Some(acm.open()?),
        }
        Ok(at)
    }

    pub(crate) fn pull(&mut self) -> Outcome<Instant> {
        match &mut self.end {
            End::Hid(_, reports) => *reports = None,
            End::Acm(_, line) => *line = None,
        }
        self.gadget.pull()
    }

    /// The table of the configuration that means this gun wherever it is plugged in.
    pub(crate) fn table(&self) -> String {
        let (kind, vendor, product, serial) =
            (self.kind.word(), self.vendor, self.kind.product(), self.serial);
        format!(
            "[[scanner]]\nkind = \"{kind}\"\nvendor_id = \"{vendor}\"\nproduct_id = \"{product}\"\nserial_number = \"{serial}\"\n"
        )
    }

    /// One pull of the trigger. The AIM identifier goes where this kind has it: in its field, or before the data.
    pub(crate) fn scan(&mut self, aim: &str, text: &str) -> Outcome {
        match self.kind {
            Kind::HidPos => self.report(&hid_pos::reports(aim, text.as_bytes())?),
            Kind::OtherHidPos => self.report(&hid_pos::other_reports(aim, text.as_bytes())?),
            Kind::Wedge => self.report(&keyboard::reports(&format!("{aim}{text}\n"))?),
            Kind::Acm => self.line(&format!("{aim}{text}\r")),
        }
    }

    /// The first part of a read, without its end; a wedge's last key stays down.
    pub(crate) fn half(&mut self, text: &str) -> Outcome {
        match self.kind {
            Kind::HidPos => {
                let mut reports = hid_pos::reports("]Q1", text.repeat(60).as_bytes())?;
                reports.truncate(1);
                self.report(&reports)
            }
            Kind::OtherHidPos => {
                let mut reports = hid_pos::other_reports("]Q1", text.repeat(60).as_bytes())?;
                reports.truncate(1);
                self.report(&reports)
            }
            Kind::Wedge => {
                let mut reports = keyboard::reports(text)?;
                reports.pop();
                self.report(&reports)
            }
            Kind::Acm => self.line(text),
        }?;
        std::thread::sleep(Duration::from_millis(40)); // it is on its way
        Ok(())
    }

    /// Lets go of the key that [`half`](Gun::half) left down.
    pub(crate) fn let_go(&mut self) -> Outcome {
        match self.kind {
            Kind::Wedge => self.report(&[keyboard::RELEASE]),
            Kind::HidPos | Kind::OtherHidPos | Kind::Acm => Ok(()),
        }
    }

    fn report(&mut self, reports: &[impl AsRef<[u8]>]) -> Outcome {
        let between = if self.kind == Kind::Wedge { KEY_EVERY } else { Duration::ZERO };
        match &mut self.end {
            End::Hid(_, Some(end)) => reports.iter().try_for_each(|report| {
                std::thread::sleep(between);
                end.send(report.as_ref())
            }),
            End::Hid(_, None) | End::Acm(..) => Err("this gun is not plugged in as a HID device".to_owned()),
        }
    }

    /// What the host wrote to a gun that is a serial port.
    pub(crate) fn heard(&mut self) -> Outcome<Vec<u8>> {
        match &mut self.end {
            End::Acm(_, Some(line)) => line.heard(),
            End::Acm(_, None) | End::Hid(..) => Err("this gun is not plugged in as a serial port".to_owned()),
        }
    }

    fn line(&mut self, text: &str) -> Outcome {
        match &mut self.end {
            End::Acm(_, Some(line)) => line.send(text.as_bytes()),
            End::Acm(_, None) | End::Hid(..) => Err("this gun is not plugged in as a serial port".to_owned()),
        }
    }
}
