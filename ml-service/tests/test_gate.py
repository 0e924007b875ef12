import asyncio
from typing import Any

import pytest

from ml_service.gate import Gate
from ml_service.metrics import Metrics

SCOPE: dict[str, Any] = {"type": "http", "path": "/v1/x", "headers": [(b"x-api-key", b"key")]}


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
        gate = Gate(self.app, [b"key"], Metrics())
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
