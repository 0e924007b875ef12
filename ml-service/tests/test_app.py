import json
import threading
from typing import Any

import httpx2
import numpy as np
import pytest
from conftest import KEY, running
from fastapi.testclient import TestClient

from ml_service.app import create_app
from ml_service.encoder import Encoder
from ml_service.schemas import EmbeddingsReply, ErrorReply, HighlightsReply, SearchReply
from ml_service.settings import Settings

PAGE = "👩‍👩‍👧 A cat sleeps on the sofa all day. Taxes will rise again next year. Cafe\u0301 owners are not amused by that."
JSON = {"content-type": "application/json"}


def error(reply: httpx2.Response) -> tuple[int, str, str | None]:
    body = ErrorReply.model_validate(reply.json()).error
    assert reply.headers["x-compute-us"] == "0"
    assert reply.headers["server-timing"].startswith("tokenize;dur=")
    return reply.status_code, str(body.code), body.field


def test_200_highlights_cut_the_exact_text(client: TestClient) -> None:
    reply = client.post("/v1/highlights", json={"text": PAGE, "count": 2})
    assert reply.status_code == 200
    found = HighlightsReply.model_validate(reply.json())
    assert found.sentences == 3
    assert len(found.highlights) == 2
    for mark in found.highlights:
        assert PAGE.encode("utf-16-le")[2 * mark.start : 2 * mark.end].decode("utf-16-le") == mark.text
    assert int(reply.headers["x-compute-us"]) > 0
    steps = {part.split(";")[0].strip() for part in reply.headers["server-timing"].split(",")}
    assert steps == {"tokenize", "queue", "compute"}


def test_200_search_finds_by_meaning(client: TestClient) -> None:
    reply = client.post("/v1/search", json={"query": "a pet is resting", "text": PAGE, "count": 1})
    assert SearchReply.model_validate(reply.json()).passages[0].text == "👩‍👩‍👧 A cat sleeps on the sofa all day."


def test_200_embeddings_of_length_one(client: TestClient) -> None:
    reply = EmbeddingsReply.model_validate(client.post("/v1/embeddings", json={"texts": ["a", "b"]}).json())
    assert np.linalg.norm(np.array(reply.embeddings), axis=1) == pytest.approx([1, 1], abs=1e-5)


@pytest.mark.parametrize("text", ["---", "```\n```", "#", "|", "\u200b", "\u0301", "- \n- "])
def test_200_a_text_of_marks_only_is_shown_as_it_is(client: TestClient, text: str) -> None:
    for path, body in [("highlights", {"text": text}), ("search", {"text": text, "query": text})]:
        found = client.post(f"/v1/{path}", json=body)
        assert found.status_code == 200
        assert found.json()["sentences"] >= 1


def test_200_a_text_of_furniture_only_still_has_highlights(client: TestClient) -> None:
    reply = client.post("/v1/highlights", json={"text": "Title\n\nMenu\n\nFooter"})
    assert [mark.text for mark in HighlightsReply.model_validate(reply.json()).highlights] == ["Title", "Menu", "Footer"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": ""}, (400, "input.invalid", "text")),
        ({"text": " \n"}, (400, "input.invalid", "text")),
        ({"text": "a\0b"}, (400, "input.invalid", "text")),
        ({"text": "a" * 100_001}, (413, "input.too_large", "text")),
        ({"text": "Yes. " * 20_000}, (413, "input.too_large", "text")),
        ({"text": 7}, (400, "input.invalid", "text")),
        ({"text": "ok", "count": "5"}, (400, "input.invalid", "count")),
        ({"text": "ok", "count": True}, (400, "input.invalid", "count")),
        ({"text": "ok", "count": 0}, (400, "input.invalid", "count")),
        ({"text": "ok", "count": 51}, (400, "input.invalid", "count")),
        ({"text": "ok", "diversity": 1.1}, (400, "input.invalid", "diversity")),
        ({"text": "ok", "colour": "red"}, (400, "input.invalid", "colour")),
        ({"text": "ok", "c" * 50_000: "red"}, (400, "input.invalid", "c" * 100)),
        ({}, (400, "input.invalid", "text")),
        ([], (400, "input.invalid", "body")),
    ],
)
def test_400_and_413_name_the_field(client: TestClient, body: Any, expected: tuple[int, str, str]) -> None:
    assert error(client.post("/v1/highlights", json=body)) == expected


def test_400_names_which_of_many_texts(client: TestClient) -> None:
    assert error(client.post("/v1/embeddings", json={"texts": ["fine", ""]})) == (400, "input.invalid", "texts.1")
    assert error(client.post("/v1/embeddings", json={"texts": ["a"] * 65})) == (413, "input.too_large", "texts")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"text": "a\\ud800b"}', (400, "input.invalid", "text")),
        (b'{"text": "a\xffb"}', (400, "input.invalid", "body")),
        (b'{"text": ', (400, "input.invalid", "body")),
        (b"[" * 200_000, (400, "input.invalid", "body")),
        (b'{"text": "ok", "count": ' + b"9" * 5_000 + b"}", (400, "input.invalid", "body")),
        (b'{"text": "ok", "diversity": NaN}', (400, "input.invalid", "diversity")),
        (b'{"text": "ok", "\\ud800": 1}', (400, "input.invalid", "body")),
        (b"", (400, "input.invalid", "body")),
        (b'"' + b"x" * (2 * 1024 * 1024) + b'"', (413, "input.too_large", "body")),
    ],
)
def test_400_and_413_of_bytes(client: TestClient, content: bytes, expected: tuple[int, str, str]) -> None:
    assert error(client.post("/v1/highlights", content=content, headers=JSON)) == expected


@pytest.mark.parametrize("key", [b"", b"wrong", KEY.encode() + b"x", "é".encode(), b"\x80"])
def test_401_with_a_wrong_key(client: TestClient, key: bytes) -> None:
    reply = client.post("/v1/highlights", json={"text": PAGE}, headers=[(b"x-api-key", key)])
    assert error(reply) == (401, "auth.invalid", None)


def test_401_without_a_key_before_the_body_is_read() -> None:
    with TestClient(create_app(Settings(ml_key=KEY, twohop_env="development"))) as stranger:
        assert error(stranger.post("/v1/highlights", content=b"x" * 10_000_000)) == (401, "auth.missing", None)
        assert error(stranger.post("/v1/nowhere")) == (401, "auth.missing", None)


def test_two_keys_are_active_while_one_is_replaced() -> None:
    with running(ml_key="old-key, new-këy") as client:
        for key in [b"old-key", "new-këy".encode()]:
            reply = client.post("/v1/embeddings", json={"texts": ["a"]}, headers=[(b"x-api-key", key)])
            assert reply.status_code == 200
        twice = [(b"x-api-key", b"old-key"), (b"x-api-key", b"old-key")]
        assert client.post("/v1/embeddings", json={"texts": ["a"]}, headers=twice).status_code == 401


def test_404_in_the_same_shape(client: TestClient) -> None:
    assert error(client.post("/v1/nowhere", json={})) == (404, "request.not_found", None)
    assert error(client.post("/v1/highlights/", json={"text": PAGE})) == (404, "request.not_found", None)


def test_405_names_the_method_in_the_same_shape(client: TestClient) -> None:
    reply = client.get("/v1/highlights")
    assert error(reply) == (405, "request.not_found", None)
    assert reply.headers["allow"] == "POST"


@pytest.mark.parametrize("count", [1.5, 1e300, float("inf")])
def test_400_for_a_count_that_is_no_whole_number(client: TestClient, count: float) -> None:
    body = json.dumps({"text": PAGE, "count": count})
    assert error(client.post("/v1/highlights", content=body, headers=JSON)) == (400, "input.invalid", "count")


def test_200_for_a_whole_number_however_it_is_written(client: TestClient) -> None:
    assert client.post("/v1/highlights", content=b'{"text": "A text.", "count": 2.0}', headers=JSON).status_code == 200


def test_400_says_it_in_a_sentence_of_ours(client: TestClient) -> None:
    reply = client.post("/v1/highlights", json={"text": "a\0b"})
    assert reply.json()["error"]["message"] == "text: must not contain null bytes"


def test_503_while_the_model_is_loading(monkeypatch: pytest.MonkeyPatch, model: Encoder) -> None:
    loaded = threading.Event()

    def slow(encoder: Encoder) -> None:
        assert loaded.wait(10)
        vars(encoder).update(vars(model))

    monkeypatch.setattr(Encoder, "load", slow)
    app = create_app(Settings(ml_key=KEY, twohop_env="development"))
    with TestClient(app, headers={"x-api-key": KEY}) as client:
        reply = client.post("/v1/embeddings", json={"texts": ["a"]})
        assert error(reply) == (503, "upstream.cold", None)
        assert reply.headers["retry-after"] == "2"
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        loaded.set()


def test_503_when_there_is_no_room() -> None:
    with running(ml_queue_texts=1) as client:
        reply = client.post("/v1/embeddings", json={"texts": ["a", "b"]})
        assert error(reply) == (503, "capacity.overloaded", None)
        assert reply.headers["retry-after"] == "1"


def test_504_when_the_deadline_has_passed(client: TestClient) -> None:
    reply = client.post("/v1/embeddings", json={"texts": ["a"]}, headers={"x-deadline-ms": "0"})
    assert error(reply) == (504, "upstream.timeout", None)


@pytest.mark.parametrize("deadline", [b"-1", b"1.5", b"soon", b"999999999", b"9" * 5_000, "²".encode("latin-1")])
def test_400_for_a_deadline_that_is_none(client: TestClient, deadline: bytes) -> None:
    reply = client.post("/v1/embeddings", json={"texts": ["a"]}, headers=[(b"x-deadline-ms", deadline)])
    assert error(reply) == (400, "input.invalid", "x-deadline-ms")


def test_500_says_nothing_of_the_cause(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_text: str) -> None:
        message = "the cause"
        raise RuntimeError(message)

    monkeypatch.setattr("ml_service.service.split_sentences", broken)
    reply = client.post("/v1/highlights", json={"text": "A secret sentence."})
    assert error(reply) == (500, "internal.bug", None)
    assert "the cause" not in reply.text
    assert "the cause" in caplog.text
    assert "A secret sentence" not in caplog.text


def test_500_reports_what_had_run_by_then(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("ml_service.service.choose_highlights", broken)
    reply = client.post("/v1/highlights", json={"text": PAGE})
    assert reply.status_code == 500
    assert int(reply.headers["x-compute-us"]) > 0


@pytest.mark.parametrize(
    ("sent", "logged"),
    [("0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55", "in run 0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55"), ("a b\tc", "in run unknown")],
)
def test_500_names_the_run_in_the_log(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, sent: str, logged: str
) -> None:
    def broken(_text: str) -> None:
        raise RuntimeError

    monkeypatch.setattr("ml_service.service.split_sentences", broken)
    client.post("/v1/highlights", json={"text": PAGE}, headers={"x-request-id": sent})
    assert logged in caplog.text


def test_a_model_that_cannot_be_loaded_is_told_to_whoever_watches(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(_encoder: Encoder) -> None:
        message = "no weights"
        raise OSError(message)

    monkeypatch.setattr(Encoder, "load", missing)
    gave_up = threading.Event()
    app = create_app(Settings(ml_key=KEY, twohop_env="development"), gave_up.set)
    with TestClient(app, headers={"x-api-key": KEY}) as client:
        assert gave_up.wait(10)
        assert client.get("/healthz").status_code == 503
        assert client.get("/readyz").status_code == 503
    assert "no weights" in caplog.text


def test_metrics_count_without_naming_anyone() -> None:
    with running() as client:
        client.post("/v1/embeddings", json={"texts": ["a", "a longer text"]})
        client.post("/v1/invented-path")
        text = client.get("/metrics").text
        assert 'ml_requests_total{path="/v1/embeddings",status="200"} 1.0' in text
        assert "invented" not in text
        assert "ml_batch_texts_sum 2.0" in text
        assert "ml_queued_texts 0.0" in text
