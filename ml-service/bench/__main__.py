"""`python -m bench`: measures, and prints one JSON object. `--quick` is short; `--backends` takes some of them."""

import argparse
import asyncio
import random
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from tokenizers import Tokenizer

from bench.load import Door, closed_loop, open_loop
from bench.peer import peer
from bench.process import Served, served
from bench.yardstick import BATCH, Yardstick, raw_per_second
from ml_service.accuracy import least_cosine
from ml_service.backend import Tokens
from ml_service.encoder import Encoder, Wanted, load_encoder
from ml_service.paths import default_cache
from ml_service.probe import probe_texts
from ml_service.settings import usable_cores
from ml_service.weights import weights_folder

SEED = 20_261_126
TEXTS = 512
GATED = 256
SHORT_PAGE, LONG_PAGE = 32, 256
PAGES_LONGER = 3
"""Of pages there are only some a second: of ten in all, one more or less is a tenth."""
OVERLOAD = 5
OK, REFUSED = 200, 503

Row = dict[str, Any]


class Bench:
    """The texts, the yardstick, and what has been measured so far."""

    def __init__(self, quick: bool) -> None:  # noqa: FBT001 -- the only one
        self.seconds = 0.5 if quick else 2.5
        self.rounds = 1 if quick else 3
        self.threads = usable_cores()
        self.tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.texts = probe_texts(self.tokenizer, TEXTS, SEED)
        self.tokens: list[Tokens] = [encoding.ids for encoding in self.tokenizer.encode_batch(self.texts)]
        self.yardstick = Yardstick(self.threads)
        self.reference = np.concatenate([self.yardstick.run([each]) for each in self.tokens[:GATED]])
        self.results: list[Row] = []
        self.backends: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}

    def tell(self, line: str) -> None:
        """Say on standard error what is being done."""
        sys.stderr.write(f"bench: {line}\n")

    def drive(self, name: str, door: Door, requests: Sequence[bytes], concurrency: int, longer: int = 1) -> float:
        """Measure one load, `longer` times as long as others. Return requests a second."""
        took, seconds = asyncio.run(closed_loop(door, requests, concurrency, longer * self.seconds))
        p50, p99 = np.quantile(took, [0.5, 0.99]) * 1e3
        per_second = len(took) / seconds
        self.results.append(
            {
                "name": name,
                "concurrency": concurrency,
                "perSecond": round(per_second, 1),
                "p50Ms": round(float(p50), 2),
                "p99Ms": round(float(p99), 2),
            }
        )
        self.tell(f"{name}, {concurrency} in flight: {per_second:.1f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms")
        return per_second

    def singles(self, door: Door) -> list[bytes]:
        """Return requests of one sentence each."""
        return [door.request("/v1/embeddings", {"texts": [text]}) for text in self.texts]

    def backend(self, name: str) -> None:
        """Measure the service on one backend, the yardstick and the raw backend in turns with it."""
        model = load_encoder(Wanted(default_cache(), backend=name, threads=self.threads))
        with served(ML_BACKEND=name) as service:
            started_mb = service.megabytes()
            requests = self.singles(service.door)
            rates: dict[str, list[float]] = {"yardstick": [], "1": [], "8": [], "64": [], str(SHORT_PAGE): [], "raw": []}
            pages = [
                service.door.request("/v1/embeddings", {"texts": self.texts[start : start + SHORT_PAGE]})
                for start in range(0, TEXTS, SHORT_PAGE)
            ]
            for _ in range(self.rounds):
                rates["yardstick"].append(self.yardstick.per_second(self.tokens, self.seconds))
                rates["raw"].append(raw_per_second(model.backend, self.tokens, self.seconds))
                for concurrency in (1, 8, 64):
                    rates[str(concurrency)].append(self.drive(f"{name}: one sentence", service.door, requests, concurrency))
                pages_per_second = self.drive(f"{name}: {SHORT_PAGE} sentences", service.door, pages, 4, PAGES_LONGER)
                rates[str(SHORT_PAGE)].append(SHORT_PAGE * pages_per_second)
            long_page = [service.door.request("/v1/highlights", {"text": self.page(LONG_PAGE)})]
            self.drive(f"{name}: a page of {LONG_PAGE} sentences", service.door, long_page, 1)
            medians = {load: round(statistics.median(of), 1) for load, of in rates.items()}
            self.backends[name] = {
                "backend": service.backend(),
                "raw": medians["raw"],
                "medians": medians,
                "rounds": {load: [round(each, 1) for each in of] for load, of in rates.items()},
                "startedMb": round(started_mb),
                "endedMb": round(service.megabytes()),
            }
        facts = self.backends[name]
        facts.update(self.accuracy(model))
        self.tell(f"{name}: raw {facts['raw']}/s, cosine {facts['cosine']:.5f}, in other company {facts['neighbours']:.6f}")

    def page(self, sentences: int) -> str:
        """Return a page of so many sentences."""
        return " ".join(f"{text.capitalize()}." for text in self.texts[:sentences])

    def accuracy(self, model: Encoder) -> dict[str, float]:
        """Return the least cosine to fp32, and of a text to itself among others."""
        tokens = self.tokens[:GATED]
        alone = np.concatenate([model.run_alone([each]) for each in tokens])
        order = random.Random(SEED).sample(range(GATED), GATED)  # noqa: S311 -- no secret
        mixed = np.empty_like(alone)
        mixed[order] = np.concatenate(
            [model.run([tokens[index] for index in order[start : start + BATCH]]) for start in range(0, GATED, BATCH)]
        )
        return {"cosine": least_cosine(mixed, self.reference), "neighbours": least_cosine(alone, mixed)}

    def overload(self, peak: float) -> None:
        """Offer five times what the service can do."""
        with served(ML_BACKEND="auto", ML_QUEUE_TEXTS="128") as service:
            requests = self.singles(service.door)
            seconds = 2 * self.seconds
            replies = asyncio.run(open_loop(service.door, requests, OVERLOAD * peak, seconds))
            served_in_time = sum(reply.status == OK for reply in replies)
            refused = [reply.seconds * 1e3 for reply in replies if reply.status == REFUSED]
            self.facts["overload"] = {
                "offered": len(replies),
                "served": served_in_time,
                "perSecond": round(served_in_time / seconds, 1),
                "refused": len(refused),
                "refusalP99Ms": round(float(np.quantile(refused, 0.99)), 2) if refused else None,
                "other": len(replies) - served_in_time - len(refused),
            }
        self.tell(f"overload: {self.facts['overload']}")

    def peer(self, python: str) -> None:
        """Measure fastembed in its own process, without HTTP, and the yardstick in turns with it."""
        rates: dict[str, list[float]] = {"yardstick": [], "1": [], str(SHORT_PAGE): []}
        with peer(python, self.threads, self.texts) as other:
            cosine = least_cosine(other.vectors()[:GATED], self.reference)
            for _ in range(self.rounds):
                rates["yardstick"].append(self.yardstick.per_second(self.tokens, self.seconds))
                for size in (1, SHORT_PAGE):
                    rates[str(size)].append(other.per_second(size, self.seconds))
        self.facts["peer"] = {"cosine": cosine, "medians": {load: round(statistics.median(of), 1) for load, of in rates.items()}}
        self.tell(f"fastembed: {self.facts['peer']}")

    def hollow(self) -> None:
        """Measure what is left without a model."""
        with served("bench.hollow") as service:
            requests = self.singles(service.door)
            rates = [self.drive("no model", service.door, requests, 8) for _ in range(self.rounds)]
            cpu = _cpu_us_a_request(service, requests, self.seconds)
        self.facts["hollow"] = {"perSecond": round(statistics.median(rates), 1), "cpuUs": round(cpu, 1)}
        self.tell(f"no model: {self.facts['hollow']}")


def _cpu_us_a_request(service: Served, requests: Sequence[bytes], seconds: float) -> float:
    """Return the service's processor time a request: what it costs the machine, whatever the client costs beside it."""

    def used() -> float:
        fields = Path(f"/proc/{service.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    before, before_requests = used(), _answered(service)
    asyncio.run(closed_loop(service.door, requests, 8, seconds))
    return (used() - before) * 1e6 / (_answered(service) - before_requests)


def _answered(service: Served) -> float:
    lines = service.read("/metrics").splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith('ml_requests_total{path="/v1/embeddings"'))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--backends", default="auto,fast,onnx")
    parser.add_argument("--peer", help="an interpreter that has fastembed")
    options = parser.parse_args()
    bench = Bench(options.quick)
    for name in options.backends.split(","):
        bench.backend(name)
    first = options.backends.split(",")[0]
    bench.overload(bench.backends[first]["medians"]["64"])
    bench.hollow()
    if options.peer:
        bench.peer(options.peer)
    sys.stdout.write(
        orjson.dumps({"threads": bench.threads, "results": bench.results, "backends": bench.backends, **bench.facts}).decode()
        + "\n"
    )


if __name__ == "__main__":
    main()
