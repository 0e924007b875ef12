"""The model, loaded: texts to tokens, batches of tokens to vectors."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tokenizers import Tokenizer

from ml_service.accuracy import DEFAULT_COSINE, FAST_COSINE, embed
from ml_service.backend import Backend, Tokens, Vectors
from ml_service.calibration import Choice, Load, choose, remembered
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


class MissingExtraError(Exception):
    """A backend was asked for whose packages are not installed."""


class Model:
    """A loaded model. `tokenize` may be called from any thread; how `run` may be, its backend says."""

    def __init__(self, backend: Backend, tokenizer: Tokenizer, name: str) -> None:
        self.backend = backend
        self.name = name
        self.tokenizer = tokenizer

    def tokenize(self, texts: list[str]) -> list[Tokens]:
        """Return the token ids of each text, cut where the model stops reading."""
        if len(texts) == 1:
            # Alone it is done in this thread; a batch is handed to others, which costs more than one text.
            return [self.tokenizer.encode(texts[0]).ids]
        return [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:
        """Return one vector of length 1 a text."""
        return self.backend.run(batch, alone=alone)


def load_model(wanted: Wanted) -> Model:
    """Load the model that is wanted, and warm it. Raises MissingExtraError with a sentence for whoever asked for it."""
    model = _hub_model(wanted) if wanted.backend == "torch" else _shipped_model(wanted)
    probes = model.tokenize(probe_texts(model.tokenizer, PROBES))
    # The first runs allocate, and compile for the sizes of batches, what later ones use.
    embed(model.backend, probes)
    model.run(probes[:1], alone=True)
    return model


def _shipped_model(wanted: Wanted) -> Model:
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
    return Model(backend, tokenizer, f"{MODEL_NAME}@{version}{'-int8' if choice.backend == 'openvino-int8' else ''}")


def _loaders(folder: Path, wanted: Wanted) -> Mapping[str, Load]:
    def onnx(workers: int) -> Backend:
        from ml_service.backends.onnx import load_onnx  # noqa: PLC0415 -- only what is used is imported

        return load_onnx(folder, wanted.cache, wanted.threads, workers)

    def openvino(workers: int, *, integers: bool = False) -> Backend:
        from ml_service.backends.openvino import computes_bf16, load_openvino  # noqa: PLC0415 -- may be absent

        precision = "int8" if integers else "bf16" if computes_bf16() else "fp32"
        return load_openvino(folder, precision, wanted.threads, workers)

    return {"onnx": onnx, "openvino": openvino, "openvino-int8": partial(openvino, integers=True)}


def _hub_model(wanted: Wanted) -> Model:
    try:
        from ml_service.backends.torch import load_torch  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as error:
        message = f"ML_BACKEND=torch: {error.name} is missing; install the extra: `uv pip install -e 'ml-service[torch]'`"
        raise MissingExtraError(message) from error
    source = wanted.model or str(weights_folder())
    backend, tokenizer, version = load_torch(source, wanted.threads)
    if not wanted.model:
        return Model(backend, tokenizer, f"{MODEL_NAME}@{weights_version(weights_folder())}")
    return Model(backend, tokenizer, f"{wanted.model}@{version}")
