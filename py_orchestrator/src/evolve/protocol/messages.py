"""The control messages: one struct each, decoded strictly.

Unknown types, unknown or missing keys and wrong types are refused, with the key named. Seeds and ids never
pass through here: JSON has no place for 64-bit integers.
"""

from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec

from evolve.protocol.limits import MAXIMUM_CAPACITY, MAXIMUM_PULL

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Sentence: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
Version: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Digest: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
ScenePath: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
Generations: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Capacity: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=MAXIMUM_CAPACITY)]
Units: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=MAXIMUM_PULL)]


class MessageError(ValueError):
    """A text message that is none of ours; says what was wrong, with the key."""


class Stop(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """When a scene thinks that a run is over."""

    generations: Generations
    fitness: float | None


class HelloMessage(msgspec.Struct, tag_field="type", tag="hello", forbid_unknown_fields=True, frozen=True):
    """A worker says what it is: first, and once. A spectator plays champions, and nothing that is scored."""

    scene: ScenePath
    scene_digest: Digest
    engine: Version
    library: Version
    capacity: Capacity
    config: dict[str, Any]
    stop: Stop
    role: Literal["worker", "spectator"] = "worker"


class PullMessage(msgspec.Struct, tag_field="type", tag="pull", forbid_unknown_fields=True, frozen=True):
    """A worker asks for up to so many units more."""

    units: Units


class ErrorMessage(msgspec.Struct, tag_field="type", tag="error", forbid_unknown_fields=True, frozen=True):
    """A worker found its scene to be wrong."""

    reason: Sentence


class WelcomeMessage(
    msgspec.Struct, tag_field="type", tag="welcome", forbid_unknown_fields=True, frozen=True
):
    """The worker belongs to the run."""

    worker: Name


class RefuseMessage(msgspec.Struct, tag_field="type", tag="refuse", forbid_unknown_fields=True, frozen=True):
    """The worker does not fit."""

    reason: Sentence


class StopMessage(msgspec.Struct, tag_field="type", tag="stop", forbid_unknown_fields=True, frozen=True):
    """The run is over."""

    reason: Sentence


WorkerMessage: TypeAlias = HelloMessage | PullMessage | ErrorMessage
OrchestratorMessage: TypeAlias = WelcomeMessage | RefuseMessage | StopMessage

M = TypeVar("M")

_WORKER: Final["msgspec.json.Decoder[WorkerMessage]"] = msgspec.json.Decoder(WorkerMessage)
_ORCHESTRATOR: Final["msgspec.json.Decoder[OrchestratorMessage]"] = msgspec.json.Decoder(OrchestratorMessage)
_ENCODER: Final = msgspec.json.Encoder()


def decode_worker(text: str) -> WorkerMessage:
    """Read what a worker sent; MessageError when it is none of the messages above."""
    return _decode(_WORKER, text)


def decode_orchestrator(text: str) -> OrchestratorMessage:
    """Read what the orchestrator sent; for workers that are written in Python."""
    return _decode(_ORCHESTRATOR, text)


def encode(message: WorkerMessage | OrchestratorMessage) -> str:
    """Write a message as JSON text."""
    return _ENCODER.encode(message).decode()


def _decode(decoder: "msgspec.json.Decoder[M]", text: str) -> M:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise MessageError(str(error) or type(error).__name__) from error
