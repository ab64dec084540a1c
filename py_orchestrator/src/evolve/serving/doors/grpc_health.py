"""grpc.health.v1 as probes ask it: always what the service says now, and never behind a key."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from evolve.serving.doors.grpc_messages import INFERENCE, NEURAL
from evolve.serving.doors.grpc_status import Context
from evolve.serving.service import Service

_SECONDS_BETWEEN_LOOKS = 1.0


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """Of the whole server, and of each service by its name."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def Check(self, request: Any, context: Context) -> Any:  # noqa: ANN401, N802 - theirs
        if (status := self._status(request.service)) == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"there is no service '{request.service[:80]}'")
        return health_pb2.HealthCheckResponse(status=status)

    async def Watch(self, request: Any, context: Context) -> AsyncIterator[Any]:  # noqa: ANN401, ARG002, N802
        told = None
        while True:
            if (status := self._status(request.service)) != told:
                told = status
                yield health_pb2.HealthCheckResponse(status=status)
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    def _status(self, name: str) -> Any:  # noqa: ANN401
        answers = health_pb2.HealthCheckResponse
        if name not in ("", INFERENCE, NEURAL):
            return answers.SERVICE_UNKNOWN
        return answers.SERVING if self._service.is_ready else answers.NOT_SERVING
