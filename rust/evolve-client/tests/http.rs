//! The client over HTTP, against a stand-in of the service in a thread: answers as they should be, cut short, and
//! changed at random.

#![allow(clippy::unwrap_used)]

use evolve_client::{Client, ClientError, Options};
use evolve_core::random::{Purpose, Stream};

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const DESCRIPTION: &str = r#"{"name":"double","inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],
    "outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]}]}"#;
/// Enough that the inputs of a test reach every part of an answer.
const MUTATIONS: u32 = 300;

/// A connection of the stand-in.
struct Caller {
    reader: BufReader<TcpStream>,
}

impl Caller {
    /// The next request: its first line, and its rows.
    fn request(&mut self) -> Option<(String, Vec<u8>)> {
        let (mut lines, mut size, mut text) = (Vec::new(), 0, 0);
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_owned();
            let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
            match name {
                "" => break,
                "Content-Length" => size = value.parse().unwrap(),
                "Inference-Header-Content-Length" => text = value.parse().unwrap(),
                "Authorization" if value != "Bearer right" => {
                    self.answer(401, None, br#"{"error":"the key is missing or wrong"}"#);
                    return None;
                }
                _ => {}
            }
            lines.push(line);
        }
        let mut body = vec![0; size];
        self.reader.read_exact(&mut body).ok()?;
        Some((lines[0].clone(), body.split_off(text)))
    }

    fn answer(&mut self, status: u16, text: Option<usize>, body: &[u8]) {
        let whole = written(status, text, body);
        // The client may have seen enough.
        drop(self.reader.get_mut().write_all(&whole));
    }

    fn describe(&mut self) -> bool {
        let Some((line, _)) = self.request() else { return false };
        assert_eq!(line, "GET /v2/models/double HTTP/1.1");
        self.answer(200, None, DESCRIPTION.as_bytes());
        true
    }
}

fn written(status: u16, text: Option<usize>, body: &[u8]) -> Vec<u8> {
    let text = text.map_or_else(String::new, |size| format!("Inference-Header-Content-Length: {size}\r\n"));
    let head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n{text}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Twice the rows, as the protocol has them.
fn doubled(rows: &[u8]) -> Vec<u8> {
    let text = format!(
        r#"{{"outputs":[{{"name":"y","datatype":"FP32","shape":[{},2],"parameters":{{"binary_data_size":{}}}}}]}}"#,
        rows.len() / 8,
        rows.len()
    );
    let numbers =
        rows.as_chunks::<4>().0.iter().flat_map(|&four| (f32::from_le_bytes(four) * 2.0).to_le_bytes());
    let body: Vec<u8> = text.bytes().chain(numbers).collect();
    written(200, Some(text.len()), &body)
}

/// Serve connections one after another, each by its own function; gives the address.
fn serve(connections: Vec<Box<dyn Fn(Caller) + Send>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}#double", listener.local_addr().unwrap());
    thread::spawn(move || {
        for play in connections {
            play(Caller { reader: BufReader::new(listener.accept().unwrap().0) });
        }
    });
    address
}

fn answer_each(mut caller: Caller) {
    if caller.describe() {
        while let Some((line, rows)) = caller.request() {
            assert_eq!(line, "POST /v2/models/double/infer HTTP/1.1");
            caller.reader.get_mut().write_all(&doubled(&rows)).unwrap();
        }
    }
}

/// Say these bytes to the first request, and hang up.
fn say(bytes: Vec<u8>) -> Box<dyn Fn(Caller) + Send> {
    Box::new(move |mut caller| {
        if caller.describe() && caller.request().is_some() {
            drop(caller.reader.get_mut().write_all(&bytes));
        }
    })
}

fn connect(address: &str) -> Result<Client, ClientError> {
    Client::open(address, &Options { token: Some("right".into()), ..Options::default() })
}

#[test]
fn rows_are_answered_over_one_connection_and_counted() {
    let client = connect(&serve(vec![Box::new(answer_each)])).unwrap();
    for _ in 0..3 {
        assert_eq!(client.infer(&[&[1.0, -2.0, 0.5, 3.0]]).unwrap(), [[2.0, -4.0, 1.0, 6.0]]);
    }
    let counters = client.counters();
    assert_eq!((counters.infer_count, counters.rows, counters.requests), (3, 6, 3));
    assert!(counters.http_time_ns > counters.remote_infer_ns && counters.remote_infer_ns > 0);
}

#[test]
fn requests_follow_each_other_without_waiting_for_answers() {
    let backwards = |mut caller: Caller| {
        assert!(caller.describe());
        let mut requests = Vec::new();
        while requests.iter().map(Vec::len).sum::<usize>() < 24 {
            requests.push(caller.request().unwrap().1);
        }
        let all: Vec<u8> = requests.iter().flat_map(|rows| doubled(rows)).collect();
        caller.reader.get_mut().write_all(&all).unwrap();
        assert!(caller.request().is_none());
    };
    let client = connect(&serve(vec![Box::new(backwards)])).unwrap();
    let tickets: Vec<_> = (0u8..3).map(|n| client.submit(&[&[f32::from(n), 1.0]]).unwrap()).collect();
    for (number, ticket) in (0u8..3).zip(tickets) {
        assert_eq!(ticket.wait().unwrap(), [[f32::from(number) * 2.0, 2.0]]);
    }
}

#[test]
fn what_an_ended_connection_left_unanswered_is_asked_again() {
    let whole = doubled(&[0; 8]);
    let cut = whole[..whole.len() - 3].to_vec();
    let client = connect(&serve(vec![say(cut), say(Vec::new()), Box::new(answer_each)])).unwrap();
    assert_eq!(client.infer(&[&[1.0, 2.0]]).unwrap(), [[2.0, 4.0]]);
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let sentence = |result: Result<Client, ClientError>| result.err().unwrap().to_string();
    let wrong = Options { token: Some("wrong".into()), ..Options::default() };
    let wrong = Client::open(&serve(vec![Box::new(answer_each)]), &wrong);
    assert_eq!(sentence(wrong), "the service refused it (401): the key is missing or wrong");
    let cut = Options { token: Some("two\r\nlines".into()), ..Options::default() };
    assert!(
        sentence(Client::open("http://127.0.0.1:9#double", &cut)).starts_with("the key of the service has")
    );
    let none = |mut caller: Caller| {
        caller.request();
        caller.answer(404, None, br#"{"error":"there is no model double"}"#);
    };
    let none = connect(&serve(vec![Box::new(none)]));
    assert_eq!(sentence(none), "the service refused it (404): there is no model double");
    let other = |mut caller: Caller| {
        caller.request();
        drop(caller.reader.get_mut().write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"));
    };
    let other = connect(&serve(vec![Box::new(other)]));
    assert!(sentence(other).ends_with("it does not speak HTTP/1.1"));
    assert!(sentence(connect("http://127.0.0.1:9#double")).starts_with("there is no inference service at"));
}

#[test]
fn a_refusal_is_for_the_request_alone() {
    let moody = |mut caller: Caller| {
        assert!(caller.describe());
        caller.request();
        caller.answer(503, None, br#"{"error":"the queue is full: come again"}"#);
        let (_, rows) = caller.request().unwrap();
        caller.reader.get_mut().write_all(&doubled(&rows)).unwrap();
    };
    let client = connect(&serve(vec![Box::new(moody)])).unwrap();
    let refused = client.infer(&[&[1.0, 2.0]]).unwrap_err().to_string();
    assert_eq!(refused, "the service refused it (503): the queue is full: come again");
    assert_eq!(client.infer(&[&[1.0, 2.0]]).unwrap(), [[2.0, 4.0]]);
}

/// Answers changed in a byte, cut or lengthened: each is read as it stands, asked again, or refused with a sentence.
#[test]
fn no_change_of_an_answer_makes_the_client_panic() {
    let mut random = Stream::new(11, 0, 0, 0, Purpose::User);
    let whole = doubled(&[0; 8]);
    let mut connections: Vec<Box<dyn Fn(Caller) + Send>> = Vec::new();
    for _ in 0..MUTATIONS {
        let mut changed = whole.clone();
        let at = random.below(changed.len());
        match random.below(3) {
            0 => changed[at] = random.below(256) as u8,
            1 => changed.truncate(at),
            _ => changed.insert(at, random.below(256) as u8),
        }
        connections.push(say(changed));
    }
    connections.push(Box::new(answer_each));
    let address = serve(connections);
    let options = Options { timeout: Duration::from_millis(200), ..Options::default() };
    let mut outcomes = 0;
    // Each answer ends its connection; the client makes the next one as it needs it.
    for _ in 0..MUTATIONS {
        let Ok(client) = Client::open(&address, &options) else { continue };
        match client.infer(&[&[0.0, 0.0]]) {
            Ok(rows) => assert_eq!(rows[0].len(), 2),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        outcomes += 1;
    }
    assert!(outcomes > 0);
}
