"""From an address to a link that is ready, or to the error that says why there is none."""

import asyncio
from typing import Final

from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
from websockets.uri import parse_uri

from evolve.client.errors import ClientError, Refused, Unreachable
from evolve.client.greeting import Greeting
from evolve.client.link import Link
from evolve.serving.frames import limits
from evolve.serving.frames.errors import ProtocolError
from evolve.workers.trust import trust_for

# For the handshake and the welcome.
_OPEN_SECONDS: Final = 10.0
# Answers to a handshake after which it is worth to come again.
_TEMPORARY: Final = (429, 502, 503, 504)


async def open_link(url: str, token: str | None) -> Link:
    """Connect; raises Refused or Unreachable."""
    try:
        uri = parse_uri(url)
    except InvalidURI as error:
        raise Refused(400, f"{url} is no address: write ws://HOST:PORT{limits.PATH}") from error
    trust = trust_for(url)
    name = None if trust is None else uri.host
    try:
        async with asyncio.timeout(_OPEN_SECONDS):
            _, link = await asyncio.get_running_loop().create_connection(
                lambda: Link(Greeting(uri, token)), uri.host, uri.port, ssl=trust, server_hostname=name
            )
            try:
                await link.conversation.welcomed
            except BaseException:
                link.abort()
                raise
    except InvalidStatus as error:
        raise _refused(url, error) from error
    except (OSError, WebSocketException, ProtocolError) as error:
        raise Unreachable(f"there is no inference service at {url}: {str(error) or 'no answer'}") from error
    return link


def _refused(url: str, error: InvalidStatus) -> ClientError:
    code = error.response.status_code
    said = bytes(error.response.body or b"").decode(errors="replace").strip()[:200]
    sentence = f"{url} refused the connection ({code}): {said or 'no reason given'}"
    return Unreachable(sentence) if code in _TEMPORARY else Refused(code, sentence)
