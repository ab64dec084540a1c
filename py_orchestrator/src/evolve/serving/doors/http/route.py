"""Where a request goes, by its address alone."""

import re
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

_CALL: Final = re.compile(rb"/v2/models/([A-Za-z0-9._-]{1,128})(?:/versions/([0-9]{1,18}))?/infer")
# For probes, which have no keys.
_OPEN: Final = (b"/v2/health/live", b"/v2/health/ready")


class Route(NamedTuple):
    """A call of a model, or something for the application behind."""

    is_call: bool
    scope: str | None
    # Of calls; no model is the simple way.
    model: str = ""
    version: str = ""
    query: bytes = b""


def route(target: bytes) -> Route:
    """Read an address; that of a call has no escapes in it."""
    path, _, query = target.partition(b"?")
    if path == b"/infer":
        return Route(True, "infer", query=query)
    if match := _CALL.fullmatch(path):
        return Route(True, "infer", match[1].decode(), (match[2] or b"").decode())
    path = unquote_to_bytes(path)
    if path in _OPEN:
        return Route(False, None)
    return Route(False, "admin" if path.startswith(b"/v2/repository") else "infer")
