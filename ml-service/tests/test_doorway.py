import asyncio
import json
from typing import Any

import pytest

from ml_service import doorway
from ml_service.doorway import WAITING_SINCE, Doorway, middlewares

JSON = (b"content-type", b"application/json")
PLAIN = (b"content-type", b"text/plain; charset=utf-8")


def start(status: int, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(content: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


class Behind:
    """What stands behind the door: replies with these messages, or waits until its client has left."""

    def __init__(self, *messages: dict[str, Any], waits: bool = False) -> None:
        self.messages = messages
        self.waits = waits
        self.headers: list[tuple[bytes, bytes]] = []

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.headers = scope["headers"]
        while self.waits and (await receive())["type"] != "http.disconnect":
            pass
        for message in self.messages:
            await send(message)


def call(behind: Behind, path: str = "/v1/highlights", headers: tuple[tuple[bytes, bytes], ...] = ()) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        never = asyncio.Event()
        bodies = [body(b"")]

        async def receive() -> Any:
            if not bodies:
                await never.wait()
            return {"type": "http.request", **bodies.pop()}

        async def send(message: Any) -> None:
            sent.append(message)

        await Doorway(behind.app)({"type": "http", "path": path, "headers": list(headers)}, receive, send)  # pyright: ignore[reportArgumentType, reportUnknownArgumentType] -- as a server would call it

    asyncio.run(run())
    return sent


def refusal(sent: list[dict[str, Any]]) -> tuple[int, str, dict[bytes, bytes]]:
    return sent[0]["status"], json.loads(sent[1]["body"])["error"]["code"], dict(sent[0]["headers"])


def test_a_whole_reply_goes_through_as_it_is() -> None:
    reply = [start(200, JSON), body(b"{", more=True), body(b"}")]
    assert call(Behind(*reply)) == reply


def test_a_refusal_of_the_service_itself_goes_through() -> None:
    reply = [start(503, JSON, (b"x-compute-us", b"5")), body(b'{"error":{}}')]
    assert call(Behind(*reply)) == reply


def test_a_full_queue_is_overload_in_the_tables_words_and_cost_nothing() -> None:
    status, code, headers = refusal(call(Behind(start(503, PLAIN), body(b"Request dropped due to backpressure"))))
    assert (status, code) == (503, "capacity.overloaded")
    assert (headers[b"retry-after"], headers[b"x-compute-us"]) == (b"1", b"0")


def test_no_replica_yet_is_cold_and_cost_nothing() -> None:
    status, code, headers = refusal(call(Behind(start(404, PLAIN), body(b"Path '/v1/highlights' not found."))))
    assert (status, code) == (503, "upstream.cold")
    assert (headers[b"retry-after"], headers[b"x-compute-us"]) == (b"1", b"0")


@pytest.mark.parametrize(
    "messages", [(), (start(200, JSON),), (start(200, JSON), body(b"{", more=True))], ids=["nothing", "a head", "half a body"]
)
def test_a_replica_that_died_is_a_503_that_says_nothing_of_its_cost(messages: tuple[dict[str, Any], ...]) -> None:
    status, code, headers = refusal(call(Behind(*messages)))
    assert (status, code) == (503, "capacity.overloaded")
    assert headers[b"retry-after"] == b"1"
    assert b"x-compute-us" not in headers


@pytest.mark.parametrize(("path", "headers"), [("/v1/highlights", ((b"x-deadline-ms", b"10"),)), ("/readyz", ())])
def test_a_deadline_that_passes_before_a_replica_leaves_the_queue(
    path: str, headers: tuple[tuple[bytes, bytes], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, "GRACE_SECONDS", 0.01)
    monkeypatch.setattr(doorway, "PROBE_SECONDS", 0.01)
    status, code, replied = refusal(call(Behind(waits=True), path, headers))
    assert (status, code) == (504, "upstream.timeout")
    assert b"x-compute-us" not in replied


def test_the_door_alone_says_since_when_a_call_waits() -> None:
    behind = Behind(start(200, JSON), body(b"{}"))
    call(behind, headers=((WAITING_SINCE, b"0"), (b"x-api-key", b"key")))
    since = [float(value) for name, value in behind.headers if name == WAITING_SINCE]
    assert len(since) == 1
    assert since[0] > 1_700_000_000


def test_rays_own_addresses_are_left_alone() -> None:
    reply = [start(503, PLAIN), body(b"draining")]
    assert call(Behind(*reply), "/-/healthz") == reply


def test_ray_is_given_the_door() -> None:
    assert [each.cls for each in middlewares()] == [Doorway]
