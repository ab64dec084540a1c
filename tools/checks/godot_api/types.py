"""Types, as far as the check tells them apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    """A class of the engine, a built-in type, or one of our scripts by its key; empty when unknown."""

    name: str
    # Of Arrays the type of the elements, of Dictionaries those of keys and values.
    of: tuple[Type, ...] = ()
    # Whether it is the class itself that is meant, not an object of it.
    is_class: bool = False
    # The names in an enumeration.
    values: frozenset[str] = frozenset()


UNKNOWN = Type("")
BOOL, INT, STRING = Type("bool"), Type("int"), Type("String")
SIGNAL, CALLABLE = Type("Signal"), Type("Callable")


def enumeration(values: frozenset[str]) -> Type:
    """What stands before the point in `Code.SIGMOID`: a Dictionary with known keys."""
    return Type("Dictionary", is_class=True, values=values)


def described(written: str) -> Type:
    """A type as the extension API writes it."""
    if written.startswith("Array["):
        return Type("Array", (described(written.removeprefix("Array[").removesuffix("]")),))
    return UNKNOWN if written in ("Variant", "void", "Nil", "Object", "") else Type(written)
