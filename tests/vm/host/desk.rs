//! Where the guest's requests are carried out: a line asks, a line answers, `ok` or `no` and why.
//!
//! - `qmp JSON`: a command of QEMU's monitor, such as plugging a keyboard and pressing its keys
//! - `plug`, `send HEX`, `pull`: the far end of the character device `gun`, which a `usb-serial` hangs on

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::qmp::Monitor;

/// Serves the guest from a thread of its own, until its line is closed.
pub(crate) fn open(work: &Path) -> Result<(), String> {
    let mut talk = connect(&work.join("talk"))?;
    let asked = BufReader::new(talk.try_clone().map_err(|error| error.to_string())?);
    let monitor = Monitor::greet(connect(&work.join("qmp"))?)?;
    let mut desk = Desk { monitor, gun: None, socket: work.join("gun") };
    std::thread::spawn(move || {
        for line in asked.lines().map_while(Result::ok) {
            let answer = match desk.carry_out(line.trim()) {
                Ok(()) => "ok\n".to_owned(),
                Err(why) => format!("no {}\n", why.replace('\n', " ")),
            };
            if talk.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    });
    Ok(())
}

struct Desk {
    monitor: Monitor,
    gun: Option<UnixStream>,
    socket: PathBuf,
}

impl Desk {
    fn carry_out(&mut self, line: &str) -> Result<(), String> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "qmp" => self.monitor.execute(rest),
            "plug" => {
                self.gun = Some(connect(&self.socket)?);
                Ok(())
            }
            "pull" => self.gun.take().map(drop).ok_or_else(|| "nothing is plugged in".to_owned()),
            "send" => {
                let gun = self.gun.as_mut().ok_or_else(|| "nothing is plugged in".to_owned())?;
                gun.write_all(&bytes_of(rest)?).map_err(|error| error.to_string())
            }
            _ => Err(format!("no request {verb:?}")),
        }
    }
}

fn bytes_of(hex: &str) -> Result<Vec<u8>, String> {
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).map_err(|error| error.to_string())?;
        u8::from_str_radix(text, 16).map_err(|error| error.to_string())
    };
    pairs.map(byte).collect()
}

/// QEMU makes its sockets a moment after it was started.
fn connect(socket: &Path) -> Result<UnixStream, String> {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        match UnixStream::connect(socket) {
            Ok(stream) => return Ok(stream),
            Err(error) if Instant::now() > until => return Err(format!("{}: {error}", socket.display())),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}
