"""What reads bytes from outside: each takes an input, or refuses it in the way that its documentation says.

Whatever else is raised is a find. Each target says whether the input was taken.
"""

import asyncio
import atexit
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fuzz import grpc_target
from tests.fuzz.http_target import CORPUS, calls
from tests.fuzz.websocket_target import (
    ANSWERS,
    CONNECTIONS,
    CONVERSATIONS,
    answers,
    connections,
    conversations,
)
from tests.protocol.test_messages import HELLO
from tests.serving.models import convolution, linear, whole

from evolve._native import Champion, Evolution, EvolveError, FormatError, Results, WorkBatch
from evolve.arrays import open_file, open_frame
from evolve.protocol.messages import MessageError, decode_orchestrator
from evolve.protocol.session import Hello, Pull, ResultsFrame, SceneError, Violation, WorkerSession
from evolve.serving.doors.grpc.messages import message_class
from evolve.serving.doors.grpc.neural import Neural, parse_request
from evolve.serving.doors.grpc.status import parse
from evolve.serving.doors.grpc.tensors import read_call
from evolve.serving.errors import ModelRefused, ServingError
from evolve.serving.inspection import Limits, inspect
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings

VECTORS: Final = Path(__file__).parents[3] / "spec" / "vectors"
# In memory where that can be: a million files on a disk take an hour.
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_SCRATCH: Final = Path(tempfile.mkdtemp(prefix="evolve-fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None))
_INPUT: Final = _SCRATCH / "input"
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)


@dataclass(frozen=True)
class Target:
    """A reader, and inputs that it takes."""

    take: Callable[[bytes], bool]
    corpus: list[bytes]


def messages(data: bytes) -> bool:
    """Text messages of a worker, a line each; and of an orchestrator."""
    session = WorkerSession(lambda: 0.0)
    taken = False
    for line in data.decode(errors="surrogateescape").split("\n"):
        event = session.receive_text(line)
        assert event is None or isinstance(event, Hello | Pull | SceneError | Violation)
        taken |= isinstance(event, Hello | Pull | SceneError)
        if isinstance(event, Hello):
            json.loads(session.welcome("worker-1"))
        try:
            decode_orchestrator(line)
        except MessageError as error:
            _refused(error)
        else:
            taken = True
    return taken


def results(data: bytes) -> bool:
    """A binary frame of a worker that belongs to the run, through its session and into the engine."""
    session = WorkerSession(lambda: 0.0)
    assert isinstance(session.receive_text(json.dumps(HELLO)), Hello)
    session.welcome("worker-1")
    event = session.receive_binary(data)
    assert isinstance(event, ResultsFrame | Violation)
    try:
        read = Results.from_bytes(data)
    except FormatError as error:
        return _refused(error)
    assert Results.from_bytes(read.to_bytes()).units == read.units
    return True


def batches(data: bytes) -> bool:
    """A frame of units."""
    try:
        batch = WorkBatch.from_bytes(data)
    except FormatError as error:
        return _refused(error)
    again = batch.to_bytes()
    assert WorkBatch.from_bytes(again).to_bytes() == again
    return True


def frames(data: bytes) -> bool:
    """Any buffer in numpy."""
    try:
        arrays = open_frame(data)
    except FormatError as error:
        return _refused(error)
    assert all(array.nbytes <= len(data) for array in arrays.values())
    return True


def files(data: bytes) -> bool:
    """Any file in numpy."""
    _INPUT.write_bytes(data)
    try:
        arrays = open_file(_INPUT)
    except FormatError as error:
        return _refused(error)
    assert all(array.nbytes <= len(data) for array in arrays.values())
    return True


def champions(data: bytes) -> bool:
    """A champion, which thinks when it was read."""
    _INPUT.write_bytes(data)
    try:
        champion = Champion.load(str(_INPUT))
    except FormatError as error:
        return _refused(error)
    assert len(champion.think([0.5] * len(champion.inputs))) == len(champion.outputs)
    return True


def checkpoints(data: bytes) -> bool:
    """A checkpoint, which goes on when it was read."""
    _INPUT.write_bytes(data)
    try:
        evolution = Evolution.load(str(_INPUT))
    except FormatError as error:
        return _refused(error)
    try:
        assert evolution.ask(1) is not None
    except EvolveError as error:
        _refused(error)
    return True


def models(data: bytes) -> bool:
    """A model from outside, looked at; running it is what a process of its own is for."""
    try:
        inspect(data, Limits())
    except ModelRefused as error:
        return _refused(error)
    return True


_REQUEST: Final = message_class("inference.ModelInferRequest")


async def _service() -> Service:
    service = Service(ServiceSettings())
    for name, model in (("linear", linear()), ("whole", whole())):
        service.models.put(service.read(name, "1", model))
    return service


SERVED: Final = asyncio.run(_service())


def grpc_requests(data: bytes) -> bool:
    """A message of the gRPC door, as either service reads it, up to a call that could be computed."""
    taken = False
    readers: list[Callable[[], object]] = [
        lambda: read_call(SERVED, parse(_REQUEST, data)),
        lambda: Neural(SERVED).call(parse_request(data)),
    ]
    for read in readers:
        try:
            read()
            taken = True
        except ServingError as error:
            _refused(error)
    return taken


def _grpc_corpus() -> list[bytes]:
    raw = _REQUEST(model_name="linear", id="7", raw_input_contents=[bytes(24)])
    raw.inputs.add(name="observations", datatype="FP32", shape=[2, 3])
    typed = _REQUEST(model_name="whole")
    typed.inputs.add(name="numbers", datatype="FP32", shape=[1, 3]).contents.fp32_contents.extend([1, 2, 3])
    neural = message_class("evolve.v1.NeuralRequest")(model="linear", inputs=[1, 2, 3, 4, 5, 6], rows=2)
    return [one.SerializeToString() for one in (raw, typed, neural)]


def _refused(error: Exception) -> bool:
    """A refusal is one sentence."""
    assert str(error)
    assert "\n" not in str(error)
    return False


def _published(*patterns: str) -> list[bytes]:
    return [path.read_bytes() for pattern in patterns for path in sorted(VECTORS.glob(pattern))]


def _conversation(*lines: object) -> bytes:
    return "\n".join(json.dumps(line) for line in lines).encode()


TARGETS: Final = {
    "messages": Target(
        messages,
        [
            _conversation(HELLO, {"type": "pull", "units": 64}, {"type": "pull", "units": 1}),
            _conversation({"type": "error", "reason": "the scene has no trainer"}),
            _conversation({"type": "welcome", "worker": "worker-1"}, {"type": "stop", "reason": "done"}),
        ],
    ),
    "results": Target(results, _published("valid/*results.frame", "valid/results_noted.frame")),
    "batches": Target(batches, _published("valid/*genomes.frame")),
    "frames": Target(frames, _published("valid/*.frame")),
    "files": Target(files, _published("valid/*.ev*")),
    "champions": Target(champions, _published("valid/*.evo")),
    "models": Target(models, [linear(), whole(), convolution()]),
    "calls": Target(calls, CORPUS),
    "answers": Target(answers, ANSWERS),
    "connections": Target(connections, CONNECTIONS),
    "conversations": Target(conversations, CONVERSATIONS),
    "grpc": Target(grpc_requests, _grpc_corpus()),
    "http2": Target(grpc_target.connections, grpc_target.CORPUS),
    "checkpoints": Target(checkpoints, _published("valid/*checkpoint*.evolve", "valid/*archipelago.evolve")),
}
