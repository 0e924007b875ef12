"""What a model must be for the batcher to run it: the one that ships, and a maker's own."""

from collections.abc import Collection
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class MissingExtraError(Exception):
    """Packages that a model needs are not installed. The message says what to do, and is all that is logged."""


class Model(Protocol[Item, Result_co]):
    """A model that runs items in batches: texts, pictures, whatever it takes. Inherit, and write `load` and `run` at least.

    `load` and `warm` are called once, in a thread, while the app already answers that it is not ready.
    """

    workers: int = 1
    """How many batches run at once; each has that part of the machine. Read after `load`."""

    runs_on: str = "python"
    """What runs it, for the metrics: library and precision, as in `onnx-fp32`. Read after `load`."""

    batch_cost: int = 8
    """The cost from which a larger batch is no faster an item. Read after `load`."""

    def load(self) -> None:
        """Make the model ready to run. What it raises is logged, and the process is told to end."""
        ...

    def warm(self) -> None:
        """Run what the first request should not wait for."""

    def cost(self, item: Item, /) -> int:  # noqa: ARG002 -- for those that weigh their items
        """Return what an item weighs, at least 1, in whatever its time grows with: tokens, pixels, seconds of sound.

        Batches are filled by it, with items of nearly the same cost; a batch's time is charged by it.
        """
        return 1

    def computed(self, items: int, cost: int, largest: int, /) -> int:  # noqa: ARG002 -- for those that pad
        """Return what a batch of so many items, with such a cost in all, computes: `items * largest` where it is padded."""
        return cost

    def run(self, batch: list[Item], /) -> Collection[Result_co]:
        """Return one result an item, in their order. Called from `workers` threads at a time."""
        ...

    def run_alone(self, batch: list[Item], /) -> Collection[Result_co]:
        """Do the same while nothing else runs, so that the whole machine may be used."""
        return self.run(batch)
