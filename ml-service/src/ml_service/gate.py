"""Before any route: the key, the body's bytes, and the client's leaving. Pure ASGI, so that a cancel is a real cancel.

Everything asks for the key but what tells whether the service is well. A POST is a call: it has a deadline, it waits for room,
and its reply says what it took. There are two ways to leave one. Whoever closes the connection is not told what ran. Whoever
deletes `/v1/runs/<x-request-id>` on another connection gets a 499 on the first one, with `x-compute-us` of what had run by then.
"""

import asyncio
import hmac
import logging
import math
import re
import time
import uuid
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import orjson

from ml_service.call import Call
from ml_service.errors import STATUS, ErrorCode, ServiceError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ml_service.spans import Spans
    from ml_service.work import Work

DEFAULT_DEADLINE_MS = 30_000
LONGEST_DEADLINE_MS = 300_000
LONGEST_USER_CHARS = 100
RUNS = "/v1/runs/"
NO_ID = "unknown"
log = logging.getLogger("ml_service")

_WHOLE_NUMBER = re.compile(rb"[0-9]{1,9}")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def error_headers(error: ServiceError) -> dict[str, str]:
    """Return the headers of an error's reply: when asking again helps."""
    headers = {"content-type": "application/json"}
    if error.retry_after_ms is not None:
        headers["retry-after"] = str(-(-error.retry_after_ms // 1000))
    return headers


def error_body(error: ServiceError) -> bytes:
    """Return the body of an error's reply, as `ErrorReply` in schemas.py says."""
    fields = {"code": error.code, "message": error.message, "field": error.field, "retryAfterMs": error.retry_after_ms}
    return orjson.dumps({"error": fields})


def refusal(error: ServiceError, *report: tuple[str, str]) -> "list[Message]":
    """Return an error's whole reply as ASGI sends it, with these headers more."""
    body = error_body(error)
    headers = {**error_headers(error), "content-length": str(len(body)), **dict(report)}
    return [
        {"type": "http.response.start", "status": STATUS[error.code], "headers": _encoded(headers)},
        {"type": "http.response.body", "body": body},
    ]


def deadline_ms(headers: Mapping[bytes, bytes]) -> int | None:
    """Return how long a client gives its call, from when it sends it; None when what it says is no deadline."""
    sent = headers.get(b"x-deadline-ms")
    if not sent:
        return DEFAULT_DEADLINE_MS
    return int(sent) if _WHOLE_NUMBER.fullmatch(sent) and int(sent) <= LONGEST_DEADLINE_MS else None


class Rules(NamedTuple):
    """What the gate goes by."""

    keys: list[bytes]
    open_paths: Collection[str]
    """Answered without the key."""

    max_body_bytes: int


class Gate:
    """Lets a request through when it brings a key and a readable body; ends it when its client has gone."""

    def __init__(self, app: "ASGIApp", rules: Rules, work: "Work", spans: "Spans | None" = None) -> None:
        self._app = app
        self._rules = rules
        self._work = work
        self._spans = spans
        self._calls: dict[str, set[Call]] = {}

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Handle one ASGI connection."""
        if scope["type"] == "websocket":
            # Nothing counts what runs behind one.
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        guarded = scope["path"] not in self._rules.open_paths
        call = scope["call"] = Call(arrived_at=time.monotonic())
        started = False

        async def counted(message: "Message") -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                path = _route(scope)
                if guarded:
                    self._tell(scope, path, message["status"], call)
                    message["headers"] = [*message.get("headers", ()), *_encoded(call.headers())]
                self._work.metrics.requests.labels(path or "other", message["status"]).inc()
            await send(message)

        try:
            if guarded:
                await self._guarded(scope, receive, counted)
            else:
                await self._app(scope, receive, counted)
        except Exception as error:
            if started:
                raise
            for message in refusal(error if isinstance(error, ServiceError) else _bug(scope, error)):
                await counted(message)

    async def _guarded(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        self._check_key(scope)
        if scope["method"] == "DELETE" and scope["path"].startswith(RUNS):
            return await self._cancel(scope["path"].removeprefix(RUNS), send)
        if scope["method"] != "POST":
            return await self._app(scope, receive, send)
        call: Call = scope["call"]
        _read_wishes(scope, call)
        # Before the body is read: under overload most of what arrives is refused, and must cost next to nothing.
        self._work.admit()
        with self._cancellable(_names(scope)["reqId"], call):
            return await self._until_stopped(scope, receive, send)

    def _tell(self, scope: "Scope", path: str | None, status: int, call: Call) -> None:
        """Write down a call that had the key; whoever has none could write at will."""
        if not path:
            return
        names = _names(scope)
        _log_call(names, path, status, call)
        if self._spans and scope["method"] == "POST":
            traceparent = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
            self._spans.tell(call, traceparent, path=path, status=status, request_id=names["reqId"])

    def _check_key(self, scope: "Scope") -> None:
        sent = [value for name, value in scope["headers"] if name == b"x-api-key"]
        if not sent:
            raise ServiceError(ErrorCode.AUTH_MISSING, "Send the key as `x-api-key`.")
        # Every key is compared, in constant time and over bytes: neither the time nor a non-ASCII key says anything.
        matches = [hmac.compare_digest(sent[0], key) for key in self._rules.keys]
        if len(sent) > 1 or not any(matches):
            raise ServiceError(ErrorCode.AUTH_INVALID, "The key is not valid here.")

    @contextmanager
    def _cancellable(self, run_id: str, call: Call) -> Generator[None]:
        if run_id == NO_ID:
            # All that came without an id share this name: one of them must not be able to cancel the others.
            yield
            return
        alike = self._calls.setdefault(run_id, set())
        alike.add(call)
        try:
            yield
        finally:
            alike.discard(call)
            if not alike:
                self._calls.pop(run_id, None)

    async def _cancel(self, run_id: str, send: "Send") -> None:
        calls = self._calls.get(run_id)
        if not calls:
            raise ServiceError(ErrorCode.REQUEST_NOT_FOUND, "No such call is running here.")
        for call in calls:
            call.cancel()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def _until_stopped(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        call: Call = scope["call"]
        try:
            async with call.life:
                body = await _read_body(receive, self._rules.max_body_bytes)
                await self._run_while_connected(scope, body, receive, send)
        except TimeoutError:
            if not call.life.expired():
                raise
            if call.cancelled:
                # Its place is free already; only the report waits for the batch that it was in.
                await call.settled()
                raise ServiceError(ErrorCode.REQUEST_CANCELLED, "The call was cancelled.") from None

    async def _run_while_connected(self, scope: "Scope", body: bytes, receive: "Receive", send: "Send") -> None:
        asked = over = False

        async def replay() -> "Message":
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        async def to_client(message: "Message") -> None:
            # A thread that could not be stopped may still answer, when somebody else has.
            if not over:
                await send(message)

        async def stop_when_client_leaves() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            scope["call"].stop()

        # One task beside this one, and no more: each costs a tenth of what a sentence's HTTP may.
        leaving = asyncio.create_task(stop_when_client_leaves())
        try:
            await self._work.run(self._app, scope, replay, to_client)
        finally:
            over = True
            leaving.cancel()


def _bug(scope: "Scope", error: Exception) -> ServiceError:
    """Log what broke, and return what its client may know of it."""
    reference = str(uuid.uuid4())
    names = _names(scope)
    log.error("bug in run %s", names["reqId"], exc_info=error, extra={"fields": {**names, "reference": reference}})
    return ServiceError(ErrorCode.INTERNAL_BUG, f"Something broke; the log has {reference}.")


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _names(scope: "Scope") -> dict[str, str]:
    """Return the first hop's ids of the run and its trace, if they are ones: the headers may hold anything, and are logged."""
    headers = dict(scope["headers"])
    sent = headers.get(b"x-request-id", b"").decode("latin-1")
    trace = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
    return {"reqId": sent if _ID.fullmatch(sent) else NO_ID, **({"traceId": trace[1]} if trace else {})}


def _route(scope: "Scope") -> str | None:
    """Return the path as the app declares it, without what a client put into it; None: there is no such route."""
    return getattr(scope.get("route"), "path", None)


def _read_wishes(scope: "Scope", call: Call) -> None:
    """Note until when the call may run, counted from its arrival, and with whom it shares a turn."""
    headers = dict(scope["headers"])
    wanted = deadline_ms(headers)
    if wanted is None:
        message = f"x-deadline-ms: must be whole milliseconds, at most {LONGEST_DEADLINE_MS}"
        raise ServiceError(ErrorCode.INPUT_INVALID, message, field="x-deadline-ms")
    call.deadline = call.arrived_at + wanted / 1000
    call.user = headers.get(b"x-user-key", b"").decode("latin-1")[:LONGEST_USER_CHARS]


def _log_call(names: dict[str, str], path: str, status: int, call: Call) -> None:
    """Write the one line of a call."""
    ms = round((time.monotonic() - call.arrived_at) * 1000, 2)
    used = {"path": path, "status": status, "ms": ms, "computeUs": math.ceil(call.compute_us)}
    log.info("call", extra={"fields": {**names, **used}})


async def _read_body(receive: "Receive", most: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ServiceError(ErrorCode.REQUEST_CANCELLED, "The client left.")
        body += message.get("body", b"")
        if len(body) > most:
            raise ServiceError(ErrorCode.INPUT_TOO_LARGE, f"body: must have at most {most} bytes", field="body")
        more = message.get("more_body", False)
    return bytes(body)
