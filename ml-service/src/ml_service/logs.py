"""The log: one JSON object a line, with the first hop's id of the run, and never a text or a key."""

import logging
import re
import traceback
from typing import Any

import orjson

_LEVELS = {"DEBUG": 20, "INFO": 30, "WARNING": 40, "ERROR": 50, "CRITICAL": 60}
_QUOTED = re.compile(r"\"(?:.*\"|.*$)|'(?:.*'|.*$)|`(?:.*`|.*$)", re.DOTALL)
_LONGEST_MESSAGE = 300


class JsonLines(logging.Formatter):
    """Writes what the server writes: `level` and `time` (milliseconds) as numbers, `msg`, and the fields of `extra["fields"]`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record."""
        entry: dict[str, Any] = {
            "level": _LEVELS.get(record.levelname, 30),
            "time": int(record.created * 1000),
            **getattr(record, "fields", {}),
            "msg": record.getMessage(),
        }
        if record.exc_info and (error := record.exc_info[1]):
            entry["err"] = _without_input(error)
        return orjson.dumps(entry).decode()


def _without_input(error: BaseException) -> dict[str, Any]:
    """Return type, place, and the message without what stands in quotes: libraries quote the input they could not read."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "type": type(error).__name__,
        "message": _QUOTED.sub("…", str(error))[:_LONGEST_MESSAGE],
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def log_config() -> dict[str, Any]:
    """Return the settings of `logging` for the process: lines of calls, and warnings of the web server."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {"ml_service": {"level": "INFO"}},
    }
