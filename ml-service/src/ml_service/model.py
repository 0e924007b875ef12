"""The model, loaded: texts to tokens, batches of tokens to vectors."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Tokenizer

from ml_service.graph import MODEL_NAME, cached_graph, weights_folder, weights_version

MAX_TOKENS = 256
"""Tokens after this are cut off: the model was trained on shorter texts."""

Vectors = npt.NDArray[np.float32]
Tokens = list[int]


class Model:
    """A loaded model. `tokenize` and `run` may be called from any thread, `run` from one at a time."""

    def __init__(self, session: ort.InferenceSession, tokenizer: Tokenizer, version: str) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self.name = f"{MODEL_NAME}@{version}"

    def tokenize(self, texts: list[str]) -> list[Tokens]:
        """Return the token ids of each text, at most MAX_TOKENS."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]

    def run(self, batch: list[Tokens]) -> Vectors:
        """Return one vector of length 1 a text, float32 of shape [texts, 384]."""
        longest = max(len(tokens) for tokens in batch)
        ids = np.zeros((len(batch), longest), np.int32)
        mask = np.zeros((len(batch), longest), np.int32)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        (vectors,) = self._session.run(None, {"ids": ids, "mask": mask})
        return np.asarray(vectors, np.float32)


def load_model(cache: Path, threads: int) -> Model:
    """Load the model, building its graph into `cache` first when it is not there or does not match its hash."""
    folder = weights_folder()
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(cached_graph(folder, cache), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    model = Model(session, tokenizer, weights_version(folder))
    model.run(model.tokenize(["The first run allocates what later ones use."]))
    return model
