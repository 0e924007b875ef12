import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from ml_service.batcher import Batcher
from ml_service.call import Call
from ml_service.errors import ErrorCode, ServiceError
from ml_service.metrics import Metrics
from ml_service.model import Model


class Worker(Model[list[int], list[float]]):
    """A model that notes its batches, and waits at a gate when told to."""

    batch_cost = 100

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self.alone: list[bool] = []
        self.batches: list[list[list[int]]] = []
        self.started = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self.fail = False
        self.surplus = 0

    def computed(self, texts: int, tokens: int, longest: int, /) -> int:
        return texts * longest

    def load(self) -> None:
        pass

    def cost(self, item: list[int]) -> int:
        return len(item)

    def run(self, batch: list[list[int]]) -> list[list[float]]:
        return self.note(batch, alone=False)

    def run_alone(self, batch: list[list[int]]) -> list[list[float]]:
        return self.note(batch, alone=True)

    def note(self, batch: list[list[int]], *, alone: bool) -> list[list[float]]:
        self.batches.append(batch)
        self.alone.append(alone)
        self.started.release()
        self.gate.wait(10)
        if self.fail:
            message = "out of memory"
            raise RuntimeError(message)
        rows = [[float(tokens[0]), float(len(tokens))] for tokens in batch]
        return rows + rows[: self.surplus]

    async def has_started(self) -> None:
        assert await asyncio.to_thread(self.started.acquire, timeout=10)


@asynccontextmanager
async def batcher(worker: Worker, queue_items: int = 100) -> AsyncGenerator[Batcher[list[int], list[float]]]:
    made = Batcher(worker, Metrics(), batch_cost=0, queue_items=queue_items)
    yield made
    worker.gate.set()
    await made.close()


async def until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends, "waited for 10 s"
        await asyncio.sleep(0.005)


def call() -> Call:
    return Call(arrived_at=time.monotonic())


async def submit(
    made: Batcher[list[int], list[float]], *lengths: int, first: int = 1, asked: Call | None = None
) -> list[list[float]]:
    tokens = [[first] * length for length in lengths]
    with made.admit(len(tokens)) as permit:
        return await made.submit(permit, tokens, asked or call())


def test_rows_come_back_in_the_order_of_the_texts() -> None:
    async def check() -> None:
        async with batcher(Worker()) as made:
            assert await submit(made, 3, 40, 7, first=9) == [[9, 3], [9, 40], [9, 7]]

    asyncio.run(check())


def test_no_batch_is_padded_beyond_the_budget_unless_one_text_is() -> None:
    async def check() -> None:
        worker = Worker()
        async with batcher(worker) as made:
            await submit(made, *[30] * 10, 200, *[5] * 30)
        for batch in worker.batches:
            assert len(batch) == 1 or max(map(len, batch)) * len(batch) <= 100
        assert sum(map(len, worker.batches)) == 41

    asyncio.run(check())


def test_a_short_request_waits_for_a_batch_of_a_long_one_and_not_for_all() -> None:
    async def check() -> None:
        worker = Worker()
        worker.gate.clear()
        async with batcher(worker) as made:
            long = asyncio.create_task(submit(made, *[50] * 40, first=1))
            await worker.has_started()
            short = asyncio.create_task(submit(made, 50, first=2))
            await asyncio.sleep(0)
            worker.gate.set()
            await short
            assert not long.done()
            assert [2] * 50 in worker.batches[0] + worker.batches[1] + worker.batches[2]
            await long

    asyncio.run(check())


def test_says_at_once_when_it_is_full_and_takes_more_when_it_is_not() -> None:
    async def check() -> None:
        worker = Worker()
        worker.gate.clear()
        async with batcher(worker, queue_items=5) as made:
            waiting = asyncio.create_task(submit(made, 1, 1, 1))
            await worker.has_started()
            with pytest.raises(ServiceError) as refused:
                made.admit(3)
            assert refused.value.code is ErrorCode.CAPACITY_OVERLOADED
            assert refused.value.retry_after_ms == 1_000
            worker.gate.set()
            await waiting
            with made.admit(5):
                pass

    asyncio.run(check())


def test_what_was_left_behind_never_runs_and_frees_its_room() -> None:
    async def check() -> None:
        worker = Worker()
        worker.gate.clear()
        async with batcher(worker, queue_items=3) as made:
            first = asyncio.create_task(submit(made, 100, first=1))
            await worker.has_started()
            left = asyncio.create_task(submit(made, 1, 1, first=2))
            await asyncio.sleep(0)
            left.cancel()
            with pytest.raises(asyncio.CancelledError):
                await left
            worker.gate.set()
            await first
            await submit(made, 1, 1, 1, first=3)
        assert all(tokens[0] != 2 for batch in worker.batches for tokens in batch)

    asyncio.run(check())


def test_a_deadline_that_passed_is_told_with_what_was_used() -> None:
    async def check() -> None:
        worker = Worker()
        worker.gate.clear()
        async with batcher(worker) as made:
            asked = Call(arrived_at=time.monotonic(), deadline=time.monotonic() + 0.05)
            late = asyncio.create_task(submit(made, *[100] * 9, asked=asked))
            await worker.has_started()
            await until(lambda: not made._waiting)  # pyright: ignore[reportPrivateUsage] -- nothing else tells
            assert not late.done()
            worker.gate.set()
            with pytest.raises(ServiceError) as error:
                await late
            assert error.value.code is ErrorCode.UPSTREAM_TIMEOUT
            assert asked.compute_us > 0
        assert len(worker.batches) == 2

    asyncio.run(check())


def test_a_deadline_that_has_passed_already_costs_nothing() -> None:
    async def check() -> None:
        worker = Worker()
        async with batcher(worker) as made:
            with pytest.raises(ServiceError, match="deadline"):
                await submit(made, 5, asked=Call(arrived_at=0, deadline=time.monotonic()))
        assert worker.batches == []

    asyncio.run(check())


def test_what_was_left_behind_is_taken_out_of_a_batch_that_is_ready() -> None:
    async def check() -> None:
        worker = Worker()
        worker.gate.clear()
        async with batcher(worker) as made:
            first = asyncio.create_task(submit(made, 100, first=1))
            await worker.has_started()
            left = asyncio.create_task(submit(made, 60, 60, first=2))
            await until(lambda: made._busy == 2)  # pyright: ignore[reportPrivateUsage] -- the same
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)
            worker.gate.set()
            await first
            await submit(made, 1, first=3)
        assert [batch[0][0] for batch in worker.batches] == [1, 3]

    asyncio.run(check())


def test_the_only_text_of_an_idle_service_has_the_whole_machine_and_pays_for_it() -> None:
    async def check() -> None:
        worker = Worker(workers=2)
        async with batcher(worker) as made:
            await submit(made, 9)
            assert worker.alone == [True]
            assert await submit(made, 9, 8, 7, 6) == [[1, 9], [1, 8], [1, 7], [1, 6]]
            assert worker.alone == [True, False, False]
            assert sorted(map(len, worker.batches)) == [1, 2, 2]

    asyncio.run(check())


def test_a_batch_on_one_of_two_workers_has_half_the_machine_and_costs_half() -> None:
    async def check() -> None:
        worker = Worker(workers=2)
        worker.gate.clear()
        async with batcher(worker) as made:
            asked = call()
            both = asyncio.create_task(submit(made, 10, 10, asked=asked))
            started = time.perf_counter()
            await worker.has_started()
            await worker.has_started()
            await asyncio.sleep(0.05)
            worker.gate.set()
            await both
            wall = time.perf_counter() - started
        assert 0.05 <= asked.compute_us / 1e6 <= wall + 0.001

    asyncio.run(check())


def test_compute_is_shared_by_tokens() -> None:
    async def check() -> None:
        worker = Worker()
        worker.gate.clear()
        async with batcher(worker) as made:
            blocker = asyncio.create_task(submit(made, 100))
            await worker.has_started()
            small, large = call(), call()
            waiting = [
                asyncio.create_task(submit(made, 5, asked=small)),
                asyncio.create_task(submit(made, 15, asked=large)),
            ]
            await asyncio.sleep(0)
            worker.gate.set()
            await asyncio.gather(blocker, *waiting)
        assert len(worker.batches) == 2
        assert small.compute_us > 0
        assert large.compute_us == pytest.approx(3 * small.compute_us)
        assert small.queue_ms > 0
        assert small.compute_ms * 1e3 >= small.compute_us + large.compute_us

    asyncio.run(check())


def test_a_batch_that_breaks_fails_its_requests_and_no_others() -> None:
    async def check() -> None:
        worker = Worker()
        worker.fail = True
        async with batcher(worker) as made:
            asked = call()
            with pytest.raises(RuntimeError, match="out of memory"):
                await submit(made, 1, asked=asked)
            assert asked.compute_us > 0
            worker.fail = False
            assert await submit(made, 1) == [[1, 1]]

    asyncio.run(check())


def test_a_permit_cannot_carry_more_than_it_was_given_for() -> None:
    async def check() -> None:
        async with batcher(Worker()) as made:
            for tokens in ([[1], [2]], []):
                with made.admit(1) as permit, pytest.raises(ValueError, match="permit for 1"):
                    await made.submit(permit, tokens, call())

    asyncio.run(check())


def test_a_model_that_miscounts_fails_the_batch_and_serves_on() -> None:
    async def check() -> None:
        worker = Worker()
        worker.surplus = 1
        async with batcher(worker) as made:
            with pytest.raises(ValueError, match="2 results for 1 items"):
                await submit(made, 1)
            worker.surplus = 0
            assert await submit(made, 1) == [[1, 1]]

    asyncio.run(check())


def test_a_permit_grows_as_far_as_there_is_room() -> None:
    async def check() -> None:
        async with batcher(Worker(), queue_items=5) as made:
            with made.admit(1) as permit:
                permit.grow_to(5)
                with pytest.raises(ServiceError, match="full"):
                    permit.grow_to(6)
                with pytest.raises(ServiceError, match="full"):
                    made.admit(1)
            made.admit(5)

    asyncio.run(check())


def test_closing_ends_after_the_batch_that_runs_and_lets_nobody_hang() -> None:
    async def check() -> None:
        worker = Worker()
        worker.gate.clear()
        made = Batcher(worker, Metrics(), batch_cost=100, queue_items=100)
        running = asyncio.create_task(submit(made, 100))
        waiting = asyncio.create_task(submit(made, 100))
        await worker.has_started()
        closing = asyncio.create_task(made.close())
        await asyncio.sleep(0)
        worker.gate.set()
        await closing
        assert await running == [[1, 100]]
        with pytest.raises(ServiceError, match="stopping"):
            await waiting
        with pytest.raises(ServiceError, match="stopping"):
            await submit(made, 1)
        assert len(worker.batches) == 1

    asyncio.run(check())
