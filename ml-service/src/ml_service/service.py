"""What each endpoint does: split, admit, tokenize, run, post-process."""

import asyncio
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

from ml_service.backend import Tokens, Vector, Vectors
from ml_service.batcher import Permit
from ml_service.call import Call
from ml_service.encoder import Encoder
from ml_service.errors import ErrorCode, ServiceError
from ml_service.pipeline import Scored, choose_highlights, rank_passages
from ml_service.runs import Runs
from ml_service.schemas import HighlightsRequest, SearchRequest
from ml_service.sentences import Sentence, split_sentences, utf16_offsets

MAX_SENTENCES = 2_000
"""Bounds what one text may cost, since every sentence is a run of its own. 100 000 characters of English have about 1 000."""

INLINE_CHARS = 1_000
"""A sentence or two is tokenized sooner (50 to 100 us) than it is handed to another thread and back."""


Body = dict[str, Any]
Made = TypeVar("Made")


class Service:
    """The shipped model's endpoints."""

    def __init__(self, encoder: Encoder, runs: Runs[Tokens, Vector]) -> None:
        self._encoder = encoder
        self._runs = runs
        self._tokenizing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokenize")

    def close(self) -> None:
        """End with what is being tokenized."""
        self._tokenizing.shutdown()

    async def embeddings(self, texts: list[str], call: Call) -> Body:
        """Return one vector a text."""
        with self._runs.room(len(texts)) as permit:
            vectors = await self._run(texts, permit, call)
        return {"model": self._encoder.name, "embeddings": vectors}

    async def highlights(self, request: HighlightsRequest, call: Call) -> Body:
        """Return the key sentences of a text, in its order."""
        with self._runs.room(1) as permit:
            sentences = await self._aside(lambda: _sentences(request.text), call)
            # Titles, tables and code are no highlights, unless the text has nothing else.
            candidates = [sentence for sentence in sentences if sentence.prose] or sentences
            vectors = await self._run([sentence.text for sentence in candidates], permit, call)
        marks = _marks(request.text, candidates, choose_highlights(vectors, request.count, request.diversity))
        return {"model": self._encoder.name, "sentences": len(sentences), "highlights": marks}

    async def search(self, request: SearchRequest, call: Call) -> Body:
        """Return the passages of a text nearest in meaning to a query, best first."""
        with self._runs.room(1) as permit:
            sentences = await self._aside(lambda: _sentences(request.text), call)
            vectors = await self._run([request.query, *(sentence.text for sentence in sentences)], permit, call)
        marks = _marks(request.text, sentences, rank_passages(vectors[0], vectors[1:], request.count))
        return {"model": self._encoder.name, "sentences": len(sentences), "passages": marks}

    async def _run(self, texts: list[str], permit: Permit, call: Call) -> Vectors:
        permit.grow_to(len(texts))
        if sum(map(len, texts)) <= INLINE_CHARS:
            with self._timed(call):
                tokens = self._encoder.tokenize(texts)
        else:
            tokens = await self._aside(lambda: self._encoder.tokenize(texts), call)
        return np.stack(await self._runs.submit(permit, tokens, call))

    async def _aside(self, work: Callable[[], Made], call: Call) -> Made:
        # Off the event loop: a page of 100 000 characters would hold up everybody else's requests.
        with self._timed(call):
            return await asyncio.get_running_loop().run_in_executor(self._tokenizing, work)

    @contextmanager
    def _timed(self, call: Call) -> Generator[None]:
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        call.tokenize_ms += seconds * 1e3
        self._runs.metrics.tokenize.observe(seconds)


def _sentences(text: str) -> list[Sentence]:
    sentences = split_sentences(text)
    if len(sentences) > MAX_SENTENCES:
        message = f"text: must have at most {MAX_SENTENCES} sentences"
        raise ServiceError(ErrorCode.INPUT_TOO_LARGE, message, field="text")
    return sentences


def _marks(text: str, sentences: list[Sentence], chosen: list[Scored]) -> list[dict[str, Any]]:
    units = utf16_offsets(text)
    return [
        {
            "text": sentences[row].text,
            "start": int(units[sentences[row].start]),
            "end": int(units[sentences[row].end]),
            "score": round(score, 4),
        }
        for row, score in chosen
    ]
