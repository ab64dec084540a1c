"""The frame that answers a request with a code and a sentence."""

import struct
from typing import Final

from evolve.serving.frames import limits
from evolve.serving.frames.errors import Undecodable
from evolve.serving.frames.layout import ERROR

_FRAME: Final = struct.Struct("<BBHIQI")


def encode_error(stream: int, request: int, code: int, sentence: str) -> bytes:
    """A frame for one request; a sentence that is too long is cut."""
    text = sentence.encode()[: limits.MAXIMUM_SENTENCE_BYTES].decode(errors="ignore").encode()
    return _FRAME.pack(ERROR, 0, stream, code, request, len(text)) + text


def decode_error(rest: memoryview) -> tuple[str, int]:
    """The sentence of the frame that begins here, and how many bytes the frame has."""
    if len(rest) < _FRAME.size:
        raise Undecodable("an error frame is cut short")
    length = _FRAME.unpack_from(rest)[5]
    if length > limits.MAXIMUM_SENTENCE_BYTES or len(rest) < _FRAME.size + length:
        raise Undecodable("the sentence of an error frame is too long")
    try:
        sentence = str(rest[_FRAME.size : _FRAME.size + length], "utf-8")
    except UnicodeDecodeError as error:
        raise Undecodable("the sentence of an error frame is no UTF-8") from error
    return sentence, _FRAME.size + length
