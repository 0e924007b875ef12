"""The service as a process: what only a socket and a signal can show."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path

import httpx2
import pytest

KEY = "test-key"
RUN = "0b7c1f2e-3d4a-4b5c-8d6e-7f8091a2b3c4"
PAGE = "Every sentence of this page says something else about the sea and the wind. " * 400


@contextmanager
def service(**env: str) -> Generator[tuple[subprocess.Popen[str], httpx2.Client]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {**os.environ, "TWOHOP_ENV": "development", "ML_KEY": KEY, "ML_PORT": str(port), **env}
    # A file: a pipe that nobody reads is full after some hundred lines, and whoever logs then waits for ever.
    with tempfile.NamedTemporaryFile("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "ml_service"], env=settings, stderr=log, text=True)
        process.stderr = open(log.name)  # noqa: PTH123, SIM115 -- closed below
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-api-key": KEY}, timeout=30) as client:
            wait_until(lambda: is_ready(client))
            yield process, client
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def is_ready(client: httpx2.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx2.ConnectError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends, "waited for 60 s"
        time.sleep(0.02)


def metric(client: httpx2.Client, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(name + " "))


def send_and_leave(client: httpx2.Client, text: str, run_id: str = "run") -> socket.socket:
    """Send a request on a socket of its own, without reading the reply."""
    body = json.dumps({"text": text}).encode()
    raw = socket.create_connection((client.base_url.host, client.base_url.port or 0))
    names = {"host": "ml", "x-api-key": KEY, "x-request-id": run_id, "content-type": "application/json"}
    headers = [f"{name}: {value}" for name, value in {**names, "content-length": len(body)}.items()]
    raw.sendall("\r\n".join(["POST /v1/highlights HTTP/1.1", *headers, "", ""]).encode() + body)
    return raw


def test_a_client_that_leaves_frees_the_queue_and_what_has_not_started_never_runs() -> None:
    with service() as (_, client):
        raw = send_and_leave(client, PAGE)
        wait_until(lambda: metric(client, "ml_batch_texts_count") > 0)
        raw.close()
        wait_until(lambda: metric(client, "ml_queued_texts") == 0)
        wait_until(lambda: metric(client, "ml_dropped_texts_total") > 0)
        assert metric(client, "ml_batch_texts_sum") < 400


def test_a_cancel_frees_the_queue_within_100_ms_and_reports_what_ran() -> None:
    with service(ML_BACKEND="onnx", ML_WORKERS="1") as (_, client):
        raw = send_and_leave(client, PAGE, RUN)
        wait_until(lambda: metric(client, "ml_batch_texts_count") > 0)
        assert metric(client, "ml_queued_texts") > 0
        told = time.monotonic()
        assert client.delete(f"/v1/runs/{RUN}").status_code == 204
        wait_until(lambda: metric(client, "ml_queued_texts") == 0)
        assert time.monotonic() - told < 0.1
        raw.settimeout(10)
        reply = HTTPResponse(raw)
        reply.begin()
        assert reply.status == 499
        assert json.load(reply)["error"]["code"] == "request.cancelled"
        raw.close()
        reported = int(reply.headers["x-compute-us"])
        # It was alone, so all that the model worked was for it.
        assert reported == pytest.approx(metric(client, "ml_batch_compute_seconds_sum") * 1e6, abs=1_000)
        assert metric(client, "ml_batch_texts_sum") < 400


def test_sigterm_finishes_what_runs_and_exits_0() -> None:
    with service() as (process, client):
        raw = send_and_leave(client, PAGE[:4_000])
        wait_until(lambda: metric(client, "ml_queued_texts") > 0)
        process.send_signal(signal.SIGTERM)
        reply = b"".join(iter(lambda: raw.recv(65_536), b""))
        raw.close()
        assert reply.startswith(b"HTTP/1.1 200")
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"ML_KEY": ""}, "ML_KEY"),
        ({"TWOHOP_ENV": "production"}, "ML_KEY: must be a secret of at least 32 characters"),
        ({"ML_PORT": "99999"}, "ML_PORT: "),
    ],
)
def test_does_not_start_with_a_wrong_setting_and_names_it(env: dict[str, str], message: str) -> None:
    settings = {**os.environ, "TWOHOP_ENV": "development", "ML_KEY": KEY, **env}
    ended = subprocess.run(
        [sys.executable, "-m", "ml_service"], env=settings, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert message in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_ends_when_the_model_cannot_be_loaded_and_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = {**os.environ, "TWOHOP_ENV": "development", "ML_KEY": KEY, "ML_PORT": "0", "ML_CACHE_DIR": str(tmp_path / "file")}
    ended = subprocess.run(
        [sys.executable, "-m", "ml_service"], env=settings, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert f"The model cannot be loaded (ML_CACHE_DIR: {tmp_path / 'file'})" in ended.stderr


def test_a_call_is_one_line_of_json_with_the_run_and_its_trace_and_never_the_text():
    trace = "0af7651916cd43dd8448eb211c80319c"
    run = "0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55"
    names = {"x-request-id": run, "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    with service() as (process, client):
        assert client.post("/v1/highlights", json={"text": "A canary."}, headers=names).status_code == 200
        assert client.post("/v1/highlights", json={"canary": 1}, headers={"x-request-id": "a canary"}).status_code == 400
        assert client.post("/v1/canary", json={}).status_code == 404
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        assert process.stderr
        stderr = process.stderr.read()
    lines = [json.loads(line) for line in stderr.splitlines()]
    assert [(line["reqId"], line["status"]) for line in lines] == [(run, 200), ("unknown", 400)]
    assert lines[0]["traceId"] == trace
    assert lines[0]["computeUs"] > 0
    assert "canary" not in stderr
