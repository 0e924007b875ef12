"""The Python mirror of `packages/api/src/errors.ts`. Tests hold the two equal."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Stable codes of failures, the same on both hops."""

    AUTH_MISSING = "auth.missing"
    AUTH_INVALID = "auth.invalid"
    AUTH_EXPIRED = "auth.expired"
    AUTH_REVOKED = "auth.revoked"
    AUTH_FORBIDDEN = "auth.forbidden"
    AUTH_BLOCKED = "auth.blocked"
    AUTH_UNAVAILABLE = "auth.unavailable"
    INPUT_INVALID = "input.invalid"
    INPUT_TOO_LARGE = "input.too_large"
    CLIENT_OUTDATED = "client.outdated"
    REQUEST_NOT_FOUND = "request.not_found"
    REQUEST_TIMEOUT = "request.timeout"
    REQUEST_URI_TOO_LONG = "request.uri_too_long"
    REQUEST_MEDIA_TYPE = "request.media_type"
    REQUEST_CANCELLED = "request.cancelled"
    LIMIT_RATE = "limit.rate"
    LIMIT_CONCURRENCY = "limit.concurrency"
    LIMIT_IP = "limit.ip"
    LIMIT_QUOTA = "limit.quota"
    LIMIT_POOL = "limit.pool"
    LIMIT_SPEND_CAP = "limit.spend_cap"
    LIMIT_KILLED = "limit.killed"
    LIMIT_STORE_DOWN = "limit.store_down"
    CAPACITY_OVERLOADED = "capacity.overloaded"
    UPSTREAM_CIRCUIT_OPEN = "upstream.circuit_open"
    UPSTREAM_COLD = "upstream.cold"
    UPSTREAM_TIMEOUT = "upstream.timeout"
    UPSTREAM_BAD_RESPONSE = "upstream.bad_response"
    RUN_CONFLICT = "run.conflict"
    RUN_RESULT_GONE = "run.result_gone"
    INTERNAL_BUG = "internal.bug"


STATUS: dict[ErrorCode, int] = {
    ErrorCode.AUTH_MISSING: 401,
    ErrorCode.AUTH_INVALID: 401,
    ErrorCode.AUTH_EXPIRED: 401,
    ErrorCode.AUTH_REVOKED: 401,
    ErrorCode.AUTH_FORBIDDEN: 403,
    ErrorCode.AUTH_BLOCKED: 403,
    ErrorCode.AUTH_UNAVAILABLE: 503,
    ErrorCode.INPUT_INVALID: 400,
    ErrorCode.INPUT_TOO_LARGE: 413,
    ErrorCode.CLIENT_OUTDATED: 426,
    ErrorCode.REQUEST_NOT_FOUND: 404,
    ErrorCode.REQUEST_TIMEOUT: 408,
    ErrorCode.REQUEST_URI_TOO_LONG: 414,
    ErrorCode.REQUEST_MEDIA_TYPE: 415,
    ErrorCode.REQUEST_CANCELLED: 499,
    ErrorCode.LIMIT_RATE: 429,
    ErrorCode.LIMIT_CONCURRENCY: 429,
    ErrorCode.LIMIT_IP: 429,
    ErrorCode.LIMIT_QUOTA: 402,
    ErrorCode.LIMIT_POOL: 402,
    ErrorCode.LIMIT_SPEND_CAP: 503,
    ErrorCode.LIMIT_KILLED: 503,
    ErrorCode.LIMIT_STORE_DOWN: 503,
    ErrorCode.CAPACITY_OVERLOADED: 503,
    ErrorCode.UPSTREAM_CIRCUIT_OPEN: 503,
    ErrorCode.UPSTREAM_COLD: 503,
    ErrorCode.UPSTREAM_TIMEOUT: 504,
    ErrorCode.UPSTREAM_BAD_RESPONSE: 502,
    ErrorCode.RUN_CONFLICT: 409,
    ErrorCode.RUN_RESULT_GONE: 410,
    ErrorCode.INTERNAL_BUG: 500,
}
"""The HTTP status of every code. This service answers with few of them; the others are the first hop's."""


RETRY_AFTER_MS = 1_000
"""When to come again to a service that has no room."""


class ServiceError(Exception):
    """A refusal in the table's words.

    `field` names what is wrong in the input. `retry_after_ms` is set where waiting helps.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        field: str | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.retry_after_ms = retry_after_ms


def deadline_passed() -> ServiceError:
    """Return what whoever set a deadline is told after it."""
    return ServiceError(ErrorCode.UPSTREAM_TIMEOUT, "The deadline passed.")


def no_room() -> ServiceError:
    """Return what whoever comes when all places are taken is told, at once."""
    return ServiceError(ErrorCode.CAPACITY_OVERLOADED, "The queue is full.", retry_after_ms=RETRY_AFTER_MS)
