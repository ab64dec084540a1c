"""Guests: whoever has the token may come, one after the other or together."""

import asyncio

import pytest

from evolve.workers.guests import welcome_guests
from evolve.workers.member import Visit
from evolve.workers.tokens import Tokens


@pytest.mark.asyncio
async def test_one_token_lets_in_one_guest_after_the_other_by_names_of_their_own() -> None:
    tokens: Tokens[Visit] = Tokens()
    told: list[tuple[str, str]] = []
    task = asyncio.create_task(welcome_guests(tokens, "ws://here", lambda *words: told.append(words)))
    await asyncio.sleep(0)
    [(address, token)] = told
    names = []
    for _ in range(3):
        visit = tokens.holder(f"Bearer {token}")
        assert visit is not None
        assert visit.join()
        names.append(visit.name)
        await asyncio.sleep(0)
    assert address == "ws://here"
    assert names == ["guest-1", "guest-2", "guest-3"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
