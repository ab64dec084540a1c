"""The limits and close codes of spec/PROTOCOL.md, stated once."""

from typing import Final

SUBPROTOCOL: Final = "evolve.v1"
PATH: Final = "/worker"

MAXIMUM_TEXT_BYTES: Final = 256 * 1024
MAXIMUM_BINARY_BYTES: Final = 64 * 1024 * 1024
HELLO_SECONDS: Final = 30.0
PING_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 20.0
MAXIMUM_PULL: Final = 4_096
MAXIMUM_CREDIT: Final = 8_192
MAXIMUM_CAPACITY: Final = 4_096

CLOSE_DONE: Final = 1000
CLOSE_OUT_OF_PLACE: Final = 1002
CLOSE_UNDECODABLE: Final = 1007
CLOSE_RULE_BROKEN: Final = 1008
CLOSE_TOO_LARGE: Final = 1009
CLOSE_REFUSED: Final = 4003
