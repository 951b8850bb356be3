//! The device side of a CDC-ACM function: a serial port whose other end is `/dev/ttyACM*`.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::gadget::Gadget;
use super::outcome::{Outcome, Trying as _, ensure, wait_for};

const NONBLOCK_NOCTTY: i32 = 0o4000 | 0o400;
const PATIENCE: Duration = Duration::from_secs(5);

/// A function of a gadget.
#[derive(Debug)]
pub(crate) struct Acm {
    node: PathBuf,
}

/// The end of it that the device writes to, while it is plugged in: a pulled cable hangs it up.
#[derive(Debug)]
pub(crate) struct Line(File);

/// Adds the function to a gadget that is not plugged in yet.
pub(crate) fn add_to(gadget: &mut Gadget) -> Outcome<Acm> {
    let folder = gadget.make_function("acm.rig")?;
    gadget.link("acm.rig")?;
    let number = std::fs::read_to_string(folder.join("port_num")).trying("port_num")?;
    Ok(Acm { node: PathBuf::from(format!("/dev/ttyGS{}", number.trim())) })
}

impl Acm {
    pub(crate) fn open(&self) -> Outcome<Line> {
        let node = &self.node;
        wait_for("node of the ACM function", PATIENCE, || node.exists().then_some(()))?;
        let file = OpenOptions::new().read(true).write(true).custom_flags(NONBLOCK_NOCTTY).open(node);
        let line = file.map(Line).trying(node.display())?;
        let raw = Command::new("stty").arg("-F").arg(node).args(["raw", "-echo"]).status().trying("stty")?;
        ensure(raw.success(), || "stty refused".to_owned())?;
        Ok(line)
    }
}

impl Line {
    /// What the host wrote and nobody took yet; nothing while the cable is out.
    pub(crate) fn heard(&mut self) -> Outcome<Vec<u8>> {
        let mut heard = Vec::new();
        let mut chunk = [0_u8; 512];
        loop {
            match self.0.read(&mut chunk) {
                Ok(0) => return Ok(heard),
                Ok(read) => heard.extend(chunk.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(heard),
                Err(error) => return Err(format!("the host cannot be heard: {error}")),
            }
        }
    }

    /// Hands bytes to the kernel, waiting while its buffer is full.
    pub(crate) fn send(&mut self, mut bytes: &[u8]) -> Outcome {
        let until = Instant::now() + PATIENCE;
        while !bytes.is_empty() {
            match self.0.write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(format!("bytes cannot be sent: {error}")),
            }
            if !bytes.is_empty() {
                ensure(Instant::now() < until, || "nobody takes the bytes".to_owned())?;
                std::thread::sleep(Duration::from_micros(500));
            }
        }
        Ok(())
    }
}
