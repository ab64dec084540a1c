//! TLS 1.3, without a socket: bytes are encrypted and decrypted, and somebody else sends and receives them.

mod trust;

use crate::address::Place;
use crate::wire::words;
use crate::{ClientError, Options};
use rustls::ClientConnection;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, Error};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

/// A connection whose handshake is done.
pub struct Cipher(ClientConnection);

/// Find out who is there, and agree on keys.
pub fn shake_hands(place: &Place, options: &Options, stream: &mut TcpStream) -> Result<Cipher, ClientError> {
    let failed = |problem: String| ClientError::Untrusted { url: place.url.clone(), problem };
    let provider = Arc::new(ring::default_provider());
    let verifier = trust::verifier(options.certificate.as_deref(), &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let name = ServerName::try_from(place.host.clone())
        .map_err(|_| ClientError::Address(format!("{}#{}", place.url, place.model)))?;
    let mut connection =
        ClientConnection::new(Arc::new(config), name).map_err(|error| failed(error.to_string()))?;
    // A request is encrypted as a whole, however long it is.
    connection.set_buffer_limit(None);
    while connection.is_handshaking() {
        connection.complete_io(stream).map_err(|error| untrusted(place, &error))?;
    }
    Ok(Cipher(connection))
}

fn untrusted(place: &Place, error: &io::Error) -> ClientError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(problem)) => {
            ClientError::Untrusted { url: place.url.clone(), problem: problem.to_string() }
        }
        Some(Error::InvalidMessage(_)) => place.unreachable("it speaks no TLS"),
        _ => place.unreachable(words(error)),
    }
}

impl Cipher {
    /// The bytes to send for these; also what TLS itself has to say.
    pub fn seal(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        self.0.writer().write_all(bytes)?;
        let mut sealed = Vec::with_capacity(bytes.len() + 1024);
        while self.0.wants_write() {
            self.0.write_tls(&mut sealed)?;
        }
        Ok(sealed)
    }

    /// Decrypt into a buffer as much as there is; 0 when the other side has ended it, None when more has to be
    /// received. What is used of `sealed` is taken from it.
    pub fn open(&mut self, sealed: &mut Vec<u8>, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            match self.0.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read.map(Some),
            }
            if sealed.is_empty() {
                return Ok(None);
            }
            let mut rest = sealed.as_slice();
            self.0.read_tls(&mut rest)?;
            let used = sealed.len() - rest.len();
            sealed.drain(..used);
            self.0.process_new_packets().map_err(io::Error::other)?;
        }
    }
}
