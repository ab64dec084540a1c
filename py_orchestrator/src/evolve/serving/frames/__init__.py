"""The inference protocol of spec/INFERENCE.md as bytes and JSON; knows no sockets and no models."""
