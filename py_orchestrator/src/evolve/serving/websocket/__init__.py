"""WebSocket (RFC 6455) after the handshake: frames read and written, without sockets and without models."""
