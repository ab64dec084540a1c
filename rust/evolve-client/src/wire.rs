//! A TCP connection, cut into the half that one thread reads and the half that another one writes.

use crate::ClientError;
use crate::address::Place;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

/// The reading half. What is written to it, answers to pings say, never waits for a large request that is
/// just being written, so that reading always goes on.
pub struct Incoming {
    stream: TcpStream,
    pub outgoing: Arc<Outgoing>,
}

/// The writing half.
pub struct Outgoing {
    stream: Mutex<TcpStream>,
    /// What the reading half has to say, and could not say at once.
    late: Mutex<Vec<u8>>,
}

/// Connect within the time-out, to the first address of the host that answers.
pub fn connect(place: &Place, timeout: Duration) -> Result<Incoming, ClientError> {
    let unreachable = |error: io::Error| place.unreachable(words(&error));
    let mut problem = io::Error::new(io::ErrorKind::NotFound, "its host has no address");
    for address in (place.host.as_str(), place.port).to_socket_addrs().map_err(unreachable)? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return Incoming::of(stream, timeout).map_err(unreachable),
            Err(error) => problem = error,
        }
    }
    Err(unreachable(problem))
}

impl Incoming {
    fn of(stream: TcpStream, timeout: Duration) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(timeout))?;
        stream.set_read_timeout(Some(timeout))?;
        let writing = stream.try_clone()?;
        let outgoing = Arc::new(Outgoing { stream: Mutex::new(writing), late: Mutex::default() });
        Ok(Self { stream, outgoing })
    }

    /// From now on reading waits as long as it takes: the client's thread knows when it is too long.
    pub fn wait_for_ever(&self) -> io::Result<()> {
        self.stream.set_read_timeout(None)
    }

    /// What ends the connection for both halves, from any thread.
    pub fn hang_up(&self) -> io::Result<HangUp> {
        self.stream.try_clone().map(HangUp)
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.late.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        self.outgoing.write_late()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Outgoing {
    /// Write all of it, and what the reading half had to say meanwhile.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).write_all(bytes)?;
        self.write_late()
    }

    fn write_late(&self) -> io::Result<()> {
        while !self.late.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            let mut stream = match self.stream.try_lock() {
                Ok(stream) => stream,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                // Whoever has it looks here when done.
                Err(TryLockError::WouldBlock) => return Ok(()),
            };
            let late = std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner));
            stream.write_all(&late)?;
        }
        Ok(())
    }
}

/// What the system says of a connection, where its own words would say little.
pub fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "it did not answer in time".into(),
        _ => error.to_string(),
    }
}

/// Ends the connection when dropped, which wakes whoever reads.
pub struct HangUp(TcpStream);

impl Drop for HangUp {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.shutdown(Shutdown::Both));
    }
}
