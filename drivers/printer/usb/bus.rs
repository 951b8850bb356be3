//! libusb: descriptors in, one claimed interface out.
//!
//! Invariant: decides nothing; the kernel's driver gets the interface back when this is dropped.
//! Deliberately absent: hot-plug events: the bus is looked at anew for each paper, which needs no udev.

use std::fmt;
use std::io;
use std::time::Duration;

use rusb::constants::{LIBUSB_CLASS_HUB, LIBUSB_RECIPIENT_INTERFACE, LIBUSB_REQUEST_TYPE_CLASS};
use rusb::{Context, Device, DeviceHandle, Direction, TransferType, UsbContext as _};

use super::choose::{NoPrinter, Offer, choose};
use super::standing::{DeviceId, SPEAKS_STAR};
use super::{End, Pipe, UsbFault, UsbPort, UsbSettings};
use crate::identity::{Identity, UsbId};
use crate::scanner::sysfs::Sysfs;

/// A control request is answered at once, also while the data pipe is blocked.
const CONTROL_WAIT: Duration = Duration::from_millis(500);
const TO_HOST: u8 = 0x80 | LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE;
const GET_DEVICE_ID: u8 = 0;
const GET_PORT_STATUS: u8 = 1;

/// Finds the printer that is meant and claims it.
pub(crate) fn open(settings: &UsbSettings) -> io::Result<UsbPort<Claimed>> {
    let context = Context::new().map_err(|error| of(error).in_words())?;
    let found = look(&context)?;
    let offers: Vec<Offer> = found.iter().map(|(_, offer)| offer.clone()).collect();
    let chosen = choose(&offers, &settings.identity).map_err(no_printer)?;
    let Some((device, offer)) = found.iter().find(|(_, offer)| offer == chosen) else {
        return Err(no_printer(NoPrinter::Absent));
    };
    claim(device, offer).map(UsbPort::new).map_err(|fault| fault.in_words())
}

fn no_printer(why: NoPrinter) -> io::Error {
    match why {
        NoPrinter::Absent => io::Error::new(io::ErrorKind::NotFound, "no such USB printer is plugged in"),
        NoPrinter::SeveralMatch => io::Error::other(
            "several USB printers match; add the serial number or the port that `quickpay devices` shows",
        ),
    }
}

/// What every device on the bus offers, with its serial number as the kernel read it.
fn look(context: &Context) -> io::Result<Vec<(Device<Context>, Offer)>> {
    let known = Sysfs::default().usb_devices();
    let serial_at = |port: &str| {
        let device = known.iter().find(|device| device.identity.port.as_deref() == Some(port))?;
        device.identity.serial.clone()
    };
    let mut found = Vec::new();
    for device in context.devices().map_err(|error| of(error).in_words())?.iter() {
        for offer in offers_of(&device, serial_at).unwrap_or_default() {
            found.push((device.clone(), offer));
        }
    }
    Ok(found)
}

fn offers_of(
    device: &Device<Context>,
    serial_at: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Offer>, rusb::Error> {
    let about = device.device_descriptor()?;
    if about.class_code() == LIBUSB_CLASS_HUB {
        return Ok(Vec::new());
    }
    let ports: Vec<String> = device.port_numbers()?.iter().map(u8::to_string).collect();
    let port = format!("{}-{}", device.bus_number(), ports.join("."));
    let identity = Identity {
        vendor: Some(UsbId(about.vendor_id())),
        product: Some(UsbId(about.product_id())),
        serial: serial_at(&port),
        port: Some(port),
    };
    let mut offers = Vec::new();
    for interface in device.active_config_descriptor()?.interfaces() {
        let settings = u8::try_from(interface.descriptors().count()).unwrap_or(u8::MAX);
        for setting in interface.descriptors() {
            let bulk = |direction: Direction| {
                let mut ends = setting.endpoint_descriptors();
                ends.find(|end| end.transfer_type() == TransferType::Bulk && end.direction() == direction)
            };
            offers.push(Offer {
                identity: identity.clone(),
                interface: setting.interface_number(),
                setting: setting.setting_number(),
                settings,
                class: (setting.class_code(), setting.sub_class_code(), setting.protocol_code()),
                out: bulk(Direction::Out).map(|end| (end.address(), end.max_packet_size())),
                back: bulk(Direction::In).map(|end| end.address()),
            });
        }
    }
    Ok(offers)
}

fn claim(device: &Device<Context>, offer: &Offer) -> Result<Claimed, UsbFault> {
    let (out, packet) = offer.out.ok_or(UsbFault::Gone)?;
    let handle = device.open().map_err(of)?;
    // Where the system cannot detach, claiming says Busy if anybody is there.
    if let Err(error) = handle.set_auto_detach_kernel_driver(true) {
        tracing::debug!(%error, "the kernel's printer driver cannot be detached");
    }
    handle.claim_interface(offer.interface).map_err(of)?;
    if let Some(setting) = offer.setting_to_ask_for() {
        handle.set_alternate_setting(offer.interface, setting).map_err(of)?;
    }
    let claimed = Claimed { handle, interface: offer.interface, out, packet, back: offer.back };
    if let Some(id) = claimed.device_id() {
        tracing::debug!(maker = id.maker, model = id.model, languages = id.languages, "USB printer");
        if id.speaks_star() {
            return Err(UsbFault::Other(SPEAKS_STAR.to_owned()));
        }
    }
    Ok(claimed)
}

/// A claimed printer interface.
pub(crate) struct Claimed {
    handle: DeviceHandle<Context>,
    interface: u8,
    out: u8,
    packet: u16,
    back: Option<u8>,
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("interface", &self.interface).finish_non_exhaustive()
    }
}

impl Claimed {
    /// Some clones are silent, and none is asked twice.
    fn device_id(&self) -> Option<DeviceId> {
        let mut answer = [0_u8; 1024];
        let place = u16::from(self.interface) << 8;
        let read =
            self.handle.read_control(TO_HOST, GET_DEVICE_ID, 0, place, &mut answer, CONTROL_WAIT).ok()?;
        DeviceId::parse(answer.get(..read)?)
    }
}

impl Pipe for Claimed {
    fn packet_bytes(&self) -> usize {
        usize::from(self.packet).max(1)
    }

    fn write(&mut self, bytes: &[u8], wait: Duration) -> Result<usize, UsbFault> {
        self.handle.write_bulk(self.out, bytes, wait).map_err(of)
    }

    fn read(&mut self, into: &mut [u8], wait: Duration) -> Option<Result<usize, UsbFault>> {
        Some(self.handle.read_bulk(self.back?, into, wait).map_err(of))
    }

    fn port_status(&mut self) -> Result<u8, UsbFault> {
        let mut answer = [0_u8];
        let place = u16::from(self.interface);
        match self.handle.read_control(TO_HOST, GET_PORT_STATUS, 0, place, &mut answer, CONTROL_WAIT) {
            Ok(1) => {
                let [byte] = answer;
                Ok(byte)
            }
            Ok(_) => Err(UsbFault::Stalled),
            Err(error) => Err(of(error)),
        }
    }

    fn clear(&mut self, end: End) -> Result<(), UsbFault> {
        let address = match end {
            End::Out => Some(self.out),
            End::In => self.back,
        };
        address.map_or(Ok(()), |address| self.handle.clear_halt(address).map_err(of))
    }
}

fn of(error: rusb::Error) -> UsbFault {
    match error {
        rusb::Error::Timeout | rusb::Error::Interrupted => UsbFault::TimedOut,
        rusb::Error::Pipe => UsbFault::Stalled,
        // An unplugged device says Io once, then NoDevice.
        rusb::Error::NoDevice | rusb::Error::Io | rusb::Error::NotFound => UsbFault::Gone,
        rusb::Error::Busy => UsbFault::Busy,
        rusb::Error::Access => UsbFault::NoPermission,
        rusb::Error::InvalidParam
        | rusb::Error::Overflow
        | rusb::Error::NoMem
        | rusb::Error::NotSupported
        | rusb::Error::BadDescriptor
        | rusb::Error::Other => UsbFault::Other(format!("USB: {error}")),
    }
}
