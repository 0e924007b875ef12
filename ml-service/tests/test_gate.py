import asyncio
from typing import Any

import pytest

from ml_service.gate import Gate, Rules
from ml_service.turns import Turns

SCOPE: dict[str, Any] = {"type": "http", "method": "POST", "path": "/v1/x", "headers": [(b"x-api-key", b"key")]}

RULES = Rules([b"key"], ("/open",), 2 * 1024 * 1024)


class Passing(Turns):
    """Lets every call through, and counts nothing."""

    async def run(self, app: Any, scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)


class Endpoint:
    """An app that runs until it is cancelled, and its client."""

    def __init__(self) -> None:
        self.runs = asyncio.Event()
        self.ended = False
        self.left = asyncio.Event()
        self.bodies = [b"", b""]

    async def app(self, _scope: Any, _receive: Any, _send: Any) -> None:
        self.runs.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True

    async def receive(self) -> dict[str, Any]:
        if self.bodies:
            return {"type": "http.request", "body": self.bodies.pop(), "more_body": bool(self.bodies)}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        pytest.fail(f"nobody is there to read {message}")

    def request(self) -> asyncio.Task[None]:
        gate = Gate(self.app, RULES, Passing())
        return asyncio.create_task(gate({**SCOPE}, self.receive, self.send))  # pyright: ignore[reportArgumentType, reportUnknownArgumentType] -- as a server would call it


def test_what_runs_ends_with_its_client() -> None:
    async def check() -> None:
        endpoint = Endpoint()
        request = endpoint.request()
        await endpoint.runs.wait()
        endpoint.left.set()
        await request
        assert endpoint.ended

    asyncio.run(check())


def test_what_runs_ends_when_the_server_gives_the_request_up() -> None:
    async def check() -> None:
        endpoint = Endpoint()
        request = endpoint.request()
        await endpoint.runs.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert endpoint.ended

    asyncio.run(check())


def test_a_chunked_body_is_cut_off_at_the_limit() -> None:
    async def check() -> None:
        endpoint = Endpoint()
        endpoint.bodies = [b"x" * 65_536] * 40
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        endpoint.send = send
        await endpoint.request()
        assert sent[0]["status"] == 413
        assert len(endpoint.bodies) == 7, "nothing is read beyond the limit"
        assert not endpoint.runs.is_set()

    asyncio.run(check())


RUN = "0b7c1f2e-3d4a-4b5c-8d6e-7f8091a2b3c4"


class Cancelled:
    """A call whose batch is still at work when its client cancels it on another connection."""

    def __init__(self) -> None:
        self.gate = Gate(self.app, RULES, Passing())
        self.runs = asyncio.Event()
        self.left_the_queue = asyncio.Event()
        self.call: Any = None

    async def app(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.call = scope["call"]
        self.call.starts()
        self.runs.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left_the_queue.set()

    async def ask(self, method: str, path: str, run_id: str = RUN) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[Any] = []
        bodies = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            return bodies.pop() if bodies else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"x-api-key", b"key"), (b"x-request-id", run_id.encode())]
        await self.gate({**SCOPE, "method": method, "path": path, "headers": headers}, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_a_cancelled_call_leaves_the_queue_at_once_and_is_answered_with_what_ran() -> None:
    async def check() -> None:
        house = Cancelled()
        asked = asyncio.create_task(house.ask("POST", "/v1/x"))
        await house.runs.wait()
        assert (await house.ask("DELETE", f"/v1/runs/{RUN}"))[0] == 204
        await asyncio.wait_for(house.left_the_queue.wait(), 1)
        assert not asked.done(), "its batch still works for it"
        assert (await house.ask("DELETE", f"/v1/runs/{RUN}"))[0] == 204, "again, while it waits for its report"
        house.call.ran(1_234.5)
        status, headers, body = await asked
        assert (status, headers[b"x-compute-us"]) == (499, b"1235")
        assert b"request.cancelled" in body
        assert (await house.ask("DELETE", f"/v1/runs/{RUN}"))[0] == 404, "it is forgotten with its end"

    asyncio.run(check())


def test_a_call_is_cancelled_while_its_body_still_arrives() -> None:
    async def check() -> None:
        house = Cancelled()
        sent: list[Any] = []

        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"x-api-key", b"key"), (b"x-request-id", RUN.encode())]
        slow = asyncio.create_task(house.gate({**SCOPE, "headers": headers}, receive, send))
        await asyncio.sleep(0)
        assert (await house.ask("DELETE", f"/v1/runs/{RUN}"))[0] == 204
        await asyncio.wait_for(slow, 1)
        assert sent[0]["status"] == 499
        assert dict(sent[0]["headers"])[b"x-compute-us"] == b"0"
        assert not house.runs.is_set()

    asyncio.run(check())


def test_a_timeout_of_the_app_is_its_own() -> None:
    async def check() -> None:
        house = Cancelled()

        async def app(_scope: Any, _receive: Any, _send: Any) -> None:
            raise TimeoutError

        house.gate = Gate(app, RULES, Passing())
        assert (await house.ask("POST", "/v1/x"))[0] == 500

    asyncio.run(check())


def test_only_the_key_cancels() -> None:
    async def check() -> None:
        house = Cancelled()
        asked = asyncio.create_task(house.ask("POST", "/v1/x"))
        await house.runs.wait()
        house.gate = Gate(house.app, RULES._replace(keys=[b"another key"]), Passing())
        assert (await house.ask("DELETE", f"/v1/runs/{RUN}"))[0] == 401
        assert not house.left_the_queue.is_set()
        asked.cancel()

    asyncio.run(check())


def test_a_call_without_an_id_cannot_be_cancelled_by_a_name() -> None:
    async def check() -> None:
        house = Cancelled()
        asked = asyncio.create_task(house.ask("POST", "/v1/x", run_id="not an id"))
        await house.runs.wait()
        for name in ("unknown", "not an id", ""):
            assert (await house.ask("DELETE", f"/v1/runs/{name}"))[0] == 404
        assert not house.left_the_queue.is_set()
        asked.cancel()

    asyncio.run(check())
