"""A service from its start to its end: models warm, doors open, a signal, all answered, doors closed.

All doors are opened here and nowhere else, and share one event loop and one scheduler.
"""

import asyncio
import gc
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from evolve.serving.doors import Addresses, Door, DoorSettings
from evolve.serving.service import Service

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Opening:
    """A door, and where it is to be opened."""

    door: Door
    settings: DoorSettings


async def serve(
    service: Service,
    openings: Sequence[Opening],
    drain_seconds: float,
    ready: Callable[[Addresses], None],
) -> bool:
    """Open the doors of a service with its models, until a signal; False when not all was answered."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        _listen_for(number, loop, ended)
    async with AsyncExitStack() as doors:
        addresses: dict[str, str] = {}
        for opening in openings:
            addresses |= await doors.enter_async_context(opening.door(service, opening.settings))
        _set_aside_what_stays()
        service.open()
        ready(addresses)
        await ended.wait()
        return await service.end(drain_seconds)


def _set_aside_what_stays() -> None:
    """To look for garbage among the 70,000 objects of the libraries would stop every caller for 80 ms."""
    gc.collect()
    gc.freeze()


def _listen_for(number: int, loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    try:
        loop.add_signal_handler(number, ended.set)
    except NotImplementedError:  # on Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Uvloop's where it is installed: it answers half as many again."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
