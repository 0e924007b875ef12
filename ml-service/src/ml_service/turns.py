"""Endpoints that compute by themselves take turns, and what a turn takes is what a call costs."""

import asyncio
import inspect
import math
import time
from typing import TYPE_CHECKING, Any

from ml_service.call import Call
from ml_service.errors import deadline_passed, no_room
from ml_service.metrics import Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

THREAD_GRACE_SECONDS = 0.4
"""A thread cannot be stopped. It is waited for this long after the deadline, which is less than the server waits."""


class Turns:
    """At most `at_once` calls run, in the order in which they came; at most `waiting` more wait, and others are refused.

    A call costs the wall time of its turn, by its part of the machine: a second of one of two turns is half a second of
    compute. A coroutine is stopped at its deadline and when its client leaves. A thread (an endpoint without `async`) runs to
    its end and keeps its turn until then; a reply that cannot wait for it says nothing of what it took.
    """

    def __init__(self, *, at_once: int = 1, waiting: int = 64) -> None:
        self.metrics = Metrics()
        self.broken = False
        self.ready = False
        self._at_once = at_once
        self._turns = asyncio.Semaphore(at_once)
        self._most_waiting = waiting
        self._waiting = 0
        self._running: set[asyncio.Future[None]] = set()

    async def load(self) -> None:
        """Open: the app has loaded what it needs by then."""
        self.ready = True

    async def close(self) -> None:
        """End after the turns that are taken."""
        self.ready = False
        await asyncio.gather(*self._running, return_exceptions=True)

    def admit(self) -> None:
        """Raise capacity.overloaded when too many wait."""
        if self._turns.locked() and self._waiting >= self._most_waiting:
            raise no_room()

    async def run(self, app: "ASGIApp", scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Let the app handle a call in its turn. Raises upstream.timeout when its deadline passes first."""
        call: Call = scope["call"]
        await self._turn(call)
        turn = _Turn(call, self._at_once, self.metrics)

        async def charged(message: "Message") -> None:
            # The report goes out with the reply's head.
            if message["type"] == "http.response.start":
                turn.end()
            await send(message)

        def ended(task: asyncio.Future[None]) -> None:
            turn.end()
            self._running.discard(task)
            self._turns.release()
            if not task.cancelled():
                # Told to whoever waits for it; when nobody does any more it is nobody's.
                task.exception()

        running = asyncio.ensure_future(app(scope, receive, charged))
        self._running.add(running)
        running.add_done_callback(ended)
        await _until(call.deadline, running, scope)

    async def _turn(self, call: Call) -> None:
        """Return when it is the call's turn."""
        self.admit()
        came = call.queued_at = time.monotonic()
        if came >= call.deadline:
            # It takes no turn, not even a free one.
            raise deadline_passed()
        self._waiting += 1
        self.metrics.queued.inc()
        try:
            async with asyncio.timeout(_left(call.deadline)):
                await self._turns.acquire()
        except TimeoutError as error:
            raise deadline_passed() from error
        finally:
            self._waiting -= 1
            self.metrics.queued.dec()
        call.started_at = time.monotonic()
        call.queue_ms = (call.started_at - came) * 1e3
        self.metrics.queue.observe(call.queue_ms / 1e3)


class _Turn:
    """Counts from its making to its end, once."""

    def __init__(self, call: Call, at_once: int, metrics: Metrics) -> None:
        self._call = call
        self._at_once = at_once
        self._metrics = metrics
        self._began: float | None = time.perf_counter()
        call.starts()

    def end(self) -> None:
        """Charge the call for the time so far; what follows its reply is not the client's."""
        if self._began is None:
            return
        seconds = time.perf_counter() - self._began
        self._began = None
        self._call.compute_ms = seconds * 1e3
        self._call.ran(seconds * 1e6 / self._at_once)
        self._metrics.compute.observe(seconds)


def _left(deadline: float) -> float | None:
    return None if math.isinf(deadline) else max(0.0, deadline - time.monotonic())


async def _until(deadline: float, running: asyncio.Future[None], scope: "Scope") -> None:
    """Wait for a call that runs, until its deadline and no longer than its client stays."""
    try:
        done, _ = await asyncio.wait({running}, timeout=_left(deadline))
        if not done:
            _stop(running, scope)
            await asyncio.wait({running}, timeout=THREAD_GRACE_SECONDS)
            raise deadline_passed()
    except asyncio.CancelledError:
        _stop(running, scope)
        raise
    running.result()


def _stop(running: asyncio.Future[None], scope: "Scope") -> None:
    """Stop a coroutine. To stop waiting for a thread would only hide that it runs."""
    endpoint: Any = scope.get("endpoint")
    if endpoint is None or inspect.iscoroutinefunction(endpoint):
        running.cancel()
