//! The client over WebSocket, against a stand-in of the service in a thread that answers twice what it is asked.

#![allow(clippy::unwrap_used)]

use evolve_client::{Client, ClientError, Options};
use evolve_core::random::{Purpose, Stream};
use std::future::Future;
use std::net::{TcpListener, TcpStream};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::{HeaderValue, StatusCode};
use tungstenite::{Message, WebSocket, accept_hdr};

const TIMEOUT: Duration = Duration::from_secs(10);
const OPENED: &str = r#"{"type":"opened","stream":0,"model":"double","version":"1",
    "inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],
    "outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]}]}"#;

/// Serve connections one after another, each by its own function; gives the address.
fn serve(connections: Vec<fn(WebSocket<TcpStream>)>) -> String {
    serve_with(move |listener| connections.iter().for_each(|play| accept(listener, play)))
}

/// Serve a connection.
fn serve_one(play: impl FnOnce(WebSocket<TcpStream>) + Send + 'static) -> String {
    serve_with(move |listener| accept(listener, play))
}

fn serve_with(play: impl FnOnce(&TcpListener) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("ws://{}/infer#double", listener.local_addr().unwrap());
    thread::spawn(move || play(&listener));
    address
}

fn accept(listener: &TcpListener, play: impl FnOnce(WebSocket<TcpStream>)) {
    let (stream, _) = listener.accept().unwrap();
    if let Ok(socket) = accept_hdr(stream, check) {
        play(socket);
    }
}

#[allow(clippy::result_large_err, clippy::unnecessary_wraps)]
fn check(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    assert_eq!(request.headers()["Sec-WebSocket-Protocol"], "evolve.infer.v1");
    if request.headers().get("Authorization").is_some_and(|token| token != "Bearer right") {
        let mut refusal = ErrorResponse::new(Some("the key is missing or wrong\n".into()));
        *refusal.status_mut() = StatusCode::UNAUTHORIZED;
        return Err(refusal);
    }
    let chosen = HeaderValue::from_static("evolve.infer.v1");
    response.headers_mut().insert("Sec-WebSocket-Protocol", chosen);
    Ok(response)
}

fn open(socket: &mut WebSocket<TcpStream>, said: &str) {
    socket.send(Message::text(r#"{"type":"welcome","requests":1024,"bytes":16777216}"#)).unwrap();
    let wish = socket.read().unwrap().into_text().unwrap();
    assert!(wish.contains(r#""model":"double""#) && wish.contains(r#""type":"open""#), "{wish}");
    socket.send(Message::text(said)).unwrap();
}

fn doubled(request: &[u8]) -> Vec<u8> {
    let mut answer = request.to_vec();
    answer[0] = 2;
    for four in answer[16..].chunks_exact_mut(4) {
        let number = f32::from_le_bytes(four.try_into().unwrap()) * 2.0;
        four.copy_from_slice(&number.to_le_bytes());
    }
    answer
}

fn answer_each(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    while let Ok(Message::Binary(request)) = socket.read() {
        socket.send(Message::binary(doubled(&request))).unwrap();
    }
}

fn answer_three_at_once_backwards(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    let mut requests = Vec::new();
    let mut rows = 0;
    while rows < 3 {
        requests.push(socket.read().unwrap().into_data());
        rows += u32::from_le_bytes(requests[requests.len() - 1][4..8].try_into().unwrap());
    }
    let message: Vec<u8> = requests.iter().rev().flat_map(|request| doubled(request)).collect();
    socket.send(Message::binary(message)).unwrap();
    drop(socket.read());
}

fn hang_up_when_asked(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    socket.read().unwrap();
}

fn refuse(mut socket: WebSocket<TcpStream>) {
    open(
        &mut socket,
        r#"{"type":"refused","stream":0,"code":404,"reason":"there is no model 'double' here"}"#,
    );
}

fn other_tensors(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, &OPENED.replace("FP32", "INT64"));
}

fn junk(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    socket.read().unwrap();
    socket.send(Message::binary(vec![2, 0, 0])).unwrap();
}

fn drain(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    socket.read().unwrap();
    socket.send(Message::text("{}")).unwrap();
}

fn refuse_shared_ones(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    while let Ok(Message::Binary(request)) = socket.read() {
        let rows = u32::from_le_bytes(request[4..8].try_into().unwrap());
        if rows == 1 {
            socket.send(Message::binary(doubled(&request))).unwrap();
        } else {
            let mut refusal = request[..16].to_vec();
            refusal[0] = 3;
            refusal[4..8].copy_from_slice(&400u32.to_le_bytes());
            refusal.extend([2, 0, 0, 0, b'n', b'o']);
            socket.send(Message::binary(refusal)).unwrap();
        }
    }
}

fn changed(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    let mut refusal = socket.read().unwrap().into_data()[..16].to_vec();
    refusal[0] = 3;
    refusal[4..8].copy_from_slice(&409u32.to_le_bytes());
    refusal.extend([2, 0, 0, 0, b'n', b'o']);
    socket.send(Message::binary(refusal)).unwrap();
}

fn silent(mut socket: WebSocket<TcpStream>) {
    open(&mut socket, OPENED);
    while socket.read().is_ok() {}
}

fn options() -> Options {
    Options { token: Some("right".into()), timeout: TIMEOUT, ..Options::default() }
}

fn connect(address: &str) -> Result<Client, ClientError> {
    Client::open(address, &options())
}

#[test]
fn rows_are_answered_and_counted() {
    let client = connect(&serve(vec![answer_each])).unwrap();
    assert_eq!((client.shape().inputs[0].width, client.shape().outputs[0].width), (2, 2));
    for _ in 0..3 {
        assert_eq!(client.infer(&[&[1.0, -2.0, 0.5, 3.0]]).unwrap(), [[2.0, -4.0, 1.0, 6.0]]);
    }
    let counters = client.counters();
    assert_eq!((counters.infer_count, counters.rows, counters.requests), (3, 6, 3));
    assert!(counters.infer_time_ns >= counters.remote_infer_ns);
    assert!(counters.http_time_ns > 0 && counters.remote_infer_ns > 0);
    assert!(counters.to_string().starts_with("INFER_COUNT 3\nINFER_TIME_NS "));
}

#[test]
fn answers_find_their_requests_in_any_order() {
    let client = connect(&serve(vec![answer_three_at_once_backwards])).unwrap();
    let mut tickets = Vec::new();
    for n in 0u8..3 {
        tickets.push(client.submit(&[&[f32::from(n), 1.0]]).unwrap());
    }
    for (number, ticket) in (0u8..3).zip(tickets) {
        assert_eq!(ticket.wait().unwrap(), [[f32::from(number) * 2.0, 2.0]]);
    }
}

#[test]
fn what_is_submitted_meanwhile_shares_a_request_and_each_caller_gets_its_rows() {
    let (has_first, saw_first) = channel();
    let (all_submitted, may_answer) = channel();
    let address = serve_one(move |mut socket| {
        open(&mut socket, OPENED);
        let first = socket.read().unwrap().into_data();
        has_first.send(()).unwrap();
        may_answer.recv().unwrap();
        socket.send(Message::binary(doubled(&first))).unwrap();
        let second = socket.read().unwrap().into_data();
        assert_eq!(second.len(), 16 + 3 * 8);
        socket.send(Message::binary(doubled(&second))).unwrap();
        drop(socket.read());
    });
    let client = Client::open(&address, &Options { requests: 1, ..options() }).unwrap();
    let submit = |n: u8| client.submit(&[&[f32::from(n), 1.0]]).unwrap();
    let mut tickets = vec![submit(0)];
    saw_first.recv().unwrap();
    tickets.extend((1..4).map(submit));
    all_submitted.send(()).unwrap();
    for (number, ticket) in (0u8..4).zip(tickets) {
        assert_eq!(ticket.wait().unwrap(), [[f32::from(number) * 2.0, 2.0]]);
    }
    assert_eq!((client.counters().infer_count, client.counters().requests), (4, 2));
}

#[test]
fn a_refused_request_of_several_is_asked_again_for_each_alone() {
    let one = Options { requests: 1, ..options() };
    let client = Client::open(&serve(vec![refuse_shared_ones]), &one).unwrap();
    let tickets: Vec<_> = (0u8..4).map(|n| client.submit(&[&[f32::from(n), 1.0]]).unwrap()).collect();
    for (number, ticket) in (0u8..4).zip(tickets) {
        assert_eq!(ticket.wait().unwrap(), [[f32::from(number) * 2.0, 2.0]]);
    }
    let refused = client.infer(&[&[1.0; 4]]).unwrap_err().to_string();
    assert_eq!(refused, "the service refused it (400): no");
}

#[test]
fn threads_that_ask_at_the_same_time_each_get_their_own_rows() {
    let client = connect(&serve(vec![answer_each])).unwrap();
    thread::scope(|scope| {
        for caller in 0u8..8 {
            let client = &client;
            scope.spawn(move || {
                for turn in 0u8..50 {
                    let row = [f32::from(caller), f32::from(turn)];
                    assert_eq!(client.infer(&[&row]).unwrap(), [[row[0] * 2.0, row[1] * 2.0]]);
                }
            });
        }
    });
    assert_eq!(client.counters().infer_count, 400);
}

/// Answers changed in a byte, cut or lengthened, each on a connection of its own.
#[test]
fn no_change_of_an_answer_makes_the_client_panic() {
    const MUTATIONS: usize = 200;
    let address = serve_with(|listener| {
        let mut random = Stream::new(13, 0, 0, 0, Purpose::User);
        for _ in 0..MUTATIONS {
            accept(listener, |mut socket| {
                open(&mut socket, OPENED);
                let mut answer = doubled(&socket.read().unwrap().into_data());
                let at = random.below(answer.len());
                match random.below(3) {
                    0 => answer[at] = random.below(256) as u8,
                    1 => answer.truncate(at),
                    _ => answer.insert(at, random.below(256) as u8),
                }
                socket.send(Message::binary(answer)).unwrap();
            });
        }
        accept(listener, answer_each);
    });
    let client = connect(&address).unwrap();
    let mut refused = 0;
    for _ in 0..MUTATIONS {
        match client.infer(&[&[0.0, 0.0]]) {
            Ok(rows) => assert_eq!(rows[0].len(), 2),
            Err(ClientError::Protocol(_) | ClientError::Refused { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_dropped_ticket_is_never_sent_when_it_still_waits() {
    let one = Options { requests: 1, ..options() };
    let client = Client::open(&serve(vec![answer_each]), &one).unwrap();
    for _ in 0..50 {
        drop(client.submit(&[&[1.0, 1.0]]).unwrap());
    }
    assert_eq!(client.infer(&[&[1.0, 2.0]]).unwrap(), [[2.0, 4.0]]);
    assert!(client.counters().infer_count <= 51);
}

#[test]
fn a_ticket_can_be_awaited() {
    let client = connect(&serve(vec![answer_each])).unwrap();
    let mut ticket = pin!(client.submit(&[&[1.0, 2.0]]).unwrap());
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let answer = loop {
        match ticket.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => break answer,
            Poll::Pending => thread::park(),
        }
    };
    assert_eq!(answer.unwrap(), [[2.0, 4.0]]);
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn a_lost_connection_is_made_again_and_a_changed_model_opened_anew() {
    let client = connect(&serve(vec![hang_up_when_asked, changed, answer_each])).unwrap();
    assert_eq!(client.infer(&[&[1.0, 2.0]]).unwrap(), [[2.0, 4.0]]);
    assert_eq!(client.counters().infer_count, 1);
}

#[test]
fn a_service_that_says_nothing_is_given_up_in_time_and_the_client_can_be_dropped() {
    let soon = Options { timeout: Duration::from_millis(300), ..options() };
    let client = Client::open(&serve(vec![silent]), &soon).unwrap();
    let ticket = client.submit(&[&[1.0, 2.0]]).unwrap();
    assert!(!ticket.is_ready());
    assert_eq!(ticket.wait().unwrap_err().to_string(), "double has not answered within 0.3 s");
    let left = client.submit(&[&[1.0, 2.0]]).unwrap();
    drop(client);
    assert_eq!(left.wait(), Err(ClientError::Closed));
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let sentence = |result: Result<Client, ClientError>| result.err().unwrap().to_string();
    assert_eq!(
        sentence(connect(&serve(vec![refuse]))),
        "the service refused it (404): there is no model 'double' here"
    );
    assert!(sentence(connect(&serve(vec![other_tensors]))).starts_with("the model double has other tensors"));
    for address in ["ftp://127.0.0.1/infer#double", "ws://127.0.0.1/infer", "http://#m"] {
        assert!(sentence(connect(address)).starts_with(&format!("'{address}' is no model")), "{address}");
    }
    assert!(
        sentence(connect("ws://127.0.0.1:9/infer#double")).starts_with("there is no inference service at")
    );
    let wrong = Options { token: Some("wrong".into()), ..options() };
    let wrong = Client::open(&serve(vec![answer_each]), &wrong);
    assert_eq!(sentence(wrong), "the service refused it (401): the key is missing or wrong");
}

#[test]
fn answers_that_are_none_are_refused_and_the_next_request_has_a_connection_again() {
    let client = connect(&serve(vec![junk, drain, answer_each])).unwrap();
    for problem in ["a frame is cut short", "it sent text among the answers"] {
        let message = client.infer(&[&[1.0, 2.0]]).unwrap_err().to_string();
        assert_eq!(message, format!("what answers is no inference service of this version: {problem}"));
    }
    assert_eq!(client.infer(&[&[1.0, 2.0]]).unwrap(), [[2.0, 4.0]]);
}
