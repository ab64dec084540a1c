//! Requests over a connection that is kept, and made again when it is lost.

use crate::frames::{self, Answer};
use crate::opening::{Opened, Place};
use crate::{ClientError, Counters};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tungstenite::Message;

/// A request that is under way.
#[derive(Debug, PartialEq, Eq, Hash)]
#[must_use = "its answer waits to be fetched"]
pub struct Ticket(u64);

struct Asked {
    began: Instant,
    rows: usize,
    answer: Option<Result<Vec<f32>, (u32, String)>>,
}

/// A connection to one model of a service.
pub struct Client {
    place: Place,
    opened: Opened,
    asked: HashMap<u64, Asked>,
    next: u64,
    counters: Counters,
}

impl Client {
    /// Connect, and open the newest version of a model. Nothing may take longer than the time-out.
    pub fn connect(
        url: &str,
        token: Option<&str>,
        model: &str,
        timeout: Duration,
    ) -> Result<Self, ClientError> {
        let (url, token, model) = (url.to_owned(), token.map(str::to_owned), model.to_owned());
        let place = Place { url, token, model, timeout };
        let began = Instant::now();
        let opened = place.open()?;
        let counters = Counters { http_time_ns: nanoseconds(began), ..Counters::default() };
        Ok(Self { place, opened, asked: HashMap::new(), next: 0, counters })
    }

    /// How many numbers a row of the input has.
    pub fn inputs(&self) -> usize {
        self.opened.inputs
    }

    /// How many numbers a row of the output has.
    pub fn outputs(&self) -> usize {
        self.opened.outputs
    }

    /// What it has done so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Rows in, rows out; when the connection is lost meanwhile, asked once more over a new one.
    pub fn infer(&mut self, rows: &[f32]) -> Result<Vec<f32>, ClientError> {
        match self.ask(rows).and_then(|ticket| self.wait(ticket)) {
            Err(ClientError::Unreachable { .. }) => {
                self.reconnect()?;
                let ticket = self.ask(rows)?;
                self.wait(ticket)
            }
            answer => answer,
        }
    }

    /// Send rows, and go on: any number of requests up to the service's credit may be under way.
    pub fn ask(&mut self, rows: &[f32]) -> Result<Ticket, ClientError> {
        let (numbers, width) = (rows.len(), self.inputs());
        if numbers == 0 || !numbers.is_multiple_of(width) {
            return Err(ClientError::Rows { numbers, width });
        }
        let began = Instant::now();
        let number = self.next;
        self.next += 1;
        let frame = frames::request(number, (numbers / width) as u32, rows);
        self.asked.insert(number, Asked { began, rows: numbers / width, answer: None });
        let sent = self.opened.socket.send(Message::binary(frame));
        sent.map_err(|error| self.place.unreachable(error))?;
        Ok(Ticket(number))
    }

    /// The answer to a request; those of others that come before it are kept for them.
    pub fn wait(&mut self, ticket: Ticket) -> Result<Vec<f32>, ClientError> {
        let lost = || self.place.unreachable("the connection was lost before it had answered");
        let mut asked = self.asked.get(&ticket.0).ok_or_else(lost)?;
        while asked.answer.is_none() {
            self.read()?;
            asked = &self.asked[&ticket.0];
        }
        let asked =
            self.asked.remove(&ticket.0).and_then(|asked| Some((asked.began, asked.rows, asked.answer?)));
        let Some((began, rows, answer)) = asked else { unreachable!("it was there, with its answer") };
        self.counters.infer_time_ns += nanoseconds(began);
        self.counters.infer_count += 1;
        self.counters.rows += rows as u64;
        answer.map_err(|(code, reason)| ClientError::Refused { code, reason })
    }

    fn reconnect(&mut self) -> Result<(), ClientError> {
        let began = Instant::now();
        self.asked.clear();
        let opened = self.place.open()?;
        if (opened.inputs, opened.outputs) != (self.inputs(), self.outputs()) {
            return Err(ClientError::Tensors(self.place.model.clone()));
        }
        self.opened = opened;
        self.counters.http_time_ns += nanoseconds(began);
        Ok(())
    }

    fn read(&mut self) -> Result<(), ClientError> {
        let began = Instant::now();
        let message = self.opened.socket.read().map_err(|error| self.place.unreachable(error))?;
        self.counters.remote_infer_ns += nanoseconds(began);
        match message {
            Message::Binary(bytes) => self.take(&bytes),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(frame) => {
                Err(self.place.unreachable(frame.map_or_else(String::new, |frame| frame.to_string())))
            }
            _ => Err(ClientError::Protocol("it sent text among the answers")),
        }
    }

    fn take(&mut self, mut message: &[u8]) -> Result<(), ClientError> {
        while !message.is_empty() {
            let (answer, rest) = frames::answer(message, self.outputs() * size_of::<f32>())?;
            message = rest;
            let (number, answer) = match answer {
                Answer::Outputs { request, rows, bytes } => {
                    if self.asked.get(&request).is_some_and(|asked| asked.rows != rows) {
                        return Err(ClientError::Protocol("an answer has other rows than its request"));
                    }
                    let numbers = bytes
                        .chunks_exact(4)
                        .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
                    (request, Ok(numbers.collect()))
                }
                Answer::Refused { request, code, reason } => (request, Err((code, reason))),
            };
            let asked = self.asked.get_mut(&number);
            asked.ok_or(ClientError::Protocol("an answer to nothing that was asked"))?.answer = Some(answer);
        }
        Ok(())
    }
}

fn nanoseconds(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
