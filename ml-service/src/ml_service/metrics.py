"""Every metric of the service, counted in this one place. No label holds a text, a key or a user."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """One registry an app, so that two apps in one process do not count into each other."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("ml_requests_total", "Requests by path and status.", ["path", "status"], registry=self.registry)
        self.queued = Gauge("ml_queued_texts", "Texts that wait for a batch.", registry=self.registry)
        self.tokenize = Histogram(
            "ml_tokenize_seconds", "Time to cut and tokenize the texts of a request.", buckets=SECONDS, registry=self.registry
        )
        self.queue = Histogram(
            "ml_queue_seconds", "Time from admission to the first batch.", buckets=SECONDS, registry=self.registry
        )
        self.compute = Histogram("ml_batch_compute_seconds", "Wall time of a batch.", buckets=SECONDS, registry=self.registry)
        self.batch = Histogram("ml_batch_texts", "Texts in a batch.", buckets=(1, 2, 4, 8, 16, 32, 64), registry=self.registry)
        self.tokens = Counter("ml_tokens_total", "Tokens run, without padding.", registry=self.registry)
        self.padding = Counter("ml_padding_tokens_total", "Padding run along with them.", registry=self.registry)
        self.backend = Gauge("ml_backend_info", "What runs the model.", ["backend", "workers"], registry=self.registry)
        self.dropped = Counter(
            "ml_dropped_texts_total", "Texts that nobody waited for any more before they ran.", registry=self.registry
        )
