//! A FunctionFS instance: the kernel asks this program what its USB device is and what it says.
//!
//! The numbers are those of `linux/usb/functionfs.h` and of the USB printer class 1.1.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::gadget::Gadget;
use super::outcome::{Outcome, Trying as _, ensure};

/// `O_NONBLOCK`: only an endpoint that is not enabled refuses to wait then; a transfer still takes its time.
const NONBLOCK: i32 = 0o4000;

const DESCRIPTORS_V2: u32 = 3;
const STRINGS: u32 = 2;
const FULL_AND_HIGH_SPEED: u32 = 1 | 2;

/// The files of an instance.
#[derive(Debug)]
pub(crate) struct FunctionFs {
    folder: PathBuf,
    pub(crate) control: File,
}

impl FunctionFs {
    /// Adds an instance to a gadget and tells the kernel that it is a printer: one interface, bulk out, bulk in.
    pub(crate) fn printer(gadget: &mut Gadget, name: &str) -> Outcome<FunctionFs> {
        let function = format!("ffs.{name}");
        gadget.make_function(&function)?;
        let folder = Path::new("/tmp/ffs").join(name);
        std::fs::create_dir_all(&folder).trying(folder.display())?;
        let mounted =
            Command::new("mount").args(["-t", "functionfs", name]).arg(&folder).status().trying("mount")?;
        ensure(mounted.success(), || format!("functionfs {name} cannot be mounted"))?;
        let mut control = open(&folder.join("ep0"))?;
        control.write_all(&descriptors()).trying("descriptors of the printer")?;
        control.write_all(&strings()).trying("strings of the printer")?;
        gadget.link(&function)?;
        Ok(FunctionFs { folder, control })
    }

    /// What the host writes.
    pub(crate) fn bulk_out(&self) -> Outcome<File> {
        open(&self.folder.join("ep1"))
    }

    /// What the host reads.
    pub(crate) fn bulk_in(&self) -> Outcome<File> {
        open(&self.folder.join("ep2"))
    }

    /// Where it is mounted.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Takes an instance away whose files are all closed.
pub(crate) fn unmount(folder: &Path) {
    Command::new("umount").arg(folder).status().ok();
}

fn open(file: &Path) -> Outcome<File> {
    OpenOptions::new().read(true).write(true).custom_flags(NONBLOCK).open(file).trying(file.display())
}

fn descriptors() -> Vec<u8> {
    let of_speed = |packet: u16| {
        let [low, high] = packet.to_le_bytes();
        // Interface 0: printer class 07/01/02, two endpoints, its name is string 1.
        let interface = [9, 4, 0, 0, 2, 7, 1, 2, 1];
        [&interface[..], &[7, 5, 0x01, 2, low, high, 0], &[7, 5, 0x82, 2, low, high, 0]].concat()
    };
    let (full, high) = (of_speed(64), of_speed(512));
    let counts = [3_u32.to_le_bytes(), 3_u32.to_le_bytes()].concat();
    framed(DESCRIPTORS_V2, &[FULL_AND_HIGH_SPEED.to_le_bytes().to_vec(), counts, full, high].concat())
}

fn strings() -> Vec<u8> {
    let one = 1_u32.to_le_bytes();
    framed(STRINGS, &[&one[..], &one, &0x0409_u16.to_le_bytes(), b"printer\0"].concat())
}

/// Magic number and length of the whole go first.
fn framed(magic: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap_or(0);
    [&magic.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
}
