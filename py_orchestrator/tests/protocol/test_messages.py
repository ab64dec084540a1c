"""The control messages: what is read, what is refused, and what the refusal says."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evolve.protocol.messages import (
    ErrorMessage,
    HelloMessage,
    MessageError,
    PullMessage,
    RefuseMessage,
    Stop,
    StopMessage,
    WelcomeMessage,
    decode_orchestrator,
    decode_worker,
    encode,
)

HELLO = {
    "type": "hello",
    "scene": "res://demos/xor/xor.tscn",
    "scene_digest": "a" * 64,
    "engine": "4.6.3",
    "library": "0.1.0",
    "capacity": 64,
    "config": {"populations": []},
    "stop": {"generations": 100, "fitness": 3.9},
}


@pytest.mark.parametrize(
    "message", [PullMessage(1), PullMessage(4_096), ErrorMessage("the agent has no brain")]
)
def test_what_a_worker_writes_is_read_back(message: PullMessage | ErrorMessage) -> None:
    assert decode_worker(encode(message)) == message


@pytest.mark.parametrize("message", [WelcomeMessage("worker-1"), RefuseMessage("no"), StopMessage("over")])
def test_what_the_orchestrator_writes_is_read_back(
    message: WelcomeMessage | RefuseMessage | StopMessage,
) -> None:
    assert decode_orchestrator(encode(message)) == message


def test_a_hello_is_read_with_all_its_keys() -> None:
    message = decode_worker(json.dumps(HELLO))
    assert isinstance(message, HelloMessage)
    assert message.stop == Stop(100, 3.9)
    assert message.config == {"populations": []}
    assert decode_worker(encode(message)) == message


def test_a_scene_without_a_target_fitness_says_null() -> None:
    message = decode_worker(json.dumps(HELLO | {"stop": {"generations": 1, "fitness": None}}))
    assert isinstance(message, HelloMessage)
    assert message.stop.fitness is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"capacity": 0}, "Expected `int` >= 1 - at `$.capacity`"),
        ({"capacity": 4_097}, "Expected `int` <= 4096 - at `$.capacity`"),
        ({"capacity": "64"}, "Expected `int`, got `str` - at `$.capacity`"),
        ({"scene": ""}, "Expected `str` of length >= 1 - at `$.scene`"),
        ({"scene_digest": "A" * 64}, "Expected `str` matching regex '^[0-9a-f]{64}$' - at `$.scene_digest`"),
        ({"scene_digest": "a" * 64 + "\n"}, "Expected `str` of length <= 64 - at `$.scene_digest`"),
        ({"config": []}, "Expected `object`, got `array` - at `$.config`"),
        ({"stop": {"generations": 0, "fitness": None}}, "Expected `int` >= 1 - at `$.stop.generations`"),
        ({"stop": {"generations": 1}}, "Object missing required field `fitness` - at `$.stop`"),
        (
            {"stop": {"generations": 1, "fitness": 1, "x": 1}},
            "Object contains unknown field `x` - at `$.stop`",
        ),
        ({"seed": "1"}, "Object contains unknown field `seed`"),
        ({"type": "goodbye"}, "Invalid value 'goodbye' - at `$.type`"),
    ],
)
def test_a_hello_that_breaks_a_rule_is_refused_with_the_key(
    changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(MessageError) as refused:
        decode_worker(json.dumps(HELLO | changes))
    assert str(refused.value) == complaint


@pytest.mark.parametrize("key", list(HELLO))
def test_no_key_of_a_hello_may_be_missing(key: str) -> None:
    with pytest.raises(MessageError, match=f"`{key}`"):
        decode_worker(json.dumps({name: value for name, value in HELLO.items() if name != key}))


@pytest.mark.parametrize(
    "text", ["", "[", "{}", "null", '{"type":"pull","units":1.5}', '{"type":"welcome","worker":"w"}']
)
def test_text_that_is_no_worker_message_is_refused(text: str) -> None:
    with pytest.raises(MessageError):
        decode_worker(text)


def test_text_with_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(MessageError, match="surrogates"):
        decode_worker('{"type":"error","reason":"\ud800"}')


def test_json_that_is_nested_too_deep_is_refused() -> None:
    deep = json.dumps(HELLO).replace("[]", "[" * 100_000 + "]" * 100_000)
    with pytest.raises(MessageError):
        decode_worker(deep)


@given(some.text() | some.from_regex(r'\{"type":"(hello|pull|error)".*\}'))
def test_any_text_is_a_message_or_a_message_error(text: str) -> None:
    with suppress(MessageError):
        decode_worker(text)
