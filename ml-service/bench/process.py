"""The real service as a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.load import Door

KEY = "bench-key"
PATIENCE_SECONDS = 180


class Served(NamedTuple):
    """A service that is ready."""

    door: Door
    url: str
    pid: int

    def metric(self, name: str) -> float:
        """Return a metric without labels."""
        lines = self.read("/metrics").splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(name + " ")))

    def backend(self) -> str:
        """Return what runs the model, as the service's metrics say."""
        return next(line for line in self.read("/metrics").splitlines() if line.startswith("ml_backend_info{")).rpartition(" ")[0]

    def read(self, path: str) -> str:
        """Return the body of a GET."""
        with urllib.request.urlopen(self.url + path, timeout=10) as reply:  # noqa: S310 -- our own address
            return reply.read().decode()

    def megabytes(self) -> float:
        """Return what the process holds in memory, without files that others share."""
        fields = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) for line in fields if line.startswith(("RssAnon", "RssShmem"))) / 1024


@contextmanager
def served(module: str = "ml_service", **settings: str) -> Generator[Served]:
    """Start the service, wait until it is ready, and stop it in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "TWOHOP_ENV": "development", "ML_KEY": KEY, "ML_PORT": str(port), **settings}
    # Standard output is for the figures alone.
    process = subprocess.Popen(  # noqa: S603 -- our own module
        [sys.executable, "-m", module], env=env, cwd=Path(__file__).parents[1], stdout=sys.stderr
    )
    url = f"http://127.0.0.1:{port}"
    made = Served(Door(url, KEY), url, process.pid)
    try:
        _wait_until_ready(process, made)
        yield made
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(process: subprocess.Popen[bytes], made: Served) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        try:
            made.read("/readyz")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    message = "the service did not become ready"
    raise RuntimeError(message)
