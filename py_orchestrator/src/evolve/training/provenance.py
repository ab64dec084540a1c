"""Says of every setting of a run what it is, what it would be by default, and who asked for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from evolve.training.configuration import Layer, Overrides, Settings, flatten, merge

DEFAULT: Final = "default"
_MARK: Final = object()
# A population has no default senses and actions.
_STRUCTURE: Final = ("name", "inputs", "outputs")


@dataclass(frozen=True)
class Setting:
    """One setting; `default` is None where there is none."""

    key: str
    value: Any
    default: Any
    source: str

    @property
    def differs(self) -> bool:
        return bool(self.value != self.default)


def explain(base: Settings, base_source: str, overrides: Overrides) -> tuple[Settings, list[Setting]]:
    """The whole configuration, checked, and where each of its values comes from."""
    from evolve._native import complete_config

    config: Settings = json.loads(complete_config(json.dumps(overrides.over(base))))
    defaults = _defaults(config)
    asked = _asked_for(base, base_source, overrides)
    settings = []
    for key, value in sorted(flatten(config).items()):
        source = asked.get(key, DEFAULT)
        # A scene says everything; what it says as everybody does is not its wish.
        if source == base_source and key in defaults and defaults[key] == value:
            source = DEFAULT
        settings.append(Setting(key, value, defaults.get(key), source))
    return config, settings


def _asked_for(base: Settings, base_source: str, overrides: Overrides) -> dict[str, str]:
    """Who asked for a key last."""
    asked = dict.fromkeys(flatten(base), base_source)
    merged = base
    for layer in overrides.layers:
        asked |= dict.fromkeys(_touched(merged, layer), layer.source)
        merged = merge(merged, layer.settings)
    if overrides.population is not None:
        sizes = (f"populations.{one['name']}.size" for one in merged["populations"])
        asked |= dict.fromkeys(sizes, "--population")
    return asked


def _touched(base: Settings, layer: Layer) -> list[str]:
    """The keys that a layer sets, also to what they were already."""
    flat = flatten(merge(base, _marked(layer.settings)))
    return [key for key, value in flat.items() if value is _MARK]


def _marked(value: Any) -> Any:  # noqa: ANN401 - settings are of any JSON type
    if isinstance(value, Mapping):
        return {key: inner if key == "name" else _marked(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "name" in one for one in value):
        return [_marked(one) for one in value]
    return _MARK


def _defaults(config: Settings) -> dict[str, Any]:
    """What the engine takes for everything that nobody asks for."""
    from evolve._native import complete_config

    populations = [{key: one[key] for key in _STRUCTURE} for one in config["populations"]]
    complete = json.loads(complete_config(json.dumps({"populations": populations})))
    flat = flatten(complete)
    return {key: value for key, value in flat.items() if key.rpartition(".")[2] not in _STRUCTURE}
