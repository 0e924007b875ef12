"""What each endpoint does: split, admit, tokenize, run, post-process."""

import asyncio
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from ml_service.batcher import Batcher, Permit, Vectors
from ml_service.call import Call
from ml_service.errors import ErrorCode, ServiceError
from ml_service.metrics import Metrics
from ml_service.model import Model, Wanted, load_model
from ml_service.pipeline import Scored, choose_highlights, rank_passages
from ml_service.schemas import HighlightsRequest, SearchRequest
from ml_service.sentences import Sentence, split_sentences, utf16_offsets
from ml_service.settings import Settings

MAX_SENTENCES = 2_000
"""Bounds what one text may cost, since every sentence is a run of its own. 100 000 characters of English have about 1 000."""

INLINE_CHARS = 1_000
"""A sentence or two is tokenized sooner (50 to 100 us) than it is handed to another thread and back."""

COLD_RETRY_AFTER_MS = 2_000


Body = dict[str, Any]
Made = TypeVar("Made")


class Service:
    """The model behind its batcher. Not ready until `load` has ended."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._loaded: tuple[Model, Batcher] | None = None
        self.broken = False
        self._tokenizing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokenize")

    @property
    def ready(self) -> bool:
        """Whether the model can be run."""
        return self._loaded is not None

    async def load(self) -> None:
        """Load the model in a thread, then open for runs."""
        settings = self._settings
        try:
            model = await asyncio.to_thread(load_model, _wanted(settings))
        except Exception:
            self.broken = True
            raise
        batcher = Batcher(
            model.backend, self._metrics, batch_tokens=settings.ml_batch_tokens, queue_texts=settings.ml_queue_texts
        )
        self._metrics.backend.labels(model.backend.name, model.backend.workers).set(1)
        self._loaded = (model, batcher)

    async def close(self) -> None:
        """End after the batch that runs."""
        self._tokenizing.shutdown()
        if self._loaded:
            await self._loaded[1].close()

    def admit(self) -> None:
        """Raise capacity.overloaded when not one text has room."""
        if self._loaded:
            with self._loaded[1].admit(1):
                pass

    async def embeddings(self, texts: list[str], call: Call) -> Body:
        """Return one vector a text."""
        model, batcher = self._opened()
        with batcher.admit(len(texts)) as permit:
            vectors = await self._run(texts, permit, call)
        return {"model": model.name, "embeddings": vectors}

    async def highlights(self, request: HighlightsRequest, call: Call) -> Body:
        """Return the key sentences of a text, in its order."""
        model, batcher = self._opened()
        with batcher.admit(1) as permit:
            sentences = await self._aside(lambda: _sentences(request.text), call)
            # Titles, tables and code are no highlights, unless the text has nothing else.
            candidates = [sentence for sentence in sentences if sentence.prose] or sentences
            vectors = await self._run([sentence.text for sentence in candidates], permit, call)
        marks = _marks(request.text, candidates, choose_highlights(vectors, request.count, request.diversity))
        return {"model": model.name, "sentences": len(sentences), "highlights": marks}

    async def search(self, request: SearchRequest, call: Call) -> Body:
        """Return the passages of a text nearest in meaning to a query, best first."""
        model, batcher = self._opened()
        with batcher.admit(1) as permit:
            sentences = await self._aside(lambda: _sentences(request.text), call)
            vectors = await self._run([request.query, *(sentence.text for sentence in sentences)], permit, call)
        marks = _marks(request.text, sentences, rank_passages(vectors[0], vectors[1:], request.count))
        return {"model": model.name, "sentences": len(sentences), "passages": marks}

    def _opened(self) -> tuple[Model, Batcher]:
        if self._loaded is None:
            raise ServiceError(ErrorCode.UPSTREAM_COLD, "The model is loading.", retry_after_ms=COLD_RETRY_AFTER_MS)
        return self._loaded

    async def _run(self, texts: list[str], permit: Permit, call: Call) -> Vectors:
        model, batcher = self._opened()
        permit.grow_to(len(texts))
        if sum(map(len, texts)) <= INLINE_CHARS:
            with self._timed(call):
                tokens = model.tokenize(texts)
        else:
            tokens = await self._aside(lambda: model.tokenize(texts), call)
        return await batcher.submit(permit, tokens, call)

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
        self._metrics.tokenize.observe(seconds)


def _wanted(settings: Settings) -> Wanted:
    return Wanted(
        cache=settings.ml_cache_dir,
        backend=settings.ml_backend,
        model=settings.ml_model,
        threads=settings.ml_threads,
        workers=settings.ml_workers,
    )


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
