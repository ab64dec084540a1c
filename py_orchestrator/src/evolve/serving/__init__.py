"""The inference service: models in a repository, one scheduler, and doors over HTTP, gRPC and WebSocket."""
