"""`python -m bench.scale`: two replicas on this machine, one killed under load. Prints one JSON object of checks."""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import numpy as np
import orjson

from bench.process import KEY, Served, served
from ml_service.paths import default_cache
from ml_service.settings import usable_cores

TEXTS = [
    f"Sentence {number} of the load is about the {thing}." for number in range(16) for thing in ("sea", "wind", "law", "bread")
]
PAGE = "Every sentence of this page says something else about the sea and the wind. " * 120
RUN = "0b7c1f2e-3d4a-4b5c-8d6e-7f8091a2b3c4"
SAME_COSINE = 0.9999
CALLS, WAITING = 4, 8
IN_FLIGHT = 8
HEAL_SECONDS = 180
OK, GONE, CANCELLED, FULL, LATE = 200, 204, 499, 503, 504
KEPT_SECONDS = 1.5
RIGHT = 100


class Check(NamedTuple):
    """One thing that must hold."""

    name: str
    ok: bool
    expected: str
    actual: str


class Proof:
    """The client, what each text's vector is, and what has been found so far."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self._vectors: dict[str, Any] = {}
        self.checks: list[Check] = []

    def check(self, name: str, expected: str, actual: object, *, ok: bool | None = None) -> None:
        """Note what was found."""
        held = str(actual) == expected if ok is None else ok
        sys.stderr.write(f"scale: {'ok' if held else 'NOT OK'} {name}: {actual}\n")
        self.checks.append(Check(name, held, expected, str(actual)))

    async def embed(self, text: str, **headers: str) -> httpx2.Response:
        """Ask for one text's vector."""
        return await self._client.post("/v1/embeddings", json={"texts": [text]}, headers=headers)

    async def page(self, **headers: str) -> httpx2.Response:
        """Ask for the key sentences of a long page."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.post("/v1/highlights", json={"text": PAGE}, headers=named)

    async def learn(self) -> None:
        """Ask for each text once while nothing is wrong."""
        for text in TEXTS:
            self._vectors[text] = np.asarray((await self.embed(text)).json()["embeddings"][0])

    def judge(self, text: str, reply: httpx2.Response) -> str:
        """Return `right`, or what is not."""
        if reply.status_code == OK:
            same = float(np.dot(self._vectors[text], np.asarray(reply.json()["embeddings"][0]))) >= SAME_COSINE
            return "right" if same and int(reply.headers["x-compute-us"]) > 0 else "wrong"
        if reply.status_code == FULL and "retry-after" in reply.headers:
            return f"503 {reply.json()['error']['code']}"
        return f"untyped {reply.status_code}"

    async def key(self) -> None:
        """Show that nobody comes in without the key."""
        for name, sent in (("an empty key", ""), ("another key", "wrong"), ("a key not in ASCII", "ключ")):
            headers = [(b"x-api-key", sent.encode())]
            reply = await self._client.post("/v1/embeddings", json={"texts": ["a"]}, headers=headers)
            self.check(f"{name} is refused", "401 auth.invalid", f"{reply.status_code} {reply.json()['error']['code']}")

    async def deadline(self) -> None:
        """Show that the deadline counts from the door: also for a call that waits there while all replicas are busy."""
        reply = await self.page(x_deadline_ms="30")
        self.check("a deadline of 30 ms", "504 upstream.timeout", f"{reply.status_code} {reply.json()['error']['code']}")
        busy = [asyncio.create_task(self.page(x_deadline_ms="8000")) for _ in range(2 * CALLS)]
        await asyncio.sleep(0.2)
        started = time.monotonic()
        reply = await self.page(x_deadline_ms="400")
        took = time.monotonic() - started
        replies = await asyncio.gather(*busy)
        self.check("a deadline that passes before the replicas", "504", reply.status_code)
        self.check("it is kept at the door", f"at most {KEPT_SECONDS} s", f"{took:.2f} s", ok=took <= KEPT_SECONDS)
        kinds = sorted({each.status_code for each in replies})
        self.check("those that keep the replicas busy", "200 or 504", kinds, ok=set(kinds) <= {OK, LATE})

    async def cancel(self, times: int) -> None:
        """Show that a cancel finds its call on whichever replica it is, and the call says what ran."""
        whole = int((await self.page()).headers["x-compute-us"])
        for _ in range(times):
            calling = asyncio.create_task(self.page(x_request_id=RUN))
            await wait_until(self._cancelled, 10)
            reply = await calling
            used = int(reply.headers.get("x-compute-us", "-1"))
            told = f"{reply.status_code}, {used} of {whole} us"
            self.check("a cancelled page", "499, less than all", told, ok=reply.status_code == CANCELLED and 0 <= used < whole)

    async def _cancelled(self) -> bool:
        return (await self._client.delete(f"/v1/runs/{RUN}")).status_code == GONE

    async def overload(self) -> None:
        """Show that more than may wait are refused at once, in the table's words, and charged nothing."""
        replies = await asyncio.gather(*(self.page(x_deadline_ms="20000") for _ in range(3 * (2 * CALLS + WAITING))))
        refused = [reply for reply in replies if reply.status_code == FULL]
        kinds = Counter(f"{reply.status_code}" for reply in replies)
        self.check(
            "more than may wait", "200 and 503 alone", dict(kinds), ok=set(kinds) <= {"200", "503", "504"} and bool(refused)
        )
        told = {
            (each.json()["error"]["code"], each.headers.get("retry-after"), each.headers.get("x-compute-us")) for each in refused
        }
        self.check("what the refused are told", "{('capacity.overloaded', '1', '0')}", told)

    async def kill(self, seconds: float) -> None:
        """Kill a replica under load: nobody gets a wrong answer, failures are typed, and another takes its place."""
        ends = time.monotonic() + seconds
        found: Counter[str] = Counter()
        before = replicas()
        healed_after: float | None = None

        async def drive(lane: int) -> None:
            index = lane
            while time.monotonic() < ends or healed_after is None:
                text = TEXTS[index % len(TEXTS)]
                try:
                    found[self.judge(text, await self.embed(text))] += 1
                except httpx2.HTTPError as error:
                    found[f"untyped {type(error).__name__}"] += 1
                index += IN_FLIGHT

        async def wound() -> None:
            nonlocal healed_after
            await asyncio.sleep(seconds / 4)
            os.kill(before[0], signal.SIGKILL)
            died = time.monotonic()
            try:
                await wait_until(lambda: healed(before), HEAL_SECONDS)
            finally:
                healed_after = time.monotonic() - died

        await asyncio.gather(wound(), *(drive(lane) for lane in range(IN_FLIGHT)))
        self.check("wrong answers", "0", found["wrong"])
        self.check(
            "failures that are no 503 of the table",
            "0",
            sum(count for kind, count in found.items() if kind.startswith("untyped")),
        )
        self.check("right answers", f"at least {RIGHT}", f"{found['right']} ({dict(found)})", ok=found["right"] >= RIGHT)
        told = f"after {healed_after or 0:.1f} s"
        self.check(
            "two replicas again", f"after at most {HEAL_SECONDS} s", told, ok=(healed_after or HEAL_SECONDS) < HEAL_SECONDS
        )

    async def drain(self, pid: int) -> None:
        """Tell the service to end: it ends what it has begun."""
        calling = asyncio.create_task(self.page())
        # Long enough to be at a replica, and not to be answered: a page takes most of a second.
        await asyncio.sleep(0.2)
        os.kill(pid, signal.SIGTERM)
        self.check("a page in flight when the service is told to end", "200", (await calling).status_code)


def replicas() -> list[int]:
    """Return the processes of replicas that have been started up."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if title.startswith(b"ray::ServeReplica:model:model") and b"initialize" not in title and state != "Z":
            found.append(int(folder.name))
    return sorted(found)


async def healed(before: list[int]) -> bool:
    """Whether there are two again: the first of them is dead, and another has come."""
    now = replicas()
    return len(now) == len(before) and before[0] not in now and before[1] in now


async def both_ready() -> bool:
    """Whether two replicas take calls."""
    return len(replicas()) == 2  # noqa: PLR2004 -- as many as this proof starts


async def wait_until(condition: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Ask again and again, for a while."""
    ends = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > ends:
            message = f"waited for {seconds} s"
            raise TimeoutError(message)
        await asyncio.sleep(0.02)


async def prove(service: Served, *, quick: bool) -> list[Check]:
    """Run every check."""
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=100)
    async with httpx2.AsyncClient(base_url=service.url, headers={"x-api-key": KEY}, timeout=60, limits=limits) as client:
        proof = Proof(client)
        await wait_until(both_ready, HEAL_SECONDS)
        await proof.learn()
        await proof.key()
        await proof.deadline()
        await proof.cancel(2 if quick else 8)
        await proof.overload()
        await proof.kill(6 if quick else 60)
        await proof.drain(service.pid)
        return proof.checks


def main() -> int:
    """Start two replicas, prove, stop, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    pool = {"ML_REPLICAS_MIN": "2", "ML_REPLICAS_MAX": "2", "ML_REPLICA_CALLS": str(CALLS), "ML_WAITING_CALLS": str(WAITING)}
    model = {"ML_BACKEND": "onnx", "ML_WORKERS": "1", "ML_REPLICA_CPUS": "1", "ML_CACHE_DIR": str(default_cache())}
    with served("ml_service.serve", **pool, **model) as service:
        checks = asyncio.run(prove(service, quick=quick))
    ok = bool(checks) and all(check.ok for check in checks)
    sys.stdout.write(
        orjson.dumps({"ok": ok, "cores": usable_cores(), "rows": [check._asdict() for check in checks]}).decode() + "\n"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
