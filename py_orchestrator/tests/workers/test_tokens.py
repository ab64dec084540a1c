"""Tokens: who may connect, and for how long."""

import pytest

from evolve.workers.tokens import Tokens


@pytest.fixture
def tokens() -> Tokens[str]:
    return Tokens()


def test_a_token_names_its_holder(tokens: Tokens[str]) -> None:
    first, second = tokens.issue("worker-1"), tokens.issue("worker-2")
    assert tokens.holder(f"Bearer {first}") == "worker-1"
    assert tokens.holder(f"bearer {second}") == "worker-2"


def test_a_revoked_token_opens_nothing(tokens: Tokens[str]) -> None:
    token = tokens.issue("worker-1")
    tokens.revoke(token)
    assert tokens.holder(f"Bearer {token}") is None


def test_tokens_are_long_and_never_the_same(tokens: Tokens[str]) -> None:
    issued = {tokens.issue("worker-1") for _ in range(100)}
    assert len(issued) == 100
    assert all(len(token) >= 43 for token in issued)


@pytest.mark.parametrize(
    "shape",
    [None, "", "Bearer", "Bearer ", "{}", "Basic {}", "Bearer {}x", "Bearer ä{}", "Bearer {} " + " " * 300],
)
def test_anything_else_is_nobody(tokens: Tokens[str], shape: str | None) -> None:
    token = tokens.issue("worker-1")
    assert tokens.holder(None if shape is None else shape.format(token)) is None
