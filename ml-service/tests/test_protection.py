"""A FastAPI app that knows nothing of this project, behind the one line."""

import asyncio
import base64
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import labels_app
import pytest
from fastapi import FastAPI, HTTPException, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ml_service import Model, Runs, Turns, protect
from ml_service.errors import STATUS
from ml_service.schemas import ErrorReply
from ml_service.settings import DoorSettings

KEY = "a-secret-of-at-least-thirty-two-characters"
DOCS = Path(__file__).parents[2] / "docs" / "your-model.md"
PICTURE = {"picture": {"kind": "base64", "data": base64.b64encode(bytes([200, 0, 50] * 4)).decode()}}


def client_of(app: FastAPI, work: Any = None, env: Any = "production", **options: Any) -> TestClient:
    protect(app, work, settings=DoorSettings(ml_key=KEY, twohop_env=env), **options)
    return TestClient(app, base_url="http://ml", headers={"x-api-key": KEY}, raise_server_exceptions=False)


def labels(**options: Any) -> TestClient:
    app = FastAPI(title="Colour labels", version="2.1")
    app.include_router(labels_app.app.router)
    return client_of(app, **options)


def error(reply: httpx2.Response) -> tuple[int, str, str | None]:
    body = ErrorReply.model_validate(reply.json()).error
    assert STATUS[body.code] == reply.status_code
    return reply.status_code, str(body.code), body.field


def test_200_with_the_report_of_its_turn() -> None:
    with labels() as client:
        started = time.perf_counter()
        reply = client.post("/pictures/label", json=PICTURE)
        wall = time.perf_counter() - started
        assert reply.json()["labels"][0] == {"colour": "red", "share": 0.8, "note": None}
        assert 0 < int(reply.headers["x-compute-us"]) <= wall * 1e6
        assert "compute;dur=" in reply.headers["server-timing"]
        metrics = client.get("/metrics").text
        assert 'ml_requests_total{path="/pictures/label",status="200"} 1.0' in metrics
        assert "ml_batch_compute_seconds_count 1.0" in metrics


def test_401_everywhere_but_where_health_is_asked() -> None:
    with labels() as client:
        for key in ({"x-api-key": ""}, {"x-api-key": "wrong"}):
            for path in ("/pictures/label", "/palettes/all", "/docs", "/openapi.json", "/nowhere", "//healthz", "/healthz/"):
                assert error(client.request("GET", path, headers=key))[0] == 401
            assert error(client.post("/pictures/label", json=PICTURE, headers=key))[0] == 401
            for path in ("/healthz", "/readyz", "/metrics"):
                assert client.get(path, headers=key).status_code == 200
        assert client.get("/palettes/all").json() == {"names": ["red", "green", "blue"]}
    with labels(env="development") as client:
        assert client.get("/docs", headers={"x-api-key": ""}).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "input.invalid", "picture")),
        ({**PICTURE, "only": "yellow"}, (400, "input.invalid", "only")),
        ({"picture": {"kind": "film"}}, (400, "input.invalid", "picture")),
        ({"picture": {"kind": "base64", "data": "####"}}, (400, "input.invalid", "body")),
        ({"picture": {"kind": "base64", "data": "AAAA"}, "at_least": 2}, (400, "input.invalid", "at_least")),
        ({"picture": {"kind": "pixels", "pixels": [1] * 30_001}}, (413, "input.too_large", "picture.pixels.pixels")),
        ({"picture": {"kind": "base64", "data": "A" * 2_100_000}}, (413, "input.too_large", "body")),
    ],
)
def test_400_and_413_in_the_words_of_the_table(body: Any, expected: tuple[int, str, str]) -> None:
    with labels() as client:
        assert error(client.post("/pictures/label", json=body)) == expected


def test_413_at_the_limit_that_the_maker_sets() -> None:
    with labels(max_body_bytes=100) as client:
        assert client.post("/pictures/label", json=PICTURE).status_code == 200
        assert error(client.post("/pictures/label", json={**PICTURE, "only": None, "x": "y" * 50})) == (
            413,
            "input.too_large",
            "body",
        )


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (404, None, (404, "request.not_found", None)),
        (409, None, (400, "input.invalid", "body")),
        (415, None, (415, "request.media_type", None)),
        (429, {"Retry-After": "7"}, (400, "input.invalid", "body")),
        (500, None, (500, "internal.bug", None)),
        (503, {"Retry-After": "7"}, (503, "capacity.overloaded", None)),
        (504, None, (504, "upstream.timeout", None)),
    ],
)
def test_what_an_app_refuses_is_told_by_the_table(status: int, headers: Any, expected: tuple[int, str, str | None]) -> None:
    app = FastAPI()

    @app.post("/refuse")
    def refuse() -> None:  # pyright: ignore[reportUnusedFunction]
        raise HTTPException(status, "because", headers)

    with client_of(app) as client:
        reply = client.post("/refuse")
        assert error(reply) == expected
        assert int(reply.headers["x-compute-us"]) > 0
        assert reply.headers.get("retry-after") == (headers or {}).get("Retry-After")


def test_500_says_nothing_of_the_cause() -> None:
    app = FastAPI()

    @app.post("/broken")
    def broken() -> None:  # pyright: ignore[reportUnusedFunction]
        message = "the cause"
        raise RuntimeError(message)

    with client_of(app) as client:
        reply = client.post("/broken")
        assert error(reply) == (500, "internal.bug", None)
        assert "the cause" not in reply.text


def test_a_websocket_is_refused() -> None:
    app = FastAPI()

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:  # pyright: ignore[reportUnusedFunction]
        await socket.accept()

    with client_of(app) as client, pytest.raises(WebSocketDisconnect), client.websocket_connect("/stream"):
        pass


def test_503_when_too_many_wait_and_504_at_the_deadline_of_a_thread() -> None:
    app, entered, opened = FastAPI(), threading.Event(), threading.Event()

    @app.post("/slow")
    def slow() -> None:  # pyright: ignore[reportUnusedFunction]
        entered.set()
        opened.wait(10)

    with client_of(app, Turns(waiting=0)) as client:
        late = threading.Thread(target=lambda: replies.append(client.post("/slow", headers={"x-deadline-ms": "50"})))
        replies: list[httpx2.Response] = []
        late.start()
        assert entered.wait(10)
        full = client.post("/slow")
        assert error(full) == (503, "capacity.overloaded", None)
        assert full.headers["x-compute-us"] == "0"
        late.join()
        assert error(replies[0]) == (504, "upstream.timeout", None)
        assert "x-compute-us" not in replies[0].headers, "the thread still runs, and nobody knows what it will take"
        assert client.post("/slow").status_code == 503, "and keeps its turn"
        opened.set()


def test_the_document_has_the_key_the_table_and_the_report() -> None:
    app = FastAPI()
    app.include_router(labels_app.app.router)
    client_of(app)
    made = app.openapi()
    operation = made["paths"]["/pictures/label"]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "413", "500", "503", "504"}
    assert operation["security"] == [{"APIKeyHeader": []}]
    assert "x-compute-us" in operation["responses"]["200"]["headers"]
    assert "ErrorReply" in made["components"]["schemas"]
    assert "ValidationError" not in made["components"]["schemas"]
    assert "/healthz" not in made["paths"]


def test_what_the_app_does_by_itself_when_it_starts_and_ends_is_done() -> None:
    app, done = FastAPI(), list[str]()
    app.router.on_startup.append(lambda: done.append("started"))
    app.router.on_shutdown.append(lambda: done.append("ended"))
    with client_of(app):
        assert done == ["started"]
    assert done == ["started", "ended"]


def test_no_key_no_start() -> None:
    with pytest.raises(ValueError, match="ML_KEY"):
        protect(FastAPI(), settings=DoorSettings(ml_key="short"))


class Echo(Model[str, str]):
    """Waits to be loaded, and may fail to be."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.may_load = threading.Event()
        self.batches: list[list[str]] = []

    def load(self) -> None:
        assert self.may_load.wait(10)
        if self.error:
            raise self.error

    def run(self, batch: list[str], /) -> list[str]:
        self.batches.append(batch)
        return [item.upper() for item in batch]


def test_a_model_of_ones_own_is_cold_until_it_is_loaded_and_then_runs_in_batches() -> None:
    model = Echo()
    app, runs = example(model)
    with client_of(app, runs) as client:
        assert error(client.post("/echo", json=["a"])) == (503, "upstream.cold", None)
        assert client.get("/readyz").status_code == 503
        model.may_load.set()
        wait_until_ready(client)
        reply = client.post("/echo", json=[f"{n}" for n in range(20)])
        assert reply.json() == [f"{n}" for n in range(20)]
        assert int(reply.headers["x-compute-us"]) > 0
        assert [len(batch) for batch in model.batches] == [8, 8, 4]
        assert client.post("/echo", json=[]).json() == []
        assert error(client.post("/echo", json=["a"] * 101)) == (503, "capacity.overloaded", None)


def test_a_model_that_cannot_be_loaded_is_told_to_whoever_watches() -> None:
    model, gave_up = Echo(OSError("no weights")), threading.Event()
    model.may_load.set()
    app, runs = example(model)
    with client_of(app, runs, give_up=gave_up.set) as client:
        assert gave_up.wait(10)
        assert client.get("/healthz").status_code == 503


def example(model: Echo) -> tuple[FastAPI, Runs[str, str]]:
    from fastapi import Request  # noqa: PLC0415 -- names of annotations are looked up here

    app, runs = FastAPI(), Runs(model, queue_items=100)

    @app.post("/echo")
    async def echo(items: list[str], request: Request) -> list[str]:  # pyright: ignore[reportUnusedFunction]
        return await runs(request, items)

    return app, runs


def wait_until_ready(client: TestClient) -> None:
    ends = time.monotonic() + 10
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < ends, "waited for 10 s"


def test_the_example_of_the_docs_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = re.findall(r"```python\n(from fastapi.*?)```", DOCS.read_text(), re.DOTALL)
    monkeypatch.setenv("ML_KEY", KEY)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(whole, str(DOCS), "exec"), names)
    with TestClient(names["app"], headers={"x-api-key": KEY}) as client:
        wait_until_ready(client)
        reply = client.post("/languages", json={"texts": ["der Hund und die Katze", "the cat is on the mat"]})
        assert reply.json() == {"languages": ["de", "en"]}
        assert int(reply.headers["x-compute-us"]) > 0
        assert client.post("/languages", json={"texts": ["a"]}, headers={"x-api-key": ""}).status_code == 401


def test_nothing_of_the_shipped_model_is_needed() -> None:
    program = "import sys, ml_service; print({'numpy', 'onnx', 'onnxruntime', 'tokenizers', 'openvino'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "set()"


def test_a_call_of_a_client_that_left_is_stopped() -> None:
    async def check() -> None:
        app, entered, stopped = FastAPI(), asyncio.Event(), asyncio.Event()

        @app.post("/slow")
        async def slow() -> None:  # pyright: ignore[reportUnusedFunction]
            entered.set()
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()

        client_of(app)
        bodies = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            if bodies:
                return bodies.pop()
            await entered.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            pytest.fail(f"nobody is there to read {message}")

        scope: Any = {
            "type": "http",
            "method": "POST",
            "path": "/slow",
            "query_string": b"",
            "headers": [(b"x-api-key", KEY.encode())],
        }
        await app(scope, receive, send)
        await asyncio.wait_for(stopped.wait(), 10)

    asyncio.run(check())
