"""What runs a batch. The service above knows no library below."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Tokens = list[int]
Vector = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]


class Backend(Protocol):
    """A loaded encoder. `run` may be called from `workers` threads at a time."""

    name: str
    """Library and precision, as in `openvino-bf16`."""

    workers: int
    """How many batches run at once; each has that part of the machine."""

    batch_tokens: int
    """The size from which a larger batch is no faster a text."""

    def computed(self, texts: int, tokens: int, longest: int) -> int:
        """Return how many tokens a batch of so many texts, with so many tokens in all, computes: padding included."""
        ...

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:
        """Return one vector of length 1 a text, float32 of shape [texts, dimensions].

        `alone`: nothing else runs meanwhile, so that the whole machine may be used.
        """
        ...
