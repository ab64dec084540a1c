"""`evolve config show`: the configuration that a run would have, and where each value comes from."""

import argparse
import json
import sys
from typing import Any

from evolve.cli.tables import table, terminal_width
from evolve.cli.train import overrides_of
from evolve.training.inquiry import ask_for_configuration
from evolve.training.provenance import Setting, explain
from evolve.training.source import find_source


def run(arguments: argparse.Namespace) -> int:
    source = find_source(arguments.scene)
    overrides = overrides_of(arguments)
    source.check(overrides)
    base = ask_for_configuration(source).config
    name = f"{source.kind} {source.name}"
    config, settings = explain(base, name, overrides)
    if arguments.json:
        facts = {
            "source": source.where,
            "kind": source.kind,
            "config": config,
            "settings": {one.key: _facts(one) for one in settings},
        }
        sys.stdout.write(json.dumps(facts) + "\n")
    else:
        sys.stdout.write("\n".join(_words(name, settings, arguments.all)) + "\n")
    return 0


def _facts(setting: Setting) -> dict[str, Any]:
    return {"value": setting.value, "default": setting.default, "from": setting.source}


def _words(name: str, settings: list[Setting], everything: bool) -> list[str]:
    shown = [one for one in settings if everything or one.differs]
    hidden = len(settings) - len(shown)
    rows = [(one.key, _text(one.value), _text(one.default), one.source) for one in shown]
    lines = table(("setting", "value", "default", "from"), rows, (), terminal_width())
    if hidden:
        lines += ["", f"{hidden} more settings of the {name} have their defaults: --all shows them."]
    return lines


def _text(value: Any) -> str:  # noqa: ANN401 - a setting is of any JSON type
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
