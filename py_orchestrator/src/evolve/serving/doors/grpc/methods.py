"""Which method does what, and what is looked at before any of them: every call comes in here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

from evolve.serving.doors import DoorSettings
from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.doors.grpc.control import Control
from evolve.serving.doors.grpc.health import Health
from evolve.serving.doors.grpc.inference import Inference
from evolve.serving.doors.grpc.messages import HEALTH, INFERENCE, NEURAL, message_class, methods
from evolve.serving.doors.grpc.neural import Neural
from evolve.serving.doors.grpc.reflection import reflection_of
from evolve.serving.doors.grpc.status import Entry, Foreign, Unknown
from evolve.serving.doors.grpc.stream import Questions, Take
from evolve.serving.doors.grpc.unary import Ask, Unary, in_a_task
from evolve.serving.doors.grpc.wire import Packed, is_grpc
from evolve.serving.doors.grpc.work import Work
from evolve.serving.errors import BadInput, Overloaded
from evolve.serving.http2 import limits
from evolve.serving.http2.headers import Head
from evolve.serving.service import Service

# What probes ask; everything else asks the guard.
_OPEN: Final = frozenset(("ServerLive", "ServerReady", "ModelReady"))
_ADMINISTRATION: Final = frozenset(("RepositoryIndex", "RepositoryModelLoad", "RepositoryModelUnload"))
# Twice, they would be read one way here and another way elsewhere.
_SINGLE: Final = frozenset(("authorization", "content-type", "grpc-encoding", "grpc-timeout", "origin"))


@dataclass(frozen=True)
class Method:
    """How a call of it is begun; `scope` is asked for before anything is read, where there is one."""

    begin: Callable[[GrpcCall, Entry], Work]
    scope: str | None = None


class Methods:
    """All that this door serves, by path."""

    def __init__(self, service: Service, settings: DoorSettings) -> None:
        self._guard = settings.guard
        self._by_path = {
            f"/{name}": method
            for table in (_inference(service), _neural(service), _health(service), _reflection())
            for name, method in table.items()
        }

    def open(self, call: GrpcCall, head: Head) -> Work | None:
        """Who does what is asked; nobody when it was refused already, ServingError when it is now."""
        if head.method != "POST":
            call.refuse(HTTPStatus.METHOD_NOT_ALLOWED)
            return None
        if not is_grpc(head.fields.get("content-type", "")):
            call.refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            return None
        _check_fields(head)
        method = self._by_path.get(head.path)
        if method is None:
            raise Unknown(f"there is no method '{head.path[:200]}': reflection tells which there are")
        entry = Entry(head.fields, self._guard, method.scope or "infer", call.peer)
        if method.scope is not None:
            entry.admit()
        encoding = head.fields.get("grpc-encoding", "identity")
        if encoding != "identity":
            raise Packed(f"grpc-encoding: {encoding[:40]} is not unpacked: send messages as they are")
        return method.begin(call, entry)


def _check_fields(head: Head) -> None:
    if head.size > limits.MAXIMUM_FIELD_BYTES:
        raise Overloaded(f"the metadata has more than {limits.MAXIMUM_FIELD_BYTES} bytes")
    if "origin" in head.fields:
        # Programs send none; a page of somebody else's that got here does.
        raise Foreign("origin: web pages may not call this interface")
    for name in sorted(head.twice & _SINGLE):
        raise BadInput(name, "stands there twice")


def _unary(ask: Ask, scope: str | None) -> Method:
    return Method(lambda call, _entry: Unary(call, ask), scope)


def _stream(take: Callable[[Entry], Take]) -> Method:
    """The guard is asked for each question."""
    return Method(lambda call, entry: Questions(call, take(entry)))


def _inference(service: Service) -> dict[str, Method]:
    control, inference = Control(service), Inference(service)
    works = {
        "ServerLive": control.server_live,
        "ServerReady": control.server_ready,
        "ModelReady": control.model_ready,
        "ServerMetadata": control.server_metadata,
        "ModelMetadata": control.model_metadata,
        "ModelConfig": control.model_config,
        "ModelStatistics": control.model_statistics,
        "RepositoryIndex": control.repository_index,
        "RepositoryModelLoad": control.repository_load,
        "RepositoryModelUnload": control.repository_unload,
    }
    table = {
        f"{INFERENCE}/ModelInfer": _unary(inference.infer, "infer"),
        f"{INFERENCE}/ModelStreamInfer": _stream(inference.stream),
    }
    for method in methods(INFERENCE):
        if (work := works.get(method.name)) is not None:
            scope = "admin" if method.name in _ADMINISTRATION else "infer"
            ask = in_a_task(message_class(method.input_type.full_name), work)
            table[f"{INFERENCE}/{method.name}"] = _unary(ask, None if method.name in _OPEN else scope)
    return table


def _neural(service: Service) -> dict[str, Method]:
    neural = Neural(service)
    return {f"{NEURAL}/Infer": _unary(neural.infer, "infer"), f"{NEURAL}/Stream": _stream(neural.stream)}


def _health(service: Service) -> dict[str, Method]:
    health = Health(service)
    check = message_class("grpc.health.v1.HealthCheckRequest")
    everything = message_class("grpc.health.v1.HealthListRequest")
    return {
        f"{HEALTH}/Check": _unary(in_a_task(check, health.check), None),
        f"{HEALTH}/List": _unary(in_a_task(everything, health.list), None),
        f"{HEALTH}/Watch": Method(lambda call, _entry: health.watch(call)),
    }


def _reflection() -> dict[str, Method]:
    takes = reflection_of((INFERENCE, NEURAL, HEALTH))
    return {f"{name}/ServerReflectionInfo": _stream(partial(_always, take)) for name, take in takes.items()}


def _always(take: Take, _entry: Entry) -> Take:
    return take
