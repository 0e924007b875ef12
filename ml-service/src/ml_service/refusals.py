"""What an app raises, in the words of the table: as replies, and in its OpenAPI document."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ml_service.errors import STATUS, ErrorCode, ServiceError
from ml_service.gate import error_body, error_headers

LONGEST_FIELD_CHARS = 100

REFUSALS = (
    ErrorCode.INPUT_INVALID,
    ErrorCode.AUTH_MISSING,
    ErrorCode.AUTH_INVALID,
    ErrorCode.INPUT_TOO_LARGE,
    ErrorCode.INTERNAL_BUG,
    ErrorCode.CAPACITY_OVERLOADED,
    ErrorCode.UPSTREAM_COLD,
    ErrorCode.UPSTREAM_TIMEOUT,
)
"""What every call may be told."""

_MEANT = {
    404: ErrorCode.REQUEST_NOT_FOUND,
    405: ErrorCode.REQUEST_NOT_FOUND,
    413: ErrorCode.INPUT_TOO_LARGE,
    415: ErrorCode.REQUEST_MEDIA_TYPE,
    503: ErrorCode.CAPACITY_OVERLOADED,
    504: ErrorCode.UPSTREAM_TIMEOUT,
}
"""What an app means by a status. Other 4xx are its client's fault, and other 5xx its own."""

_WRONG_METHOD = 405
_SERVER_ERROR = 500


def add_error_handlers(app: FastAPI) -> None:
    """Answer whatever an app refuses in the table's words. What it raises else is the gate's."""

    @app.exception_handler(ServiceError)
    async def refused(_request: Request, error: ServiceError) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(_of_input(error))

    @app.exception_handler(HTTPException)
    async def meant(_request: Request, error: HTTPException) -> Response:  # pyright: ignore[reportUnusedFunction]
        reply = _reply(_of_status(error))
        if error.status_code == _WRONG_METHOD:
            # HTTP's own word for an address that is there for another method; it names that.
            reply.status_code = _WRONG_METHOD
            reply.headers["allow"] = (error.headers or {}).get("Allow", "")
        return reply


def _reply(error: ServiceError) -> Response:
    return Response(error_body(error), status_code=STATUS[error.code], headers=error_headers(error))


def _of_input(error: RequestValidationError) -> ServiceError:
    first = error.errors()[0]
    # The field's name may be the client's own, so it may be of any length.
    field = ".".join(str(part) for part in first["loc"][1:])[:LONGEST_FIELD_CHARS] or "body"
    if first["type"] == "json_invalid":
        return ServiceError(ErrorCode.INPUT_INVALID, "body: must be valid JSON", field="body")
    code = ErrorCode.INPUT_TOO_LARGE if first["type"] in {"string_too_long", "too_long"} else ErrorCode.INPUT_INVALID
    return ServiceError(code, f"{field}: {first['msg'].removeprefix('Value error, ')}", field=field)


def _of_status(error: HTTPException) -> ServiceError:
    code = _MEANT.get(error.status_code)
    if code is ErrorCode.REQUEST_NOT_FOUND:
        return ServiceError(code, "There is nothing at this address.")
    if code is None:
        code = ErrorCode.INPUT_INVALID if error.status_code < _SERVER_ERROR else ErrorCode.INTERNAL_BUG
    wait = str((error.headers or {}).get("retry-after") or (error.headers or {}).get("Retry-After") or "")
    field = "body" if code in {ErrorCode.INPUT_INVALID, ErrorCode.INPUT_TOO_LARGE} else None
    return ServiceError(
        code,
        f"body: {error.detail}" if field else str(error.detail),
        field=field,
        retry_after_ms=int(wait) * 1000 if wait.isdigit() else None,
    )
