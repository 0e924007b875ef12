"""The app as one of several behind a proxy: the wait before it counts, and a cancel finds the replica that has the call."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from ml_service.doorway import WAITING_SINCE
from ml_service.gate import RUNS, deadline_ms

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

NO_CONTENT = 204
NOT_FOUND = 404

_DEADLINE = b"x-deadline-ms"
_QUEUE = re.compile(rb"queue;dur=([0-9.]+)")


class Reply(NamedTuple):
    """A whole reply of the app."""

    status: int
    headers: Headers
    body: bytes


class Replica:
    """Wraps one replica's app. `ask_all` sends a cancel to every replica and returns the statuses that they answered with."""

    def __init__(self, app: "ASGIApp", ask_all: Callable[[str, Headers], Awaitable[list[int]]]) -> None:
        self._app = app
        self._ask_all = ask_all

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["method"] == "DELETE" and scope["path"].startswith(RUNS):
            return await self._cancel(scope, send)
        waited_ms = _waited_ms(scope)

        async def told(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(name, _longer(name, value, waited_ms)) for name, value in message.get("headers", ())]
            await send(message)

        return await self._app(_less_deadline(scope, waited_ms), receive, told)

    async def ask(self, method: str, path: str, headers: Headers) -> Reply:
        """Return the app's own reply to a request without a body."""
        reply: list[Message] = []

        async def no_body() -> "Message":
            return {"type": "http.request", "body": b"", "more_body": False}

        async def keep(message: "Message") -> None:
            reply.append(message)

        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
        more = {"root_path": "", "scheme": "http", "http_version": "1.1", "headers": headers, "client": None, "server": None}
        await self._app({**scope, **more}, no_body, keep)
        body = b"".join(message.get("body", b"") for message in reply[1:])
        return Reply(reply[0]["status"], list(reply[0].get("headers", ())), body)

    async def _cancel(self, scope: "Scope", send: "Send") -> None:
        """Ask this replica, and when it has no such call, all of them: the proxy sent the cancel to any one."""
        headers: Headers = list(scope["headers"])
        status, replied, body = await self.ask("DELETE", scope["path"], headers)
        if status == NOT_FOUND and NO_CONTENT in await self._ask_all(scope["path"], headers):
            status, replied, body = NO_CONTENT, [], b""
        await send({"type": "http.response.start", "status": status, "headers": replied})
        await send({"type": "http.response.body", "body": body})


def _waited_ms(scope: "Scope") -> int:
    """Return how long the call waited before this replica had it. The clocks of two machines may differ by a little."""
    for name, value in scope["headers"]:
        if name == WAITING_SINCE:
            return max(0, int((time.time() - float(value)) * 1000))
    return 0


def _less_deadline(scope: "Scope", waited_ms: int) -> "Scope":
    """Take the wait off the deadline, which counts from the client. What cannot be read is left for the app to refuse."""
    wanted = deadline_ms(dict(scope["headers"]))
    if wanted is None:
        return scope
    left = str(max(0, wanted - waited_ms)).encode()
    return {**scope, "headers": [*((name, value) for name, value in scope["headers"] if name != _DEADLINE), (_DEADLINE, left)]}


def _longer(name: bytes, value: bytes, waited_ms: int) -> bytes:
    """Add the wait to the queue's time: the first hop learns from it how much the model can take."""
    if name != b"server-timing":
        return value
    return _QUEUE.sub(lambda found: b"queue;dur=%.2f" % (float(found[1]) + waited_ms), value)
