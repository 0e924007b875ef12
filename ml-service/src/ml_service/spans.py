"""Spans of calls, by OpenTelemetry: told when a call's reply goes out, from what the call has noted of itself.

What is exported, when and how much of it is set by OpenTelemetry's own OTEL_* variables.
"""

import math
import threading
import time
from typing import TYPE_CHECKING

from ml_service.call import Call

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

SERVER_FAULT = 500
FLUSH_SECONDS = 2


class Spans:
    """Writes of each call the span that it was, and below it how long it waited and was computed.

    The spans know names and numbers, and nothing of what was sent but the first hop's ids.
    """

    def __init__(self, exporter: "SpanExporter | None" = None) -> None:
        # An extra, which takes a second to load: only for whoever wants it.
        from opentelemetry import trace  # noqa: PLC0415
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        resource = Resource({"service.name": "twohop-ml-service"}).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("ml_service")
        self._propagator = TraceContextTextMapPropagator()
        self._trace = trace

    def tell(self, call: Call, traceparent: str, *, path: str, status: int, request_id: str) -> None:
        """Write the spans of a call that is being answered, below the first hop's step that `traceparent` names."""
        now, wall_ns = time.monotonic(), time.time_ns()

        def at(moment: float) -> int:
            return wall_ns - int((now - moment) * 1e9)

        span = self._tracer.start_span(
            f"POST {path}",
            self._propagator.extract({"traceparent": traceparent}),
            kind=self._trace.SpanKind.SERVER,
            start_time=at(call.arrived_at),
            attributes={
                "http.request.method": "POST",
                "http.route": path,
                "http.response.status_code": status,
                "twohop.request_id": request_id,
            },
        )
        if status >= SERVER_FAULT:
            span.set_status(self._trace.StatusCode.ERROR)
        below = self._trace.set_span_in_context(span)
        if call.queued_at is not None:
            queue = self._tracer.start_span("queue", below, start_time=at(call.queued_at))
            queue.end(wall_ns if call.started_at is None else at(call.started_at))
        if call.started_at is not None:
            shared = {"twohop.batches": call.batches, "twohop.batch_calls": call.batch_calls}
            used = {"twohop.compute_us": math.ceil(call.compute_us), **(shared if call.batches else {})}
            compute = self._tracer.start_span("compute", below, start_time=at(call.started_at), attributes=used)
            compute.end(at(call.started_at + call.compute_ms / 1e3))
        span.end(wall_ns)

    def close(self) -> None:
        """Export what is left, and end; a collector that is away is not waited for."""
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(FLUSH_SECONDS)
