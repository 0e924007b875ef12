"""A hook of schemathesis. The contract says neither that a text must not be blank nor that it must not have null bytes.

A pattern that says so takes the generator twenty seconds of a core; what becomes of such texts stands in test_hostile.py.
"""

from typing import Any

import schemathesis


def _texts(body: object) -> list[str]:
    """All strings in a body, wherever they stand."""
    if isinstance(body, str):
        return [body]
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return [text for each in inner for text in _texts(each)]


@schemathesis.hook
def filter_body(_: Any, body: object) -> bool:
    return all(text.strip() and "\0" not in text for text in _texts(body))
