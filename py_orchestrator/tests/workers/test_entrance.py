"""By which names an entrance may be called: ours, and none that somebody else made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evolve.workers.entrance import Entrance, fits

PUBLIC = Entrance("0.0.0.0", names=("trainer.lan", "*.example.org", "10.1.1.1"))  # noqa: S104


@pytest.mark.parametrize(
    "host",
    [
        "localhost:40000",
        "127.0.0.1",
        "[::1]:40000",
        "trainer.lan",
        "Trainer.LAN.:40000",
        "gpu.example.org",
        "192.168.1.5:40000",
        "10.1.1.1",
    ],
)
def test_our_names_and_the_address_that_was_reached_are_ours(host: str) -> None:
    assert PUBLIC.is_called(host, "192.168.1.5")


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        ":40000",
        "192.168.1.6",
        "trainer.lan.evil.org",
        "evil.org",
        "example.org",
        ".example.org",
        "a.b.example.org",
        "*.example.org.evil.org",
        "trainer.lan:40000:1",
    ],
)
def test_other_names_are_not(host: str | None) -> None:
    assert not PUBLIC.is_called(host, "192.168.1.5")


@given(some.text(max_size=40))
def test_on_loopback_nothing_but_loopback_is_ours(host: str) -> None:
    if Entrance().is_called(host, "127.0.0.1"):
        assert any(word in host.lower() for word in ("localhost", "127.", ":1"))


@given(some.from_regex(r"[a-z0-9-]+(\.[a-z0-9-]+){0,3}", fullmatch=True))
def test_a_pattern_is_for_every_name_with_one_label_before_it_and_for_no_other(name: str) -> None:
    head, _, rest = name.partition(".")
    assert fits(name, name)
    assert not fits(f"a.{name}", name)
    assert not rest or fits(name, f"*.{rest}")
    assert not fits(f"{head}.{name}", f"*.{rest}")


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert Entrance("::1", name="::1").url(4_000) == "ws://[::1]:4000/worker"
    assert Entrance(name="trainer.lan").url(4_000) == "ws://trainer.lan:4000/worker"
