"""What a backend must show before it may serve: how near it is to float32, and that nobody's text changes another's vector."""

import numpy as np

from ml_service.backend import Backend, Tokens, Vectors

DEFAULT_COSINE = 0.9998
"""To float32, of a backend that may be chosen by itself."""

FAST_COSINE = 0.994
"""The same, of one that was asked for because it is fast."""

NEIGHBOUR_COSINE = 0.9999
"""Of a text to itself in another batch. Scales taken over a whole batch (`quantize_dynamic`) fall to 0.98."""

TEXTS = 8


def embed(backend: Backend, texts: list[Tokens], size: int = TEXTS) -> Vectors:
    """Return the vectors of the texts, run in batches of `size` in the order given."""
    return np.concatenate([backend.run(texts[start : start + size]) for start in range(0, len(texts), size)])


def least_cosine(vectors: Vectors, others: Vectors) -> float:
    """Return how far the farthest pair of rows is apart. NaN is as far as can be."""
    cosines = np.einsum("ij,ij->i", vectors, others)
    return float(np.nan_to_num(cosines, nan=-1).min())


def passes(backend: Backend, texts: list[Tokens], reference: Vectors, least: float) -> bool:
    """Tell whether a backend is as near to the reference as wanted, and the same in other company."""
    vectors = embed(backend, texts)
    by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    shuffled = np.empty_like(vectors)
    shuffled[by_length] = embed(backend, [texts[index] for index in by_length], TEXTS + 1)
    return least_cosine(vectors, reference) >= least and least_cosine(vectors, shuffled) >= NEIGHBOUR_COSINE
