"""What strangers send, against the service as a process: every check of schemathesis, texts that break others, and a kill."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from test_process import KEY, PAGE, metric, send_and_leave, service, wait_until

from bench.load import Door
from bench.process import Served
from bench.soak import held, soak
from ml_service.schemas import ErrorReply

CONFIG = Path(__file__).parents[1] / "schemathesis.toml"
ONE = {"ML_BACKEND": "onnx", "ML_WORKERS": "1"}
MEGABYTES_MORE = 150
MOST_MEGABYTES = 700

Running = tuple[subprocess.Popen[str], httpx2.Client]


@pytest.fixture(scope="module")
def running() -> Generator[Running]:
    with service(**ONE) as started:
        yield started


def seen(running: Running) -> Served:
    process, client = running
    url = str(client.base_url)
    return Served(Door(url, KEY), url, process.pid)


def test_every_check_of_schemathesis_holds(running: Running, tmp_path: Path) -> None:
    _, client = running
    program = Path(sys.executable).with_name("st")
    options = ["--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--generation-deterministic"]
    quiet = ["--no-color", "--continue-on-failure"]
    ended = subprocess.run(
        [
            program,
            "--config-file",
            CONFIG,
            "run",
            f"{client.base_url}/openapi.json",
            "--header",
            f"x-api-key: {KEY}",
            *options,
            *quiet,
        ],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "readable_texts", "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout[-5_000:]
    assert "Tested: 3" in ended.stdout
    (cases,) = re.findall(r"(\d+) generated", ended.stdout)
    assert int(cases) > 100


HOSTILE: list[tuple[str, str, tuple[int, str | None]]] = [
    ("1 MB", "word " * 200_000, (413, "input.too_large")),
    ("100 000 sentences", "A. " * 100_000, (413, "input.too_large")),
    ("20 000 sentences in what fits", "Ab. " * 20_000, (413, "input.too_large")),
    ("one endless token", "a" * 100_000, (200, None)),
    ("an endless word of many scripts", "猫aя" * 30_000, (200, None)),
    ("only spaces", " " * 50_000, (400, "input.invalid")),
    ("only white space of all kinds", "\u2003\u3000\x1f\x85\n" * 1_000, (400, "input.invalid")),
    ("a null byte", "before\0after", (400, "input.invalid")),
    ("right to left", "\u202eשלום עולם. مرحبا بالعالم؟ זה טקסט\u202c. " * 12, (200, None)),
    ("emoji and what joins them", "👩‍👩‍👧 🏳️‍🌈 👍🏽. " * 20, (200, None)),
    ("marks without letters", "\u0301\u0300" * 20_000, (200, None)),
    ("nothing that can be seen", "\u200b\ufeff\u2060" * 1_000, (200, None)),
    ("brackets", "[" * 100_000, (200, None)),
]


@pytest.mark.parametrize(("text", "expected"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
def test_a_hostile_text_is_answered_or_refused_by_its_field(
    running: Running, text: str, expected: tuple[int, str | None]
) -> None:
    _, client = running
    before = seen(running).megabytes()
    bodies: dict[str, tuple[str, Any]] = {
        "highlights": ("text", {"text": text}),
        "search": ("text", {"text": text, "query": "a question"}),
        "embeddings": ("texts.0", {"texts": [text]}),
    }
    for path, (field, body) in bodies.items():
        if path == "embeddings" and len(text) <= 100_000 and expected[0] == 413:
            continue  # It takes texts as they are, however many sentences they have.
        reply = client.post(f"/v1/{path}", json=body)
        assert reply.status_code == expected[0], (path, reply.text[:200])
        if expected[1]:
            error = ErrorReply.model_validate(reply.json()).error
            assert (str(error.code), error.field) == (expected[1], field)
            assert reply.headers["x-compute-us"] == "0"
    after = seen(running).megabytes()
    assert after - before < MEGABYTES_MORE
    assert after < MOST_MEGABYTES


def test_hundreds_of_requests_good_bad_and_abandoned_leave_nothing_behind(running: Running) -> None:
    _, client = running
    served = seen(running)
    found = soak(served, 400)
    assert found["wrong"] == {}
    first, last = found["held"][0], found["held"][-1]
    # The last connections are still being closed when the last reply is in.
    wait_until(lambda: held(served)["files"] <= first["files"] + 2)
    assert last["threads"] == first["threads"]
    assert last["mb"] <= 1.1 * first["mb"]
    wait_until(lambda: metric(client, "ml_queued_texts") == 0)


def test_nothing_waits_after_all_of_it(running: Running) -> None:
    _, client = running
    assert metric(client, "ml_queued_texts") == 0
    assert client.post("/v1/embeddings", json={"texts": ["still here"]}).status_code == 200


def test_kill_9_in_the_middle_of_a_batch_leaves_nothing_that_a_new_start_stumbles_over(running: Running) -> None:
    process, client = running
    batches = metric(client, "ml_batch_texts_count")
    raw = send_and_leave(client, PAGE)
    wait_until(lambda: metric(client, "ml_batch_texts_count") > batches)
    process.send_signal(signal.SIGKILL)
    raw.settimeout(10)
    assert raw.recv(1) == b"", "the connection ends, and no half of a reply comes"
    raw.close()
    with service(**ONE) as (_, again):
        assert again.post("/v1/embeddings", json={"texts": ["again"]}).status_code == 200
