"""What is done with vectors: highlights and search. Pure, and knows nothing of HTTP or the model."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Scored(NamedTuple):
    """Which row of the vectors, and how well it does."""

    row: int
    score: float


def choose_highlights(vectors: Vectors, count: int, diversity: float) -> list[Scored]:
    """Pick key sentences by maximal marginal relevance (Carbonell and Goldstein, 1998), in the order of the text.

    `vectors` has one row of length 1 a sentence. Relevance is the cosine to the mean of all sentences; `diversity` (0 to 1)
    weighs how much a sentence may repeat those already picked. The score is the relevance.
    """
    centre = vectors.mean(axis=0)
    relevance = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-12))
    nearest = np.full(len(vectors), -1.0, np.float32)
    open_ = np.ones(len(vectors), bool)
    picked: list[int] = []
    for _ in range(min(count, len(vectors))):
        penalty = diversity * nearest if picked else 0.0
        gain = np.where(open_, (1 - diversity) * relevance - penalty, -np.inf)
        best = int(gain.argmax())
        picked.append(best)
        open_[best] = False
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return [Scored(index, float(relevance[index])) for index in sorted(picked)]


def rank_passages(query: npt.NDArray[np.float32], vectors: Vectors, count: int) -> list[Scored]:
    """Return the `count` sentences nearest in meaning to the query, best first; ties in the order of the text."""
    scores = vectors @ query
    best: Sequence[int] = np.argsort(-scores, kind="stable")[:count].tolist()
    return [Scored(index, float(scores[index])) for index in best]
