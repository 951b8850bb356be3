//! Where a HID POS scanner puts what it read: its report descriptor (HID 1.11, section 6.2.2; HID POS usage tables 1.02).
//!
//! Invariant: any bytes give a layout that lies inside a report of 4 KiB, or none; no memory is taken for sizes that a
//! descriptor merely claims.
//! Deliberately absent: output and feature reports, units, logical ranges.

use std::ops::Range;

const GENERIC_DESKTOP: u32 = 0x01;
const SCANNER_PAGE: u32 = 0x8C;
const AIM: [u32; 3] = [usage(SCANNER_PAGE, 0xFB), usage(SCANNER_PAGE, 0xFC), usage(SCANNER_PAGE, 0xFD)];
const DATA: u32 = usage(SCANNER_PAGE, 0xFE);
const CONTINUED: u32 = usage(SCANNER_PAGE, 0xFF);
const COUNT: u32 = usage(GENERIC_DESKTOP, 0x3B);
const WANTED: [u32; 6] = [AIM[0], AIM[1], AIM[2], DATA, CONTINUED, COUNT];

/// The kernel takes no longer descriptor (HID_MAX_DESCRIPTOR_SIZE).
const MAX_DESCRIPTOR_BYTES: usize = 4096;
/// Nor do we take a report longer than the longest scan.
const MAX_REPORT_BITS: u32 = 4096 * 8;
const MAX_USAGES: usize = 64;
const MAX_PUSHES: usize = 8;

const fn usage(page: u32, id: u32) -> u32 {
    page << 16 | id
}

/// Where the parts of a scanned-data report are, counted from its first byte, which is its id if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The first byte of the report; `None` where the device numbers no reports.
    pub report_id: Option<u8>,
    /// Where the data's length is told; without it data ends before its NUL padding.
    pub count: Option<Range<usize>>,
    /// The first of the three bytes of the AIM identifier.
    pub aim: Option<usize>,
    /// The data field.
    pub data: Range<usize>,
    /// Byte and bit that tell that the next report goes on.
    pub continued: Option<(usize, u8)>,
}

impl Layout {
    /// What nearly all HID POS scanners send: id 2, 64 bytes (hardware notes, section 2.1).
    #[must_use]
    pub fn usual() -> Layout {
        Layout { report_id: Some(2), count: Some(1..2), aim: Some(2), data: 5..61, continued: Some((63, 0)) }
    }

    /// Reads a report descriptor. `None`: the device is not a HID POS scanner. One that says that it is a scanner but
    /// not where its data lies is taken at the usual layout.
    #[must_use]
    pub fn of_descriptor(descriptor: &[u8]) -> Option<Layout> {
        let mut reading = Reading::default();
        let mut rest = descriptor.get(..MAX_DESCRIPTOR_BYTES).unwrap_or(descriptor);
        while let Some((item, after)) = Item::split(rest) {
            rest = after;
            if reading.take(&item).is_none() {
                break; // it contradicts itself: what was read so far stands
            }
        }
        reading.layout()
    }

    /// The bytes that a report must have for this layout.
    #[must_use]
    pub fn report_bytes(&self) -> usize {
        let ends = [
            self.data.end,
            self.count.as_ref().map_or(0, |count| count.end),
            self.aim.map_or(0, |aim| aim + 3),
            self.continued.map_or(0, |(byte, _)| byte + 1),
        ];
        ends.into_iter().max().unwrap_or(0)
    }
}

/// One short item of a descriptor.
struct Item {
    /// Type and tag, the upper six bits of the prefix.
    tag: u8,
    bytes: usize,
    value: u32,
}

impl Item {
    fn split(descriptor: &[u8]) -> Option<(Item, &[u8])> {
        let (&prefix, rest) = descriptor.split_first()?;
        if prefix == 0xFE {
            let (&length, rest) = rest.split_first()?;
            let skipped = rest.get(1 + usize::from(length)..)?; // a long item: none is defined
            return Some((Item { tag: 0xFE, bytes: 0, value: 0 }, skipped));
        }
        let bytes = match prefix & 3 {
            3 => 4,
            short => usize::from(short),
        };
        let (data, rest) = rest.split_at_checked(bytes)?;
        let value = data.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        Some((Item { tag: prefix & 0xFC, bytes, value }, rest))
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Globals {
    page: u32,
    size_bits: u32,
    count: u32,
    report_id: Option<u8>,
}

/// Parts of a report in bits, as they are met.
#[derive(Debug, Clone, Default)]
struct Parts {
    report_id: Option<u8>,
    aim: [Option<u32>; 3],
    count: Option<(u32, u32)>,
    data: Option<(u32, u32)>,
    continued: Option<u32>,
}

#[derive(Debug, Default)]
struct Reading {
    globals: Globals,
    pushed: Vec<Globals>,
    usages: Vec<(u32, u32)>,
    usage_minimum: Option<u32>,
    /// Length so far of the input report that is being described; reports are described one after the other.
    offset_bits: u32,
    offsets: Vec<(Option<u8>, u32)>,
    parts: Vec<Parts>,
    is_scanner: bool,
}

impl Reading {
    /// `None` when the descriptor asks for more than any report can hold.
    fn take(&mut self, item: &Item) -> Option<()> {
        match item.tag {
            0x04 => self.globals.page = item.value & 0xFFFF,
            0x74 => self.globals.size_bits = item.value,
            0x94 => self.globals.count = item.value,
            0x84 => self.switch_report(u8::try_from(item.value).ok()?),
            0xA4 if self.pushed.len() < MAX_PUSHES => self.pushed.push(self.globals),
            0xA4 => return None,
            0xB4 => {
                let popped = self.pushed.pop()?;
                self.keep_offset();
                self.globals = popped;
                self.find_offset();
            }
            0x08 => self.add_usages(self.full_usage(item), self.full_usage(item)),
            0x18 => self.usage_minimum = Some(self.full_usage(item)),
            0x28 => {
                let first = self.usage_minimum.take().unwrap_or(self.full_usage(item));
                self.add_usages(first, self.full_usage(item));
            }
            0xA0 => {
                let is_application = item.value == 1;
                let is_scanner = |&(first, _): &(u32, u32)| first >> 16 == SCANNER_PAGE;
                self.is_scanner |= is_application && self.usages.iter().any(is_scanner);
                self.end_of_main();
            }
            0x80 => {
                self.input(item)?;
                self.end_of_main();
            }
            0x90 | 0xB0 | 0xC0 => self.end_of_main(),
            _ => {}
        }
        Some(())
    }

    /// A usage of four bytes carries its page.
    fn full_usage(&self, item: &Item) -> u32 {
        if item.bytes == 4 { item.value } else { usage(self.globals.page, item.value & 0xFFFF) }
    }

    fn add_usages(&mut self, first: u32, last: u32) {
        if self.usages.len() < MAX_USAGES && first <= last {
            self.usages.push((first, last));
        }
    }

    fn end_of_main(&mut self) {
        self.usages.clear();
        self.usage_minimum = None;
    }

    fn switch_report(&mut self, id: u8) {
        self.keep_offset();
        self.globals.report_id = Some(id);
        self.find_offset();
    }

    fn keep_offset(&mut self) {
        let id = self.globals.report_id;
        match self.offsets.iter_mut().find(|(known, _)| *known == id) {
            Some((_, offset)) => *offset = self.offset_bits,
            None => self.offsets.push((id, self.offset_bits)), // 257 of them at most
        }
    }

    fn find_offset(&mut self) {
        let id = self.globals.report_id;
        let known = self.offsets.iter().find(|(known, _)| *known == id);
        self.offset_bits = known.map_or(if id.is_some() { 8 } else { 0 }, |(_, offset)| *offset);
    }

    fn input(&mut self, item: &Item) -> Option<()> {
        let Globals { size_bits, count, .. } = self.globals;
        let total = size_bits.checked_mul(count)?;
        let start = self.offset_bits;
        self.offset_bits = start.checked_add(total).filter(|end| *end <= MAX_REPORT_BITS)?;
        let is_constant = item.value & 1 != 0;
        if total > 0 && !is_constant {
            self.name_fields(start);
        }
        Some(())
    }

    /// Fields take the usages in order; the last usage goes on for the rest of them.
    fn name_fields(&mut self, start: u32) {
        let Globals { size_bits, count, .. } = self.globals;
        let usages = std::mem::take(&mut self.usages);
        let mut field = 0_u32;
        for (at, (first, last)) in usages.iter().enumerate() {
            for wanted in WANTED.into_iter().filter(|wanted| (first..=last).contains(&wanted)) {
                let named = field.saturating_add(wanted - first);
                if named < count {
                    let goes_on = at + 1 == usages.len() && wanted == *last;
                    self.name_field(
                        wanted,
                        start + named * size_bits,
                        if goes_on { count - named } else { 1 },
                    );
                }
            }
            field = field.saturating_add(last - first).saturating_add(1);
        }
    }

    fn name_field(&mut self, named: u32, start: u32, fields: u32) {
        let size_bits = self.globals.size_bits;
        let parts = self.parts_of_report();
        let Some(parts) = parts else { return };
        match named {
            COUNT => parts.count = parts.count.or(Some((start, start + size_bits))),
            DATA if size_bits == 8 => parts.data = parts.data.or(Some((start, start + 8 * fields))),
            CONTINUED => parts.continued = parts.continued.or(Some(start)),
            _ => {
                let aim = AIM.iter().position(|aim| *aim == named).and_then(|at| parts.aim.get_mut(at));
                if let Some(aim) = aim.filter(|_| size_bits == 8) {
                    *aim = aim.or(Some(start));
                }
            }
        }
    }

    fn parts_of_report(&mut self) -> Option<&mut Parts> {
        let id = self.globals.report_id;
        let at = match self.parts.iter().position(|parts| parts.report_id == id) {
            Some(at) => at,
            None => {
                self.parts.push(Parts { report_id: id, ..Parts::default() });
                self.parts.len() - 1
            }
        };
        self.parts.get_mut(at)
    }

    fn layout(self) -> Option<Layout> {
        let described = self.parts.iter().find_map(Parts::layout);
        described.or_else(|| self.is_scanner.then(Layout::usual))
    }
}

impl Parts {
    /// `None` without data on whole bytes.
    fn layout(&self) -> Option<Layout> {
        let data = bytes(self.data?)?;
        let count = self.count.and_then(bytes).filter(|count| matches!(count.len(), 1 | 2));
        let aim = match self.aim {
            [Some(first), Some(second), Some(third)] if second == first + 8 && third == second + 8 => {
                bytes((first, third + 8)).map(|aim| aim.start)
            }
            _ => None,
        };
        let continued = self.continued.and_then(|bit| {
            let (byte, bit) = (usize::try_from(bit / 8).ok()?, u8::try_from(bit % 8).ok()?);
            Some((byte, bit))
        });
        Some(Layout { report_id: self.report_id, count, aim, data, continued })
    }
}

fn bytes((start, end): (u32, u32)) -> Option<Range<usize>> {
    if start % 8 != 0 || end % 8 != 0 {
        return None;
    }
    Some(usize::try_from(start / 8).ok()?..usize::try_from(end / 8).ok()?)
}

#[cfg(test)]
#[path = "hid_descriptor_tests.rs"]
pub(super) mod tests;
