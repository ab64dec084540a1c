"""The first thing every tool imports: refuses a Python that is too old, in a sentence.

Written in syntax that old interpreters can parse, so that they reach the sentence. Never imports
the rest of the package.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
CANDIDATES = ("python3.14", "python3.13", "python3.12", "python3.11")


def require_python(script):  # type: ignore[no-untyped-def]
    """Run `script` under a newer Python when this one is too old, or end with a sentence."""
    if sys.version_info >= OLDEST:
        return
    for name in CANDIDATES:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = os.path.join(folder, name)
            # A version manager's stand-in may be there for a Python that is not.
            if os.access(path, os.X_OK) and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
                os.execv(path, [path, script] + sys.argv[1:])
    sys.stderr.write(
        "Evolve needs Python 3.11 or newer and this is Python %d.%d: "
        "install a newer python3 and run this again.\n" % tuple(sys.version_info[:2])
    )
    sys.exit(1)
