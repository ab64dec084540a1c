"""The limits and close codes of spec/INFERENCE.md, stated once."""

from typing import Final

SUBPROTOCOL: Final = "evolve.infer.v1"
PATH: Final = "/infer"

MAXIMUM_TEXT_BYTES: Final = 64 * 1024
# A tensor of the largest size and what stands around it.
MAXIMUM_MESSAGE_BYTES: Final = 64 * 1024 * 1024 + MAXIMUM_TEXT_BYTES
# Of all clients' messages together that have begun and not ended.
MAXIMUM_HELD_BYTES: Final = 512 * 1024 * 1024
MAXIMUM_SENTENCE_BYTES: Final = 1_024
MAXIMUM_STREAMS: Final = 256
LARGEST_STREAM: Final = 65_535
MAXIMUM_CONNECTIONS: Final = 512

CREDIT_REQUESTS: Final = 1_024
CREDIT_BYTES: Final = 16 * 1024 * 1024

CONTROL_AT_ONCE: Final = 256
CONTROL_A_SECOND: Final = 16.0
PING_SECONDS: Final = 20.0
SILENCE_SECONDS: Final = 20.0
OPEN_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 3_600.0
# A message has so long to arrive, and longer if it is large.
MESSAGE_SECONDS: Final = 20.0
SLOWEST_BYTES_A_SECOND: Final = 64 * 1024

CLOSE_DONE: Final = 1000
CLOSE_GOING_AWAY: Final = 1001
CLOSE_UNDECODABLE: Final = 1007
CLOSE_RULE_BROKEN: Final = 1008
CLOSE_TOO_LARGE: Final = 1009
CLOSE_FAULT: Final = 1011
CLOSE_COME_AGAIN: Final = 1013
