"""BentoML: its API takes JSON, so bytes come in base64, which it reads quicker than lists of numbers."""

from __future__ import annotations

import bentoml
from network import actions_of, open_session, rows_of
from pydantic import Base64Bytes
from starlette.responses import Response


@bentoml.service(workers=1, logging={"access": {"enabled": False}}, metrics={"enabled": False})
class Network:
    def __init__(self) -> None:
        self.session = open_session()

    @bentoml.api(route="/infer")
    async def infer(self, data: Base64Bytes) -> bytes:
        """In the event loop: a thread for each call takes longer than the call."""
        actions = actions_of(self.session, rows_of(data))
        return Response(actions.tobytes(), media_type="application/octet-stream")
