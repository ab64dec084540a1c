"""Puts a configuration together from what the scene asks for, a file, the environment, and the command line.

Later layers win, key by key. What the keys mean, their defaults and their ranges are the engine's business:
the sum goes through its `complete_config`.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evolve.errors import EvolveUserError

# What the names of settings in the environment begin with.
PREFIX: Final = "EVOLVE_SET_"
_MAXIMUM_FILE_BYTES: Final = 1024 * 1024

Settings = dict[str, Any]


@dataclass(frozen=True)
class Layer:
    """Settings from one place; `source` is what a person calls the place."""

    source: str
    settings: Settings


@dataclass(frozen=True)
class Overrides:
    """What a person asked for on top of the scene's configuration, weakest first."""

    layers: tuple[Layer, ...] = ()
    population: int | None = None

    def __bool__(self) -> bool:
        return bool(self.layers) or self.population is not None

    def over(self, base: Settings) -> Settings:
        """The whole configuration in JSON terms, not yet checked."""
        merged = base
        for layer in self.layers:
            merged = merge(merged, layer.settings)
        if self.population is not None:
            populations = merged.get("populations")
            if isinstance(populations, list):
                sized = [{**one, "size": self.population} for one in populations if isinstance(one, dict)]
                merged = {**merged, "populations": sized}
        return merged


def read_overrides(
    config: Path | None = None,
    settings: Iterable[tuple[str, str]] = (),
    population: int | None = None,
    environment: Mapping[str, str] | None = None,
    objectives: Sequence[Mapping[str, str]] = (),
) -> Overrides:
    """Read --config, the environment, --set, --objective and --population, the weakest first."""
    layers: list[Layer] = []
    if config is not None:
        layers.append(Layer(str(config), read_toml(config)))
    layers += read_environment(environment or {})
    layers += [Layer("--set", _nested(key, parse_value(value))) for key, value in settings]
    if objectives:
        layers.append(Layer("--objective", _of_objectives(objectives)))
    return Overrides(tuple(layers), population)


def _of_objectives(objectives: Sequence[Mapping[str, str]]) -> Settings:
    """Several objectives are what NSGA-II is for; other strategies refuse them."""
    settings: Settings = {"evaluation": {"objectives": [dict(one) for one in objectives]}}
    return settings | ({"selection": {"strategy": "nsga2"}} if len(objectives) > 1 else {})


def read_environment(environment: Mapping[str, str]) -> list[Layer]:
    """Settings like EVOLVE_SET_MUTATION__WEIGHT_RATE=0.9: two underscores reach inside, as a dot does."""
    layers = []
    for name in sorted(environment):
        if not name.startswith(PREFIX):
            continue
        parts = name.removeprefix(PREFIX).lower().split("__")
        if not all(parts):
            raise EvolveUserError(
                f"{name} in the environment names no setting: write it like {PREFIX}MUTATION__WEIGHT_RATE"
            )
        layers.append(Layer(name, _nested(".".join(parts), parse_value(environment[name]))))
    return layers


def read_toml(path: Path) -> Settings:
    """Read a TOML file; what is wrong with it is said in one sentence."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAXIMUM_FILE_BYTES + 1)
        if len(data) > _MAXIMUM_FILE_BYTES:
            raise EvolveUserError(
                f"{path} is larger than {_MAXIMUM_FILE_BYTES} bytes, too large for a configuration"
            )
        settings = tomllib.loads(data.decode())
        json.dumps(settings)  # dates and times have no place in a configuration
    except FileNotFoundError:
        raise EvolveUserError(
            f"there is no configuration file {path}: check the name after --config"
        ) from None
    except OSError as error:
        raise EvolveUserError(f"the configuration file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvolveUserError(f"{path} is no valid TOML: {error}") from error
    except TypeError as error:
        raise EvolveUserError(f"{path} holds a value that no setting takes: {error}") from error
    return settings


def parse_value(text: str) -> Any:  # noqa: ANN401 - a setting is of any JSON type
    """Read the value of --set: TOML's notation, and a bare word is a string."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
        json.dumps(value)
    except (tomllib.TOMLDecodeError, TypeError):
        return text
    return value


def merge(base: Settings, layer: Mapping[str, Any]) -> Settings:
    """Lay settings over others, key by key; tables merge, everything else is replaced.

    A list of named tables (the populations) is reached by name or place: {"populations": {"main": {...}}}.
    """
    merged = dict(base)
    for key, value in layer.items():
        merged[key] = _merge_value(merged.get(key), value, key)
    return merged


def _merge_value(base: Any, value: Any, key: str) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        if isinstance(base, list):
            return _merge_members(base, value, key)
        return merge(base if isinstance(base, dict) else {}, value)
    if isinstance(value, list) and isinstance(base, list) and _named(value) and _named(base):
        return _merge_named(base, value)
    return value


def _merge_members(base: list[Any], layer: Mapping[str, Any], key: str) -> list[Any]:
    merged = list(base)
    for name, value in layer.items():
        place = _place(merged, name)
        if place is None:
            names = ", ".join(str(one.get("name")) for one in merged if isinstance(one, dict))
            raise EvolveUserError(
                f"the configuration has no '{key}.{name}': {key} holds {names or 'nothing'}"
            )
        merged[place] = _merge_value(merged[place], value, f"{key}.{name}")
    return merged


def _merge_named(base: list[Settings], layer: list[Settings]) -> list[Settings]:
    """The layer decides which members there are; those that the base knows by name keep their settings."""
    known = {one["name"]: one for one in base}
    return [merge(known.get(one["name"], {}), one) for one in layer]


def _named(members: list[Any]) -> bool:
    return all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in members)


def _place(members: list[Any], name: str) -> int | None:
    for place, one in enumerate(members):
        if isinstance(one, dict) and one.get("name") == name:
            return place
    return int(name) if name.isdecimal() and int(name) < len(members) else None


def _nested(key: str, value: Any) -> Settings:  # noqa: ANN401
    for part in reversed(key.split(".")):
        value = {part: value}
    settings: Settings = value
    return settings


def flatten(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting by the dotted key that --set takes for it."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        inner = {one["name"]: _without_name(one) for one in value} if _is_table_list(value) else value
        if isinstance(inner, Mapping) and inner:
            found |= {f"{key}.{rest}": leaf for rest, leaf in flatten(inner).items()}
        else:
            found[key] = inner
    return found


def _is_table_list(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, list) and bool(value) and _named(value)


def _without_name(member: Settings) -> Settings:
    return {key: value for key, value in member.items() if key != "name"}
