//! What the guest asks the rig outside to do with QEMU: a line out, a line back, on the second serial port.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};

use serde_json::{Value, json};

use super::outcome::{Outcome, Trying as _};

/// The way out.
#[derive(Debug)]
pub(crate) struct Errands {
    hands: File,
    ears: BufReader<File>,
}

impl Errands {
    pub(crate) fn open() -> Outcome<Errands> {
        let hands = OpenOptions::new().read(true).write(true).open("/dev/ttyS1").trying("/dev/ttyS1")?;
        let ears = BufReader::new(hands.try_clone().trying("/dev/ttyS1")?);
        Ok(Errands { hands, ears })
    }

    /// Plugs a device of QEMU in, such as `usb-kbd`.
    pub(crate) fn add(&mut self, driver: &str, id: &str, more: &Value) -> Outcome {
        let mut device = json!({ "driver": driver, "id": id, "bus": "xhci.0" });
        if let (Some(device), Some(more)) = (device.as_object_mut(), more.as_object()) {
            device.extend(more.clone());
        }
        self.qmp("device_add", &device)
    }

    /// Pulls it.
    pub(crate) fn remove(&mut self, id: &str) -> Outcome {
        self.qmp("device_del", &json!({ "id": id }))
    }

    /// One key of QEMU's keyboard, by its QKeyCode, down or up.
    pub(crate) fn key(&mut self, code: &str, down: bool) -> Outcome {
        let key = json!({ "down": down, "key": { "type": "qcode", "data": code } });
        self.qmp("input-send-event", &json!({ "events": [{ "type": "key", "data": key }] }))
    }

    /// Plugs in the far end of the character device that a `usb-serial` hangs on.
    pub(crate) fn plug(&mut self) -> Outcome {
        self.ask("plug")
    }

    /// Pulls that end.
    pub(crate) fn pull(&mut self) -> Outcome {
        self.ask("pull")
    }

    /// Sends bytes through it.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Outcome {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.ask(&format!("send {hex}"))
    }

    fn qmp(&mut self, command: &str, arguments: &Value) -> Outcome {
        self.ask(&format!("qmp {}", json!({ "execute": command, "arguments": arguments })))
    }

    fn ask(&mut self, line: &str) -> Outcome {
        self.hands.write_all(format!("{line}\n").as_bytes()).trying("asking outside")?;
        let mut answer = String::new();
        self.ears.read_line(&mut answer).trying("hearing from outside")?;
        match answer.trim() {
            "ok" => Ok(()),
            no => Err(format!("outside says {no:?} to {line}")),
        }
    }
}
