//! How a connection begins: TCP, the handshake, the welcome, and a model opened as stream 0.

use crate::ClientError;
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::handshake::HandshakeError;
use tungstenite::http::Uri;
use tungstenite::{ClientRequestBuilder, Error, Message, WebSocket};

const SUBPROTOCOL: &str = "evolve.infer.v1";

/// Where a service is, and what is wanted there.
#[derive(Clone, Debug)]
pub struct Place {
    pub url: String,
    pub token: Option<String>,
    pub model: String,
    pub timeout: Duration,
}

/// A connection whose stream 0 is the model.
pub struct Opened {
    pub socket: WebSocket<TcpStream>,
    pub inputs: usize,
    pub outputs: usize,
}

impl Place {
    /// The sentence for a connection that does not come about, or ends.
    pub fn unreachable(&self, problem: impl ToString) -> ClientError {
        ClientError::Unreachable { url: self.url.clone(), problem: problem.to_string() }
    }

    /// Connect, and open the model.
    pub fn open(&self) -> Result<Opened, ClientError> {
        let mut socket = self.shake_hands()?;
        if self.control(&mut socket)?["type"] != "welcome" {
            return Err(ClientError::Protocol("it did not say welcome"));
        }
        let wish = json!({"type": "open", "stream": 0, "model": self.model, "version": ""});
        socket.send(Message::text(wish.to_string())).map_err(|error| self.unreachable(error))?;
        let said = self.control(&mut socket)?;
        if said["type"] == "refused" {
            let code = said["code"].as_u64().and_then(|code| code.try_into().ok()).unwrap_or(0);
            let reason = said["reason"].as_str().unwrap_or("no reason given").to_owned();
            return Err(ClientError::Refused { code, reason });
        }
        let width = |key: &str| width(&said[key]).ok_or_else(|| ClientError::Tensors(self.model.clone()));
        Ok(Opened { inputs: width("inputs")?, outputs: width("outputs")?, socket })
    }

    fn shake_hands(&self) -> Result<WebSocket<TcpStream>, ClientError> {
        let address = || ClientError::Address(self.url.clone());
        let uri: Uri = self.url.parse().map_err(|_| address())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("ws")).ok_or_else(address)?;
        let (host, port) = (authority.host(), authority.port_u16().unwrap_or(80));
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, port)).map_err(|error| self.unreachable(error))?;
        let settled = stream
            .set_nodelay(true)
            .and_then(|()| stream.set_read_timeout(Some(self.timeout)))
            .and_then(|()| stream.set_write_timeout(Some(self.timeout)));
        settled.map_err(|error| self.unreachable(error))?;
        let mut wish = ClientRequestBuilder::new(uri).with_sub_protocol(SUBPROTOCOL);
        if let Some(token) = &self.token {
            wish = wish.with_header("Authorization", format!("Bearer {token}"));
        }
        match tungstenite::client(wish, stream) {
            Ok((socket, _)) => Ok(socket),
            Err(HandshakeError::Failure(Error::Http(response))) => {
                let said = response.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
                Err(ClientError::Refused {
                    code: response.status().as_u16().into(),
                    reason: said.trim().to_owned(),
                })
            }
            Err(error) => Err(self.unreachable(error)),
        }
    }

    fn control(&self, socket: &mut WebSocket<TcpStream>) -> Result<Value, ClientError> {
        loop {
            match socket.read().map_err(|error| self.unreachable(error))? {
                Message::Text(text) => {
                    return serde_json::from_str(&text)
                        .map_err(|_| ClientError::Protocol("its text is no JSON"));
                }
                Message::Ping(_) | Message::Pong(_) => {}
                _ => return Err(ClientError::Protocol("it sent no text first")),
            }
        }
    }
}

/// How many numbers a row has, when the tensor is the only one and of float32.
fn width(tensors: &Value) -> Option<usize> {
    let [tensor] = tensors.as_array()?.as_slice() else { return None };
    let [_, width] = tensor["shape"].as_array()?.as_slice() else { return None };
    let width = usize::try_from(width.as_u64()?).ok()?;
    (tensor["datatype"] == "FP32" && width > 0).then_some(width)
}
