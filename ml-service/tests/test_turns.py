import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ml_service.call import Call
from ml_service.errors import ErrorCode, ServiceError
from ml_service.turns import Turns


class App:
    """Endpoints that wait at a gate, and note how many are in."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.order: list[Call] = []
        self.entered = asyncio.Semaphore(0)
        self.gate = asyncio.Event()

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.order.append(scope["call"])
        self.entered.release()
        try:
            await self.gate.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
        finally:
            self.inside -= 1


async def endpoint() -> None:
    pass


def call(seconds: float = 10) -> Call:
    now = time.monotonic()
    return Call(arrived_at=now, deadline=now + seconds)


async def receive() -> Any:
    return await asyncio.Event().wait()


async def send(_message: Any) -> None:
    pass


def ask(turns: Turns, app: Any, asked: Call, kind: Callable[[], Awaitable[None] | None] = endpoint) -> asyncio.Task[None]:
    scope: Any = {"call": asked, "endpoint": kind}
    return asyncio.ensure_future(turns.run(app, scope, receive, send))  # pyright: ignore[reportReturnType] -- a coroutine's


def test_so_many_run_at_once_and_the_others_in_the_order_in_which_they_came() -> None:
    async def check() -> None:
        turns, app = Turns(at_once=2), App()
        calls = [call() for _ in range(5)]
        tasks = [ask(turns, app, each) for each in calls]
        for _ in range(2):
            await app.entered.acquire()
        assert app.inside == 2
        app.gate.set()
        await asyncio.gather(*tasks)
        assert app.most == 2
        assert app.order == calls

    asyncio.run(check())


def test_a_second_of_one_of_two_turns_is_half_a_second_of_compute() -> None:
    async def check() -> None:
        turns, app, asked = Turns(at_once=2), App(), call()
        task = ask(turns, app, asked)
        await app.entered.acquire()
        assert "x-compute-us" not in asked.headers(), "what still runs has no price yet"
        started = time.perf_counter()
        await asyncio.sleep(0.05)
        app.gate.set()
        await task
        wall = time.perf_counter() - started
        assert 0.025 <= asked.compute_us / 1e6 <= wall / 2 + 0.01
        assert asked.headers()["x-compute-us"] == str(-int(-asked.compute_us // 1))

    asyncio.run(check())


def test_no_room_is_told_at_once() -> None:
    async def check() -> None:
        turns, app = Turns(waiting=1), App()
        first = ask(turns, app, call())
        await app.entered.acquire()
        second = ask(turns, app, call())
        await asyncio.sleep(0)
        with pytest.raises(ServiceError, match="full") as refused:
            turns.admit()
        assert refused.value.retry_after_ms == 1_000
        with pytest.raises(ServiceError, match="full"):
            await ask(turns, app, call())
        app.gate.set()
        await asyncio.gather(first, second)
        turns.admit()

    asyncio.run(check())


def test_a_coroutine_is_stopped_at_its_deadline_and_frees_its_turn() -> None:
    async def check() -> None:
        turns, app, asked = Turns(), App(), call(0.05)
        with pytest.raises(ServiceError) as error:
            await ask(turns, app, asked)
        assert error.value.code is ErrorCode.UPSTREAM_TIMEOUT
        assert app.inside == 0
        assert asked.compute_us >= 50_000
        app.gate.set()
        await ask(turns, app, call())

    asyncio.run(check())


def test_whoever_waits_until_the_deadline_or_comes_after_it_costs_nothing() -> None:
    async def check() -> None:
        turns, app = Turns(), App()
        first = ask(turns, app, call())
        await app.entered.acquire()
        for seconds in (0.05, 0):
            late = call(seconds)
            with pytest.raises(ServiceError, match="deadline"):
                await ask(turns, app, late)
            assert late.headers()["x-compute-us"] == "0"
        app.gate.set()
        await first
        with pytest.raises(ServiceError, match="deadline"):
            await ask(turns, app, call(0))
        assert app.entered.locked(), "nobody entered but the first"

    asyncio.run(check())


def test_whoever_leaves_while_waiting_leaves_no_hole() -> None:
    async def check() -> None:
        turns, app = Turns(), App()
        first = ask(turns, app, call())
        await app.entered.acquire()
        leaving, staying = ask(turns, app, call()), ask(turns, app, call())
        await asyncio.sleep(0)
        leaving.cancel()
        app.gate.set()
        await asyncio.gather(first, staying)
        assert leaving.cancelled()
        await ask(turns, app, call())

    asyncio.run(check())


def test_a_thread_keeps_its_turn_until_it_ends_and_a_reply_before_that_reports_nothing() -> None:
    async def check() -> None:
        turns, opened = Turns(), threading.Event()

        def computes() -> None:
            assert opened.wait(10)

        async def app(_scope: Any, _receive: Any, _send: Any) -> None:
            await asyncio.to_thread(computes)

        late, next_one = call(0.01), App()
        with pytest.raises(ServiceError, match="deadline"):
            await ask(turns, app, late, computes)
        assert "x-compute-us" not in late.headers()
        waiting = ask(turns, next_one, call())
        await asyncio.sleep(0)
        assert next_one.inside == 0
        opened.set()
        await late.settled()
        assert int(late.headers()["x-compute-us"]) > 10_000
        next_one.gate.set()
        await waiting

    asyncio.run(check())
