"""Any encoder of the Hugging Face hub by name, or of a folder by path: on CUDA in fp16, else in float32."""

from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from ml_service.backend import Tokens, Vectors

CPU_BATCH_TOKENS = 512
GPU_BATCH_TOKENS = 16_384
GPU_WORKERS = 2
"""While the GPU works at one batch, the other one is laid out and copied."""


class TorchBackend:
    """A sentence-transformers model: its own pooling if it has one, else the mean of its tokens."""

    def __init__(self, encoder: SentenceTransformer, threads: int) -> None:
        cuda = encoder.device.type == "cuda"
        self.name = "torch-cuda-fp16" if cuda else "torch-fp32"
        self.workers = GPU_WORKERS if cuda else 1
        self.batch_tokens = GPU_BATCH_TOKENS if cuda else CPU_BATCH_TOKENS
        self._encoder = encoder
        if not cuda:
            torch.set_num_threads(threads)

    def computed(self, texts: int, tokens: int, longest: int) -> int:  # noqa: ARG002 -- the port's
        """Return how many tokens a batch of such texts computes: all as long as the longest."""
        return texts * longest

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:  # noqa: ARG002 -- the threads are the process's
        """Return one vector a text."""
        longest = max(len(tokens) for tokens in batch)
        features = np.zeros((2, len(batch), longest), np.int64)
        for row, tokens in enumerate(batch):
            features[0, row, : len(tokens)] = tokens
            features[1, row, : len(tokens)] = 1
        ids, mask = torch.from_numpy(features).to(self._encoder.device, non_blocking=True)
        with torch.inference_mode():
            embedded: torch.Tensor = self._encoder({"input_ids": ids, "attention_mask": mask})["sentence_embedding"]
            return torch.nn.functional.normalize(embedded.float(), dim=1).cpu().numpy()


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
    tokenizer.enable_truncation(encoder.max_seq_length or 512)
    version: str | None = getattr(encoder[0].auto_model.config, "_commit_hash", None)  # pyright: ignore[reportAttributeAccessIssue] -- typed as a plain Module
    return TorchBackend(encoder, threads), tokenizer, (version or "local")[:12]
