import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ml_service.backend import Backend, Tokens, Vectors
from ml_service.calibration import Choice, batches_of, choose, remembered

TEXTS: list[Tokens] = [[number] * (1 + number % 5) for number in range(1, 13)]


class Timed:
    """A backend of known speed whose vectors are off by a known angle."""

    name = "timed"
    batch_tokens = 10

    def __init__(self, workers: int, *, ms: float, alone_ms: float = 30, off: float = 0.0) -> None:
        self.workers = workers
        self._seconds = {False: ms / 1e3, True: alone_ms / 1e3}
        self._off = off

    def computed(self, texts: int, tokens: int, longest: int) -> int:
        return tokens

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:
        time.sleep(self._seconds[alone])  # the speed itself, not a wait for something
        return np.array([[np.cos(self._off), np.sin(self._off)]] * len(batch), np.float32)


def test_takes_the_fastest_and_its_layout() -> None:
    slow = partial(Timed, ms=20)
    assert choose({"slow": slow, "quick": partial(Timed, ms=30, alone_ms=2)}, 2, TEXTS) == Choice("quick", 1)
    assert choose({"slow": slow, "quick": partial(Timed, ms=2)}, 2, TEXTS) == Choice("quick", 2)


def test_one_batch_on_all_threads_must_be_clearly_faster() -> None:
    assert choose({"one": partial(Timed, ms=20, alone_ms=9.2)}, 2, TEXTS) == Choice("one", 2)
    assert choose({"one": partial(Timed, ms=20, alone_ms=7)}, 2, TEXTS) == Choice("one", 1)


def test_what_is_not_exact_is_left_out_however_fast() -> None:
    loaders = {"exact": partial(Timed, ms=5), "rough": partial(Timed, ms=0, off=0.03)}
    assert choose(loaders, 2, TEXTS).backend == "exact"


def absent(_workers: int) -> Backend:
    raise ModuleNotFoundError(name="absent")


def test_what_is_not_installed_is_left_out_unless_it_is_all_there_is() -> None:
    assert choose({"here": partial(Timed, ms=1), "absent": absent}, 2, TEXTS).backend == "here"
    with pytest.raises(ModuleNotFoundError):
        choose({"absent": absent}, 2, TEXTS)


def test_batches_are_neighbours_in_length_within_the_budget() -> None:
    batches = batches_of(Timed(1, ms=0), TEXTS)
    assert sorted(tokens[0] for batch in batches for tokens in batch) == list(range(1, 13))
    assert all(sum(map(len, batch)) <= 10 for batch in batches)


def test_is_measured_once_a_machine_and_again_when_the_note_is_damaged(tmp_path: Path) -> None:
    measured: list[int] = []

    def measure() -> Choice:
        measured.append(1)
        return Choice("onnx", 2)

    for _ in range(3):
        assert remembered(tmp_path, "model", 2, measure) == Choice("onnx", 2)
    assert len(measured) == 1
    remembered(tmp_path, "model", 4, measure)
    assert len(measured) == 2
    for note in tmp_path.iterdir():
        note.write_text("{")
    remembered(tmp_path, "model", 2, measure)
    assert len(measured) == 3
