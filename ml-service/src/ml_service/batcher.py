"""Runs items of many requests in common batches. When it is full it says so at once; what was left behind never runs.

An item is a text where the shipped model runs, and its cost is its tokens: the names here are those.
"""

import asyncio
import math
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, NamedTuple, cast

from ml_service.call import Call
from ml_service.errors import RETRY_AFTER_MS, ErrorCode, ServiceError, deadline_passed, no_room
from ml_service.metrics import Metrics
from ml_service.model import Item, Model, Result
from ml_service.waiting import Text, Waiting

WORKER_NICENESS = 5


class Permit(AbstractContextManager["Permit"]):
    """Room for a number of texts. Held by value and given back by `with`, so it can be neither forgotten nor doubled."""

    def __init__(self, texts: int, take: Callable[[int], None]) -> None:
        self.texts = 0
        self._take = take
        self.grow_to(texts)

    def grow_to(self, texts: int) -> None:
        """Make room for so many texts. Raises capacity.overloaded at once when there is none."""
        self._take(texts - self.texts)
        self.texts = texts

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None) -> None:
        self.grow_to(0)


@dataclass(eq=False)
class _Job(Generic[Item, Result]):
    call: Call
    done: asyncio.Future[list[Result]]
    items: list[Item]
    queued_at: float
    rows: dict[int, Result] = field(default_factory=dict)
    started_at: float | None = None
    late: bool = False


class _Ran(NamedTuple):
    """What became of a batch: the texts that somebody still waited for, and their results or what broke."""

    texts: list[Text]
    outcome: Collection[Any] | Exception
    started_at: float
    wall: float


class Batcher(Generic[Item, Result]):
    """Sends a batch off as soon as a worker is free, and has the next one ready when more than a batch waits."""

    def __init__(self, model: Model[Item, Result], metrics: Metrics, *, batch_cost: int, queue_items: int) -> None:
        self._model = model
        self._metrics = metrics
        self._batch_cost = batch_cost or model.batch_cost
        self._room = queue_items
        self._waiting = Waiting()
        self._jobs: set[_Job[Item, Result]] = set()
        self._busy = 0
        self._running: set[asyncio.Future[_Ran]] = set()
        self._closing = False
        self._scheduled = False
        self._workers = ThreadPoolExecutor(model.workers, thread_name_prefix="model", initializer=_yield_to_others)

    def admit(self, texts: int) -> Permit:
        """Return room for the texts of one request. Raises capacity.overloaded at once when there is none."""
        return Permit(texts, self._take)

    async def submit(self, permit: Permit, items: list[Item], call: Call) -> list[Result]:
        """Return one result an item, and write into the call what it took, batch by batch: also when it fails in the end.

        Raises upstream.timeout when the call's deadline passes first. When the caller is cancelled, whatever has not
        started never does.
        """
        if not 0 < len(items) <= permit.texts:
            message = f"a permit for {permit.texts} texts cannot carry {len(items)}"
            raise ValueError(message)
        if self._closing:
            raise _stopping()
        costs = [max(1, self._model.cost(item)) for item in items]
        loop = asyncio.get_running_loop()
        now = call.queued_at = time.monotonic()
        job: _Job[Item, Result] = _Job(call, loop.create_future(), items, now)
        left = call.deadline - now
        if left <= 0:
            self._metrics.dropped.inc(len(items))
            raise deadline_passed()
        timer = None if math.isinf(left) else loop.call_later(left, self._expire, job)
        self._jobs.add(job)
        self._waiting.add(job, call.user or job, costs)
        self._schedule()
        try:
            return await job.done
        finally:
            if timer:
                timer.cancel()
            self._jobs.discard(job)
            self._metrics.dropped.inc(self._waiting.forget(job))

    async def close(self) -> None:
        """Stop after the batches that run. A request that still waits is told to ask again."""
        self._closing = True
        self._workers.shutdown(wait=False, cancel_futures=True)
        await asyncio.gather(*self._running, return_exceptions=True)
        _fail(self._jobs, _stopping())

    def _take(self, texts: int) -> None:
        if texts > self._room:
            raise no_room()
        self._room -= texts
        self._metrics.queued.inc(texts)

    def _expire(self, job: _Job[Item, Result]) -> None:
        dropped = self._waiting.forget(job)
        self._metrics.dropped.inc(dropped)
        # What runs is waited for, because the reply says what it took; when nothing was dropped it is all there then.
        job.late = dropped > 0
        if job.late and not job.call.running:
            _fail([job], deadline_passed())

    def _schedule(self) -> None:
        """Dispatch at the end of this turn of the loop: what arrives together goes together."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._scheduled = False
        while self._waiting and not self._closing:
            free = self._model.workers - self._busy
            # One batch is ready for whichever worker ends first, once there is more than enough to choose it from.
            if free < 0 or (free == 0 and self._waiting.tokens <= self._batch_cost):
                return
            # The only text of an idle service has the whole machine.
            alone = len(self._waiting) == 1 and self._busy == 0
            batch = self._waiting.take(-(-len(self._waiting) // max(free, 1)), self._fits)
            self._start(batch, alone=alone)

    def _fits(self, texts: int, tokens: int, longest: int) -> bool:
        return self._model.computed(texts, tokens, longest) <= self._batch_cost

    def _start(self, batch: list[Text], *, alone: bool) -> None:
        taken = self._model.workers if alone else 1
        self._busy += taken
        for text in batch:
            _job_of(text).call.starts()
        running = asyncio.get_running_loop().run_in_executor(self._workers, self._timed_run, batch, alone)
        self._running.add(running)
        running.add_done_callback(lambda ended: self._end(batch, ended, taken))

    def _timed_run(self, batch: list[Text], alone: bool) -> _Ran:  # noqa: FBT001 -- handed over by an executor
        """Run what somebody still waits for. What breaks belongs to the requests of this batch, and so does the time it took."""
        texts = [text for text in batch if not _job_of(text).done.done()]
        started_at, started = time.monotonic(), time.perf_counter()
        outcome: Collection[Result] | Exception
        run = self._model.run_alone if alone else self._model.run
        try:
            outcome = run([_job_of(text).items[text.index] for text in texts]) if texts else []
            if len(outcome) != len(texts):
                outcome = ValueError(f"the model gave {len(outcome)} results for {len(texts)} items")
        except Exception as error:  # noqa: BLE001 -- whatever the model raises
            outcome = error
        return _Ran(texts, outcome, started_at, time.perf_counter() - started)

    def _end(self, batch: list[Text], ended: asyncio.Future[_Ran], taken: int) -> None:
        self._busy -= taken
        self._running.discard(ended)
        self._dispatch()
        ran = _Ran([], [], 0, 0) if ended.cancelled() else ended.result()
        left = set(batch).difference(ran.texts)
        self._metrics.dropped.inc(len(left))
        for text in left:
            _job_of(text).call.ran(0)
        if not ran.texts:
            return
        self._charge(ran, taken / self._model.workers)
        if isinstance(ran.outcome, Exception):
            _fail({_job_of(text) for text in ran.texts}, ran.outcome)
            return
        for text, result in zip(ran.texts, ran.outcome, strict=True):
            job = _job_of(text)
            job.rows[text.index] = result
            if job.late and not job.call.running:
                _fail([job], deadline_passed())
            elif len(job.rows) == len(job.items) and not job.done.done():
                job.done.set_result([job.rows[row] for row in range(len(job.items))])

    def _charge(self, ran: _Ran, share: float) -> None:
        """Charge each text its part of the batch by its own tokens, and the batch its part of the machine."""
        tokens = sum(text.length for text in ran.texts)
        computed = self._model.computed(len(ran.texts), tokens, max(text.length for text in ran.texts))
        self._metrics.compute.observe(ran.wall)
        self._metrics.batch.observe(len(ran.texts))
        self._metrics.tokens.inc(tokens)
        self._metrics.padding.inc(computed - tokens)
        now = time.monotonic()
        calls = {id(call): call for call in (_job_of(text).call for text in ran.texts)}
        for call in calls.values():
            call.batches += 1
            call.batch_calls = max(call.batch_calls, len(calls))
        for text in ran.texts:
            job = _job_of(text)
            if job.started_at is None:
                job.started_at = job.call.started_at = ran.started_at
                job.call.queue_ms = (ran.started_at - job.queued_at) * 1e3
                self._metrics.queue.observe(ran.started_at - job.queued_at)
            job.call.ran(ran.wall * 1e6 * share * text.length / tokens)
            job.call.compute_ms = (now - job.started_at) * 1e3


def _yield_to_others() -> None:
    """Let whoever reads and answers requests go first: it needs little, and while it waits the workers run out of texts."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), WORKER_NICENESS)


def _job_of(text: Text) -> _Job[Any, Any]:
    return cast("_Job[Any, Any]", text.request)


def _fail(jobs: Iterable[_Job[Any, Any]], error: Exception) -> None:
    for job in jobs:
        if not job.done.done():
            job.done.set_exception(error)


def _stopping() -> ServiceError:
    return ServiceError(ErrorCode.CAPACITY_OVERLOADED, "The service is stopping.", retry_after_ms=RETRY_AFTER_MS)
