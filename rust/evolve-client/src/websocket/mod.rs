//! A model of a service over WebSocket: `evolve.infer.v1` of spec/INFERENCE.md.

mod frames;
mod opening;

pub use opening::Opening;

use crate::address::Place;
use crate::backend::{Answers, Backend, Limits};
use crate::flights::Flights;
use crate::queue::nanoseconds;
use crate::wire::{HangUp, Incoming, Outgoing, words};
use crate::{ClientError, Shape};
use frames::Answer;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::thread::JoinHandle;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Error, Message, WebSocket};

/// The code of an answer that wants the model opened anew.
const CHANGED: u32 = 409;

/// A connection whose stream 0 is the model.
struct Link {
    socket: WebSocket<Sending>,
    flights: Arc<Flights>,
    shape: Shape,
    limits: Limits,
    place: Place,
    hang_up: Option<HangUp>,
    reader: Option<JoinHandle<()>>,
}

impl Backend for Link {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn begin(&mut self, number: u64, rows: usize, inputs: &[Vec<f32>]) -> Result<(), ClientError> {
        self.flights.goes(number, rows);
        let sent = self.socket.send(Message::binary(frames::request(number, rows as u32, inputs)));
        sent.map_err(|error| unreachable(&self.place, &error))?;
        self.flights.has_gone(number);
        Ok(())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let farewell = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        // It may have ended by itself.
        drop(self.socket.close(Some(farewell)));
        drop(self.hang_up.take());
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
    }
}

/// What the client's thread writes to; the other thread reads.
struct Sending(Arc<Outgoing>);

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Sending {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

/// The thread that reads, until the connection ends.
struct Reader {
    socket: WebSocket<Incoming>,
    flights: Arc<Flights>,
    shape: Shape,
    answers: Answers,
    place: Place,
}

impl Reader {
    fn run(mut self) {
        loop {
            let read = match self.socket.read() {
                Ok(Message::Binary(bytes)) => self.take(&bytes),
                Ok(Message::Ping(_) | Message::Pong(_)) => Ok(()),
                Ok(Message::Close(frame)) => {
                    let said = frame.map_or_else(|| "it said good-bye".to_owned(), |frame| frame.to_string());
                    Err(self.place.unreachable(said))
                }
                Ok(_) => Err(ClientError::Protocol("it sent text among the answers")),
                Err(error) => Err(unreachable(&self.place, &error)),
            };
            if let Err(error) = read {
                return self.answers.lost(error);
            }
        }
    }

    fn take(&self, mut message: &[u8]) -> Result<(), ClientError> {
        while !message.is_empty() {
            let decoded = frames::answer(message, self.shape.output_bytes());
            let (answer, rest) = decoded.map_err(ClientError::Protocol)?;
            message = rest;
            self.give(answer)?;
        }
        Ok(())
    }

    fn give(&self, answer: Answer<'_>) -> Result<(), ClientError> {
        let (Answer::Outputs { request: number, .. } | Answer::Refused { request: number, .. }) = answer;
        let flight = self.flights.take(number);
        let flight = flight.ok_or(ClientError::Protocol("an answer to nothing that was asked"))?;
        self.answers.count(|counters| counters.remote_infer_ns += nanoseconds(flight.sent));
        let outcome = match answer {
            Answer::Outputs { rows, bytes, .. } => {
                let outputs = self.shape.outputs_of(rows, bytes).filter(|_| rows == flight.rows);
                Ok(outputs.ok_or(ClientError::Protocol("an answer has other rows than its request"))?)
            }
            Answer::Refused { code, reason, .. } => Err(ClientError::Refused { code, reason }),
        };
        match outcome {
            Err(error @ ClientError::Refused { code: CHANGED, .. }) => Err(error),
            outcome => {
                self.answers.give(number, outcome);
                Ok(())
            }
        }
    }
}

fn unreachable(place: &Place, error: &Error) -> ClientError {
    match error {
        Error::Io(error) => place.unreachable(words(error)),
        Error::Capacity(_) => ClientError::Protocol("a message is larger than any may be"),
        error => place.unreachable(error),
    }
}
