//! A printer on the network, port 9100.
//!
//! Invariant: a job ends with our half closed and the printer's read to its end, so that no reset cuts it short.
//! Deliberately absent: a connection kept between jobs: most printers serve one client at a time.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::port::{PATIENCE, Patience, Port, progress};
use crate::stop::Stop;

const CONNECT_SLICE: Duration = Duration::from_millis(200);
/// What a printer may say before we stop listening for its end.
const LAST_WORDS_BYTES: usize = 4096;

/// Where a network printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpSettings {
    /// `host:port`; a number rather than a name, since the shop's name server may be down.
    pub address: String,
    /// How long to wait for it; 3 s is usual.
    pub connect_timeout: Duration,
}

impl TcpSettings {
    /// At an address, with the usual wait.
    #[must_use]
    pub fn at(address: impl Into<String>) -> TcpSettings {
        TcpSettings { address: address.into(), connect_timeout: Duration::from_secs(3) }
    }
}

#[derive(Debug)]
pub(crate) struct TcpPort {
    stream: TcpStream,
}

impl TcpPort {
    pub(crate) fn open(settings: &TcpSettings, stop: &Stop) -> io::Result<TcpPort> {
        let patience = Patience::new(settings.connect_timeout, stop);
        let mut last_error = io::Error::new(io::ErrorKind::NotFound, "the address names no host");
        for address in settings.address.to_socket_addrs()? {
            match connect(address, &patience) {
                Ok(stream) => return Ok(TcpPort { stream }),
                Err(error) => last_error = error,
            }
        }
        Err(last_error)
    }
}

/// Connects in slices: one long wait could not be stopped.
fn connect(address: SocketAddr, patience: &Patience<'_>) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    match socket.connect_timeout(&address.into(), CONNECT_SLICE) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::TimedOut => wait_connected(&socket, patience)?,
        Err(error) => return Err(error),
    }
    socket.set_nonblocking(false)?;
    socket.set_keepalive(true)?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn wait_connected(socket: &Socket, patience: &Patience<'_>) -> io::Result<()> {
    loop {
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
        if socket.peer_addr().is_ok() {
            return Ok(());
        }
        if patience.wait(Duration::from_millis(20)) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer at this address"));
        }
    }
}

impl Port for TcpPort {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        progress(self.stream.write(bytes))
    }

    fn read_some(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(into) {
            Ok(0) if !into.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            other => progress(other),
        }
    }

    /// Most printers close when they have taken all; some never do, which the limit bears.
    fn close(mut self: Box<Self>, patience: &Patience<'_>) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        let mut words = [0_u8; 256];
        let mut heard = 0;
        while heard < LAST_WORDS_BYTES && !patience.is_over() {
            match progress(self.stream.read(&mut words).map(|read| read + 1))? {
                0 => {}
                1 => return Ok(()),
                read => heard += read - 1,
            }
        }
        Ok(())
    }
}
