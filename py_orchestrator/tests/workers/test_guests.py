"""Guests: whoever has the token may come, one after the other or together, while there is room."""

import pytest

from evolve.protocol import limits
from evolve.workers.guests import GuestList
from evolve.workers.member import Visit
from evolve.workers.tokens import Tokens


class House:
    """A list of guests, and what the door finds for their token."""

    def __init__(self) -> None:
        self.tokens: Tokens[Visit] = Tokens()
        self.list = GuestList(self.tokens)

    def visit(self) -> Visit:
        visit = self.tokens.holder(f"Bearer {self.list.token}")
        assert visit is not None
        return visit


async def test_one_token_lets_in_one_guest_after_the_other_by_names_of_their_own() -> None:
    house = House()
    names = []
    for _ in range(3):
        visit = house.visit()
        assert visit.join()
        assert visit.is_guest
        names.append(visit.name)
    assert names == ["guest-1", "guest-2", "guest-3"]


async def test_guests_that_come_in_the_same_moment_all_find_a_place() -> None:
    house = House()
    first = house.visit()
    assert first is house.visit()
    assert first.join()
    assert not first.join()
    assert house.visit().join()


async def test_a_full_house_says_so_and_has_room_again_when_one_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_GUESTS", 2)
    house = House()
    guests = [house.visit()]
    guests[0].join()
    guests.append(house.visit())
    guests[1].join()
    assert not house.visit().join()
    assert house.visit().taken == "there are 256 guests already: try again when one has left"
    guests[0].leave(1000, None)
    assert house.visit().join()
    assert not house.visit().join()
    # The name is a new one: who left is not mistaken for who came.
    assert house.visit().name == "guest-3"
