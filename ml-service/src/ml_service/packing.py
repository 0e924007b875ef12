"""Lays the texts of a batch end to end. Pure.

Nine tenths of an encoder work on each token by itself, so these parts see one row of tokens without padding; only attention
needs a text in a row of its own, and is given the indices by which to lay the tokens out and to bring them back.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml_service.backend import Tokens

Ints = npt.NDArray[np.int32]


class Step(NamedTuple):
    """What each size is rounded up to: libraries that compile for shapes must not see a new one with every batch."""

    tokens: int = 1
    texts: int = 1
    length: int = 1


class Packed(NamedTuple):
    """A batch of b texts with T tokens in all, the longest of s tokens; the sizes are rounded up to the steps.

    What rounding adds are tokens that belong to no text, and texts without tokens: their rows of the result mean nothing.
    """

    ids: Ints
    """[T]: the tokens of all texts, end to end."""

    positions: Ints
    """[T]: where each token stands in its text."""

    rows: Ints
    """[b, s]: the token of each place, as an index into T; token 0 where a text has ended."""

    slots: Ints
    """[T]: the place of each token, as an index into b times s."""

    lengths: Ints
    """[b]: at least 1, so that no softmax is over nothing."""

    pooling: npt.NDArray[np.float32]
    """[b, T]: the weight of each token in the mean of each text."""


def rounded(size: int, step: int) -> int:
    """Return the size, rounded up to a whole number of steps."""
    return -(-size // step) * step


EXACT = Step()


def pack(batch: list[Tokens], step: Step = EXACT) -> Packed:
    """Return the batch in one row. Texts without tokens are refused: their mean would be over nothing."""
    lengths = [len(tokens) for tokens in batch]
    if not batch or not all(lengths):
        message = "every text of a batch has tokens"
        raise ValueError(message)
    total, texts, longest = sum(lengths), rounded(len(batch), step.texts), rounded(max(lengths), step.length)
    ids = np.zeros(rounded(total, step.tokens), np.int32)
    ids[:total] = np.concatenate([np.asarray(tokens, np.int32) for tokens in batch])
    packed = Packed(
        ids=ids,
        positions=np.zeros_like(ids),
        rows=np.zeros((texts, longest), np.int32),
        slots=np.zeros_like(ids),
        lengths=np.ones(texts, np.int32),
        pooling=np.zeros((texts, len(ids)), np.float32),
    )
    packed.lengths[: len(batch)] = lengths
    steps = np.arange(max(lengths), dtype=np.int32)
    start = 0
    for text, length in enumerate(lengths):
        end = start + length
        packed.positions[start:end] = steps[:length]
        packed.rows[text, :length] = steps[:length] + start
        packed.slots[start:end] = steps[:length] + text * longest
        packed.pooling[text, start:end] = 1 / length
        start = end
    return packed
