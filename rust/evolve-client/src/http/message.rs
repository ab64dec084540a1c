//! Messages of HTTP/1.1, as far as a service of models needs them: requests with bodies, and answers that say
//! how long they are. What comes is bounded before memory is taken for it.

use std::io::{self, BufRead, Read};

const MOST_HEAD: u64 = 16 << 10;
const MOST_HEADERS: usize = 64;
const MOST_BODY: u64 = (64 << 20) + (64 << 10);
/// Memory that is taken on a mere claim.
const FIRST_BODY: u64 = 64 << 10;
const MOST_INTERIM: usize = 8;

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    pub status: u16,
    /// How much of the body is JSON, when binary data follows it.
    pub text_bytes: Option<usize>,
    pub body: Vec<u8>,
    /// Whether the connection ends with it.
    pub is_last: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Problem {
    /// The connection ended or failed.
    Lost(io::Error),
    /// It is no answer that this client understands.
    Wrong(&'static str),
}

struct Head {
    status: u16,
    length: u64,
    text_bytes: Option<usize>,
    is_last: bool,
}

/// The next answer; None when the connection has ended before it.
pub fn read(reader: &mut impl BufRead) -> Result<Option<Message>, Problem> {
    for _ in 0..MOST_INTERIM {
        let Some(bytes) = read_head(reader)? else { return Ok(None) };
        let head = parse(&bytes).map_err(Problem::Wrong)?;
        if head.status >= 200 {
            return read_body(reader, head).map(Some);
        }
    }
    Err(Problem::Wrong("it says 'Continue' without end"))
}

fn read_head(reader: &mut impl BufRead) -> Result<Option<Vec<u8>>, Problem> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        let left = MOST_HEAD - head.len() as u64;
        if left == 0 {
            return Err(Problem::Wrong("the head of an answer is too long"));
        }
        let read = reader.by_ref().take(left).read_until(b'\n', &mut head).map_err(Problem::Lost)?;
        if read == 0 {
            return if head.is_empty() { Ok(None) } else { Err(cut()) };
        }
    }
    Ok(Some(head))
}

fn parse(bytes: &[u8]) -> Result<Head, &'static str> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    if !response.parse(bytes).is_ok_and(|status| status.is_complete()) {
        return Err("it does not speak HTTP/1.1");
    }
    let (Some(status), Some(version)) = (response.code, response.version) else {
        return Err("it does not speak HTTP/1.1");
    };
    let (mut length, mut text_bytes, mut is_last) = (None, None, version == 0);
    for header in response.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("content-length") {
            let number = digits(header.value).ok_or("its Content-Length is no number")?;
            if length.replace(number).is_some_and(|other| other != number) {
                return Err("it has two lengths");
            }
        } else if is("inference-header-content-length") {
            text_bytes = Some(digits(header.value).ok_or("the length of its JSON is no number")? as usize);
        } else if is("transfer-encoding") {
            return Err("it answers in chunks, without saying how long the answer is");
        } else if is("connection") {
            is_last = header.value.eq_ignore_ascii_case(b"close") || is_last;
        }
    }
    let length = length.or((status < 200 || status == 204).then_some(0));
    let length = length.ok_or("it does not say how long its answer is")?;
    if length > MOST_BODY {
        return Err("its answer is longer than any may be");
    }
    Ok(Head { status, length, text_bytes, is_last })
}

fn read_body(reader: &mut impl BufRead, head: Head) -> Result<Message, Problem> {
    let mut body = Vec::with_capacity(head.length.min(FIRST_BODY) as usize);
    reader.by_ref().take(head.length).read_to_end(&mut body).map_err(Problem::Lost)?;
    if (body.len() as u64) < head.length {
        return Err(cut());
    }
    Ok(Message { status: head.status, text_bytes: head.text_bytes, body, is_last: head.is_last })
}

fn cut() -> Problem {
    Problem::Lost(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection ended within an answer"))
}

fn digits(value: &[u8]) -> Option<u64> {
    let text = str::from_utf8(value).ok()?.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(mut bytes: &[u8]) -> Result<Option<Message>, String> {
        read(&mut bytes).map_err(|problem| match problem {
            Problem::Lost(error) => error.to_string(),
            Problem::Wrong(sentence) => sentence.to_owned(),
        })
    }

    fn written(status: u16, body: &[u8]) -> Vec<u8> {
        let head = format!("HTTP/1.1 {status} Fine\r\nContent-Length: {}\r\nX: y\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    }

    #[test]
    fn answers_that_are_none_are_named() {
        for (bytes, sentence) in [
            ("SSH-2.0-OpenSSH\r\n\r\n", "it does not speak HTTP/1.1"),
            ("HTTP/1.1 200 OK\r\n\r\n", "it does not say how long its answer is"),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "its Content-Length is no number"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                "its answer is longer than any may be",
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "it has two lengths"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "it answers in chunks, without saying how long the answer is",
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "the connection ended within an answer"),
            ("HTTP/1.1 200", "the connection ended within an answer"),
        ] {
            assert_eq!(of(bytes.as_bytes()), Err(sentence.to_owned()), "{bytes}");
        }
        assert_eq!(of(b""), Ok(None));
        let endless = "HTTP/1.1 200 OK\r\n".to_owned() + &"X: y\r\n".repeat(4000);
        assert_eq!(of(endless.as_bytes()), Err("the head of an answer is too long".to_owned()));
        let waiting = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
        assert_eq!(of(waiting.as_bytes()), Err("it says 'Continue' without end".to_owned()));
    }

    #[test]
    fn an_interim_answer_is_passed_over_and_a_closing_one_is_noticed() {
        let bytes =
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\
            inference-header-content-length: 1\r\n\r\nab";
        let message = Message { status: 200, text_bytes: Some(1), body: b"ab".to_vec(), is_last: true };
        assert_eq!(of(bytes), Ok(Some(message)));
    }

    proptest! {
        #[test]
        fn answers_follow_each_other(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..5),
        ) {
            let all: Vec<u8> = bodies.iter().flat_map(|body| written(200, body)).collect();
            let mut rest = all.as_slice();
            for body in bodies {
                prop_assert_eq!(read(&mut rest).unwrap().unwrap().body, body);
            }
            prop_assert!(read(&mut rest).unwrap().is_none());
        }

        #[test]
        fn no_part_of_an_answer_is_taken_for_a_whole_one(body in prop::collection::vec(any::<u8>(), 1..40)) {
            let whole = written(503, &body);
            for length in 1..whole.len() {
                prop_assert!(of(&whole[..length]).is_err());
            }
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..60) {
            drop(of(&bytes));
            let mut mutated = written(200, b"hello");
            let at = at % mutated.len();
            mutated.splice(at..at, bytes);
            drop(of(&mutated));
        }
    }
}
