"""The limits and close codes of spec/PROTOCOL.md, stated once."""

from typing import Final

SUBPROTOCOL: Final = "evolve.v1"
PATH: Final = "/worker"

MAXIMUM_TEXT_BYTES: Final = 256 * 1024
MAXIMUM_BINARY_BYTES: Final = 64 * 1024 * 1024
# What a worker's own outgoing buffer holds: 4,096 units with 256 objectives come to 8 MiB.
MAXIMUM_RESULTS_BYTES: Final = 16 * 1024 * 1024
HELLO_SECONDS: Final = 30.0
PING_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 20.0
MAXIMUM_PULL: Final = 4_096
MAXIMUM_CREDIT: Final = 8_192
MAXIMUM_CAPACITY: Final = 4_096
MAXIMUM_GUESTS: Final = 256
MAXIMUM_CONNECTIONS: Final = 512

# Of whoever is at the door and has not shown a token yet.
HANDSHAKE_SECONDS: Final = 10.0
TLS_SECONDS: Final = 5.0
HANDSHAKES_A_SECOND: Final = 16.0

# A unit is answered and asked for by one message each, so work pays for itself, at any speed. What goes
# beyond it is bounded by the clock.
MESSAGES_A_UNIT: Final = 2
MESSAGES_AT_ONCE: Final = 10_000
MESSAGES_A_SECOND: Final = 1_000.0

CLOSE_DONE: Final = 1000
CLOSE_OUT_OF_PLACE: Final = 1002
CLOSE_UNDECODABLE: Final = 1007
CLOSE_RULE_BROKEN: Final = 1008
CLOSE_TOO_LARGE: Final = 1009
CLOSE_REFUSED: Final = 4003
