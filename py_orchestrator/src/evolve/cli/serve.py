"""`evolve serve`: models from files, champions and runs, served until a signal."""

import argparse
import asyncio
import json
import re
import sys
from dataclasses import replace
from itertools import dropwhile
from pathlib import Path
from typing import Any

from evolve.cli.export import champion_model, find_champion
from evolve.cli.serve_place import certificate_of, entrance_of
from evolve.cli.serve_security import guard_of
from evolve.errors import EvolveUserError, storage_error
from evolve.serving import logs
from evolve.serving.batcher import BatchSettings
from evolve.serving.doors import Addresses, DoorSettings
from evolve.serving.errors import ServingError
from evolve.serving.folder import Folder, check_name
from evolve.serving.providers import Device, are_devices, parse_devices
from evolve.serving.repository import versions
from evolve.serving.runtimes import check_runtimes
from evolve.serving.server import Opening, new_event_loop, serve
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings


def run(arguments: argparse.Namespace) -> int:
    try:
        from evolve.serving.doors.grpc.door import grpc_door
        from evolve.serving.doors.http.door import http_door
        from evolve.serving.doors.websocket.door import websocket_door
    except ModuleNotFoundError as error:
        raise EvolveUserError(
            f"the Python package {error.name} is missing: 'pip install evolve[cpu]' or 'evolve[gpu]' brings "
            "what the service needs"
        ) from error
    check_runtimes()
    guard, entrance, certificate = guard_of(arguments), entrance_of(arguments), certificate_of(arguments)
    ports = {"--port": http_door, "--grpc-port": grpc_door, "--websocket-port": websocket_door}
    openings = []
    for option, door in ports.items():
        port = getattr(arguments, option[2:].replace("-", "_"))
        place = replace(entrance, port=port, way_to_a_free_port=f"write {option} 0")
        openings.append(Opening(door, DoorSettings(place, guard, certificate)))
    devices, words = _devices(arguments.devices)
    settings = _settings(arguments, devices)
    folder = _folder(arguments.repository)
    models = _models([*arguments.models, *words], arguments.repository)
    logs.open_log(arguments.log_format == "json")

    async def main() -> int:
        try:
            service = await _loaded(settings, folder, models)
        except ServingError as error:
            raise EvolveUserError(str(error)) from error

        def ready(addresses: Addresses) -> None:
            _say_ready(service, addresses, arguments.json)

        return await _serve(service, openings, arguments.drain_seconds, ready)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main())


async def _serve(service: Service, openings: list[Opening], drain_seconds: float, ready: Any) -> int:  # noqa: ANN401
    if await serve(service, openings, drain_seconds, ready):
        logs.say("ended")
        return 0
    raise EvolveUserError(
        f"not everything was answered within {drain_seconds:g} s: --drain-seconds allows for more"
    )


async def _loaded(settings: ServiceSettings, folder: Folder | None, models: dict[str, bytes]) -> Service:
    """Every model is warm before a door opens."""
    for path in folder.passed_over() if folder else []:
        logs.LOG.warning(
            "%s is passed over: a model is NAME.onnx or NAME/VERSION/model.onnx, its version a number", path
        )
    service = Service(settings, folder)
    for name, data in models.items():
        service.models.put(await asyncio.to_thread(service.read, name, "1", data))
    for name in dict.fromkeys(one.name for one in (folder.index() if folder else [])):
        if name in models:
            raise EvolveUserError(f"{name} is a model of the repository too: give one of them another name")
        await service.repository.load(name)
    return service


def _devices(groups: list[list[str]]) -> tuple[list[Device], list[str]]:
    """What `--device` named, with commas or without, and the models that stood behind it."""
    devices: list[str] = []
    models: list[str] = []
    for first, *more in groups:
        devices += first.split(",")
        rest = list(dropwhile(are_devices, more))
        devices += [device for word in more[: len(more) - len(rest)] for device in word.split(",")]
        models += rest
    return parse_devices(devices), models


def _settings(arguments: argparse.Namespace, devices: list[Device]) -> ServiceSettings:
    return ServiceSettings(
        devices=devices,
        allow_cpu=arguments.allow_cpu,
        threads=arguments.threads,
        batches=BatchSettings(
            maximum_rows=arguments.max_batch,
            delay=arguments.delay,
            queue_rows=arguments.queue,
            deadline=arguments.deadline,
        ),
    )


def _folder(repository: str | None) -> Folder | None:
    if repository is None:
        return None
    if not Path(repository).is_dir():
        raise EvolveUserError(f"--repository {repository} is no folder: make it, or name another one")
    return Folder(Path(repository))


def _models(words: list[str], repository: str | None) -> dict[str, bytes]:
    """The models that were named, as ONNX."""
    # Nothing is the latest run.
    chosen: list[str | None] = [*words] or ([] if repository else [None])
    models: dict[str, bytes] = {}
    for word in chosen:
        name, data = _model(word)
        if name in models:
            raise EvolveUserError(f"two models are named {name}: write NAME=MODEL for one of them")
        models[name] = data
    return models


def _model(word: str | None) -> tuple[str, bytes]:
    name, equals, target = (word or "").partition("=")
    if not equals:
        name, target = "", word or ""
    try:
        if target.endswith(".onnx"):
            return check_name(name or _plain(Path(target).stem)), _read(Path(target))
        champion = find_champion(target or None)
        own = champion.resolve().parent.name if champion.name == "champion.evo" else champion.stem
        return check_name(name or _plain(own)), champion_model(champion)
    except ServingError as error:
        raise EvolveUserError(str(error)) from error


def _plain(name: str) -> str:
    """A name that a model may have."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:128] or "model"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise EvolveUserError(f"there is no model {path}: see how it is written") from error
        raise storage_error(error, path) from error


def _say_ready(service: Service, addresses: Addresses, as_json: bool) -> None:
    """Tell what is served, and what really computes it."""
    models: list[dict[str, Any]] = [
        {
            "name": served.name,
            "versions": [one.model.version for one in versions(served)],
            "devices": [lane.device.name for lane in served.newest.model.lanes],
            "providers": [lane.providers for lane in served.newest.model.lanes],
            "inputs": {spec.name: list(spec.shape) for spec in served.newest.model.inputs},
            "outputs": {spec.name: list(spec.shape) for spec in served.newest.model.outputs},
        }
        for served in service.models
    ]
    if as_json:
        sys.stdout.write(json.dumps({"addresses": dict(addresses), "models": models}) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _words(models, addresses)))
    sys.stdout.flush()
    providers = {one["name"]: one["providers"] for one in models}
    logs.say("ready", models=list(providers), providers=providers, **addresses)


def _words(models: list[dict[str, Any]], addresses: Addresses) -> list[str]:
    rows = [(one["name"], _tensors(one), f"on {_lanes(one)}") for one in models]
    width = max(len(name) for name in (*addresses, *(name for name, *_ in rows)))
    middle = max((len(tensors) for _, tensors, _ in rows), default=0)
    lines = [f"{name:<{width}}  {tensors:<{middle}}  {lanes}" for name, tensors, lanes in rows]
    lines += [f"{kind:<{width}}  {address}" for kind, address in addresses.items()]
    if not models:
        lines.append("There is no model yet: docs/serving.md shows how one is put into the repository.")
    return [*lines, "Ready. Ctrl-C ends it."]


def _tensors(model: dict[str, Any]) -> str:
    takes, gives = (
        ", ".join(f"{name}{shape}" for name, shape in model[side].items()) for side in ("inputs", "outputs")
    )
    return f"{takes} → {gives}"


def _lanes(model: dict[str, Any]) -> str:
    """What was asked for, and in brackets what really computes."""
    lanes = zip(model["devices"], model["providers"], strict=True)
    return ", ".join(f"{device} ({used[0]})" for device, used in lanes)
