//! A model of a service over HTTP: version 2 of the Open Inference Protocol, with binary data. Requests follow
//! each other on one kept connection without waiting, and are answered in their order.

mod message;
mod tensors;

use crate::address::Place;
use crate::backend::{Answers, Backend, Limits, Open};
use crate::flights::Flights;
use crate::queue::nanoseconds;
use crate::wire::{self, HangUp, Incoming, Outgoing, words};
use crate::{ClientError, Options, Shape};
use message::{Message, Problem};
use std::io::{self, BufReader};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;
use tensors::Asking;

/// The bytes that may be under way in a connection.
const MOST_UNDER_WAY: usize = 64 << 20;
/// Answers after which it is worth to come again, when they come before anything else.
const TEMPORARY: [u32; 4] = [429, 502, 503, 504];

/// A model at a service, and how it is asked.
pub struct Opening {
    place: Place,
    options: Options,
}

impl Opening {
    pub fn new(place: Place, options: &Options) -> Self {
        Self { place, options: options.clone() }
    }

    fn link(&self, answers: Answers) -> Result<Link, ClientError> {
        let incoming = wire::connect(&self.place, &self.options)?;
        let asking = Asking::new(&self.place, self.options.token.as_deref());
        let failed = |error: io::Error| self.place.unreachable(words(&error));
        incoming.outgoing.send(&asking.description()).map_err(failed)?;
        let mut incoming = BufReader::new(incoming);
        let said = message::read(&mut incoming).map_err(|problem| self.place.lost(problem))?;
        let said = said.ok_or_else(|| self.place.unreachable("it hung up"))?;
        let shape = match tensors::shape(&said, &self.place.model) {
            Err(ClientError::Refused { code, reason }) if TEMPORARY.contains(&code) => {
                return Err(self.place.unreachable(format!("it answered {code}: {reason}")));
            }
            shape => shape?,
        };
        incoming.get_ref().wait_for_ever().map_err(failed)?;
        let hang_up = Some(incoming.get_ref().hang_up().map_err(failed)?);
        let outgoing = Arc::clone(&incoming.get_ref().outgoing);
        let flights = Arc::new(Flights::default());
        let reader = Reader {
            incoming,
            flights: Arc::clone(&flights),
            shape: shape.clone(),
            answers,
            place: self.place.clone(),
        };
        let thread = thread::Builder::new().name("evolve-client reads".into()).spawn(|| reader.run());
        let limits = Limits { requests: self.options.requests.max(1), bytes: MOST_UNDER_WAY };
        let (place, reader) = (self.place.clone(), Some(thread.map_err(failed)?));
        Ok(Link { outgoing, asking, flights, shape, limits, place, hang_up, reader })
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

impl Place {
    fn lost(&self, problem: Problem) -> ClientError {
        match problem {
            Problem::Lost(error) => self.unreachable(words(&error)),
            Problem::Wrong(sentence) => ClientError::Protocol(sentence),
        }
    }
}

/// A kept connection.
struct Link {
    outgoing: Arc<Outgoing>,
    asking: Asking,
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
        let message = self.asking.inference(&self.shape, rows, inputs);
        self.outgoing.send(&message).map_err(|error| self.place.unreachable(words(&error)))?;
        self.flights.has_gone(number);
        Ok(())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        drop(self.hang_up.take());
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
    }
}

/// The thread that reads, until the connection ends.
struct Reader {
    incoming: BufReader<Incoming>,
    flights: Arc<Flights>,
    shape: Shape,
    answers: Answers,
    place: Place,
}

impl Reader {
    fn run(mut self) {
        loop {
            let read = match message::read(&mut self.incoming) {
                Ok(Some(message)) => self.give(&message),
                Ok(None) => Err(self.place.unreachable("it closed the connection")),
                Err(problem) => Err(self.place.lost(problem)),
            };
            if let Err(error) = read {
                return self.answers.lost(error);
            }
        }
    }

    fn give(&self, message: &Message) -> Result<(), ClientError> {
        let Some((number, flight)) = self.flights.take_first() else {
            return Err(self.place.unreachable(format!("it said {} without being asked", message.status)));
        };
        self.answers.count(|counters| {
            counters.remote_infer_ns += nanoseconds(flight.sent);
            counters.http_time_ns += nanoseconds(flight.began);
        });
        match tensors::outputs(message, &self.shape, flight.rows) {
            Err(error @ ClientError::Protocol(_)) => return Err(error),
            answer => self.answers.give(number, answer),
        }
        if message.is_last { Err(self.place.unreachable("it closed the connection")) } else { Ok(()) }
    }
}
