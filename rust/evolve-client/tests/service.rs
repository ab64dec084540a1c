//! The client against a stand-in of the service in a thread, which answers twice what it is asked.

#![allow(clippy::unwrap_used)]

use evolve_client::{Client, ClientError};
use std::net::{TcpListener, TcpStream};
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("ws://{}/infer", listener.local_addr().unwrap());
    thread::spawn(move || {
        for play in connections {
            let (stream, _) = listener.accept().unwrap();
            if let Ok(socket) = accept_hdr(stream, check) {
                play(socket);
            }
        }
    });
    address
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
    let requests: Vec<_> = (0..3).map(|_| socket.read().unwrap().into_data()).collect();
    let message: Vec<u8> = requests.iter().rev().flat_map(|request| doubled(request)).collect();
    socket.send(Message::binary(message)).unwrap();
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

fn connect(address: &str) -> Result<Client, ClientError> {
    Client::connect(address, Some("right"), "double", TIMEOUT)
}

#[test]
fn rows_are_answered_and_counted() {
    let mut client = connect(&serve(vec![answer_each])).unwrap();
    assert_eq!((client.inputs(), client.outputs()), (2, 2));
    for _ in 0..3 {
        assert_eq!(client.infer(&[1.0, -2.0, 0.5, 3.0]).unwrap(), [2.0, -4.0, 1.0, 6.0]);
    }
    let counters = client.counters();
    assert_eq!((counters.infer_count, counters.rows), (3, 6));
    assert!(counters.infer_time_ns >= counters.remote_infer_ns);
    assert!(counters.http_time_ns > 0 && counters.remote_infer_ns > 0);
    assert!(counters.to_string().starts_with("INFER_COUNT 3\nINFER_TIME_NS "));
}

#[test]
fn answers_find_their_requests_in_any_order() {
    let mut client = connect(&serve(vec![answer_three_at_once_backwards])).unwrap();
    let tickets: Vec<_> = (0u8..3).map(|n| client.ask(&[f32::from(n), 1.0]).unwrap()).collect();
    for (number, ticket) in (0u8..3).zip(tickets) {
        assert_eq!(client.wait(ticket).unwrap(), [f32::from(number) * 2.0, 2.0]);
    }
}

#[test]
fn a_lost_connection_is_made_again() {
    let mut client = connect(&serve(vec![hang_up_when_asked, answer_each])).unwrap();
    assert_eq!(client.infer(&[1.0, 2.0]).unwrap(), [2.0, 4.0]);
    assert_eq!(client.counters().infer_count, 1);
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let sentence = |result: Result<Client, ClientError>| result.err().unwrap().to_string();
    assert_eq!(
        sentence(connect(&serve(vec![refuse]))),
        "the service refused it (404): there is no model 'double' here"
    );
    assert_eq!(
        sentence(connect(&serve(vec![other_tensors]))),
        "the model double has other tensors than one input and one output of float32"
    );
    for address in ["http://127.0.0.1/infer", "wss://127.0.0.1/infer", "nonsense", "ws://"] {
        assert!(sentence(connect(address)).starts_with(&format!("'{address}' is no address")), "{address}");
    }
    assert!(sentence(connect("ws://127.0.0.1:9/infer")).starts_with("there is no inference service at"));
    let wrong = Client::connect(&serve(vec![answer_each]), Some("wrong"), "double", TIMEOUT);
    assert_eq!(sentence(wrong), "the service refused it (401): the key is missing or wrong");
}

#[test]
fn rows_that_are_not_whole_and_answers_that_are_none_are_refused() {
    let mut client = connect(&serve(vec![junk])).unwrap();
    assert_eq!(client.infer(&[1.0, 2.0, 3.0]).unwrap_err().to_string(), "3 numbers are no rows of 2");
    assert_eq!(client.infer(&[]).unwrap_err().to_string(), "0 numbers are no rows of 2");
    let message = client.infer(&[1.0, 2.0]).unwrap_err().to_string();
    assert_eq!(message, "what answers is no inference service of this version: a frame is cut short");
}
