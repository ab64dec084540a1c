"""Reads what kind of library a file is: its processor, and the sections a debugger reads.

Knows just enough of ELF, PE, Mach-O and WebAssembly for that; never runs what it reads.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

ELF_MACHINES = {62: "x86_64", 183: "arm64"}
PE_MACHINES = {0x8664: "x86_64", 0xAA64: "arm64"}
MACH_MACHINES = {0x01000007: "x86_64", 0x0100000C: "arm64"}
DEBUG_SECTIONS = (".debug_line", ".debug_info", ".zdebug_line", "__debug_line")


class NotALibrary(Exception):
    """The file is of none of the four kinds, or is cut short."""


def describe(content: bytes) -> tuple[str, frozenset[str]]:
    """The system and the processors a library is for."""
    try:
        if content.startswith(b"\x7fELF"):
            machine = struct.unpack_from("<H", content, 0x12)[0]
            return "linux", frozenset({ELF_MACHINES.get(machine, "another")})
        if content.startswith(b"MZ"):
            machine = struct.unpack_from("<H", content, _pe(content) + 4)[0]
            return "windows", frozenset({PE_MACHINES.get(machine, "another")})
        if content.startswith(b"\xca\xfe\xba\xbe"):
            return "macos", frozenset(_fat(content))
        if content.startswith(b"\xcf\xfa\xed\xfe"):
            machine = struct.unpack_from("<I", content, 4)[0]
            return "macos", frozenset({MACH_MACHINES.get(machine, "another")})
        if content.startswith(b"\0asm"):
            return "web", frozenset({"wasm32"})
    except struct.error as error:
        raise NotALibrary from error
    raise NotALibrary


def has_debug_sections(content: bytes) -> bool:
    """Whether it was built to be debugged; on macOS such things lie beside a library, not in it."""
    readers = {b"\x7fELF": _elf_sections, b"MZ": _pe_sections, b"\0asm": _wasm_sections}
    for magic, sections in readers.items():
        if content.startswith(magic):
            return any(name in DEBUG_SECTIONS for name in sections(content))
    return False


def _elf_sections(content: bytes) -> Iterator[str]:
    table = struct.unpack_from("<Q", content, 0x28)[0]
    size, count, names = struct.unpack_from("<HHH", content, 0x3A)
    offset = struct.unpack_from("<Q", content, table + names * size + 0x18)[0]
    for number in range(count):
        name = struct.unpack_from("<I", content, table + number * size)[0]
        yield _text(content, offset + name)


def _pe_sections(content: bytes) -> Iterator[str]:
    header = _pe(content)
    count, _, symbols, symbol_count, optional = struct.unpack_from("<HIIIH", content, header + 6)
    long_names = symbols + symbol_count * 18
    for number in range(count):
        place = header + 24 + optional + number * 40
        name = content[place : place + 8].rstrip(b"\0").decode("latin-1")
        yield _text(content, long_names + int(name[1:])) if name[:1] == "/" else name


def _wasm_sections(content: bytes) -> Iterator[str]:
    place = 8
    while place < len(content):
        kind = content[place]
        size, place = _leb(content, place + 1)
        if kind == 0:
            length, begin = _leb(content, place)
            yield content[begin : begin + length].decode("utf-8", "replace")
        place += size


def _pe(content: bytes) -> int:
    header: int = struct.unpack_from("<I", content, 0x3C)[0]
    return header


def _fat(content: bytes) -> Iterator[str]:
    for number in range(struct.unpack_from(">I", content, 4)[0]):
        machine = struct.unpack_from(">I", content, 8 + number * 20)[0]
        yield MACH_MACHINES.get(machine, "another")


def _leb(content: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _text(content: bytes, place: int) -> str:
    return content[place : content.index(b"\0", place)].decode("latin-1")
