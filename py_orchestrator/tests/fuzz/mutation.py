"""Inputs made from others: seeded, so that a find comes again."""

import hashlib
import random
import struct
from typing import Final

_LABEL: Final = rb"\"sha256\":\""
_LENGTH_BYTES: Final = 8
_DIGITS: Final = 64
# Numbers at which counts and sizes go wrong.
_BOUNDARIES: Final = [
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    2**31 - 1,
    2**31,
    2**32,
    2**53,
    2**62,
    2**63,
    2**64 - 1,
    2**64 - 8,
]
_WORDS: Final = [b"{", b"[", b'"', b"null", b"-1", b"1e999", b"NaN", b"\\ud800", b"\xff", b"9" * 40, b"\n"]


def mutated(corpus: list[bytes], chance: random.Random) -> bytes:
    """One to four changes to a member of the corpus; some get a digest that fits again."""
    data = bytearray(chance.choice(corpus))
    for _ in range(1 + min(chance.randrange(4), chance.randrange(4))):
        _change(data, corpus, chance)
    return sealed(bytes(data)) if chance.random() < 0.7 else bytes(data)


def sealed(data: bytes) -> bytes:
    """The bytes with the digest that they have now, where they state one in their header."""
    end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    begin = data[:end].find(_LABEL) + len(_LABEL)
    if begin < len(_LABEL) or begin + _DIGITS > min(end, len(data)):
        return data
    zeroed = data[:begin] + b"0" * _DIGITS + data[begin + _DIGITS :]
    digest = hashlib.sha256(zeroed).hexdigest().encode()
    return zeroed[:begin] + digest + zeroed[begin + _DIGITS :]


def _change(data: bytearray, corpus: list[bytes], chance: random.Random) -> None:
    place = _somewhere(data, chance)
    length = chance.randrange(1, 17)
    match chance.randrange(9):
        case 0 if data:
            data[place] ^= 1 << chance.randrange(8)
        case 1:
            data[place : place + 1] = chance.randbytes(1)
        case 2:
            data[place : place + 8] = struct.pack("<Q", chance.choice(_BOUNDARIES))
        case 3:
            del data[place:]
        case 4:
            del data[place : place + length]
        case 5:
            data[place:place] = data[place : place + 4 * length]
        case 6:
            other = chance.choice(corpus)
            begin = chance.randrange(len(other))
            data[place : place + length] = other[begin : begin + length]
        case 7:
            data[place : place + chance.randrange(3)] = chance.choice(_WORDS)
        case _:
            _change_a_digit(data, chance)


def _somewhere(data: bytearray, chance: random.Random) -> int:
    """The header is a small part of a file and most of what is read, so half of all changes go there."""
    header = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    end = header if header < len(data) and chance.random() < 0.5 else len(data)
    return chance.randrange(max(end, 1))


def _change_a_digit(data: bytearray, chance: random.Random) -> None:
    """Shapes, offsets and counts stand in the header as decimal digits."""
    digits = [place for place, byte in enumerate(data[:4_096]) if ord("0") <= byte <= ord("9")]
    if digits:
        data[chance.choice(digits)] = ord("0") + chance.randrange(10)
