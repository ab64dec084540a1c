"""Methods that take one message and give one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.doors.grpc.messages import Message
from evolve.serving.doors.grpc.status import Unknown, parse
from evolve.serving.errors import NotReady, ServingError

# Sees to it that the call is answered, and gives what takes the question back.
Ask = Callable[[bytes, GrpcCall], Callable[[], object]]


class Unary:
    """The work of such a method; the question is asked once it is sure that it is the only one."""

    __slots__ = ("_ask", "_call", "_cancel", "_data")

    def __init__(self, call: GrpcCall, ask: Ask) -> None:
        self._call = call
        self._ask = ask
        self._data: bytes | None = None
        self._cancel: Callable[[], object] | None = None

    @property
    def wants_message(self) -> bool:
        return self._cancel is None

    def message(self, data: bytes) -> None:
        if self._data is not None:
            raise Unknown("the method takes one message, and more came")
        self._data = data

    def ended(self) -> None:
        if self._data is None:
            raise Unknown("the method takes one message, and none came")
        data, self._data = self._data, b""
        self._cancel = self._ask(data, self._call)

    def drained(self) -> None:
        """There is nothing more to send."""

    look = drained

    def hang_up(self) -> None:
        if self._cancel is None:
            raise NotReady("the service is about to end")

    def stop(self) -> None:
        if self._cancel is not None:
            self._cancel()


def in_a_task(request_class: Any, work: Callable[[Message], Awaitable[Message]]) -> Ask:  # noqa: ANN401
    """For what may take a while and isn't asked often."""

    async def run(request: Message, call: GrpcCall) -> None:
        try:
            response = await work(request)
            call.reply(response.SerializeToString())
        except ServingError as error:
            call.fail(error)
        except Exception as error:
            call.fault(error)

    def ask(data: bytes, call: GrpcCall) -> Callable[[], object]:
        task = asyncio.get_running_loop().create_task(run(parse(request_class, data), call))
        return task.cancel

    return ask
