"""The model that ships: texts to tokens, batches of tokens to vectors."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tokenizers import Tokenizer

from ml_service.accuracy import DEFAULT_COSINE, FAST_COSINE, embed
from ml_service.backend import Backend, Tokens, Vector, Vectors
from ml_service.calibration import Choice, Load, choose, remembered
from ml_service.model import MissingExtraError, Model
from ml_service.probe import probe_texts
from ml_service.weights import MODEL_NAME, weights_folder, weights_version

MAX_TOKENS = 256
"""Tokens after this are cut off: the shipped model was trained on shorter texts."""

PROBES = 32

CANDIDATES = {
    "auto": (("onnx", "openvino"), DEFAULT_COSINE),
    "fast": (("onnx", "openvino", "openvino-int8"), FAST_COSINE),
}
"""What is measured for a wish that names no backend, and how near to the first each must be."""


class Wanted(NamedTuple):
    """Which model, and on what. `workers` 0: as calibrated."""

    cache: Path
    backend: str = "auto"
    model: str = ""
    threads: int = 1
    workers: int = 0


class Parts(NamedTuple):
    """What an encoder is made of when it is loaded."""

    backend: Backend
    tokenizer: Tokenizer
    name: str


class Encoder(Model[Tokens, Vector]):
    """Encodes texts as vectors of length 1. `tokenize` may be called from any thread."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted

    def load(self) -> None:
        """Load what is wanted. Raises MissingExtraError with a sentence for whoever asked for it."""
        try:
            self.backend, self.tokenizer, self.name = self.parts(self._wanted)
        except Exception as error:
            error.add_note(f"ML_CACHE_DIR: {self._wanted.cache}")
            raise
        self.runs_on, self.workers = self.backend.name, self.backend.workers
        self.batch_cost = self.backend.batch_tokens

    def parts(self, wanted: Wanted) -> Parts:
        """Return what is wanted, loaded."""
        return _hub_parts(wanted) if wanted.backend == "torch" else _shipped_parts(wanted)

    def warm(self) -> None:
        """Run once what later runs use: the first ones allocate, and compile for the sizes of batches."""
        probes = self.tokenize(probe_texts(self.tokenizer, PROBES))
        embed(self.backend, probes)
        self.run_alone(probes[:1])

    def cost(self, item: Tokens, /) -> int:
        """Return how many tokens a text has."""
        return len(item)

    def computed(self, items: int, cost: int, largest: int, /) -> int:
        """Return how many tokens the backend computes for a batch."""
        return self.backend.computed(items, cost, largest)

    def tokenize(self, texts: list[str]) -> list[Tokens]:
        """Return the token ids of each text, cut where the model stops reading."""
        if len(texts) == 1:
            # Alone it is done in this thread; a batch is handed to others, which costs more than one text.
            return [self.tokenizer.encode(texts[0]).ids]
        return [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]

    def run(self, batch: list[Tokens], /) -> Vectors:
        """Return one vector of length 1 a text."""
        return self.backend.run(batch)

    def run_alone(self, batch: list[Tokens], /) -> Vectors:
        """Do the same on all threads."""
        return self.backend.run(batch, alone=True)


def load_encoder(wanted: Wanted) -> Encoder:
    """Return an encoder that is loaded and warm. Raises MissingExtraError with a sentence for whoever asked for it."""
    encoder = Encoder(wanted)
    encoder.load()
    encoder.warm()
    return encoder


def _shipped_parts(wanted: Wanted) -> Parts:
    folder = weights_folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    version = weights_version(folder)
    loaders = _loaders(folder, wanted)
    candidates, least = CANDIDATES.get(wanted.backend, ((wanted.backend,), DEFAULT_COSINE))

    def measure() -> Choice:
        probes = [encoding.ids for encoding in tokenizer.encode_batch(probe_texts(tokenizer, PROBES))]
        return choose({name: loaders[name] for name in candidates}, wanted.threads, probes, least)

    try:
        if len(candidates) == 1 and wanted.workers:
            choice = Choice(candidates[0], wanted.workers)
        else:
            choice = remembered(wanted.cache, f"{version} {candidates}", wanted.threads, measure)
        backend = loaders[choice.backend](wanted.workers or choice.workers)
    except ModuleNotFoundError as error:
        message = f"ML_BACKEND={wanted.backend}: {error.name} is not installed here; ML_BACKEND=onnx does without"
        raise MissingExtraError(message) from error
    return Parts(backend, tokenizer, f"{MODEL_NAME}@{version}{'-int8' if choice.backend == 'openvino-int8' else ''}")


def _loaders(folder: Path, wanted: Wanted) -> Mapping[str, Load]:
    def onnx(workers: int) -> Backend:
        from ml_service.backends.onnx import load_onnx  # noqa: PLC0415 -- only what is used is imported

        return load_onnx(folder, wanted.cache, wanted.threads, workers)

    def openvino(workers: int, *, integers: bool = False) -> Backend:
        from ml_service.backends.openvino import computes_bf16, load_openvino  # noqa: PLC0415 -- may be absent

        precision = "int8" if integers else "bf16" if computes_bf16() else "fp32"
        return load_openvino(folder, precision, wanted.threads, workers)

    return {"onnx": onnx, "openvino": openvino, "openvino-int8": partial(openvino, integers=True)}


def _hub_parts(wanted: Wanted) -> Parts:
    try:
        from ml_service.backends.torch import load_torch  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as error:
        message = f"ML_BACKEND=torch: {error.name} is missing; install the extra: `uv pip install -e 'ml-service[torch]'`"
        raise MissingExtraError(message) from error
    source = wanted.model or str(weights_folder())
    backend, tokenizer, version = load_torch(source, wanted.threads)
    if not wanted.model:
        return Parts(backend, tokenizer, f"{MODEL_NAME}@{weights_version(weights_folder())}")
    return Parts(backend, tokenizer, f"{wanted.model}@{version}")
