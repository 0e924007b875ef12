"""Runs in fastembed's own environment, on the weights in a folder. Reads the texts, then questions; a line of JSON each."""

import json
import sys
import time
from typing import Any

from fastembed import TextEmbedding  # pyright: ignore[reportMissingImports] -- of the other environment


def main(folder: str, threads: str) -> None:
    """Answer until there are no more questions: [how many texts at a time, for how many seconds], or null for the vectors."""
    model = TextEmbedding("sentence-transformers/all-MiniLM-L6-v2", specific_model_path=folder, threads=int(threads))
    texts = json.loads(sys.stdin.readline())
    for line in sys.stdin:
        question = json.loads(line)
        answer = rate(model, texts, *question) if question else [vector.tolist() for vector in model.embed(texts)]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def rate(model: Any, texts: list[str], size: int, seconds: float) -> float:  # noqa: ANN401 -- fastembed is not here
    """Return texts a second, so many at a time."""
    done, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        start = done % len(texts)
        done += len(list(model.embed(texts[start : start + size])))
    return done / elapsed


if __name__ == "__main__":
    main(*sys.argv[1:])
