"""`python -m ml_service`: the service on ML_HOST and ML_PORT."""

import signal
import sys
from types import FrameType

import uvicorn

from ml_service.app import create_app
from ml_service.logs import log_config
from ml_service.settings import Settings, read_settings


def main() -> int:
    """Serve until a signal; return the exit code."""
    settings = read_settings(Settings)
    if settings is None:
        return 1
    # uvicorn raises the signal again once it has drained; an orderly end is not a death by signal.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _drained)
    gave_up = False

    def give_up() -> None:
        nonlocal gave_up
        gave_up = server.should_exit = True

    config = uvicorn.Config(
        create_app(settings, give_up),
        host=settings.ml_host,
        port=settings.ml_port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        log_config=log_config(),
        timeout_graceful_shutdown=25,
    )
    server = uvicorn.Server(config)
    server.run()
    return 1 if gave_up else 0


def _drained(_signal: int, _frame: FrameType | None) -> None:
    """Let the process end by itself."""


if __name__ == "__main__":
    sys.exit(main())
