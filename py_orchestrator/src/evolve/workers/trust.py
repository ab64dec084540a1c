"""What a worker trusts when it connects to wss://: the machine's authorities, and one that its user names."""

import os
import ssl
from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError

VARIABLE: Final = "EVOLVE_CERTIFICATE"


def trust_for(server: str) -> ssl.SSLContext | None:
    """How the certificate of a server is looked at; None for an address in the clear.

    With EVOLVE_CERTIFICATE nobody else is trusted. Names are always compared.
    """
    if not server.startswith("wss://"):
        return None
    path = os.environ.get(VARIABLE)
    if not path:
        return ssl.create_default_context()
    # Not the default context: from Python 3.13 on it refuses what openssl's own command makes.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cafile=Path(path))
    except ssl.SSLError as error:
        raise EvolveUserError(f"{VARIABLE} names {path}, which holds no certificate in PEM") from error
    except OSError as error:
        raise EvolveUserError(
            f"{VARIABLE} names {path}, which cannot be read: {error.strerror or error}"
        ) from error
    return context
