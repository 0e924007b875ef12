"""What one request carries through every floor: until when it may run, and what it has used so far."""

import asyncio
import math
from dataclasses import dataclass, field


@dataclass(eq=False)
class Call:
    """Made at the gate, filled in where the work is done, and reported with every reply: also with a failure's.

    `arrived_at` and `deadline` are seconds of `time.monotonic`. `compute_us` is its share of its batches' wall time, by its
    own tokens without padding; a batch on one of n workers has a n-th of the machine, and counts for so much. `user` is an
    opaque name: who shares it shares a turn, and who has none has a turn a request.

    `queued_at` and `started_at` are of the first of its texts; None: it did not come so far. Of its `batches` the one with the
    most calls had `batch_calls`, itself among them.

    What is done for it is done inside `life`, which `stop` ends from anywhere on the event loop.

    Whoever runs a batch says `starts` and then `ran` of each text in it, on the event loop: a call that was cancelled in the
    middle of a batch is still charged for its part, and its report waits for that.
    """

    arrived_at: float
    deadline: float = math.inf
    user: str = ""
    compute_us: float = 0.0
    tokenize_ms: float = 0.0
    queue_ms: float = 0.0
    compute_ms: float = 0.0
    queued_at: float | None = None
    started_at: float | None = None
    batches: int = 0
    batch_calls: int = 0
    cancelled: bool = False
    running: int = 0
    life: asyncio.Timeout = field(default_factory=lambda: asyncio.Timeout(None))
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """End what runs inside `life`: nobody waits for it any more."""
        if not self.life.expired():
            self.life.reschedule(0)

    def cancel(self) -> None:
        """Stop, since the client wishes it and waits to be told what it took."""
        self.cancelled = True
        self.stop()

    def starts(self) -> None:
        """Note that a text of this call goes into a batch."""
        self.running += 1

    def ran(self, compute_us: float) -> None:
        """Charge what a text's batch took for it."""
        self.compute_us += compute_us
        self.running -= 1
        if self.running == 0:
            self._idle.set()

    async def settled(self) -> None:
        """Return when no batch works for this call any more."""
        while self.running:
            self._idle.clear()
            await self._idle.wait()

    def headers(self) -> dict[str, str]:
        """Return the report's headers: whole microseconds, at least 1 when something ran, and milliseconds by step.

        While something still runs nobody knows what it will have taken, and a number would be taken for the whole.
        """
        steps = {"tokenize": self.tokenize_ms, "queue": self.queue_ms, "compute": self.compute_ms}
        timings = ", ".join(f"{name};dur={ms:.2f}" for name, ms in steps.items())
        report = {} if self.running else {"x-compute-us": str(math.ceil(self.compute_us))}
        return {**report, "server-timing": timings}
