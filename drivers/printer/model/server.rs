//! The model's network side: one client at a time, as with real printers.
//!
//! Invariant: decides nothing about papers; every wait is short, so that a stop or a switch is seen.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::machine::{Did, Machine};
use super::{Paper, Power};
use crate::stop::Stop;

const TICK: Duration = Duration::from_millis(2);
const CHUNK_BYTES: usize = 1024;

/// The life of the thread.
pub(super) fn run(
    listener: TcpListener,
    address: SocketAddr,
    machine: &Mutex<Machine>,
    stop: &Stop,
    on_paper: &mut dyn FnMut(&Paper),
) {
    let mut desk = Desk { machine, stop, on_paper, told: 0, switched_on: Instant::now() };
    let mut listener = Some(listener);
    while !stop.is_asked() {
        if lock(machine).power() == Power::Off {
            listener = None; // refuses
            stop.wait(TICK);
            continue;
        }
        if listener.is_none() {
            listener = TcpListener::bind(address).ok();
        }
        match listener.as_ref().map(accept) {
            Some(Ok(client)) => {
                if let Err(error) = desk.serve(client) {
                    tracing::debug!(%error, "the printer model lost its client");
                }
            }
            Some(Err(_)) | None => {
                desk.work();
                stop.wait(TICK);
            }
        }
    }
}

fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    listener.set_nonblocking(true)?;
    let (client, _) = listener.accept()?;
    client.set_nonblocking(false)?;
    client.set_read_timeout(Some(TICK))?;
    client.set_write_timeout(Some(Duration::from_millis(200)))?;
    Ok(client)
}

fn lock(machine: &Mutex<Machine>) -> MutexGuard<'_, Machine> {
    machine.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Desk<'a> {
    machine: &'a Mutex<Machine>,
    stop: &'a Stop,
    on_paper: &'a mut dyn FnMut(&Paper),
    told: usize,
    switched_on: Instant,
}

impl Desk<'_> {
    /// Until the client has closed and all is carried out, or cannot be for now.
    fn serve(&mut self, mut client: TcpStream) -> io::Result<()> {
        let mut ended = false;
        let mut chunk = [0_u8; CHUNK_BYTES];
        while !self.stop.is_asked() && lock(self.machine).power() == Power::On {
            if !ended && lock(self.machine).has_room() {
                match client.read(&mut chunk) {
                    Ok(0) => ended = true,
                    Ok(read) => lock(self.machine).receive(chunk.get(..read).unwrap_or_default()),
                    Err(error) if is_pause(&error) => {}
                    Err(error) => return Err(error),
                }
            } else {
                self.stop.wait(TICK);
            }
            self.work();
            let replies = lock(self.machine).take_replies();
            client.write_all(&replies)?;
            let machine = lock(self.machine);
            if ended && (machine.is_idle() || !machine.is_online()) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Carries out what can be carried out now, and tells of papers.
    fn work(&mut self) {
        let now = self.switched_on.elapsed();
        while lock(self.machine).step(now) == Did::Something {}
        let papers: Vec<Paper> = lock(self.machine).papers().iter().skip(self.told).cloned().collect();
        self.told += papers.len();
        papers.iter().for_each(&mut *self.on_paper);
    }
}

fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}
