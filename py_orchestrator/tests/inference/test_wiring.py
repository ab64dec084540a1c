"""The order in which a feed-forward brain is computed."""

from hypothesis import given
from hypothesis import strategies as st
from tests.champions import FIRST_OUTPUT, hidden_id

from evolve.inference.wiring import Neuron, levels


def neuron(identifier: int, *sources: int) -> Neuron:
    return Neuron(identifier, 0.0, "identity", "sum", tuple((source, 1.0) for source in sources))


@given(st.lists(st.sets(st.integers(0, 11), max_size=4), min_size=1, max_size=10))
def test_each_level_needs_earlier_levels_only_and_holds_whom_an_output_needs(wishes: list[set[int]]) -> None:
    # Ids that rise along the wires would prove nothing: hidden ids are hashes.
    names = [0, 1, *(hidden_id(number) for number in range(len(wishes) - 1)), FIRST_OUTPUT]
    brain = [
        neuron(names[place], *(names[source] for source in sources if source < place))
        for place, sources in enumerate(wishes, start=2)
    ]
    found = levels(brain, 1)
    known = {0, 1}
    for level in found:
        assert all({source for source, _ in each.incoming} <= known for each in level)
        known |= {each.id for each in level}
    needed = {FIRST_OUTPUT}
    for each in reversed(brain):
        needed |= {source for source, _ in each.incoming} if each.id in needed else set()
    assert known - {0, 1} == needed - {0, 1}


def test_a_neuron_stands_as_early_as_its_inputs_allow() -> None:
    late, early = hidden_id(0), hidden_id(1)
    brain = [neuron(FIRST_OUTPUT, late, early), neuron(late, early), neuron(early, 0)]
    assert [[each.id for each in level] for level in levels(brain, 1)] == [[early], [late], [FIRST_OUTPUT]]


def test_a_chain_may_be_longer_than_pythons_stack() -> None:
    chain = [*(hidden_id(number) for number in range(20_000)), FIRST_OUTPUT]
    brain = [neuron(target, source) for source, target in zip([0, *chain], chain, strict=False)]
    assert [level[0].id for level in levels(brain, 1)] == chain
