//! Where a model is, as a person writes it.

use crate::ClientError;
use std::path::PathBuf;
use tungstenite::http::Uri;

/// A model, and what computes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A service, by one of its doors.
    Service { door: Door, place: Place },
    /// An ONNX file.
    File(PathBuf),
}

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    WebSocket,
    Http,
}

/// A model of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether TLS is spoken.
    pub is_secure: bool,
    /// Without the model.
    pub url: String,
    /// As a Host header has it.
    pub authority: String,
    /// A name, or an address without brackets.
    pub host: String,
    pub port: u16,
    pub path: String,
    pub model: String,
}

impl Address {
    /// `ws://HOST:PORT/infer#MODEL`, `http://HOST:PORT#MODEL` (wss and https with TLS), or the path of an ONNX file.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let wrong = || ClientError::Address(text.to_owned());
        let (url, model) = text.split_once('#').filter(|(_, model)| is_name(model)).ok_or_else(wrong)?;
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let (door, is_secure) = match uri.scheme_str() {
            Some("ws") => (Door::WebSocket, false),
            Some("wss") => (Door::WebSocket, true),
            Some("http") => (Door::Http, false),
            Some("https") => (Door::Http, true),
            _ => return Err(wrong()),
        };
        let authority = uri.authority().filter(|one| !one.as_str().contains('@')).ok_or_else(wrong)?;
        let place = Place {
            is_secure,
            url: url.to_owned(),
            authority: authority.as_str().to_owned(),
            host: authority.host().trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 }),
            path: uri.path().trim_end_matches('/').to_owned(),
            model: model.to_owned(),
        };
        Ok(Self::Service { door, place })
    }
}

impl Place {
    /// The sentence for a connection that does not come about, or ends.
    pub fn unreachable(&self, problem: impl ToString) -> ClientError {
        ClientError::Unreachable { url: self.url.clone(), problem: problem.to_string() }
    }
}

/// The names that a service's models may have, which need no escaping in a path.
fn is_name(model: &str) -> bool {
    let may_have = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    !model.is_empty() && !model.starts_with('.') && model.chars().all(may_have)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> (Door, Place) {
        match Address::parse(text).unwrap() {
            Address::Service { door, place } => (door, place),
            Address::File(path) => panic!("{} is a file", path.display()),
        }
    }

    #[test]
    fn services_and_files_are_told_apart() {
        let (door, told) = place("ws://127.0.0.1:8002/infer#champion");
        assert_eq!((door, told.port, told.path.as_str()), (Door::WebSocket, 8002, "/infer"));
        assert_eq!((told.model.as_str(), told.url.as_str()), ("champion", "ws://127.0.0.1:8002/infer"));
        let (door, told) = place("http://[::1]:8000/behind/a/proxy/#a-1.b");
        assert_eq!((door, told.host.as_str(), told.path.as_str()), (Door::Http, "::1", "/behind/a/proxy"));
        assert_eq!(told.authority, "[::1]:8000");
        assert_eq!(place("http://localhost#m").1.port, 80);
        let (door, told) = place("wss://a.example/infer#m");
        assert_eq!((door, told.port, told.is_secure), (Door::WebSocket, 443, true));
        assert_eq!(Address::parse("a/b#c.onnx"), Ok(Address::File("a/b#c.onnx".into())));
    }

    #[test]
    fn what_is_no_address_is_said_to_be_none() {
        for wrong in [
            "http://127.0.0.1:8000",
            "http://127.0.0.1:8000#",
            "http://127.0.0.1:8000#../a",
            "http://127.0.0.1:8000#a b",
            "http://user:word@127.0.0.1#m",
            "ftp://127.0.0.1#m",
            "ws://#m",
            "://#m",
        ] {
            let sentence = Address::parse(wrong).unwrap_err().to_string();
            assert!(sentence.starts_with(&format!("'{wrong}' is no model: write ws://")), "{sentence}");
        }
    }
}
