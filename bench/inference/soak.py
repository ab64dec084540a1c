"""`evolve serve` under mixed load for long: callers of all kinds, killed and started again, and reloads.

    soak.py FOLDER SECONDS

Every few seconds all callers are killed at once, and new ones begin. The moment in between, without a
connection, is when its memory tells something: under load it goes up and down with what is under way.
Prints JSON lines: a sample of memory, files and threads each second and in each such moment, and a summary.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from soak_models import MODELS

# So many callers of each kind at a time.
CALLERS = ("http", "http", "websocket", "grpc", "crooked", "slow")
KILL_SECONDS = 1.5
RELOAD_SECONDS = 4.0
SAMPLE_SECONDS = 1.0
# From one rest to the next.
REST_SECONDS = 10.0
PATIENCE_SECONDS = 20.0
END_SECONDS = 40.0
# Low enough that callers find it full now and then.
QUEUE_ROWS = 1_000
# glibc's own way is to keep what was freed in the holes between what is in use: 20 MB more or less at each
# rest, in which a leak would go unseen. With fixed thresholds free memory is given back.
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass
class Soak:
    """The server, its callers, and what is known about them."""

    folder: Path
    server: int
    addresses: dict[str, str]
    keys: dict[str, str]
    random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - no secret
    callers: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    kills: int = 0
    reloads: int = 0
    started: int = 0

    def start(self, kind: str) -> None:
        words = [sys.executable, str(Path(__file__).with_name("soak_callers.py")), kind, str(self.started)]
        words += [json.dumps(self.addresses), self.keys["caller"]]
        with (self.folder / f"caller-{self.started}.jsonl").open("wb") as said:
            self.callers.append((kind, subprocess.Popen(words, stdout=said, stderr=said)))
        self.started += 1

    def kill(self, place: int) -> str:
        """One of the callers, in the middle of whatever it does; gives its kind."""
        kind, process = self.callers.pop(place)
        if process.poll() is not None:
            self.failures.append(f"a caller over {kind} ended by itself")
        process.kill()
        process.wait()
        self.kills += 1
        return kind

    def reload(self) -> None:
        """A model anew, while it is asked."""
        name = MODELS[self.reloads % len(MODELS)].name
        connection = HTTPConnection(self.addresses["http"].removeprefix("http://"), timeout=30)
        headers = {"Authorization": f"Bearer {self.keys['operator']}"}
        connection.request("POST", f"/v2/repository/models/{name}/load", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            self.failures.append(f"{name} was not loaded anew: {answer.status} {answer.read()[:200]!r}")
        connection.close()
        self.reloads += 1

    def sample(self, seconds: float) -> dict[str, float]:
        place = Path(f"/proc/{self.server}")
        status = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
        return {
            "seconds": round(seconds, 1),
            "rests": not self.callers,
            "memory_mb": int(status["VmRSS"].split()[0]) / 1024,
            "files": len(list((place / "fd").iterdir())),
            "threads": int(status["Threads"]),
        }

    def tally(self) -> dict[str, int]:
        """What the callers have said; a killed one may have been in the middle of a line."""
        total = {"answers": 0, "refused": 0}
        for path in self.folder.glob("caller-*.jsonl"):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
                if not line.endswith("\n"):
                    continue
                if not line.startswith("{"):
                    self.failures.append(line.strip())
                    continue
                said = json.loads(line)
                if "failure" in said:
                    self.failures.append(said["failure"])
                for name in total:
                    total[name] += said.get(name, 0)
        return total


def main(folder: Path, seconds: float) -> None:
    for model in MODELS:
        model.write(folder / "models")
    with serving(folder) as (server, addresses, keys):
        soak = Soak(folder, server.pid, addresses, keys)
        soak.reload()
        before = soak.sample(0.0)
        began = time.monotonic()
        try:
            while time.monotonic() - began < seconds:
                press(soak, began)
                after = rest(soak, before, began)
        finally:
            while soak.callers:
                soak.kill(0)
        server.send_signal(signal.SIGTERM)
        code = server.wait(END_SECONDS)
    log = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
    soak.failures += [line[:300] for line in log.splitlines() if "Traceback" in line or '"error"' in line]
    summary = soak.tally() | {"kills": soak.kills, "reloads": soak.reloads, "exit_code": code}
    summary |= {"files_left": after["files"] - before["files"]}
    print(json.dumps({"summary": summary | {"failures": soak.failures}}), flush=True)


def press(soak: Soak, began: float) -> None:
    """Callers come, are killed one by one and are replaced, until the next rest."""
    for kind in CALLERS:
        soak.start(kind)
    since = killed = reloaded = sampled = time.monotonic()
    while (now := time.monotonic()) - since < REST_SECONDS:
        if now - sampled >= SAMPLE_SECONDS:
            sampled = now
            print(json.dumps(soak.sample(now - began)), flush=True)
        if now - killed >= KILL_SECONDS:
            killed = now
            soak.start(soak.kill(soak.random.randrange(len(soak.callers))))
        if now - reloaded >= RELOAD_SECONDS:
            reloaded = now
            soak.reload()
        time.sleep(0.05)


def rest(soak: Soak, before: dict[str, float], began: float) -> dict[str, float]:
    """Kill everybody, and wait until the connections of the dead are closed, if they ever are."""
    while soak.callers:
        soak.kill(0)
    end = time.monotonic() + PATIENCE_SECONDS
    while (after := soak.sample(time.monotonic() - began))["files"] > before["files"]:
        if time.monotonic() > end:
            break
        time.sleep(0.1)
    print(json.dumps(after), flush=True)
    return after


Running = tuple["subprocess.Popen[str]", dict[str, str], dict[str, str]]


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """The service with keys for callers and for an operator, and its addresses."""
    evolve = [sys.executable, "-m", "evolve"]
    keys = {}
    for name, scope in (("caller", "infer"), ("operator", "admin")):
        words = ["keys", "add", name, "--scope", scope, "--keys", str(folder / "keys.json")]
        keys[name] = subprocess.run(
            [*evolve, *words], capture_output=True, text=True, check=True
        ).stdout.split()[0]
    words = ["serve", "--repository", str(folder / "models"), "--keys", str(folder / "keys.json")]
    words += ["--port", "0", "--grpc-port", "0", "--websocket-port", "0", "--queue", str(QUEUE_ROWS)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*evolve, *words, "--json", "--log-format", "json"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | ALLOCATOR,
        )
    try:
        yield process, json.loads(process.stdout.readline())["addresses"], keys
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


if __name__ == "__main__":
    os.nice(1)
    main(Path(sys.argv[1]), float(sys.argv[2]))
