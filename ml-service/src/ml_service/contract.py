"""What a protected app's OpenAPI document says beside what FastAPI knows: the key, the table of errors, and the report."""

from collections.abc import Collection
from typing import Any

from ml_service.errors import STATUS
from ml_service.refusals import REFUSALS
from ml_service.schemas import ErrorReply

_KEY = {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "The secret that opens the model."}
_COMPUTE = {"description": "Model compute of this run, in whole microseconds.", "schema": {"type": "integer"}}
_FASTAPIS = ("HTTPValidationError", "ValidationError")
"""Its own 422: here a bad input is 400 or 413, in the table's words."""

_ERRORS = ErrorReply.model_json_schema(ref_template="#/components/schemas/{model}")
"""The error's schema, and those that it is made of under `$defs`."""


def documented(made: dict[str, Any], open_paths: Collection[str]) -> dict[str, Any]:
    """Return the document with what the gate adds to every operation that it guards."""
    paths = {
        path: item if path in open_paths else {name: _operation(name, value) for name, value in item.items()}
        for path, item in made["paths"].items()
    }
    components = made.get("components", {})
    own = {name: schema for name, schema in components.get("schemas", {}).items() if name not in _FASTAPIS}
    errors = {**_ERRORS["$defs"], "ErrorReply": {name: value for name, value in _ERRORS.items() if name != "$defs"}}
    security = {**components.get("securitySchemes", {}), "APIKeyHeader": _KEY}
    return {
        **made,
        "paths": paths,
        "components": {**components, "schemas": dict(sorted({**own, **errors}.items())), "securitySchemes": security},
    }


def _operation(name: str, value: Any) -> Any:  # noqa: ANN401 -- a part of a JSON document
    if not isinstance(value, dict) or "responses" not in value:
        return value
    replies = {status: reply for status, reply in value["responses"].items() if status != "422"}
    good = {status: _reporting(reply) if name == "post" else reply for status, reply in replies.items() if status.startswith("2")}
    return {
        **value,
        "responses": {**good, **_refusals(), **{s: r for s, r in replies.items() if s not in good}},
        "security": [{"APIKeyHeader": []}],
    }


def _reporting(reply: dict[str, Any]) -> dict[str, Any]:
    return {**reply, "headers": {**reply.get("headers", {}), "x-compute-us": _COMPUTE}}


def _refusals() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorReply"}}}
    return {
        str(status): {"description": ", ".join(code for code in REFUSALS if STATUS[code] == status), "content": content}
        for status in sorted({STATUS[code] for code in REFUSALS})
    }
