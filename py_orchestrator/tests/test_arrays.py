"""Files and frames in numpy: the library's arrays, over the bytes that were there, or a sentence."""

import hashlib
import json
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from evolve._native import Evolution, FormatError, world_config
from evolve.arrays import Arrays, open_file, open_frame
from evolve.storage import tensor_header

VALID = Path(__file__).parents[2] / "spec" / "vectors" / "valid"
FILES = sorted(path.name for path in VALID.iterdir() if path.suffix != ".frame")
FRAMES = sorted(path.name for path in VALID.iterdir() if path.suffix == ".frame")


def opened(name: str) -> Arrays:
    return open_file(VALID / name) if name in FILES else open_frame((VALID / name).read_bytes())


@pytest.mark.parametrize("name", FILES + FRAMES)
def test_the_arrays_are_those_that_the_safetensors_library_reads(name: str) -> None:
    expected = safetensors.numpy.load((VALID / name).read_bytes())
    arrays = opened(name)
    assert len(arrays) == len(expected)
    assert set(arrays) == set(expected)
    for tensor, array in arrays.items():
        assert array.dtype == expected[tensor].dtype
        assert np.array_equal(array, expected[tensor])
        assert array.shape == expected[tensor].shape


@pytest.mark.parametrize("name", FRAMES)
def test_the_arrays_of_a_frame_are_its_own_bytes(name: str) -> None:
    data = (VALID / name).read_bytes()
    whole = np.frombuffer(data, np.uint8)
    for array in open_frame(data).values():
        assert np.shares_memory(array, whole) or array.size == 0
        assert array.ctypes.data % array.itemsize == 0


def test_the_arrays_of_a_file_are_the_mapped_file() -> None:
    for array in open_file(VALID / "checkpoint.evolve").values():
        owner: Any = array
        while isinstance(owner, np.ndarray):
            owner = owner.base
        assert isinstance(owner.obj if isinstance(owner, memoryview) else owner, mmap.mmap)
        assert array.ctypes.data % array.itemsize == 0


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_nobody_can_write_into_the_arrays(kind: Callable[[bytes], Any]) -> None:
    seeds = open_frame(kind((VALID / "genomes.frame").read_bytes()))["unit.seed"]
    with pytest.raises(ValueError, match="read-only"):
        seeds[0] = 1


def test_a_change_of_the_received_bytes_shows_in_the_arrays() -> None:
    data = bytearray((VALID / "genomes.frame").read_bytes())
    enabled = open_frame(data)["connection.enabled"]
    place = data.index(enabled.tobytes())
    data[place] ^= 1
    assert enabled[0] == data[place]


def test_what_a_file_says_of_itself_stands_beside_the_arrays() -> None:
    checkpoint, champion = opened("checkpoint.evolve"), opened("champion.evo")
    assert (checkpoint.schema, checkpoint.version) == ("evolve.checkpoint", 2)
    assert opened("version_1_checkpoint.evolve").version == 1
    assert checkpoint.config is not None
    assert [one["name"] for one in checkpoint.config["populations"]] == ["hunters", "prey"]
    assert champion.config is None
    assert champion.metadata["populations"][0]["outputs"] == ["x"]
    assert opened("results.frame").metadata["kind"] == "results"
    with pytest.raises(KeyError, match=r"node\.bais"):
        _ = champion["node.bais"]


def test_places_lead_to_the_nodes_that_the_engine_connects(tmp_path: Path) -> None:
    evolution = Evolution(world_config("xor"), 3)
    while evolution.generation < 30:
        batch = evolution.ask(100)
        assert batch is not None
        evolution.tell(batch.evaluate("xor"))
    evolution.save(str(tmp_path / "run.evolve"))
    file, old = open_file(tmp_path / "run.evolve"), 0x8000
    nodes, genes = file["node.offsets"].astype(int), file["connection.offsets"].astype(int)
    inputs = len(file.metadata["populations"][0]["inputs"])
    terminals = inputs + len(file.metadata["populations"][0]["outputs"])
    assert file["hidden.id"].size == nodes[-1] - terminals * (len(nodes) - 1) > 0
    for genome in range(len(nodes) - 1):
        size = nodes[genome + 1] - nodes[genome]
        for ends in ("connection.source", "connection.target"):
            assert (file[ends][genes[genome] : genes[genome + 1]] < size).all()
        # Inputs have neither bias nor function; nothing leads to them.
        assert not file["node.bias"][nodes[genome] : nodes[genome] + inputs].any()
        assert (file["connection.target"][genes[genome] : genes[genome + 1]] >= inputs).all()
    assert (file["hidden.id"] > old).all()


@pytest.mark.parametrize("name", ["champion.evo", "version_1_champion.evo"])
def test_a_shortened_file_is_refused_wherever_it_ends(name: str, tmp_path: Path) -> None:
    whole, path = (VALID / name).read_bytes(), tmp_path / "cut.evo"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(FormatError, match=r"cut\.evo: .") as refusal:
            open_file(path)
        assert "\n" not in str(refusal.value)


def test_any_flipped_bit_of_a_file_is_noticed(tmp_path: Path) -> None:
    whole, path = (VALID / "champion.evo").read_bytes(), tmp_path / "flipped.evo"
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        with pytest.raises(FormatError, match=r"flipped\.evo"):
            open_file(path)


def test_a_damaged_number_is_noticed_when_somebody_asks(tmp_path: Path) -> None:
    damaged = bytearray((VALID / "champion.evo").read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "a.evo").write_bytes(damaged)
    arrays = open_file(tmp_path / "a.evo", verify=False)
    with pytest.raises(FormatError, match=r"a\.evo is damaged: its digest does not fit its bytes"):
        arrays.verify()
    opened("champion.evo").verify()


def test_frames_are_no_files_and_have_no_digest() -> None:
    with pytest.raises(FormatError, match=r"genomes\.frame is a frame, and no file: read its bytes and give"):
        open_file(VALID / "genomes.frame")
    with pytest.raises(FormatError, match="the frame is a frame, and frames state no digest"):
        opened("genomes.frame").verify()


def test_a_file_that_is_not_there_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.evo"):
        open_file("nowhere.evo")


def test_a_digest_that_runs_out_of_the_header_is_none(tmp_path: Path) -> None:
    words = '{"schema":"evolve.champion","sha256":"0","version":2}'
    (tmp_path / "a.evo").write_bytes(buffer({"__metadata__": {"evolve": words}}))
    with pytest.raises(FormatError, match="its digest does not fit its bytes"):
        open_file(tmp_path / "a.evo")
    # With a blank the key is no longer where the digest is looked for.
    (tmp_path / "b.evo").write_bytes(buffer({"__metadata__": {"evolve": words.replace(":", ": ")}}))
    with pytest.raises(FormatError, match="its digest does not fit its bytes"):
        open_file(tmp_path / "b.evo")


WORDS = '{"schema":"evolve.frame","version":2}'
BYTES = {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}


def buffer(header: object, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is cut off: it has 0 bytes"),
        (b"\xff" * 8, "larger than 1048576"),
        (b"\x09" + b"\0" * 7 + b"{}", "it is cut off in its header: it has 10 of 17 bytes"),
        (b"\x02" + b"\0" * 7 + b"\xff\xff", "its header is wrong"),
        (buffer([]), "its header is wrong: Expected `object`, got `array`"),
        (b"\x50\xc3" + b"\0" * 6 + b"[" * 50_000, "its header is wrong"),
        (buffer({}), "it must have the key `evolve` and no other"),
        (buffer({"__metadata__": {"evolve": WORDS, "more": ""}}), "the key `evolve` and no other"),
        (buffer({"__metadata__": {"evolve": 7}}), "its metadata is wrong: Expected `str`"),
        (buffer({"__metadata__": {"evolve": "{"}}), "its metadata is wrong"),
        (buffer({"__metadata__": {"evolve": "\udc80"}}), "its header is wrong"),
        (buffer({"__metadata__": {"evolve": '{"schema":"x"}'}}), "missing required field `version`"),
        (buffer({"__metadata__": {"evolve": WORDS.replace("2", "3")}}), "it has version 3, and this library"),
        (buffer({"__metadata__": {"evolve": WORDS}, "a": 7}), "tensor 'a' is wrong: Expected `object`"),
        (buffer({"__metadata__": {"evolve": WORDS}, "a": {**BYTES, "dtype": "F16"}}), "Invalid enum value"),
        (buffer({"__metadata__": {"evolve": WORDS}, "a": {**BYTES, "shape": [-4]}}), "`int` >= 0"),
        (
            buffer({"__metadata__": {"evolve": WORDS}, "a": {**BYTES, "shape": [3]}}, b"four"),
            "'a' is not where",
        ),
        (buffer({"__metadata__": {"evolve": WORDS}, "a": {**BYTES, "data_offsets": [1, 5]}}), "is not where"),
        (buffer({"__metadata__": {"evolve": WORDS}, "a": BYTES, "b": BYTES}, b"four"), "'b' is not where"),
        (buffer({"__metadata__": {"evolve": WORDS}, "a": BYTES}, b"fiver"), "take 4 bytes, and 5 are there"),
    ],
)
def test_each_refusal_says_what_is_wrong(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=r"^the frame: ") as refusal:
        open_frame(data)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_what_is_larger_than_any_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensor_header, "MAXIMUM_BYTES", 100)
    with pytest.raises(FormatError, match="it has 101 bytes, and 100 is the limit"):
        open_frame(bytes(101))


def test_a_digest_is_over_everything_but_its_own_digits() -> None:
    data = (VALID / "champion.evo").read_bytes()
    stated = opened("champion.evo").metadata["sha256"]
    assert hashlib.sha256(data.replace(stated.encode(), b"0" * 64)).hexdigest() == stated
