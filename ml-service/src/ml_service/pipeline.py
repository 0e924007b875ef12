"""What is done with vectors: sentences, highlights, search. Pure, and knows nothing of HTTP or the model."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import sentencex

Vectors = npt.NDArray[np.float32]

FIRST_ASTRAL = 0x10000
FIRST_IDEOGRAPH = 0x2E80
FEWEST_WORDS = 4
MOSTLY_LETTERS = 0.6


class Sentence(NamedTuple):
    """A sentence and where it stands in its text, in code points."""

    text: str
    start: int
    end: int


class Scored(NamedTuple):
    """Which row of the vectors, and how well it does."""

    row: int
    score: float


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text of any language, without the white space around them."""
    sentences: list[Sentence] = []
    boundaries: list[dict[str, Any]] = sentencex.get_sentence_boundaries("en", text)  # pyright: ignore[reportAttributeAccessIssue] -- the wheel has no stubs
    for boundary in boundaries:
        start, end = boundary["start_index"], boundary["end_index"]
        body = text[start:end]
        stripped = body.strip()
        if stripped:
            start += len(body) - len(body.lstrip())
            sentences.append(Sentence(stripped, start, start + len(stripped)))
    return sentences


def is_prose(sentence: str) -> bool:
    """Tell sentences from headings, rows of tables, drawings and code, which say much to an encoder and little to a reader."""
    ideographs = sum(ord(char) >= FIRST_IDEOGRAPH for char in sentence)
    letters = sum(char.isalpha() or char.isspace() for char in sentence)
    words = len(sentence.split()) + ideographs // 2
    return words >= FEWEST_WORDS and letters >= MOSTLY_LETTERS * len(sentence) and "|" not in sentence


def utf16_offsets(text: str) -> npt.NDArray[np.int64]:
    """Return, for each code point offset 0..len(text), the offset in UTF-16 code units, as JavaScript counts."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    units = np.zeros(len(points) + 1, np.int64)
    np.cumsum(1 + (points >= FIRST_ASTRAL), out=units[1:])
    return units


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
