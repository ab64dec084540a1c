"""The gRPC services as .proto files, and their descriptors as protoc makes them."""
