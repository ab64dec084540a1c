"""Workers that somebody else starts: an editor's Play, an engine on the same machine that was idle.

They come by one token, which is good for as many as like to come. Nobody restarts them; what they held is
played by others when they leave.
"""

import itertools
from collections.abc import Callable

from evolve.workers.member import Visit
from evolve.workers.tokens import Tokens

# Called with the address and the token, as soon as guests may come.
Announce = Callable[[str, str], None]


async def welcome_guests(tokens: Tokens[Visit], address: str, announce: Announce) -> None:
    """Let in whoever has the token, until cancelled."""
    visit = Visit("guest-1", is_guest=True)
    token = tokens.issue(visit)
    announce(address, token)
    for number in itertools.count(2):
        await visit.joined.wait()
        visit = Visit(f"guest-{number}", is_guest=True)
        tokens.pass_on(token, visit)
