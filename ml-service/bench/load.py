"""A client that costs little: keep-alive connections, requests made beforehand, replies read and not parsed."""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

WARM = 0.2
"""This part of the time comes before what is counted."""
LEAST = 3
"""So many replies are waited for, however long they take."""


class Reply(NamedTuple):
    """One reply: its status and how long it took."""

    status: int
    seconds: float


class Door:
    """Where the service is, and what opens it."""

    def __init__(self, url: str, key: str) -> None:
        address = urlsplit(url)
        self.host, self.port = address.hostname or "", address.port or 80
        self._key = key

    def request(self, path: str, body: object, deadline_ms: int = 30_000) -> bytes:
        """Return the bytes of a request."""
        content = orjson.dumps(body)
        head = [
            f"POST {path} HTTP/1.1",
            "host: ml",
            f"x-api-key: {self._key}",
            f"x-deadline-ms: {deadline_ms}",
            "content-type: application/json",
            f"content-length: {len(content)}",
        ]
        return "\r\n".join([*head, "", ""]).encode() + content


class Lane:
    """One connection, one request at a time."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> Reply:
        """Send a request and read its reply."""
        if not self._streams:
            self._streams = await asyncio.open_connection(self._door.host, self._door.port)
        reader, writer = self._streams
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        await reader.readexactly(length)
        return Reply(int(head[9:12]), time.perf_counter() - started)

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()


async def closed_loop(door: Door, requests: Sequence[bytes], concurrency: int, seconds: float) -> tuple[list[float], float]:
    """Keep so many requests in flight. Return the seconds that each took, and how long was counted."""
    began = time.perf_counter()
    counted_from, ends = began + WARM * seconds, began + (1 + WARM) * seconds
    took: list[float] = []
    index, counted_to = 0, ends

    async def drive() -> None:
        nonlocal index, counted_to
        lane = Lane(door)
        while time.perf_counter() < ends or len(took) < LEAST:
            request = requests[index % len(requests)]
            index += 1
            reply = await lane.send(request)
            if reply.status != 200:  # noqa: PLR2004 -- HTTP's
                message = f"the service answered {reply.status}"
                raise RuntimeError(message)
            now = time.perf_counter()
            if now >= counted_from and (now <= ends or len(took) < LEAST):
                took.append(reply.seconds)
                counted_to = max(counted_to, now)
        lane.close()

    await asyncio.gather(*(drive() for _ in range(concurrency)))
    return took, counted_to - counted_from


async def open_loop(door: Door, requests: Sequence[bytes], per_second: float, seconds: float) -> list[Reply]:
    """Send by the clock, whether or not what went before has been answered. Return all replies."""
    idle: list[Lane] = []

    async def one(request: bytes) -> Reply:
        lane = idle.pop() if idle else Lane(door)
        reply = await lane.send(request)
        idle.append(lane)
        return reply

    began = time.perf_counter()
    running: list[asyncio.Task[Reply]] = []
    while (elapsed := time.perf_counter() - began) < seconds:
        while len(running) < elapsed * per_second:
            running.append(asyncio.create_task(one(requests[len(running) % len(requests)])))
        await asyncio.sleep(0.002)
    replies = await asyncio.gather(*running)
    for lane in idle:
        lane.close()
    return replies
