"""What stands in Ray Serve's proxy, before any replica: replies in the table's words, and since when a call waits.

Ray answers by itself, in plain text, when its queue is full, and with nothing at all when the replica that worked on a call
has died. Whoever calls this service reads one table of errors, so both become a 503 of that table. The two differ in one
header: what was refused before it ran says `x-compute-us: 0`, and what may have run says nothing, so that the caller's ledger
keeps the worst case.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.middleware import Middleware

from ml_service.errors import RETRY_AFTER_MS, STATUS, ErrorCode, ServiceError
from ml_service.gate import LONGEST_DEADLINE_MS, deadline_ms, refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

WAITING_SINCE = b"x-waiting-since"
"""Seconds since the epoch, by the proxy's clock. A client cannot set it: the proxy does, always."""

RAYS_OWN = "/-/"
GRACE_SECONDS = 0.25

PROBE_SECONDS = 2
"""Whoever asks whether it is ready wants to know now, and Ray lets them wait for the first replica."""


def middlewares() -> list[Middleware]:
    """Return what Ray is told to put into its proxies, by RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH."""
    return [Middleware(Doorway)]


class Doorway:
    """Lets everything through, and holds a reply back until it is whole: a replica may die between its head and its body."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or scope["path"].startswith(RAYS_OWN):
            return await self._app(scope, receive, send)
        headers = [(name, value) for name, value in scope["headers"] if name != WAITING_SINCE]
        stamped = {**scope, "headers": [*headers, (WAITING_SINCE, f"{time.time():.6f}".encode())]}
        patience = Patience(receive, _seconds(scope["path"], headers))
        reply: list[Message] = []

        async def hold(message: "Message") -> None:
            reply.append(message)

        await self._app(stamped, patience.receive, hold)
        for message in _whole(reply) or refusal(_LATE if patience.ended else _LOST):
            await send(message)
        return None


class Patience:
    """Leaves in the client's place when its deadline has passed: Ray then takes the call out of its queue, or out of a replica.

    A replica that runs the call keeps the deadline itself, and its reply, with the report, comes before this.
    """

    def __init__(self, receive: "Receive", seconds: float) -> None:
        self._receive = receive
        self._ends = time.monotonic() + seconds
        self.ended = False

    async def receive(self) -> "Message":
        """Return the client's next message, or that it has left."""
        try:
            return await asyncio.wait_for(self._receive(), max(0, self._ends - time.monotonic()))
        except TimeoutError:
            self.ended = True
            return {"type": "http.disconnect"}


_LOST = ServiceError(ErrorCode.CAPACITY_OVERLOADED, "What worked on it is gone.", retry_after_ms=RETRY_AFTER_MS)
_LATE = ServiceError(ErrorCode.UPSTREAM_TIMEOUT, "The deadline passed before the call could be served.")
_FULL = ServiceError(ErrorCode.CAPACITY_OVERLOADED, "All replicas are busy and the queue is full.", retry_after_ms=RETRY_AFTER_MS)
_NONE = ServiceError(ErrorCode.UPSTREAM_COLD, "The first replica is starting.", retry_after_ms=RETRY_AFTER_MS)
_NOTHING_RAN = ("x-compute-us", "0")


def _seconds(path: str, headers: list[tuple[bytes, bytes]]) -> float:
    """Return how long a call may take in all; a deadline that cannot be read is refused by the replica."""
    if not path.startswith("/v1/"):
        return PROBE_SECONDS
    wanted = deadline_ms(dict(headers))
    return (LONGEST_DEADLINE_MS if wanted is None else wanted) / 1000 + GRACE_SECONDS


def _whole(reply: "list[Message]") -> "list[Message] | None":
    """Return the reply as a client may read it; None when it is not whole."""
    if not reply or reply[-1].get("more_body", False) or reply[-1]["type"] != "http.response.body":
        return None
    start = reply[0]
    if any(name == b"content-type" and value.startswith(b"text/plain") for name, value in start.get("headers", ())):
        # The service itself writes JSON, but for its metrics.
        if start["status"] == STATUS[ErrorCode.CAPACITY_OVERLOADED]:
            return refusal(_FULL, _NOTHING_RAN)
        if start["status"] == STATUS[ErrorCode.REQUEST_NOT_FOUND]:
            return refusal(_NONE, _NOTHING_RAN)
    return reply
