"""The HTTP door: calls on a protocol of our own, everything else through FastAPI behind it."""
