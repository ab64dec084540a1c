"""What a caller may make us keep and do over HTTP/2, stated once; docs/grpc.md tells it to callers."""

from typing import Final

# The least that every caller has to put up with; larger ones would only wait for their end.
MAXIMUM_FRAME: Final = 16 * 1024
# Frames we send are larger where the caller takes them.
MAXIMUM_FRAME_SENT: Final = 64 * 1024
# Bytes that may be on their way and not looked at yet.
STREAM_WINDOW: Final = 1024 * 1024
CONNECTION_WINDOW: Final = 16 * 1024 * 1024
MAXIMUM_STREAMS: Final = 256

# Of a request's fields, as HPACK counts them: 32 bytes each, and what they have.
MAXIMUM_FIELD_BYTES: Final = 16 * 1024
# More than that is a bomb and no mistake: the connection ends.
MAXIMUM_UNPACKED_BYTES: Final = 64 * 1024
# As they arrive, packed.
MAXIMUM_BLOCK: Final = 32 * 1024
MAXIMUM_CONTINUATIONS: Final = 8
# Blocks of a connection that are remembered, so that they needn't be read again: how many, how long as they
# arrive, and of how many bytes when unpacked.
MAXIMUM_BLOCKS: Final = 16
LONGEST_BLOCK: Final = 64
LARGEST_HEAD: Final = 4 * 1024

# Written and not yet given to the socket; what is beyond it waits in its stream.
MAXIMUM_PENDING: Final = 256 * 1024

# Calls taken back, and frames that bring nothing; so many at once, and so many a second for ever.
MAXIMUM_RESETS: Final = 1_000
MAXIMUM_TRIFLES: Final = 1_000
FORGIVEN_A_SECOND: Final = 100
# A frame with data makes up for so many that brought nothing: windows, pings.
FORGIVEN_A_FRAME: Final = 4
# Of the frames we send those count that end a message or are so large: windows can be opened byte by byte.
LARGE_FRAME: Final = 1024
# Streams whose late frames are put up with.
MAXIMUM_REMEMBERED: Final = 512
