"""How the members of a generation came to be: packed into one row of `births`, and unpacked again.

A row for each member would take 2.5 µs to make and to write and 38 bytes to keep: with 10,000 members nearly
as long as the engine takes to breed them. Packed into one row for each generation it takes a quarter of the
time at most, and less than half of the room. The engine packs (`Lineage.packed`); docs/runs.md says what
stands where.
"""

import json
from typing import Any, Final, NamedTuple

# How a member came to be, by the number that its entry begins with.
MADE: Final = ("initial", "copied", "mutated", "crossed", "migrated")

# The view that unpacks: a row for each member.
LINEAGE: Final = (
    "generation",
    "population",
    "island",
    "member",
    "made",
    "parent_island",
    "parent_generation",
    "parent",
    "second_generation",
    "second_parent",
    "parent_species",
    "parent_fitness",
)

# With a number for each row: in a table without, long rows would make every look-up slow.
CREATE_BIRTHS: Final = """CREATE TABLE births (
        generation INTEGER NOT NULL,
        population TEXT NOT NULL,
        island INTEGER NOT NULL,
        members TEXT NOT NULL,
        parents TEXT NOT NULL,
        PRIMARY KEY (generation, population, island)
    )"""

# An entry's fields: how it was made, parent, second parent, their generations, its own place, the parent's
# island. What stands at the end and goes without saying is left out.
_MADE, _PARENT, _SECOND, _PARENT_GENERATION, _SECOND_GENERATION, _MEMBER, _PARENT_ISLAND = range(7)


class Parent(NamedTuple):
    """The name of a parent: its island and generation, and its place there; all counted from 0."""

    island: int
    generation: int
    member: int


class Birth(NamedTuple):
    """How one member came to be, and the species and fitness that its parent had."""

    made: str
    parent: Parent | None
    second_parent: Parent | None
    parent_species: int | None
    parent_fitness: float | None


class PackedBirths(NamedTuple):
    """The births of a generation on an island, as they are stored."""

    island: int
    generation: int
    members: str
    parents: str

    def of(self, member: int) -> Birth:
        """The birth of one member."""
        entry = _entry(json.loads(self.members), member)
        abroad = entry[_PARENT_ISLAND]
        home = self.island if abroad is None else abroad
        parent = self._parent(home, entry[_PARENT], entry[_PARENT_GENERATION])
        second = self._parent(home, entry[_SECOND], entry[_SECOND_GENERATION])
        figures = (None, None)
        if parent is not None:
            key = str(parent.member) if abroad is None else f"{abroad}:{parent.member}"
            figures = json.loads(self.parents)[key]
        return Birth(MADE[entry[_MADE]], parent, second, *figures)

    def _parent(self, island: int, member: int | None, generation: int | None) -> Parent | None:
        if member is None:
            return None
        return Parent(island, self.generation - 1 if generation is None else generation, member)


def _entry(members: list[list[int | None]], member: int) -> list[Any]:
    """The entry of a member, which is at its place unless it says another."""
    found = members[member] if member < len(members) else []
    if not found or found[_MEMBER : _MEMBER + 1] not in ([], [None], [member]):
        found = next(entry for entry in members if entry[_MEMBER : _MEMBER + 1] == [member])
    return [*found, *[None] * (_PARENT_ISLAND + 1 - len(found))]


def _create_lineage() -> str:
    def field(place: int) -> str:
        return f"json_extract(member.value, '$[{place}]')"

    def generation_of(parent: int, place: int) -> str:
        said = f"coalesce({field(place)}, births.generation - 1)"
        return f"CASE WHEN {field(parent)} IS NOT NULL THEN {said} END"

    def figure(place: int) -> str:
        key = f"coalesce({field(_PARENT_ISLAND)} || ':', '') || {field(_PARENT)}"
        return f"""json_extract(births.parents, '$."' || {key} || '"[{place}]')"""

    words = " ".join(f"WHEN {number} THEN '{word}'" for number, word in enumerate(MADE))
    columns = (
        "births.generation",
        "births.population",
        "births.island",
        f"coalesce({field(_MEMBER)}, member.key)",
        f"CASE {field(_MADE)} {words} END",
        f"CASE WHEN {field(_PARENT)} IS NOT NULL THEN coalesce({field(_PARENT_ISLAND)}, births.island) END",
        generation_of(_PARENT, _PARENT_GENERATION),
        field(_PARENT),
        generation_of(_SECOND, _SECOND_GENERATION),
        field(_SECOND),
        figure(0),
        figure(1),
    )
    named = ", ".join(f"{column} AS {name}" for column, name in zip(columns, LINEAGE, strict=True))
    source = "births JOIN json_each(births.members) AS member"
    return f"CREATE VIEW lineage AS SELECT {named} FROM {source}"  # noqa: S608 - names of our own


CREATE_LINEAGE: Final = _create_lineage()
