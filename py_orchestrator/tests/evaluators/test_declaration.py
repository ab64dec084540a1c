"""What an evaluator says of itself, and how nonsense is refused where it stands."""

import math
from typing import Any

import pytest

import evolve
from evolve.evaluators.declaration import declared


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"inputs": "ab"}, "inputs is the text 'ab': write a list of names, ['ab']"),
        ({"objectives": "speed"}, "objectives is the text 'speed': write a list of names, ['speed']"),
        ({"generations": 0}, "generations is 0, but must be a whole number of 1 at least"),
        ({"generations": 1.5}, "generations is 1.5, but must be a whole number of 1 at least"),
        ({"fitness": "high"}, "fitness is 'high', but must be a number, or left out"),
        ({"fitness": math.nan}, "fitness is nan, but must be a number, or left out"),
        ({"patience": 0}, "patience is 0, but must be a number of seconds above 0"),
        (
            {"config": {"mutation": {"weight_rate": 1j}}},
            "the evaluator has a setting of no kind that there is: "
            "Object of type complex is not JSON serializable",
        ),
    ],
)
def test_nonsense_is_one_sentence_where_it_stands(words: dict[str, Any], sentence: str) -> None:
    with pytest.raises(evolve.EvolveUserError) as refused:
        evolve.evaluator(**({"inputs": ["x"], "outputs": ["y"]} | words))
    assert str(refused.value) == sentence


def test_a_function_stays_what_it_is() -> None:
    def play(_episode: evolve.Episode) -> float:
        return 3.0

    made = evolve.evaluator(inputs=["x"], outputs=["y"], generations=5, fitness=2)(play)
    assert made is play
    declaration = declared(made)
    assert declaration is not None
    assert (declaration.generations, declaration.fitness, declaration.patience) == (5, 2, 120.0)


def test_the_engine_says_what_is_wrong_with_the_rest() -> None:
    with pytest.raises(evolve.ConfigError, match=r"evaluation\.episode_ticks is 0"):
        evolve.configuration(inputs=["x"], outputs=["y"], ticks=0)
    with pytest.raises(evolve.ConfigError, match="population"):
        evolve.configuration()
