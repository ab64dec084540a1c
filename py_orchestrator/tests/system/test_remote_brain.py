"""Godot's EvolveRemoteBrain at the real door: three agents, one frame a tick, each its own answer."""

import asyncio
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.serving.models import linear, loaded
from tests.serving.visits import Visiting

from evolve.serving.doors import DoorSettings, Refusal
from evolve.serving.doors.websocket.door import websocket_door
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings

PROJECT = Path(__file__).parents[3] / "godot_project"

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not os.environ.get("GODOT") or not (PROJECT / ".godot").is_dir(),
        reason="GODOT names no engine, or the demo project was never imported: tools/test sees to both",
    ),
]


@dataclass(frozen=True)
class Turned:
    status: int = 401
    sentence: str = "the key is missing or wrong"
    retry_after: float | None = None


class TokenGuard:
    def admit(self, authorization: str | None, scope: str, peer: str) -> Refusal | None:  # noqa: ARG002
        return None if authorization == "Bearer right" else Turned()

    def visit(self, authorization: str | None, scope: str, peer: str) -> Visiting:
        return Visiting(self.admit(authorization, scope, peer))


def probe(url: str, token: str) -> tuple[int, str]:
    words = ("--headless", "--fixed-fps", "60", "--path", str(PROJECT))
    process = subprocess.run(
        [os.environ["GODOT"], *words, "--script", "res://tests/fixtures/remote_brain_probe.gd"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PROBE_URL": url, "EVOLVE_INFER_TOKEN": token},
    )
    return process.returncode, process.stdout


def with_door(token: str) -> tuple[int, str, Service]:
    async def run() -> tuple[int, str, Service]:
        service = Service(ServiceSettings())
        service.models.put(loaded(linear()))
        async with websocket_door(service, DoorSettings(guard=TokenGuard())) as addresses:
            code, out = await asyncio.to_thread(probe, addresses["websocket"], token)
        return code, out, service

    return asyncio.run(run())


def test_agents_in_godot_do_what_the_service_answers_each_of_them() -> None:
    code, out, service = with_door("right")
    assert code == 0, out
    assert "SCRIPT ERROR" not in out
    said = json.loads(next(line for line in out.splitlines() if line.startswith("probe: "))[7:])
    assert said["actions"] == [[0, 1, 0], [2, 3, 200], [4, 5, 400]]
    statistics = service.models.find("model").statistics
    assert statistics.rows == 3 * statistics.requests
    assert said["rows"] >= 300


def test_a_wrong_token_is_told_to_the_game() -> None:
    code, out, _ = with_door("wrong")
    assert code == 1, out
    assert "cannot be reached, or refused the token (EVOLVE_INFER_TOKEN)" in out
