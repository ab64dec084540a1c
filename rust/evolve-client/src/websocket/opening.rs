//! How a connection begins: TCP, the handshake, the welcome, and a model opened as stream 0.

use super::{Link, Reader, Sending, unreachable};
use crate::address::Place;
use crate::backend::{Answers, Backend, Limits, Open};
use crate::flights::Flights;
use crate::queue::nanoseconds;
use crate::wire::{self, Incoming};
use crate::{ClientError, Options, Shape};
use serde_json::{Value, json};
use std::sync::Arc;
use std::thread;
use std::time::Instant;
use tungstenite::client::client_with_config;
use tungstenite::handshake::HandshakeError;
use tungstenite::http::Response;
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{ClientRequestBuilder, Error, Message, WebSocket};

const SUBPROTOCOL: &str = "evolve.infer.v1";
/// The limit of a message in the specification.
const MOST_BYTES: usize = (64 << 20) + (64 << 10);
const FRAME_HEADER: usize = 16;
/// Answers to a handshake after which it is worth to come again.
const TEMPORARY: [u16; 4] = [429, 502, 503, 504];

/// A model at a service, and how it is asked.
pub struct Opening {
    place: Place,
    options: Options,
}

impl Opening {
    pub fn new(place: Place, options: &Options) -> Self {
        Self { place, options: options.clone() }
    }

    fn shake_hands(&self) -> Result<WebSocket<Incoming>, ClientError> {
        let incoming = wire::connect(&self.place, &self.options)?;
        let uri = self.place.url.parse().map_err(|_| ClientError::Address(self.place.url.clone()))?;
        let mut wish = ClientRequestBuilder::new(uri).with_sub_protocol(SUBPROTOCOL);
        if let Some(token) = &self.options.token {
            wish = wish.with_header("Authorization", format!("Bearer {token}"));
        }
        let limits =
            WebSocketConfig::default().max_message_size(Some(MOST_BYTES)).max_frame_size(Some(MOST_BYTES));
        match client_with_config(wish, incoming, Some(limits)) {
            Ok((socket, _)) => Ok(socket),
            Err(HandshakeError::Failure(Error::Http(response))) => Err(self.refused(&response)),
            Err(HandshakeError::Failure(error)) => Err(unreachable(&self.place, &error)),
            Err(HandshakeError::Interrupted(_)) => Err(self.place.unreachable("it did not answer in time")),
        }
    }

    fn refused(&self, response: &Response<Option<Vec<u8>>>) -> ClientError {
        let status = response.status().as_u16();
        match ClientError::refused(status, response.body().as_deref().unwrap_or_default()) {
            ClientError::Refused { code, reason } if TEMPORARY.contains(&status) => {
                self.place.unreachable(format!("it answered {code}: {reason}"))
            }
            refused => refused,
        }
    }

    fn control(&self, socket: &mut WebSocket<Incoming>) -> Result<Value, ClientError> {
        loop {
            match socket.read().map_err(|error| unreachable(&self.place, &error))? {
                Message::Text(text) => {
                    return serde_json::from_str(&text)
                        .map_err(|_| ClientError::Protocol("its text is no JSON"));
                }
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Close(Some(frame)) => return Err(self.place.unreachable(frame)),
                _ => return Err(ClientError::Protocol("it sent no text first")),
            }
        }
    }

    fn welcome(&self, socket: &mut WebSocket<Incoming>) -> Result<Limits, ClientError> {
        let welcome = self.control(socket)?;
        let number =
            |key: &str| welcome[key].as_u64().filter(|&number| number > 0).map(|number| number as usize);
        let (Some(requests), Some(bytes)) = (number("requests"), number("bytes")) else {
            return Err(ClientError::Protocol("it did not say welcome"));
        };
        let requests = requests.min(self.options.requests.max(1));
        Ok(Limits { requests, bytes: bytes.saturating_sub(requests * FRAME_HEADER) })
    }

    fn model(&self, socket: &mut WebSocket<Incoming>) -> Result<Shape, ClientError> {
        let wish = json!({"type": "open", "stream": 0, "model": self.place.model, "version": ""});
        let sent = socket.send(Message::text(wish.to_string()));
        sent.map_err(|error| unreachable(&self.place, &error))?;
        let said = self.control(socket)?;
        if said["type"] == "refused" {
            let code = said["code"].as_u64().and_then(|code| code.try_into().ok()).unwrap_or(0);
            let reason = said["reason"].as_str().unwrap_or("no reason given").to_owned();
            return Err(ClientError::Refused { code, reason });
        }
        Shape::of_json(&said).ok_or_else(|| ClientError::Tensors(self.place.model.clone()))
    }

    fn link(&self, answers: Answers) -> Result<Link, ClientError> {
        let mut socket = self.shake_hands()?;
        let limits = self.welcome(&mut socket)?;
        let shape = self.model(&mut socket)?;
        let failed = |error: std::io::Error| self.place.unreachable(error);
        socket.get_ref().wait_for_ever().map_err(failed)?;
        let hang_up = Some(socket.get_ref().hang_up().map_err(failed)?);
        let sending = Sending(Arc::clone(&socket.get_ref().outgoing));
        let flights = Arc::new(Flights::default());
        let reader = Reader {
            socket,
            flights: Arc::clone(&flights),
            shape: shape.clone(),
            answers,
            place: self.place.clone(),
        };
        let thread = thread::Builder::new().name("evolve-client reads".into()).spawn(|| reader.run());
        Ok(Link {
            socket: WebSocket::from_raw_socket(sending, Role::Client, None),
            flights,
            shape,
            limits,
            place: self.place.clone(),
            hang_up,
            reader: Some(thread.map_err(failed)?),
        })
    }
}

impl Open for Opening {
    fn open(&self, answers: Answers) -> Result<Box<dyn Backend>, ClientError> {
        let began = Instant::now();
        let link = self.link(answers.clone());
        answers.count(|counters| counters.http_time_ns += nanoseconds(began));
        Ok(Box::new(link?))
    }
}
