"""The HTTP door without sockets: bytes of a caller come in, and whole answers leave, none of them a fault."""

import asyncio
import re
from typing import Any, Final, cast

import numpy as np
from tests.serving.http_server import request
from tests.serving.models import linear

from evolve.serving.doors import DoorSettings
from evolve.serving.doors.http.connection import Connection
from evolve.serving.doors.http.door import HttpDoor
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings

_STATUS: Final = re.compile(rb"^HTTP/1\.1 (\d{3}) ")
# An answer of the application behind takes some turns of the loop.
_TURNS: Final = 500


class _Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        return ("127.0.0.1", 1)

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return False

    def can_write_eof(self) -> bool:
        return False

    def pause_reading(self) -> None:
        """Nothing comes but what is there."""

    resume_reading = close = abort = pause_reading


class _Caller:
    """One connection after another, in a loop that is always the same."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._door = self._loop.run_until_complete(self._open())

    async def _open(self) -> HttpDoor:
        service = Service(ServiceSettings())
        service.models.put(service.read("model", "1", linear()))
        service.open()
        return HttpDoor(service, DoorSettings())

    def take(self, data: bytes) -> bool:
        return self._loop.run_until_complete(self._take(data))

    async def _take(self, data: bytes) -> bool:
        free = self._door.budget.free
        transport, connection = _Transport(), Connection(self._door)
        connection.connection_made(cast(Any, transport))
        connection.data_received(data)
        answered = -1
        for _ in range(_TURNS):
            if not connection.is_answering and answered == len(transport.written):
                break
            answered = len(transport.written)
            await asyncio.sleep(0)
        connection.connection_lost(None)
        assert self._door.budget.free == free, "memory for bodies was not given back"
        statuses = [int(found[1]) for one in transport.written if (found := _STATUS.match(one))]
        assert len(statuses) == len(transport.written)
        assert all(status < 500 or status == 505 for status in statuses), transport.written
        return 200 in statuses


_CALLERS: Final[list[_Caller]] = []


def calls(data: bytes) -> bool:
    """Requests of one connection."""
    if not _CALLERS:
        _CALLERS.append(_Caller())
    return _CALLERS[0].take(data)


def _binary() -> bytes:
    rows = np.ones((2, 3), np.float32)
    head = b'{"inputs":[{"name":"observations","datatype":"FP32","shape":[2,3],'
    head += b'"parameters":{"binary_data_size":24}}],"parameters":{"binary_data_output":true}}'
    length = str(len(head))
    body = head + rows.tobytes()
    return request("POST", "/v2/models/model/infer", body, Inference_Header_Content_Length=length)


_TENSOR: Final = {"name": "observations", "datatype": "FP32", "shape": [1, 3], "data": [1.0, 2.0, 3.0]}
CORPUS: Final = [
    request("POST", "/infer", {"inputs": [1.0, 2.0, 3.0]}),
    request("POST", "/infer?model=model&version=1", {"inputs": {"observations": [[1.0, 2.0, 3.0]]}}),
    request("POST", "/v2/models/model/versions/1/infer", {"id": "1", "inputs": [_TENSOR]}),
    _binary(),
    request("POST", "/infer", {"inputs": [1, 2, 3]}) * 3,
    b"POST /infer HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'a\r\n{"inputs":\r\n8\r\n[1,2,3]}\r\n0\r\n\r\n',
    request("GET", "/v2/models/model/config"),
]
