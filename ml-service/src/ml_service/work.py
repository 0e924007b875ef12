"""How calls share the machine. The gate knows no more of it than this."""

from typing import TYPE_CHECKING, Protocol

from ml_service.metrics import Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Work(Protocol):
    """What stands behind the gate: a model behind its batcher, or endpoints that take turns."""

    metrics: Metrics
    broken: bool
    """It could not be loaded, and never will be."""

    @property
    def ready(self) -> bool:
        """Whether calls are answered."""
        ...

    async def load(self) -> None:
        """Make it ready. Raises what makes it `broken`."""
        ...

    async def close(self) -> None:
        """End after what runs."""
        ...

    def admit(self) -> None:
        """Raise capacity.overloaded at once when a call would find no room, before its body is read."""
        ...

    async def run(self, app: "ASGIApp", scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Let the app handle one call, `scope["call"]`, and write into that what it takes."""
        ...
