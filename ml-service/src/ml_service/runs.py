"""A model behind its batcher, from loading to closing."""

import asyncio
from typing import TYPE_CHECKING, Generic

from fastapi import Request

from ml_service.batcher import Batcher, Permit
from ml_service.call import Call
from ml_service.errors import ErrorCode, ServiceError
from ml_service.metrics import Metrics
from ml_service.model import Item, Model, Result

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

COLD_RETRY_AFTER_MS = 2_000


class Runs(Generic[Item, Result]):
    """Calls whose items run in common batches: `await runs(request, items)` in an endpoint of a protected app.

    `batch_cost` 0: what the model likes. `queue_items` may wait in all; a call with more is refused at once.
    """

    def __init__(self, model: Model[Item, Result], *, batch_cost: int = 0, queue_items: int = 4_000) -> None:
        self.metrics = Metrics()
        self.broken = False
        self._model = model
        self._batch_cost = batch_cost
        self._queue_items = queue_items
        self._batcher: Batcher[Item, Result] | None = None

    @property
    def ready(self) -> bool:
        """Whether the model can be run."""
        return self._batcher is not None

    async def load(self) -> None:
        """Load the model in a thread, then open for calls."""
        try:
            await asyncio.to_thread(self._model.load)
            await asyncio.to_thread(self._model.warm)
        except Exception:
            self.broken = True
            raise
        self.metrics.backend.labels(self._model.runs_on, self._model.workers).set(1)
        self._batcher = Batcher(self._model, self.metrics, batch_cost=self._batch_cost, queue_items=self._queue_items)

    async def close(self) -> None:
        """End after the batches that run."""
        if self._batcher:
            await self._batcher.close()

    def admit(self) -> None:
        """Raise capacity.overloaded when not one item has room."""
        if self._batcher:
            with self._batcher.admit(1):
                pass

    async def run(self, app: "ASGIApp", scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Let the call through: what it takes is counted by the batches that it is in."""
        await app(scope, receive, send)

    def room(self, items: int) -> Permit:
        """Return room for the items of a call, which may grow. Raises upstream.cold or capacity.overloaded at once."""
        return self._opened().admit(items)

    async def submit(self, permit: Permit, items: list[Item], call: Call) -> list[Result]:
        """Return one result an item. Raises upstream.timeout at the call's deadline; what has not started then never does."""
        return await self._opened().submit(permit, items, call)

    async def __call__(self, request: Request, items: list[Item]) -> list[Result]:
        """Run the items of a request and return one result each; raises what the client is to be told."""
        if not items:
            return []
        with self.room(len(items)) as permit:
            return await self.submit(permit, items, request.scope["call"])

    def _opened(self) -> Batcher[Item, Result]:
        if self._batcher is None:
            raise ServiceError(ErrorCode.UPSTREAM_COLD, "The model is loading.", retry_after_ms=COLD_RETRY_AFTER_MS)
        return self._batcher
