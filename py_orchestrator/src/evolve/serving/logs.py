"""The service's log: lines of words for people, or JSON objects for what collects them."""

import json
import logging
import sys
import time
from typing import Final

LOG: Final = logging.getLogger("evolve.serving")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False


def say(event: str, **facts: object) -> None:
    """Something happened: what it is in a word or two, and the facts."""
    LOG.info(event, extra={"facts": facts})


def open_log(as_json: bool) -> None:
    """Write to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if as_json else _Words())
    LOG.addHandler(handler)
    # A person was told on standard output that it is ready, and knows who ended it.
    LOG.setLevel(logging.INFO if as_json else logging.WARNING)
    # The library's own: it has a line for every connection.
    LOG.getChild("websocket").setLevel(logging.WARNING)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {"time": _time(record), "level": record.levelname.lower()}
        entry |= {"event": record.getMessage()} | getattr(record, "facts", {})
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


class _Words(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", {})
        words = " ".join(f"{name}={value}" for name, value in facts.items())
        line = f"{_time(record)} {record.getMessage()} {words}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _time(record: logging.LogRecord) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{whole}.{int(record.msecs):03d}Z"
