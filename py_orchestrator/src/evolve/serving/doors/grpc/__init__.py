"""The gRPC door: its services, on an HTTP/2 of our own."""
