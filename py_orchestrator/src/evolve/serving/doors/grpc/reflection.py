"""Reflection: what this door's services are, told to tools such as grpcurl in the protocol's two versions."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from evolve.serving.doors.grpc.messages import POOL, Message, message_class
from evolve.serving.doors.grpc.status import Code, parse
from evolve.serving.doors.grpc.stream import Slot, Take
from evolve.serving.errors import ServingError

V1: Final = "grpc.reflection.v1"
V1_ALPHA: Final = "grpc.reflection.v1alpha"


class Reflection:
    """Of one version of the protocol; both have the same messages."""

    def __init__(self, version: str, services: Iterable[str]) -> None:
        self._request = message_class(f"{version}.ServerReflectionRequest")
        self._response = message_class(f"{version}.ServerReflectionResponse")
        self._services = sorted(services)
        self._find: dict[str, Callable[[Any], Any]] = {
            "file_by_filename": POOL.FindFileByName,
            "file_containing_symbol": POOL.FindFileContainingSymbol,
            "file_containing_extension": self._extension,
            "all_extension_numbers_of_type": POOL.FindMessageTypeByName,
        }

    def take(self, data: bytes, slot: Slot) -> None:
        """Answer a question of the stream."""
        request = self._request()
        try:
            request = parse(self._request, data)
            answer = self._answer(request)
        except ServingError as error:
            answer = self._failure(Code.INVALID_ARGUMENT, str(error))
        except KeyError:
            answer = self._failure(Code.NOT_FOUND, "nothing of that name is known here")
        answer.valid_host = request.host
        answer.original_request.CopyFrom(request)
        slot.set(answer.SerializeToString())

    def _answer(self, request: Message) -> Message:
        kind = request.WhichOneof("message_request")
        response = self._response()
        if kind == "list_services":
            for name in self._services:
                response.list_services_response.service.add(name=name)
        elif kind is None:
            return self._failure(Code.INVALID_ARGUMENT, "nothing is asked")
        else:
            found = self._find[kind](getattr(request, kind))
            if kind == "all_extension_numbers_of_type":
                response.all_extension_numbers_response.base_type_name = found.full_name
            else:
                response.file_descriptor_response.file_descriptor_proto.extend(_with_what_it_needs(found))
        return response

    def _extension(self, asked: Message) -> Any:  # noqa: ANN401 - protobuf's own classes have no types
        message = POOL.FindMessageTypeByName(asked.containing_type)
        return POOL.FindExtensionByNumber(message, asked.extension_number).file

    def _failure(self, code: Code, sentence: str) -> Message:
        response = self._response()
        response.error_response.error_code = code.value
        response.error_response.error_message = sentence
        return response


def _with_what_it_needs(file: Any) -> list[bytes]:  # noqa: ANN401
    needed = {file.name: file}
    waiting = [file]
    while waiting:
        for other in waiting.pop().dependencies:
            if other.name not in needed:
                needed[other.name] = other
                waiting.append(other)
    return [one.serialized_pb for one in needed.values()]


def reflection_of(services: Iterable[str]) -> dict[str, Take]:
    """Both versions by the name of their service."""
    names = [f"{version}.ServerReflection" for version in (V1, V1_ALPHA)]
    known = (*services, *names)
    return {name: Reflection(name.rpartition(".")[0], known).take for name in names}
