"""What one request carries through every floor: until when it may run, and what it has used so far."""

import math
from dataclasses import dataclass


@dataclass
class Call:
    """Made at the gate, filled in where the work is done, and reported with every reply: also with a failure's.

    `arrived_at` and `deadline` are seconds of `time.monotonic`. `compute_us` is its share of its batches' wall time, by its
    own tokens without padding.
    """

    arrived_at: float
    deadline: float = math.inf
    compute_us: float = 0.0
    tokenize_ms: float = 0.0
    queue_ms: float = 0.0
    compute_ms: float = 0.0

    def headers(self) -> dict[str, str]:
        """Return the report's headers: whole microseconds, at least 1 when something ran, and milliseconds by step."""
        steps = {"tokenize": self.tokenize_ms, "queue": self.queue_ms, "compute": self.compute_ms}
        timings = ", ".join(f"{name};dur={ms:.2f}" for name, ms in steps.items())
        return {"x-compute-us": str(math.ceil(self.compute_us)), "server-timing": timings}
