//! A USB device of our own: the kernel's configfs makes it, a `dummy_udc` plugs it in.
//!
//! Invariant: what was made is unmade when it is dropped, so that the next scenario finds an empty bus.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::outcome::{Outcome, Trying as _};

const GADGETS: &str = "/sys/kernel/config/usb_gadget";

/// Where it is plugged in. Each is a root hub of its own, so the bus changes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    First,
    Second,
    Third,
    Fourth,
}

impl Port {
    /// What the kernel calls a device that is plugged in here, such as `3-1`.
    pub(crate) fn name(self) -> Outcome<String> {
        let hub = Path::new("/sys/devices/platform").join(self.controller().replace("udc", "hcd"));
        let folder = fs::read_dir(&hub).trying(hub.display())?;
        let names = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let bus = names.filter_map(|name| name.strip_prefix("usb")?.parse::<u32>().ok()).next();
        Ok(format!("{}-1", bus.ok_or("the root hub has no bus")?))
    }

    fn controller(self) -> &'static str {
        match self {
            Port::First => "dummy_udc.0",
            Port::Second => "dummy_udc.1",
            Port::Third => "dummy_udc.2",
            Port::Fourth => "dummy_udc.3",
        }
    }
}

/// What a device says of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passport {
    pub(crate) vendor: &'static str,
    pub(crate) product: &'static str,
    pub(crate) serial: Option<&'static str>,
    pub(crate) maker: &'static str,
    pub(crate) model: &'static str,
}

/// A device that can be plugged in and pulled.
#[derive(Debug)]
pub(crate) struct Gadget {
    root: PathBuf,
    functions: Vec<String>,
    plugged: bool,
}

impl Gadget {
    /// A device without functions yet. The name tells it from the others that are there.
    pub(crate) fn new(name: &str, passport: Passport) -> Outcome<Gadget> {
        let root = Path::new(GADGETS).join(name);
        make(&root)?;
        let gadget = Gadget { root, functions: Vec::new(), plugged: false };
        gadget.set("idVendor", &format!("0x{}", passport.vendor))?;
        gadget.set("idProduct", &format!("0x{}", passport.product))?;
        gadget.set("bcdUSB", "0x0200")?;
        let words = gadget.root.join("strings/0x409");
        make(&words)?;
        gadget.set("strings/0x409/manufacturer", passport.maker)?;
        gadget.set("strings/0x409/product", passport.model)?;
        if let Some(serial) = passport.serial {
            gadget.set("strings/0x409/serialnumber", serial)?;
        }
        make(&gadget.root.join("configs/c.1"))?;
        Ok(gadget)
    }

    /// Makes a function, such as `hid.gun`, and gives the folder of its settings.
    pub(crate) fn make_function(&mut self, name: &str) -> Outcome<PathBuf> {
        let folder = self.root.join("functions").join(name);
        make(&folder)?;
        self.functions.push(name.to_owned());
        Ok(folder)
    }

    /// Puts a function that is set up into the configuration.
    pub(crate) fn link(&self, name: &str) -> Outcome {
        let from = self.root.join("functions").join(name);
        std::os::unix::fs::symlink(from, self.root.join("configs/c.1").join(name)).trying(name)
    }

    /// Plugs it in, and says when.
    pub(crate) fn plug(&mut self, port: Port) -> Outcome<Instant> {
        self.set("UDC", port.controller())?;
        self.plugged = true;
        Ok(Instant::now())
    }

    /// Pulls its cable, and says when.
    pub(crate) fn pull(&mut self) -> Outcome<Instant> {
        let at = Instant::now();
        self.plugged = false;
        self.set("UDC", "\n").map(|()| at)
    }

    fn set(&self, name: &str, value: &str) -> Outcome {
        fs::write(self.root.join(name), value).trying(format_args!("{name} = {}", value.trim()))
    }
}

impl Drop for Gadget {
    fn drop(&mut self) {
        if self.plugged {
            self.pull().ok();
        }
        let configuration = self.root.join("configs/c.1");
        for name in &self.functions {
            fs::remove_file(configuration.join(name)).ok();
            fs::remove_dir(self.root.join("functions").join(name)).ok();
        }
        fs::remove_dir(configuration).ok();
        fs::remove_dir(self.root.join("strings/0x409")).ok();
        fs::remove_dir(&self.root).ok();
    }
}

fn make(folder: &Path) -> Outcome {
    fs::create_dir(folder).trying(folder.display())
}
