"""Ranks and crowding beside libraries that others trust, in the environment that the bench keeps for them."""

from __future__ import annotations

import pytest

from benches.nsga2 import run_beside_peers
from benches.peers import PeerEnvironment
from provision.console import Console, SetupError
from provision.paths import this_checkout, user_cache


@pytest.mark.timeout(900)
def test_ranks_and_crowding_are_those_of_moocore_pymoo_and_pygmo(console: Console) -> None:
    checkout = this_checkout()
    try:
        python = PeerEnvironment(checkout, user_cache(), "nsga2").ensure(console)
    except SetupError as error:
        pytest.skip(f"the peers cannot be installed here: {error}")
    [said] = run_beside_peers("agreement.py", checkout, python)
    assert said.endswith("agree with moocore, pymoo and pygmo")
    assert int(said.split()[0]) >= 600, said
