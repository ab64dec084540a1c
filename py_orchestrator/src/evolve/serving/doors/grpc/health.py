"""grpc.health.v1 as probes ask it: always what the service says now, and never behind a key."""

from typing import Final

from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.doors.grpc.messages import HEALTH, INFERENCE, NEURAL, Message, message_class
from evolve.serving.doors.grpc.status import Unknown, parse
from evolve.serving.errors import NotFound, NotReady
from evolve.serving.service import Service

_REQUEST = message_class("grpc.health.v1.HealthCheckRequest")
_RESPONSE = message_class("grpc.health.v1.HealthCheckResponse")
_LIST = message_class("grpc.health.v1.HealthListResponse")
_SERVICES: Final = ("", INFERENCE, NEURAL, HEALTH)


class Health:
    """Of the whole server, and of each service by its name."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def check(self, request: Message) -> Message:
        if (status := self.status(request.service)) == _RESPONSE.SERVICE_UNKNOWN:
            raise NotFound(f"there is no service '{request.service[:80]}'")
        return _RESPONSE(status=status)

    async def list(self, _request: Message) -> Message:
        answers = _LIST()
        for name in _SERVICES:
            answers.statuses[name].status = self.status(name)
        return answers

    def watch(self, call: GrpcCall) -> "Watch":
        return Watch(call, self)

    def status(self, name: str) -> int:
        """The protocol's number for how a service is."""
        if name not in _SERVICES:
            return int(_RESPONSE.SERVICE_UNKNOWN)
        return int(_RESPONSE.SERVING if self._service.is_ready else _RESPONSE.NOT_SERVING)


class Watch:
    """Tells how a service is, and again within a second when that has changed."""

    def __init__(self, call: GrpcCall, health: Health) -> None:
        self._call = call
        self._health = health
        self._name: str | None = None
        self._is_asked = False
        self._told: int | None = None

    @property
    def wants_message(self) -> bool:
        return not self._is_asked

    def message(self, data: bytes) -> None:
        if self._name is not None:
            raise Unknown("the method takes one message, and more came")
        self._name = parse(_REQUEST, data).service

    def ended(self) -> None:
        if self._name is None:
            raise Unknown("the method takes one message, and none came")
        self._is_asked = True
        self.look()

    def look(self) -> None:
        """Who doesn't read is told no more than once."""
        if not self._is_asked or self._name is None or not self._call.is_clear:
            return
        if (status := self._health.status(self._name)) != self._told:
            self._told = status
            self._call.send(_RESPONSE(status=status).SerializeToString())

    def drained(self) -> None:
        """The next look tells what has changed."""

    def hang_up(self) -> None:
        raise NotReady("the service is about to end")

    def stop(self) -> None:
        """Nothing is under way."""
