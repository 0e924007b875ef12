"""Runs texts of many requests in common batches. When it is full it says so at once; what was left behind never runs."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np
import numpy.typing as npt

from ml_service.call import Call
from ml_service.errors import ErrorCode, ServiceError
from ml_service.metrics import Metrics

Tokens = list[int]
Vectors = npt.NDArray[np.float32]
RETRY_AFTER_MS = 1_000

PADDING_TOKENS = 16
"""Padding that one batch may carry. To start another costs as much as so many tokens, so a shorter text is cheaper there."""


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


@dataclass
class _Job:
    call: Call
    done: asyncio.Future[Vectors]
    tokens: list[Tokens]
    waiting: deque[int]
    queued_at: float
    rows: dict[int, npt.NDArray[np.float32]] = field(default_factory=dict)
    started_at: float | None = None


class Batcher:
    """One worker thread and a queue. Requests take turns: a long page delays a short one by a batch, not by a page."""

    def __init__(self, run: Callable[[list[Tokens]], Vectors], metrics: Metrics, *, batch_tokens: int, queue_texts: int) -> None:
        self._run = run
        self._metrics = metrics
        self._batch_tokens = batch_tokens
        self._free = queue_texts
        self._jobs: deque[_Job] = deque()
        self._arrived = asyncio.Event()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._loop = asyncio.create_task(self._serve())

    def admit(self, texts: int) -> Permit:
        """Return room for the texts of one request. Raises capacity.overloaded at once when there is none."""
        return Permit(texts, self._take)

    async def submit(self, permit: Permit, tokens: list[Tokens], call: Call) -> Vectors:
        """Return one row a text, and write into the call what it took, batch by batch: also when it fails in the end.

        Raises upstream.timeout when the call's deadline passes first. When the caller is cancelled, whatever has not
        started never does.
        """
        if not 0 < len(tokens) <= permit.texts:
            message = f"a permit for {permit.texts} texts cannot carry {len(tokens)}"
            raise ValueError(message)
        by_length = sorted(range(len(tokens)), key=lambda index: -len(tokens[index]))
        done: asyncio.Future[Vectors] = asyncio.get_running_loop().create_future()
        self._jobs.append(_Job(call, done, tokens, deque(by_length), time.monotonic()))
        self._arrived.set()
        return await done

    async def close(self) -> None:
        """Stop after the batch that runs. A request that still waits is told to ask again."""
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)
        await asyncio.to_thread(self._worker.shutdown)
        ending = ServiceError(ErrorCode.CAPACITY_OVERLOADED, "The service is stopping.", retry_after_ms=RETRY_AFTER_MS)
        _fail(self._jobs, ending)

    def _take(self, texts: int) -> None:
        if texts > self._free:
            raise ServiceError(ErrorCode.CAPACITY_OVERLOADED, "The queue is full.", retry_after_ms=RETRY_AFTER_MS)
        self._free -= texts
        self._metrics.queued.inc(texts)

    async def _serve(self) -> None:
        while True:
            batch = self._next_batch()
            if not batch:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            await self._run_batch(batch)

    def _next_batch(self) -> list[tuple[_Job, int]]:
        """Seed with the request whose turn it is, and fill up with others of similar length as far as the budget goes.

        A page is paid for its padding too: by the spread of its sentences, which nobody can quote by its size.
        """
        self._drop_ended()
        batch: list[tuple[_Job, int]] = []
        longest = filled = 0
        for job in list(self._jobs):
            while job.waiting:
                tokens = len(job.tokens[job.waiting[0]])
                width = max(longest, tokens)
                padded = width * (len(batch) + 1)
                if batch and (padded > self._batch_tokens or padded - filled - tokens > PADDING_TOKENS):
                    break
                longest, filled = width, filled + tokens
                batch.append((job, job.waiting.popleft()))
        if self._jobs:
            self._jobs.rotate(-1)
        return batch

    def _drop_ended(self) -> None:
        now = time.monotonic()
        kept: deque[_Job] = deque()
        for job in self._jobs:
            if job.done.done():
                self._metrics.dropped.inc(len(job.waiting))
            elif job.call.deadline <= now:
                self._metrics.dropped.inc(len(job.waiting))
                job.done.set_exception(ServiceError(ErrorCode.UPSTREAM_TIMEOUT, "The deadline passed."))
            elif job.waiting:
                kept.append(job)
        self._jobs = kept

    async def _run_batch(self, batch: list[tuple[_Job, int]]) -> None:
        started = time.monotonic()
        for job, _ in batch:
            job.call.starts()
            if job.started_at is None:
                job.started_at = started
                job.call.queue_ms = (started - job.queued_at) * 1e3
                self._metrics.queue.observe(started - job.queued_at)
        inputs = [job.tokens[index] for job, index in batch]
        outcome, wall = await asyncio.get_running_loop().run_in_executor(self._worker, self._timed_run, inputs)
        self._charge(batch, wall)
        if isinstance(outcome, Exception):
            _fail((job for job, _ in batch), outcome)
            return
        for (job, index), vector in zip(batch, outcome, strict=True):
            job.rows[index] = vector
            if len(job.rows) == len(job.tokens) and not job.done.done():
                job.done.set_result(np.stack([job.rows[row] for row in range(len(job.tokens))]))

    def _timed_run(self, inputs: list[Tokens]) -> tuple[Vectors | Exception, float]:
        """Return the vectors, or what broke: it belongs to the requests of this batch, and so does the time it took."""
        started = time.perf_counter()
        outcome: Vectors | Exception
        try:
            outcome = self._run(inputs)
            if len(outcome) != len(inputs):
                outcome = ValueError(f"the model gave {len(outcome)} vectors for {len(inputs)} texts")
        except Exception as error:  # noqa: BLE001 -- whatever the model raises
            outcome = error
        return outcome, time.perf_counter() - started

    def _charge(self, batch: list[tuple[_Job, int]], wall: float) -> None:
        tokens = sum(len(job.tokens[index]) for job, index in batch)
        longest = max(len(job.tokens[index]) for job, index in batch)
        self._metrics.compute.observe(wall)
        self._metrics.batch.observe(len(batch))
        self._metrics.tokens.inc(tokens)
        self._metrics.padding.inc(longest * len(batch) - tokens)
        now = time.monotonic()
        for job, index in batch:
            job.call.ran(wall * 1e6 * len(job.tokens[index]) / tokens)
            job.call.compute_ms = (now - (job.started_at or now)) * 1e3


def _fail(jobs: Iterable[_Job], error: Exception) -> None:
    for job in jobs:
        if not job.done.done():
            job.done.set_exception(error)
