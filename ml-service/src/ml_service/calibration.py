"""Chooses by measuring: which backend, and whether one batch at a time on all threads or one a thread."""

import hashlib
import json
import logging
import os
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from ml_service.accuracy import DEFAULT_COSINE, embed, passes
from ml_service.backend import Backend, Tokens, Vectors
from ml_service.paths import write_whole

ROUNDS = 5
PASSES = 2
"""Over the same batches: so few of them would leave a worker without one while another is at the longest."""

AHEAD = 1.15
"""One batch at a time on all threads must be so much faster than one a thread. Here both have the machine to themselves; beside
requests, all threads of a batch wait for the one that was held up. Measured: what was chosen for 1.1 served 0.84 as much."""

log = logging.getLogger("ml_service")


class Choice(NamedTuple):
    """A backend by name, and how many batches it runs at once."""

    backend: str
    workers: int


Load = Callable[[int], Backend]
"""Loads a backend for so many workers. Raises ModuleNotFoundError where its packages are not installed."""


def choose(loaders: Mapping[str, Load], threads: int, texts: list[Tokens], least: float = DEFAULT_COSINE) -> Choice:
    """Return the fastest of those that are within `least` of the first, which is the reference.

    Each is dropped before the next is loaded: side by side they would need twice the memory that serving needs.
    """
    speeds: dict[Choice, list[float]] = {}
    reference: Vectors | None = None
    for name, load in loaders.items():
        try:
            backend = load(threads)
        except ModuleNotFoundError:
            if len(loaders) == 1:
                raise
            continue
        if reference is None:
            reference = embed(backend, texts)
        elif not passes(backend, texts, reference, least):
            log.warning("%s is not exact enough on this machine, and is left out", name)
            continue
        # In turns, and the median counts: what is chosen is remembered, also when the machine was busy for a moment.
        for _ in range(ROUNDS):
            for choice in {Choice(name, threads), Choice(name, 1)}:
                speeds.setdefault(choice, []).append(texts_per_second(backend, texts, choice.workers))

    def served(choice: Choice) -> float:
        return statistics.median(speeds[choice]) / (AHEAD if choice.workers < threads else 1)

    return max(speeds, key=served)


def texts_per_second(backend: Backend, texts: list[Tokens], workers: int) -> float:
    """Return how many texts a second the backend does when it is kept busy, in its own sizes of batches."""
    run = partial(backend.run, alone=workers == 1)
    batches = PASSES * batches_of(backend, texts)
    with ThreadPoolExecutor(workers) as pool:
        started = time.perf_counter()
        list(pool.map(run, batches))
        return PASSES * len(texts) / (time.perf_counter() - started)


def batches_of(backend: Backend, texts: list[Tokens]) -> list[list[Tokens]]:
    """Return the texts in batches of neighbours in length, each as large as the backend likes them."""
    batches: list[list[Tokens]] = []
    batch: list[Tokens] = []
    for tokens in sorted(texts, key=len):
        filled = sum(map(len, batch)) + len(tokens)
        if batch and backend.computed(len(batch) + 1, filled, len(tokens)) > backend.batch_tokens:
            batches.append(batch)
            batch = []
        batch.append(tokens)
    return [*batches, batch]


def remembered(cache: Path, subject: str, threads: int, measure: Callable[[], Choice]) -> Choice:
    """Return what was chosen before for the same subject, machine and packages; else measure, and keep the answer.

    A start that does not measure takes a second; one that does takes some more, up to ten on two busy cores.
    """
    facts = [subject, AHEAD, _processor(), threads, *map(_version, ("ml-service", "onnxruntime", "openvino"))]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    path = cache / f"calibration-{digest}.json"
    try:
        backend, workers = json.loads(path.read_text())
        return Choice(str(backend), int(workers))
    except (OSError, ValueError, TypeError):
        choice = measure()
        write_whole(path, json.dumps(choice).encode())
        return choice


def _processor() -> str:
    """Return what tells this machine from one of another speed."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return str(os.uname())
    return "".join(line for line in lines[:40] if line.startswith(("model name", "flags")))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
