"""Requests of many callers in one call of the model: everybody gets their own rows, in any company."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.models import endless, linear, loaded, whole

from evolve.serving.batcher import Batcher, BatchSettings
from evolve.serving.errors import NotReady, Overloaded, ServingError, TooSlow
from evolve.serving.tensors import Array

LINEAR = loaded(linear())


def rows(count: int, first: float = 0.0) -> Array:
    return np.arange(first, first + 3 * count, dtype=np.float32).reshape(count, 3)


@settings(max_examples=60)
@given(some.lists(some.integers(1, 9), min_size=1, max_size=30), some.integers(1, 40))
def test_everybody_gets_their_own_rows_whatever_is_computed_together(sizes: list[int], maximum: int) -> None:
    async def play() -> Batcher:
        batcher = Batcher(LINEAR, BatchSettings(maximum_rows=maximum))
        inputs = [rows(size, 100.0 * place) for place, size in enumerate(sizes)]
        answers = await asyncio.gather(*(batcher.infer([one], len(one)) for one in inputs))
        for one, (answer,) in zip(inputs, answers, strict=True):
            np.testing.assert_array_equal(answer, one * 2)
        return batcher

    statistics = asyncio.run(play()).statistics
    assert statistics.requests == len(sizes)
    assert statistics.rows == sum(sizes)
    assert statistics.queue.count == len(sizes)
    assert statistics.batch.sum == sum(sizes)


def test_what_arrives_in_one_turn_of_the_loop_is_one_batch() -> None:
    async def play() -> Batcher:
        batcher = Batcher(LINEAR, BatchSettings())
        await asyncio.gather(*(batcher.infer([rows(1)], 1) for _ in range(20)))
        await batcher.infer([rows(1)], 1)
        return batcher

    assert asyncio.run(play()).statistics.batches == 2


def test_a_delay_gathers_over_several_turns() -> None:
    async def late(batcher: Batcher, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await batcher.infer([rows(1)], 1)

    async def play() -> Batcher:
        batcher = Batcher(LINEAR, BatchSettings(delay=0.2))
        await asyncio.gather(*(late(batcher, turns) for turns in range(10)))
        return batcher

    assert asyncio.run(play()).statistics.batches == 1


def test_a_model_whose_rows_belong_together_is_called_once_for_each_caller() -> None:
    async def play() -> None:
        batcher = Batcher(loaded(whole()), BatchSettings())
        answers = await asyncio.gather(*(batcher.infer([rows(2, place)], 1) for place in range(3)))
        assert [float(one[0]) for one in answers] == [15.0, 21.0, 27.0]
        assert batcher.statistics.batches == 3

    asyncio.run(play())


def test_a_full_queue_turns_callers_away_and_takes_them_again_later() -> None:
    async def play() -> None:
        batcher = Batcher(LINEAR, BatchSettings(queue_rows=4))
        first = asyncio.gather(*(batcher.infer([rows(2)], 2) for _ in range(2)))
        await asyncio.sleep(-1)
        with pytest.raises(Overloaded, match="4 rows wait for model already"):
            batcher.submit([rows(1)], 1, lambda _outputs, _error: None)
        await first
        await batcher.infer([rows(4)], 4)
        # Larger than the queue, but alone: it would never be taken otherwise.
        await batcher.infer([rows(9)], 9)
        assert batcher.statistics.refused == 1

    asyncio.run(play())


def test_whoever_is_gone_is_not_computed_and_frees_its_place() -> None:
    async def play() -> None:
        batcher = Batcher(LINEAR, BatchSettings(queue_rows=2, delay=0.05))
        answered: list[object] = []
        batcher.submit([rows(1)], 1, lambda *answer: answered.append(answer)).cancel()
        waiting = asyncio.create_task(batcher.infer([rows(1)], 1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await batcher.drain()
        assert answered == []
        assert batcher.statistics.rows == 0

    asyncio.run(play())


def test_draining_answers_what_was_taken_and_takes_nothing_more() -> None:
    async def play() -> None:
        batcher = Batcher(LINEAR, BatchSettings())
        taken = [asyncio.create_task(batcher.infer([rows(1)], 1)) for _ in range(5)]
        await asyncio.sleep(0)
        draining = asyncio.create_task(batcher.drain())
        await asyncio.sleep(0)
        with pytest.raises(NotReady):
            await batcher.infer([rows(1)], 1)
        await draining
        assert len(await asyncio.gather(*taken)) == 5

    asyncio.run(play())


def test_an_endless_model_is_stopped_at_the_deadline_and_others_are_served_meanwhile() -> None:
    async def play() -> None:
        model = loaded(endless())
        model.lanes[0].move_aside("endless")
        batcher = Batcher(model, BatchSettings(deadline=0.3))
        quick = Batcher(LINEAR, BatchSettings())
        stuck = asyncio.create_task(batcher.infer([np.ones((1, 1), np.float32)], 1))
        await asyncio.sleep(0.05)
        await quick.infer([rows(1)], 1)
        assert not stuck.done()
        with pytest.raises(TooSlow, match=r"was not done within 0\.3 s"):
            await stuck
        # The lane lives on.
        (answer,) = await batcher.infer([-np.ones((1, 1), np.float32)], 1)
        assert answer.tolist() == [[-1.0]]
        model.close()

    asyncio.run(play())


def test_a_model_that_fails_says_so_to_everybody_in_the_batch() -> None:
    async def play() -> None:
        batcher = Batcher(LINEAR, BatchSettings())
        wrong = np.zeros((1, 5), np.float32)
        answers = await asyncio.gather(*(batcher.infer([wrong], 1) for _ in range(2)), return_exceptions=True)
        assert all(isinstance(one, ServingError) for one in answers)
        assert batcher.statistics.failures == 2
        assert (await batcher.infer([rows(1)], 1))[0].shape == (1, 3)

    asyncio.run(play())
