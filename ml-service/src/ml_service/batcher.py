"""Runs texts of many requests in common batches. When it is full it says so at once; what was left behind never runs."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml_service.errors import ErrorCode, ServiceError
from ml_service.metrics import Metrics

Tokens = list[int]
Vectors = npt.NDArray[np.float32]
RETRY_AFTER_MS = 1_000


class Permit(AbstractContextManager["Permit"]):
    """Room for a number of texts. Held by value and given back by `with`, so it can be neither forgotten nor doubled."""

    def __init__(self, texts: int, give_back: Callable[[int], None]) -> None:
        self.texts = texts
        self._give_back = give_back

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None) -> None:
        self._give_back(self.texts)


class Ran(NamedTuple):
    """Vectors of a request, one row a text, and what they took."""

    vectors: Vectors
    compute_us: int
    queue_ms: float
    compute_ms: float


@dataclass
class _Job:
    done: asyncio.Future[Ran]
    tokens: list[Tokens]
    waiting: deque[int]
    deadline: float
    queued_at: float
    rows: dict[int, npt.NDArray[np.float32]] = field(default_factory=dict)
    compute_us: float = 0.0
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
        if texts > self._free:
            raise ServiceError(ErrorCode.CAPACITY_OVERLOADED, "The queue is full.", retry_after_ms=RETRY_AFTER_MS)
        self._free -= texts
        self._metrics.queued.inc(texts)
        return Permit(texts, self._take_back)

    async def submit(self, permit: Permit, tokens: list[Tokens], deadline: float) -> Ran:
        """Run the texts. `deadline` is in seconds of `time.monotonic`.

        Raises upstream.timeout, with what was used, when it passes first. When the caller is cancelled, whatever has not
        started never does.
        """
        if permit.texts < len(tokens):
            message = f"a permit for {permit.texts} texts cannot carry {len(tokens)}"
            raise ValueError(message)
        by_length = sorted(range(len(tokens)), key=lambda index: -len(tokens[index]))
        done = asyncio.get_running_loop().create_future()
        self._jobs.append(_Job(done, tokens, deque(by_length), deadline, time.monotonic()))
        self._arrived.set()
        return await done

    async def close(self) -> None:
        """Stop after the batch that runs."""
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)
        self._worker.shutdown()

    def _take_back(self, texts: int) -> None:
        self._free += texts
        self._metrics.queued.dec(texts)

    async def _serve(self) -> None:
        while True:
            batch = self._next_batch()
            if not batch:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            await self._run_batch(batch)

    def _next_batch(self) -> list[tuple[_Job, int]]:
        """Seed with the request whose turn it is, and fill up with others of similar length as far as the budget goes."""
        self._drop_ended()
        batch: list[tuple[_Job, int]] = []
        longest = 0
        for job in list(self._jobs):
            while job.waiting:
                width = max(longest, len(job.tokens[job.waiting[0]]))
                if batch and width * (len(batch) + 1) > self._batch_tokens:
                    break
                longest = width
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
            elif job.deadline <= now:
                self._metrics.dropped.inc(len(job.waiting))
                used = math.ceil(job.compute_us)
                job.done.set_exception(ServiceError(ErrorCode.UPSTREAM_TIMEOUT, "The deadline passed.", compute_us=used))
            elif job.waiting:
                kept.append(job)
        self._jobs = kept

    async def _run_batch(self, batch: list[tuple[_Job, int]]) -> None:
        started = time.monotonic()
        for job, _ in batch:
            if job.started_at is None:
                job.started_at = started
                self._metrics.queue.observe(started - job.queued_at)
        inputs = [job.tokens[index] for job, index in batch]
        try:
            vectors, wall = await asyncio.get_running_loop().run_in_executor(self._worker, self._timed_run, inputs)
        except Exception as error:  # noqa: BLE001 -- whatever the model raises belongs to the requests of this batch
            for job in {id(job): job for job, _ in batch}.values():
                if not job.done.done():
                    job.done.set_exception(error)
            return
        self._settle(batch, vectors, wall)

    def _timed_run(self, inputs: list[Tokens]) -> tuple[Vectors, float]:
        started = time.perf_counter()
        vectors = self._run(inputs)
        return vectors, time.perf_counter() - started

    def _settle(self, batch: list[tuple[_Job, int]], vectors: Vectors, wall: float) -> None:
        tokens = sum(len(job.tokens[index]) for job, index in batch)
        longest = max(len(job.tokens[index]) for job, index in batch)
        self._metrics.compute.observe(wall)
        self._metrics.batch.observe(len(batch))
        self._metrics.tokens.inc(tokens)
        self._metrics.padding.inc(longest * len(batch) - tokens)
        for (job, index), vector in zip(batch, vectors, strict=True):
            job.rows[index] = vector
            job.compute_us += wall * 1e6 * len(job.tokens[index]) / tokens
            if len(job.rows) == len(job.tokens) and not job.done.done():
                job.done.set_result(self._result(job))

    def _result(self, job: _Job) -> Ran:
        started = job.started_at or job.queued_at
        ended = time.monotonic()
        stacked = np.stack([job.rows[index] for index in range(len(job.tokens))])
        return Ran(stacked, math.ceil(job.compute_us), (started - job.queued_at) * 1e3, (ended - started) * 1e3)
