"""What else runs such a model in a few lines: fastembed, with the shipped weights, from an environment of its own."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from bench.yardstick import plain_graph
from ml_service.backend import Vectors
from ml_service.weights import load_encoder, weights_folder

FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


class Peer:
    """Its process: a question a line, and an answer a line."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions = questions
        self._answers = answers

    def vectors(self) -> Vectors:
        """Return one vector a text."""
        return np.asarray(self._asked(None), np.float32)

    def per_second(self, size: int, seconds: float) -> float:
        """Return texts a second, so many at a time; what it takes to tokenize them counts."""
        return self._asked([size, seconds])

    def tell(self, line: object) -> None:
        """Send a line."""
        self._questions.write(json.dumps(line) + "\n")
        self._questions.flush()

    def _asked(self, question: list[float] | None) -> Any:  # noqa: ANN401 -- what JSON holds
        self.tell(question)
        return json.loads(self._answers.readline())


@contextmanager
def peer(python: str, threads: int, texts: list[str]) -> Generator[Peer]:
    """Start it with that interpreter, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model.onnx").write_bytes(plain_graph(load_encoder(weights_folder()), pooled=False))
        for name in FILES:
            shutil.copy(weights_folder() / name, folder)
        command = [python, str(Path(__file__).with_name("peer_process.py")), folder, str(threads)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own
        with process, cast("IO[str]", process.stdin) as questions:
            asked = Peer(questions, cast("IO[str]", process.stdout))
            asked.tell(texts)
            yield asked
