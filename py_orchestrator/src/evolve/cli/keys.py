"""`evolve keys`: who may call an inference service."""

import argparse
import json
import sys
from pathlib import Path

from evolve.errors import EvolveUserError
from evolve.serving.security.keys import KeyRing, new_key
from evolve.serving.security.keys_file import load_keys, save_keys


def run(arguments: argparse.Namespace) -> int:
    path = Path(arguments.keys)
    {"add": _add, "list": _list, "remove": _remove}[arguments.action](arguments, path)
    return 0


def _add(arguments: argparse.Namespace, path: Path) -> None:
    keys = dict(load_keys(path).keys) if path.exists() else {}
    if arguments.name in keys:
        raise EvolveUserError(
            f"{path} has a key named {arguments.name}: remove it first, or choose another name"
        )
    secret, key = new_key(arguments.name, arguments.scopes or ("infer",), arguments.rate, arguments.rate)
    keys[arguments.name] = key
    save_keys(path, KeyRing(keys))
    sys.stdout.write(f"{secret}\n")
    sys.stdout.flush()
    sys.stderr.write(
        f"That is the key for {key.name}, shown this once; {path} has what knows it again.\n"
        "Callers send 'Authorization: Bearer KEY'.\n"
    )


def _list(arguments: argparse.Namespace, path: Path) -> None:
    keys = [key for _, key in sorted(load_keys(path).keys.items())]
    if arguments.json:
        told = [{"name": key.name, "scopes": list(key.scopes), "rate": key.per_second} for key in keys]
        sys.stdout.write(json.dumps({"keys": told}) + "\n")
        return
    for key in keys:
        rate = f"  {key.per_second:g} a second" if key.per_second else ""
        sys.stdout.write(f"{key.name}  {', '.join(key.scopes)}{rate}\n")
    if not keys:
        sys.stdout.write(f"{path} has no keys: 'evolve keys add NAME' makes one\n")


def _remove(arguments: argparse.Namespace, path: Path) -> None:
    keys = dict(load_keys(path).keys)
    if keys.pop(arguments.name, None) is None:
        raise EvolveUserError(
            f"{path} has no key named {arguments.name}: 'evolve keys list' says which it has"
        )
    save_keys(path, KeyRing(keys))
    sys.stdout.write(f"The key of {arguments.name} opens nothing any more.\n")
