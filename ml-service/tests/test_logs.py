import json
import logging
from typing import Any

from ml_service.logs import JsonLines


def thrown(error: Exception) -> Exception:
    try:
        raise error  # noqa: TRY301 -- an exception has a place only when it was raised
    except Exception as caught:  # noqa: BLE001
        return caught


def line_of(error: Exception | None = None, **fields: object) -> dict[str, Any]:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("ml_service", logging.ERROR, "", 1, "bug", None, info)
    record.fields = fields
    return json.loads(JsonLines().format(record))


def test_a_line_is_one_json_object_with_its_fields():
    assert line_of(reqId="run-1") | {"time": 0} == {"level": 50, "time": 0, "reqId": "run-1", "msg": "bug"}


def test_an_error_says_its_type_and_place_and_never_what_it_quotes():
    for error in (KeyError("canary"), ValueError('could not read "canary"'), ValueError("unclosed 'canary\nsecond canary")):
        line = line_of(thrown(error))
        assert "canary" not in json.dumps(line)
        assert "test_logs.py" in json.dumps(line)
        assert line["err"]["type"] == type(error).__name__
