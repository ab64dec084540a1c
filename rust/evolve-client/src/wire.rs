//! A TCP connection, with TLS or without, cut into the half that one thread reads and the half that another one
//! writes.

use crate::address::Place;
use crate::tls::{self, Cipher};
use crate::{ClientError, Options};
use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

/// The reading half. What is written to it, answers to pings say, never waits for a large request that is
/// just being written, so that reading always goes on.
pub struct Incoming {
    stream: TcpStream,
    /// What came and is still encrypted.
    sealed: Vec<u8>,
    pub outgoing: Arc<Outgoing>,
}

/// The writing half.
pub struct Outgoing {
    stream: Mutex<TcpStream>,
    cipher: Option<Mutex<Cipher>>,
    /// What the reading half has to say, and could not say at once.
    late: Mutex<Vec<u8>>,
}

/// Connect within the time-out, to the first address of the host that answers.
pub fn connect(place: &Place, options: &Options) -> Result<Incoming, ClientError> {
    let unreachable = |error: io::Error| place.unreachable(words(&error));
    let mut stream = dial(place, options.timeout).map_err(unreachable)?;
    settle(&stream, options.timeout).map_err(unreachable)?;
    let shake_hands = || tls::shake_hands(place, options, &mut stream).map(Mutex::new);
    let cipher = place.is_secure.then(shake_hands).transpose()?;
    let writing = Mutex::new(stream.try_clone().map_err(unreachable)?);
    let outgoing = Arc::new(Outgoing { stream: writing, cipher, late: Mutex::default() });
    Ok(Incoming { stream, sealed: Vec::new(), outgoing })
}

fn dial(place: &Place, timeout: Duration) -> io::Result<TcpStream> {
    let mut problem = io::Error::new(io::ErrorKind::NotFound, "its host has no address");
    for address in (place.host.as_str(), place.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

fn settle(stream: &TcpStream, timeout: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(timeout))?;
    stream.set_read_timeout(Some(timeout))
}

impl Incoming {
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
        let Some(cipher) = &self.outgoing.cipher else { return self.stream.read(buffer) };
        loop {
            // Held for as long as decrypting takes, never while waiting for the other side.
            if let Some(size) = lock(cipher).open(&mut self.sealed, buffer)? {
                return Ok(size);
            }
            let mut more = [0; 16 << 10];
            match self.stream.read(&mut more)? {
                0 => return Ok(0),
                size => self.sealed.extend(&more[..size]),
            }
        }
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.outgoing.late).extend(bytes);
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
        self.write_to(&mut lock(&self.stream), bytes)?;
        self.write_late()
    }

    fn write_late(&self) -> io::Result<()> {
        while !lock(&self.late).is_empty() {
            let mut stream = match self.stream.try_lock() {
                Ok(stream) => stream,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                // Whoever has it looks here when done.
                Err(TryLockError::WouldBlock) => return Ok(()),
            };
            let late = std::mem::take(&mut *lock(&self.late));
            self.write_to(&mut stream, &late)?;
        }
        Ok(())
    }

    /// The stream is held, so that what is encrypted first also goes first.
    fn write_to(&self, stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
        let sealed = match &self.cipher {
            Some(cipher) => Cow::Owned(lock(cipher).seal(bytes)?),
            None => Cow::Borrowed(bytes),
        };
        stream.write_all(&sealed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
