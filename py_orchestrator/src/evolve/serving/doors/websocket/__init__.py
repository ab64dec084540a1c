"""The WebSocket door: `evolve.infer.v1` of spec/INFERENCE.md."""
