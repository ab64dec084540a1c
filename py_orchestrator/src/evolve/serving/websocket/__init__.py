"""WebSocket (RFC 6455) after the handshake, as bytes: frames read and written. Knows no sockets and no models."""
