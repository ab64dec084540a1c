"""What the HTTP door puts up with, stated once; docs/serving.md tells it to callers."""

from typing import Final

from evolve.serving.tensors import MAXIMUM_BYTES

# A tensor of the largest size, and the JSON in front of it.
MAXIMUM_BODY: Final = MAXIMUM_BYTES + 64 * 1024
# As Python objects JSON takes ten times its size and more.
MAXIMUM_JSON: Final = 16 * 1024 * 1024
MAXIMUM_DEPTH: Final = 100
# Of what is not for a model.
MAXIMUM_SMALL_BODY: Final = 1024 * 1024
MAXIMUM_CHUNKS: Final = 4_096
# Bodies of all callers together, received and not yet answered.
MAXIMUM_HELD: Final = 512 * 1024 * 1024

MAXIMUM_TARGET: Final = 8 * 1024
MAXIMUM_HEADERS: Final = 100
MAXIMUM_HEADER_BYTES: Final = 16 * 1024
# Around and between bodies: headers, trailers, chunk sizes and their extensions.
MAXIMUM_FRAMING: Final = 64 * 1024

# Heads and tensor descriptions that are remembered, so that they needn't be read again.
MAXIMUM_HEADS: Final = 1_024
MAXIMUM_HEAD: Final = 2 * 1024

MAXIMUM_CONNECTIONS: Final = 1_024
# Answered side by side on one connection; what was sent beyond it waits, and nothing more is read.
MAXIMUM_UNDER_WAY: Final = 64

# A request has so long to arrive, and longer if it is large.
REQUEST_SECONDS: Final = 20.0
SLOWEST_BYTES_A_SECOND: Final = 64 * 1024
KEEP_ALIVE_SECONDS: Final = 75.0
# A caller who reads nothing of the answer for so long is cut off.
WRITE_SECONDS: Final = 20.0
# So that a caller who still sends can read why it was refused.
LINGER_SECONDS: Final = 2.0
# When the service ends: for answers to leave.
CLOSE_SECONDS: Final = 2.0
