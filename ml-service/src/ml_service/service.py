"""What each endpoint does: split, admit, tokenize, run, post-process."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ml_service.batcher import Batcher, Ran
from ml_service.errors import ErrorCode, ServiceError
from ml_service.metrics import Metrics
from ml_service.model import Model, load_model
from ml_service.pipeline import Scored, Sentence, choose_highlights, is_prose, rank_passages, split_sentences, utf16_offsets
from ml_service.schemas import HighlightsRequest, SearchRequest
from ml_service.settings import Settings

MAX_SENTENCES = 2_000
"""More sentences than this in 100 000 characters are no text that a person wrote."""

COLD_RETRY_AFTER_MS = 2_000


@dataclass(frozen=True)
class Answer:
    """A reply's body, what it cost, and milliseconds by step."""

    body: dict[str, Any]
    compute_us: int
    timings: dict[str, float]


class Service:
    """The model behind its batcher. Not ready until `load` has ended."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._loaded: tuple[Model, Batcher] | None = None
        self._tokenizing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokenize")

    @property
    def ready(self) -> bool:
        """Whether the model can be run."""
        return self._loaded is not None

    async def load(self) -> None:
        """Load the model in a thread, then open for runs."""
        settings = self._settings
        model = await asyncio.to_thread(load_model, settings.ml_cache_dir, settings.ml_threads)
        batcher = Batcher(model.run, self._metrics, batch_tokens=settings.ml_batch_tokens, queue_texts=settings.ml_queue_texts)
        self._loaded = (model, batcher)

    async def close(self) -> None:
        """End after the batch that runs."""
        self._tokenizing.shutdown()
        if self._loaded:
            await self._loaded[1].close()

    async def embeddings(self, texts: list[str], deadline: float) -> Answer:
        """Return one vector a text."""
        model, ran, timings = await self._run(texts, deadline)
        return Answer({"model": model, "embeddings": ran.vectors}, ran.compute_us, timings)

    async def highlights(self, request: HighlightsRequest, deadline: float) -> Answer:
        """Return the key sentences of a text, in its order."""
        sentences = _sentences(request.text)
        candidates = [sentence for sentence in sentences if is_prose(sentence.text)] or sentences
        model, ran, timings = await self._run([sentence.text for sentence in candidates], deadline)
        chosen = choose_highlights(ran.vectors, request.count, request.diversity)
        marks = _marks(request.text, candidates, chosen)
        return Answer({"model": model, "sentences": len(sentences), "highlights": marks}, ran.compute_us, timings)

    async def search(self, request: SearchRequest, deadline: float) -> Answer:
        """Return the passages of a text nearest in meaning to a query, best first."""
        sentences = _sentences(request.text)
        model, ran, timings = await self._run([request.query, *(sentence.text for sentence in sentences)], deadline)
        chosen = rank_passages(ran.vectors[0], ran.vectors[1:], request.count)
        marks = _marks(request.text, sentences, chosen)
        return Answer({"model": model, "sentences": len(sentences), "passages": marks}, ran.compute_us, timings)

    async def _run(self, texts: list[str], deadline: float) -> tuple[str, Ran, dict[str, float]]:
        if self._loaded is None:
            raise ServiceError(ErrorCode.UPSTREAM_COLD, "The model is loading.", retry_after_ms=COLD_RETRY_AFTER_MS)
        model, batcher = self._loaded
        started = time.perf_counter()
        with batcher.admit(len(texts)) as permit:
            tokens = await asyncio.get_running_loop().run_in_executor(self._tokenizing, model.tokenize, texts)
            tokenized = time.perf_counter()
            ran = await batcher.submit(permit, tokens, deadline)
        timings = {"tokenize": (tokenized - started) * 1e3, "queue": ran.queue_ms, "compute": ran.compute_ms}
        return model.name, ran, timings


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
