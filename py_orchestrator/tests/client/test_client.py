"""The Python clients against the real door: one answers as the other does, through faults as well."""

import asyncio
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.models import endless, linear, loaded
from tests.serving.websocket_server import Running, running

from evolve.client import AsyncClient, Client, ClientError, Refused, TimedOut, Unreachable
from evolve.serving.model import Model

ONE = np.ones((1, 3), np.float32)


def doubling() -> Model:
    return loaded(linear())


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with running(doubling) as one:
        yield one


@settings(max_examples=25, deadline=None)
@given(some.lists(some.integers(1, 7), min_size=1, max_size=40))
def test_everybody_gets_the_answer_to_what_they_asked_however_many_are_under_way(
    service: Running, sizes: list[int]
) -> None:
    async def play() -> None:
        async with AsyncClient(service.url) as client:
            inputs = [np.full((size, 3), place, np.float32) for place, size in enumerate(sizes)]
            answers = await asyncio.gather(*(client.infer("model", {"observations": one}) for one in inputs))
            for one, answer in zip(inputs, answers, strict=True):
                np.testing.assert_array_equal(answer["actions"], one * 2)
            assert client.counters.requests == len(sizes)
            assert client.counters.rows == sum(sizes)
            assert client.counters.failures == 0

    asyncio.run(play())


def test_more_than_the_credit_is_asked_for_little_by_little(service: Running) -> None:
    with Client(service.url) as client:
        asked = [client.submit("model", {"observations": ONE * number}) for number in range(3000)]
        for number, one in enumerate(asked):
            assert one.result()["actions"].tolist() == [[2.0 * number] * 3]


def test_the_blocking_client_is_used_by_many_threads(service: Running) -> None:
    with Client(service.url) as client:
        answers: dict[int, float] = {}

        def ask(number: int) -> None:
            answers[number] = float(client.infer("model", {"observations": ONE * number})["actions"][0, 0])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == {number: 2.0 * number for number in range(8)}


@pytest.mark.parametrize(
    ("model", "inputs", "code", "sentence"),
    [
        ("none", {"observations": ONE}, 404, "there is no model 'none' here"),
        ("model", {}, 400, "observations is missing: the model takes observations"),
        ("model", {"observations": ONE, "more": ONE}, 400, "more is no input of the model: it takes observ"),
        (
            "model",
            {"observations": ONE[0]},
            400,
            r"observations does not fit: .*is \[3\], but the model takes",
        ),
        ("model", {"observations": [[1, 2], [3]]}, 400, "observations does not fit"),
        ("model", {"observations": [["a", "b", "c"]]}, 400, "observations does not fit"),
        ("model", {"observations": ONE[:0]}, 400, "observations has 0 rows"),
        ("model", {"observations": ONE * np.nan}, 400, "holds a number that is not finite"),
    ],
)
def test_what_the_model_does_not_take_is_refused_with_the_reason(
    service: Running, model: str, inputs: dict[str, object], code: int, sentence: str
) -> None:
    with Client(service.url) as client:
        with pytest.raises(Refused, match=sentence) as refused:
            client.infer(model, inputs)
        assert refused.value.code == code
        assert client.counters.failures == 1
        # And the connection goes on.
        assert client.infer("model", {"observations": [[1, 2, 3]]})["actions"].tolist() == [[2, 4, 6]]


def test_a_lost_connection_is_made_again_and_what_was_under_way_is_asked_again() -> None:
    with running(doubling) as service, Client(service.url) as client:
        client.infer("model", {"observations": ONE})
        service.end()
        asked = [client.submit("model", {"observations": ONE}) for _ in range(10)]
        service.begin()
        assert all(one.result()["actions"].tolist() == [[2.0] * 3] for one in asked)
        assert client.counters.reconnections == 1
        assert client.counters.failures == 0


def test_where_there_is_no_service_the_client_says_so_when_time_is_up() -> None:
    with running(doubling) as service:
        url = service.url
    with (
        Client(url, timeout=0.3) as client,
        pytest.raises(Unreachable, match="there is no inference service"),
    ):
        client.infer("model", {"observations": ONE})


def test_a_model_that_does_not_answer_in_time_leaves_the_others_alone() -> None:
    with (
        running(doubling, lambda: loaded(endless(1 << 40), "slow")) as service,
        Client(service.url) as client,
    ):
        with pytest.raises(TimedOut, match=r"slow has not answered within 0\.3 s"):
            client.infer("slow", {"observations": np.ones((1, 1), np.float32)}, timeout=0.3)
        assert client.infer("model", {"observations": ONE})["actions"].tolist() == [[2.0] * 3]
        assert client.counters.failures == 1


def test_a_model_with_new_tensors_is_opened_anew_by_itself() -> None:
    with running(doubling) as service, Client(service.url) as client:
        client.infer("model", {"observations": ONE})
        service.do(lambda one: one.models.put(loaded(linear(width=4), version="2")))
        with pytest.raises(Refused, match=r"but the model takes \[-1, 4\]"):  # noqa: PT012 - at the latest
            for _ in range(2):
                client.infer("model", {"observations": ONE})
        answer = client.infer("model", {"observations": np.ones((1, 4), np.float32)})
        assert answer["actions"].shape == (1, 4)
        assert client.infer("model", {"observations": ONE}, "1")["actions"].shape == (1, 3)


def test_a_wrong_address_is_said_at_once(service: Running) -> None:
    for url, code in (("http://127.0.0.1/infer", 400), (service.url.replace("infer", "other"), 404)):
        with Client(url) as client, pytest.raises(Refused) as refused:
            client.infer("model", {"observations": ONE})
        assert refused.value.code == code


def test_a_closed_client_says_so(service: Running) -> None:
    async def play() -> None:
        client = AsyncClient(service.url)
        await client.infer("model", {"observations": ONE})
        await client.close()
        with pytest.raises(ClientError, match="the client was closed"):
            await client.infer("model", {"observations": ONE})

    asyncio.run(play())
