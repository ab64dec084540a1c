"""Reads where this machine gets its Debian packages from, in both forms apt knows.

Only parses text: runs nothing, downloads nothing, and knows no mirror of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ONE_LINE = re.compile(
    r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<components>(?:\s+\S+)*)"
)


@dataclass(frozen=True)
class Source:
    """One archive: its address, the suites in use, and the keys it is trusted with."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...] = field(default=())
    signed_by: str = ""

    @property
    def is_archive(self) -> bool:
        """Whether this is a distribution's main archive rather than its security or a vendor's one."""
        security = "security" in self.uri or any("security" in suite for suite in self.suites)
        return "main" in self.components and not security and not self.uri.startswith(("cdrom:", "file:"))


def parse(text: str, deb822: bool) -> list[Source]:
    return list(_parse_stanzas(text) if deb822 else _parse_lines(text))


def _parse_lines(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        match = ONE_LINE.match(line.split("#", 1)[0].strip())
        if match is None:
            continue
        options = dict(part.split("=", 1) for part in (match["options"] or "").split() if "=" in part)
        yield Source(
            match["uri"],
            (match["suite"],),
            tuple(match["components"].split()),
            options.get("signed-by", "").replace(",", " "),
        )


def _parse_stanzas(text: str) -> Iterator[Source]:
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in (
            "no",
            "false",
        ):
            continue
        for uri in fields.get("uris", "").split():
            yield Source(
                uri,
                tuple(fields.get("suites", "").split()),
                tuple(fields.get("components", "").split()),
                fields.get("signed-by", "").strip(),
            )


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t") and name:
            # A lone dot stands for an empty line inside a key written into the file itself.
            continued = line.strip()
            fields[name] += "\n" + ("" if continued == "." else continued)
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields
