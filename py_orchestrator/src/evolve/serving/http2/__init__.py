"""HTTP/2 as a server of gRPC needs it (RFC 9113): bytes in, bytes out. Knows no sockets, clocks or gRPC."""
