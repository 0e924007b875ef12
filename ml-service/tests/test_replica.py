import asyncio
import time
from typing import Any

import pytest

from ml_service.doorway import WAITING_SINCE
from ml_service.replica import Headers, Replica

RUN = "/v1/runs/0b7c1f2e-3d4a-4b5c-8d6e-7f8091a2b3c4"
KEY = (b"x-api-key", b"key")


class App:
    """Answers with this status, and remembers what it was asked."""

    def __init__(self, status: int = 200, *headers: tuple[bytes, bytes]) -> None:
        self.status, self.headers = status, list(headers)
        self.asked: list[tuple[str, str, dict[bytes, bytes]]] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.asked.append((scope["method"], scope["path"], dict(scope["headers"])))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"said"})


def request(
    app: App, method: str, path: str, headers: Headers, others: tuple[int, ...] = ()
) -> tuple[list[dict[str, Any]], list[tuple[str, Headers]]]:
    sent: list[dict[str, Any]] = []
    asked: list[tuple[str, Headers]] = []

    async def ask_all(path: str, headers: Headers) -> list[int]:
        asked.append((path, headers))
        return list(others)

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Any = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(Replica(app, ask_all)(scope, receive, send))  # pyright: ignore[reportArgumentType] -- as a server would call it
    return sent, asked


def since(seconds_ago: float) -> tuple[bytes, bytes]:
    return (WAITING_SINCE, f"{time.time() - seconds_ago}".encode())


def test_the_wait_before_the_replica_counts_for_the_deadline() -> None:
    app = App()
    request(app, "POST", "/v1/search", [since(3), (b"x-deadline-ms", b"5000")])
    assert 1_500 <= int(app.asked[0][2][b"x-deadline-ms"]) <= 2_000


@pytest.mark.parametrize("sent", [(), ((b"x-deadline-ms", b""),)], ids=["none", "an empty one"])
def test_a_call_without_a_deadline_has_the_usual_one_less_its_wait(sent: tuple[tuple[bytes, bytes], ...]) -> None:
    app = App()
    request(app, "POST", "/v1/search", [since(3), *sent])
    assert 26_000 <= int(app.asked[0][2][b"x-deadline-ms"]) <= 27_000


def test_a_deadline_that_has_passed_is_none_at_all() -> None:
    app = App()
    request(app, "POST", "/v1/search", [since(3), (b"x-deadline-ms", b"1000")])
    assert app.asked[0][2][b"x-deadline-ms"] == b"0"


@pytest.mark.parametrize("sent", [b"soon", b"300001"])
def test_what_is_no_deadline_is_left_for_the_app_to_refuse(sent: bytes) -> None:
    app = App()
    request(app, "POST", "/v1/search", [since(3), (b"x-deadline-ms", sent)])
    assert app.asked[0][2][b"x-deadline-ms"] == sent


def test_the_wait_is_part_of_the_queue_that_the_first_hop_learns_from() -> None:
    app = App(200, (b"server-timing", b"tokenize;dur=1.00, queue;dur=2.50, compute;dur=7.00"), (b"x-compute-us", b"7000"))
    sent, _ = request(app, "POST", "/v1/search", [since(3)])
    headers = dict(sent[0]["headers"])
    queue = float(headers[b"server-timing"].split(b"queue;dur=")[1].split(b",")[0])
    assert 3_002 <= queue <= 3_500
    assert headers[b"x-compute-us"] == b"7000"


def test_a_cancel_of_a_call_that_is_here_asks_nobody_else() -> None:
    app = App(204)
    sent, asked = request(app, "DELETE", RUN, [KEY])
    assert (sent[0]["status"], asked) == (204, [])
    assert app.asked == [("DELETE", RUN, dict([KEY]))]


@pytest.mark.parametrize(("others", "status"), [((404, 204), 204), ((404, 404), 404), ((), 404)])
def test_a_cancel_of_a_call_that_is_elsewhere_asks_all_with_the_same_key(others: tuple[int, ...], status: int) -> None:
    sent, asked = request(App(404), "DELETE", RUN, [KEY], others)
    assert sent[0]["status"] == status
    assert asked == [(RUN, [KEY])]


def test_a_cancel_without_the_key_asks_nobody() -> None:
    sent, asked = request(App(401, (b"content-type", b"application/json")), "DELETE", RUN, [])
    assert (sent[0]["status"], sent[1]["body"], asked) == (401, b"said", [])
