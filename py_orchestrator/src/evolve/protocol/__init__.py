"""The worker protocol of spec/PROTOCOL.md: messages and sessions. Knows no sockets, no clock, no engine."""
