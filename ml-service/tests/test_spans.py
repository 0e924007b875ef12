import threading
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from ml_service.call import Call
from ml_service.settings import DoorSettings
from ml_service.spans import Spans

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Kept(SpanExporter):
    def __init__(self) -> None:
        self.spans: dict[str, ReadableSpan] = {}

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans |= {span.name: span for span in spans}
        return SpanExportResult.SUCCESS


def told(made: Callable[[float], Call], traceparent: str = PARENT, status: int = 200) -> dict[str, ReadableSpan]:
    kept = Kept()
    spans = Spans(kept)
    spans.tell(made(time.monotonic()), traceparent, path="/v1/x", status=status, request_id="a")
    spans.close()
    return kept.spans


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def seconds(span: ReadableSpan) -> float:
    assert span.start_time
    assert span.end_time
    return (span.end_time - span.start_time) / 1e9


def test_the_wait_and_the_compute_are_below_the_call_and_that_is_below_the_first_hop() -> None:
    def call(now: float) -> Call:
        ran = Call(now - 3, queued_at=now - 2.5, started_at=now - 1.5, compute_ms=1000, compute_us=400_000)
        ran.batches, ran.batch_calls = 2, 7
        return ran

    spans = told(call)
    root = spans["POST /v1/x"]
    assert root.context
    assert root.context.trace_id == int(TRACE, 16)
    assert parent_of(root) == int("b7ad6b7169203331", 16)
    assert {parent_of(spans[name]) for name in ("queue", "compute")} == {root.context.span_id}
    assert [round(seconds(spans[name]), 2) for name in ("POST /v1/x", "queue", "compute")] == [3, 1, 1]
    assert spans["compute"].attributes == {"twohop.compute_us": 400_000, "twohop.batches": 2, "twohop.batch_calls": 7}
    assert root.resource.attributes["service.name"] == "twohop-ml-service"


def test_a_call_that_never_came_to_run_waited_until_its_end() -> None:
    spans = told(lambda now: Call(now - 2, queued_at=now - 2), status=504)
    assert set(spans) == {"POST /v1/x", "queue"}
    assert round(seconds(spans["queue"]), 2) == 2
    assert not spans["POST /v1/x"].status.is_ok


@pytest.mark.parametrize("traceparent", ["", "secret", PARENT.upper()])
def test_what_is_no_trace_context_is_not_continued(traceparent: str) -> None:
    span = told(Call, traceparent)["POST /v1/x"]
    assert span.parent is None
    assert "secret" not in span.to_json()


def test_what_the_first_hop_does_not_trace_is_not_exported() -> None:
    assert told(Call, f"{PARENT[:-1]}0") == {}


def test_an_end_does_not_wait_for_a_collector_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml_service.spans.FLUSH_SECONDS", 0.1)
    answers = threading.Event()

    class Hanging(Kept):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            answers.wait(20)
            return super().export(spans)

    spans = Spans(Hanging())
    spans.tell(Call(time.monotonic()), PARENT, path="/v1/x", status=200, request_id="a")
    began = time.monotonic()
    spans.close()
    assert time.monotonic() - began < 5
    answers.set()


def test_spans_without_their_extra_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("ml_service.settings.version", missing)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    with pytest.raises(ValueError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT: needs an extra"):
        DoorSettings(ml_key="k" * 32)
