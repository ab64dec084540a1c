"""Frames and control messages of the inference protocol: what was written is read, and nothing else is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from evolve.serving.frames import control
from evolve.serving.frames.error_frame import decode_error, encode_error
from evolve.serving.frames.errors import ProtocolError, Undecodable
from evolve.serving.frames.layout import HEADER_BYTES, REQUEST, Layout, head
from evolve.serving.tensors import DATATYPES, Array, Spec

SPECS = some.lists(
    some.builds(
        lambda datatype, sizes: (datatype, (-1, *sizes)),
        some.sampled_from(sorted(DATATYPES)),
        some.lists(some.integers(1, 4), max_size=3),
    ),
    min_size=1,
    max_size=3,
).map(lambda found: [Spec(f"x{place}", datatype, shape) for place, (datatype, shape) in enumerate(found)])


def tensors(specs: list[Spec], rows: int, seed: int) -> list[Array]:
    random = np.random.default_rng(seed)
    return [random.integers(0, 2, (rows, *spec.shape[1:])).astype(spec.dtype) for spec in specs]


@settings(max_examples=100)
@given(
    SPECS, some.integers(1, 5), some.lists(some.integers(0, 2**64 - 1), min_size=1, max_size=6), some.data()
)
def test_frames_give_back_the_numbers_and_tensors_they_were_made_of(
    specs: list[Spec], rows: int, ids: list[int], data: some.DataObject
) -> None:
    layout = Layout(specs)
    given_tensors = tensors(specs, rows * len(ids), data.draw(some.integers(0, 1000)))
    frames = layout.encode(REQUEST, 7, ids, given_tensors)
    assert len(frames) == len(ids) * layout.frame_bytes(rows)
    assert layout.count_alike(frames, head(REQUEST, 7, rows), rows, 100) == len(ids)
    # Wherever in a message they stand.
    shifted = memoryview(bytes(data.draw(some.integers(0, 9))) + frames)[-len(frames) :]
    numbers, read = layout.decode(shifted, len(ids), rows)
    assert numbers.tolist() == ids
    for one, other in zip(read, given_tensors, strict=True):
        assert one.dtype == other.dtype
        assert one.flags.aligned
        np.testing.assert_array_equal(one, other)


def test_a_single_frame_is_read_without_a_copy() -> None:
    layout = Layout([Spec("x", "FP32", (-1, 3))])
    frame = bytes(layout.encode(REQUEST, 0, [1], [np.ones((4, 3), np.float32)]))
    _, (read,) = layout.decode(memoryview(frame), 1, 4)
    assert np.shares_memory(read, np.frombuffer(frame, np.uint8))


def test_frames_of_other_rows_or_streams_end_the_run_of_those_alike() -> None:
    layout = Layout([Spec("x", "UINT8", (-1, 1))])

    def one(stream: int, rows: int) -> bytes:
        return bytes(layout.encode(REQUEST, stream, [0], [np.zeros((rows, 1), np.uint8)]))

    first = head(REQUEST, 1, 2)
    assert layout.count_alike(memoryview(one(1, 2) * 3 + one(2, 2) * 3), first, 2, 100) == 3
    assert layout.count_alike(memoryview(one(1, 2) * 2 + one(1, 1)), first, 2, 100) == 2
    assert layout.count_alike(memoryview(one(1, 2) * 9), first, 2, 4) == 4


def test_a_frame_that_is_cut_short_is_undecodable_whatever_rows_it_claims() -> None:
    layout = Layout([Spec("x", "FP32", (-1, 3))])
    for rows in (2, 2**32 - 1):
        with pytest.raises(
            Undecodable, match=f"a frame of {rows} rows has {16 + 12 * rows} bytes, but 39 are"
        ):
            layout.count_alike(memoryview(bytes(39)), head(REQUEST, 0, rows), rows, 10)


@given(some.integers(0, 65_535), some.integers(0, 2**64 - 1), some.integers(0, 999), some.text(max_size=3000))
def test_an_error_frame_gives_back_as_much_of_its_sentence_as_fits(
    stream: int, request: int, code: int, sentence: str
) -> None:
    sentence = sentence.encode(errors="ignore").decode()
    frame = encode_error(stream, request, code, sentence)
    read, size = decode_error(memoryview(frame + b"more"))
    assert size == len(frame)
    assert int.from_bytes(frame[8:HEADER_BYTES], "little") == request
    assert int.from_bytes(frame[4:8], "little") == code
    assert sentence.startswith(read)
    assert read == sentence or len(read.encode()) > 1_020


@given(some.binary(max_size=60))
def test_whatever_bytes_stand_in_an_error_frame_it_is_read_or_undecodable(data: bytes) -> None:
    try:
        _, size = decode_error(memoryview(data))
    except Undecodable:
        return
    assert HEADER_BYTES < size <= len(data)


MESSAGES = [
    control.Welcome(1024, 1 << 24),
    control.Open(3, "champion", "12"),
    control.Opened(3, "champion", "12", (Spec("x", "FP32", (-1, 3)),), (Spec("y", "INT64", (-1,)),)),
    control.Refused(3, 404, "there is no such model"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_control_message_gives_back_what_it_was_made_of(message: control.Control) -> None:
    assert control.decode_control(control.encode_control(message)) == message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is no JSON"),
        ("[" * 5000, "is no JSON"),
        ("7", "is no JSON object"),
        ('{"type":"shout"}', "type: is none of welcome, open, opened, refused"),
        ('{"type":["open"]}', "type: is none of"),
        ('{"type":"open","stream":1,"model":"m","version":"","more":1}', "more: is no key of this message"),
        ('{"type":"open","stream":1,"model":"m"}', "version: has to be digits in a text"),
        ('{"type":"open","stream":1,"model":"m","version":"x"}', "version: has to be digits in a text"),
        ('{"type":"open","stream":1,"model":5,"version":""}', "model: has to be a text"),
        (
            '{"type":"open","stream":65536,"model":"m","version":""}',
            "stream: has to be a whole number from 0",
        ),
        ('{"type":"open","stream":true,"model":"m","version":""}', "stream: has to be a whole number from 0"),
        ('{"type":"open","stream":1.0,"model":"m","version":""}', "stream: has to be a whole number from 0"),
        ('{"type":"opened","stream":1,"model":"m","version":"","inputs":[{}],"outputs":[]}', "inputs: holds"),
        (
            '{"type":"opened","stream":1,"model":"m","version":"","inputs":7,"outputs":[]}',
            "inputs: is no list",
        ),
        (" " * 70_000, "has more than 65536 bytes"),
    ],
)
def test_a_control_message_that_is_none_is_refused_with_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(ProtocolError, match=sentence):
        control.decode_control(text)
