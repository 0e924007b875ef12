"""Any encoder of the Hugging Face hub by name, or of a folder by path: on CUDA in fp16, else in float32."""

from typing import Any

import numpy as np
import torch  # pyright: ignore[reportMissingImports] -- an extra
from sentence_transformers import SentenceTransformer  # pyright: ignore[reportMissingImports] -- an extra
from tokenizers import Tokenizer

from ml_service.backend import Tokens, Vectors
from ml_service.packing import rounded

CPU_BATCH_TOKENS = 512
GPU_BATCH_TOKENS = 16_384
MAX_TOKENS = 512
"""Of a model that does not say how much it reads."""

LENGTH_STEP = 16
"""A shape that is seen for the first time costs a GPU tens of milliseconds (kernels are looked for): so there are few."""

GPU_WORKERS = 2
"""While the GPU works at one batch, the other one is laid out and copied."""


def _rows(texts: int) -> int:
    """Return the texts of a batch, rounded up to a power of two."""
    return 1 << (texts - 1).bit_length()


class TorchBackend:
    """A sentence-transformers model: its own pooling if it has one, else the mean of its tokens."""

    def __init__(self, encoder: SentenceTransformer, threads: int) -> None:  # pyright: ignore[reportUnknownParameterType] -- the extra's
        cuda = encoder.device.type == "cuda"
        self.name = "torch-cuda-fp16" if cuda else "torch-fp32"
        self.workers = GPU_WORKERS if cuda else 1
        self.batch_tokens = GPU_BATCH_TOKENS if cuda else CPU_BATCH_TOKENS
        self._encoder = encoder
        if not cuda:
            torch.set_num_threads(threads)

    def computed(self, texts: int, tokens: int, longest: int) -> int:  # noqa: ARG002 -- the port's
        """Return how many tokens a batch of such texts computes: all as long as the longest, in rounded sizes."""
        return _rows(texts) * rounded(longest, LENGTH_STEP)

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:  # noqa: ARG002 -- the threads are the process's
        """Return one vector a text."""
        longest = min(rounded(max(map(len, batch)), LENGTH_STEP), self._encoder.max_seq_length or MAX_TOKENS)
        features = np.zeros((2, _rows(len(batch)), longest), np.int64)
        features[1, :, 0] = 1
        for row, tokens in enumerate(batch):
            features[0, row, : len(tokens)] = tokens
            features[1, row, : len(tokens)] = 1
        ids, mask = torch.from_numpy(features).to(self._encoder.device, non_blocking=True)
        with torch.inference_mode():
            embedded: torch.Tensor = self._encoder({"input_ids": ids, "attention_mask": mask})["sentence_embedding"]
            return torch.nn.functional.normalize(embedded[: len(batch)].float(), dim=1).cpu().numpy()


def load_torch(source: str, threads: int) -> tuple[TorchBackend, Tokenizer, str]:
    """Load a model by name or path. Return it with its tokenizer, set to cut texts where the model does, and its version."""
    cuda = torch.cuda.is_available()
    kind = torch.float16 if cuda else torch.float32
    encoder = SentenceTransformer(source, device="cuda" if cuda else "cpu", model_kwargs={"dtype": kind})
    encoder.eval()
    tokenizer: Any = getattr(encoder.tokenizer, "backend_tokenizer", None)
    if not isinstance(tokenizer, Tokenizer):
        message = f"ML_MODEL: {source} has no fast tokenizer (tokenizer.json)"
        raise TypeError(message)
    tokenizer.no_padding()
    tokenizer.enable_truncation(encoder.max_seq_length or MAX_TOKENS)
    version: str | None = getattr(encoder[0].auto_model.config, "_commit_hash", None)  # pyright: ignore[reportAttributeAccessIssue] -- typed as a plain Module
    return TorchBackend(encoder, threads), tokenizer, (version or "local")[:12]
