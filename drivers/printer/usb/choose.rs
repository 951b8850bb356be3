//! Which interface of which device is the printer: from descriptors alone.
//!
//! Invariant: where two devices match none is chosen; an alternate setting is set only where there is more than one.
//! Deliberately absent: reading descriptors (`bus`).

use crate::identity::{Identity, UsbId};

/// Printers that declare a class of their own (the kernel's usblp has the same list: Epson's UB-U05 board).
const VENDOR_CLASS_PRINTERS: [(u16, u16); 1] = [(0x04b8, 0x0202)];

const CLASS_PRINTER: u8 = 7;
const SUBCLASS_PRINTER: u8 = 1;
const CLASS_VENDOR: u8 = 0xff;

/// One setting of one interface, as its descriptor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Of the device.
    pub(crate) identity: Identity,
    pub(crate) interface: u8,
    pub(crate) setting: u8,
    /// How many settings the interface has.
    pub(crate) settings: u8,
    pub(crate) class: (u8, u8, u8),
    /// Address and packet size of the bulk endpoint to the printer.
    pub(crate) out: Option<(u8, u16)>,
    /// Address of the bulk endpoint from the printer.
    pub(crate) back: Option<u8>,
}

impl Offer {
    /// Better is less; `None` is no printer. Bidirectional before unidirectional before 1284.4, which wants packets of its
    /// own; IPP over USB (protocol 4) is another language.
    fn rank(&self) -> Option<u8> {
        self.out?;
        rank(&self.identity, self.class)
    }

    /// The setting to ask for, where there is a choice: some clones break when asked for the one they have.
    pub(crate) fn setting_to_ask_for(&self) -> Option<u8> {
        (self.settings > 1).then_some(self.setting)
    }
}

fn rank(identity: &Identity, class: (u8, u8, u8)) -> Option<u8> {
    let id = |id: Option<UsbId>| id.map_or(0, |id| id.0);
    let quirk = VENDOR_CLASS_PRINTERS.contains(&(id(identity.vendor), id(identity.product)));
    match class {
        (CLASS_PRINTER, SUBCLASS_PRINTER, 2) => Some(0),
        (CLASS_PRINTER, SUBCLASS_PRINTER, 1) => Some(1),
        (CLASS_PRINTER, SUBCLASS_PRINTER, 3) => Some(2),
        (CLASS_PRINTER, SUBCLASS_PRINTER, _) => None,
        (CLASS_VENDOR, _, _) if quirk => Some(3),
        _ => None,
    }
}

/// Whether an interface of this class is a printer of ours.
pub(crate) fn is_printer(identity: &Identity, class: (u8, u8, u8)) -> bool {
    rank(identity, class).is_some()
}

/// Why there is nothing to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPrinter {
    /// None that is meant is plugged in.
    Absent,
    /// More than one is what is asked for.
    SeveralMatch,
}

/// Chooses the printer that is meant; an identity that says nothing means the only one.
pub(crate) fn choose<'a>(offers: &'a [Offer], wanted: &Identity) -> Result<&'a Offer, NoPrinter> {
    let meant = |offer: &&Offer| wanted.is_empty() || wanted.matches(&offer.identity);
    let ranked = || offers.iter().filter(meant).filter_map(|offer| Some((offer.rank()?, offer)));
    let (_, best) = ranked().min_by_key(|(rank, offer)| (*rank, offer.interface)).ok_or(NoPrinter::Absent)?;
    if ranked().any(|(_, other)| other.identity.port != best.identity.port) {
        return Err(NoPrinter::SeveralMatch);
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(vendor: u16, product: u16, port: &str, class: (u8, u8, u8)) -> Offer {
        let identity = Identity {
            vendor: Some(UsbId(vendor)),
            product: Some(UsbId(product)),
            serial: None,
            port: Some(port.to_owned()),
        };
        Offer { identity, interface: 0, setting: 0, settings: 1, class, out: Some((1, 64)), back: Some(0x82) }
    }

    #[test]
    fn the_only_printer_needs_no_name_and_two_need_one() {
        let offers = [
            offer(0x046d, 0xc31c, "1-1", (3, 1, 1)),
            offer(0x04b8, 0x0e15, "1-2", (7, 1, 2)),
            offer(0x0416, 0x5011, "1-3", (7, 1, 2)),
        ];
        let any = Identity::default();
        assert_eq!(choose(&offers[..2], &any), Ok(&offers[1]));
        assert_eq!(choose(&offers, &any), Err(NoPrinter::SeveralMatch));
        let by_vendor = Identity { vendor: Some(UsbId(0x0416)), ..any.clone() };
        assert_eq!(choose(&offers, &by_vendor), Ok(&offers[2]));
        let by_port = Identity { port: Some("1-2".to_owned()), ..any.clone() };
        assert_eq!(choose(&offers, &by_port), Ok(&offers[1]));
        assert_eq!(choose(&offers[..1], &any), Err(NoPrinter::Absent));
    }

    #[test]
    fn two_identical_printers_are_told_apart_by_serial_number_or_port_only() {
        let mut offers = [offer(0x04b8, 0x0e15, "1-2", (7, 1, 2)), offer(0x04b8, 0x0e15, "1-3", (7, 1, 2))];
        offers[1].identity.serial = Some("J2".to_owned());
        let model =
            Identity { vendor: Some(UsbId(0x04b8)), product: Some(UsbId(0x0e15)), ..Identity::default() };
        assert_eq!(choose(&offers, &model), Err(NoPrinter::SeveralMatch));
        let second = Identity { serial: Some("J2".to_owned()), ..model.clone() };
        assert_eq!(choose(&offers, &second), Ok(&offers[1]));
        let first = Identity { port: Some("1-2".to_owned()), ..model };
        assert_eq!(choose(&offers, &first), Ok(&offers[0]));
    }

    #[test]
    fn the_bidirectional_setting_is_taken_and_asked_for_only_where_there_is_a_choice() {
        let mut offers = [
            offer(0x04b8, 0x0e15, "1-2", (7, 1, 1)),
            offer(0x04b8, 0x0e15, "1-2", (7, 1, 2)),
            offer(0x04b8, 0x0e15, "1-2", (7, 1, 4)),
        ];
        for (setting, offer) in offers.iter_mut().enumerate() {
            offer.setting = u8::try_from(setting).unwrap();
            offer.settings = 3;
        }
        let chosen = choose(&offers, &Identity::default()).unwrap();
        assert_eq!((chosen.setting, chosen.setting_to_ask_for()), (1, Some(1)));
        assert_eq!(offer(0x0416, 0x5011, "1-1", (7, 1, 2)).setting_to_ask_for(), None);
    }

    #[test]
    fn a_class_of_its_makers_own_is_a_printer_only_on_the_list() {
        let epson = offer(0x04b8, 0x0202, "1-1", (0xff, 0, 0));
        assert_eq!(choose(std::slice::from_ref(&epson), &Identity::default()), Ok(&epson));
        let other = offer(0x04b8, 0x0e03, "1-1", (0xff, 0, 0));
        assert_eq!(choose(&[other], &Identity::default()), Err(NoPrinter::Absent));
        let mut deaf = offer(0x04b8, 0x0202, "1-1", (0xff, 0, 0));
        deaf.out = None;
        assert_eq!(choose(&[deaf], &Identity::default()), Err(NoPrinter::Absent));
    }
}
