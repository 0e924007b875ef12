"""`python -m bench.soak`: very many requests, good, bad and abandoned, and what the process has grown by."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from bench.load import Door, Lane
from bench.process import Served, served

IN_FLIGHT = 32
SHARES = 10
LEAVE_EVERY = 500
"""Of so many requests one is sent and not waited for."""
PATIENCE_SECONDS = 10
NOT_CLOSED = {"01", "08"}
"""Of the states in /proc/net/tcp: established, and left by the client."""

WORDS = [
    "the",
    "sea",
    "the",
    "wind",
    "a",
    "harbour",
    "and",
    "all",
    "the",
    "boats",
    "that",
    "came",
    "home",
    "late",
    "in",
    "the",
    "storm",
    "of",
    "that",
    "winter",
]


class Asked(NamedTuple):
    """A request, and what must come back."""

    request: bytes
    status: int


def asked_of(door: Door) -> list[Asked]:
    """Return the requests that are sent again and again: mostly sentences, some pages, some that must be refused."""
    sentences = [" ".join(WORDS[start : start + 6]) for start in range(len(WORDS) - 6)]
    page = " ".join(f"{sentence.capitalize()}." for sentence in sentences[:6])
    stranger = Door(f"http://{door.host}:{door.port}", "not the key")
    return [
        *(Asked(door.request("/v1/embeddings", {"texts": [sentence]}), 200) for sentence in sentences),
        Asked(door.request("/v1/highlights", {"text": page, "count": 2}), 200),
        Asked(door.request("/v1/search", {"text": page, "query": "weather"}), 200),
        Asked(door.request("/v1/embeddings", {"texts": [" "]}), 400),
        Asked(door.request("/v1/embeddings", {"texts": ["too late"]}, deadline_ms=0), 504),
        Asked(stranger.request("/v1/embeddings", {"texts": ["a"]}), 401),
    ]


def held(service: Served) -> dict[str, float]:
    """Return what the process holds when all clients have left: memory, open files and threads."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while connections(service.door.port) > 0 and time.monotonic() < ends:
        time.sleep(0.01)
    process = Path(f"/proc/{service.pid}")
    return {
        "mb": round(service.megabytes(), 1),
        "files": len(list((process / "fd").iterdir())),
        "threads": len(list((process / "task").iterdir())),
    }


def connections(port: int) -> int:
    """Return how many connections a server on that port has not closed yet."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] in NOT_CLOSED for row in rows)


async def drive(service: Served, requests: int, seconds: list[float], wrong: Counter[str]) -> None:
    """Send so many requests over kept connections; a few are left by their client."""
    asked = asked_of(service.door)
    numbers = iter(range(requests))

    async def one() -> None:
        lane = Lane(service.door)
        for number in numbers:
            request, status = asked[number % len(asked)]
            if number % LEAVE_EVERY == 0:
                _, writer = await asyncio.open_connection(service.door.host, service.door.port)
                writer.write(request)
                writer.close()
                continue
            reply = await lane.send(request)
            seconds.append(reply.seconds)
            if reply.status != status:
                wrong[f"{reply.status} for {status}"] += 1
        lane.close()

    await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))


def soak(service: Served, requests: int) -> dict[str, Any]:
    """Send the requests in ten parts, and note after each what the process holds."""
    seconds: list[float] = []
    wrong: Counter[str] = Counter()
    holds: list[dict[str, float]] = []
    started = time.perf_counter()
    for part in range(SHARES):
        asyncio.run(drive(service, requests // SHARES, seconds, wrong))
        holds.append(held(service))
        sys.stderr.write(f"soak: {(part + 1) * requests // SHARES} of {requests} requests, {holds[-1]}\n")
    wall = time.perf_counter() - started
    p50, p99 = np.quantile(seconds, [0.5, 0.99]) * 1e3
    return {
        "requests": requests // SHARES * SHARES,
        "inFlight": IN_FLIGHT,
        "perSecond": round(requests / wall, 1),
        "p50Ms": round(float(p50), 2),
        "p99Ms": round(float(p99), 2),
        "wrong": dict(wrong),
        "held": holds,
        "queued": service.metric("ml_queued_texts"),
    }


def main() -> None:
    """Soak a service of its own, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=200_000)
    options = parser.parse_args()
    with served() as service:
        sys.stdout.write(orjson.dumps(soak(service, options.requests)).decode() + "\n")


if __name__ == "__main__":
    main()
