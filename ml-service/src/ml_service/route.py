"""Routes that FastAPI documents and that cost little: its dependencies alone took as long as a sentence's HTTP may."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, get_type_hints

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError


class BodyRoute(APIRoute):
    """For an endpoint of `body`, a model, and `request`: reads the one and hands both over, and does nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request. Raises RequestValidationError, as FastAPI does."""
        model: type[BaseModel] = get_type_hints(self.endpoint)["body"]
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            return await endpoint(body=_parsed(model, await request.body()), request=request)

        return handle


def _parsed(model: type[BaseModel], content: bytes) -> BaseModel:
    try:
        # Bytes would be read as UTF-16 or UTF-32, too, where they look like it.
        return model.model_validate(json.loads(content.decode()))
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error
    except (ValueError, RecursionError) as error:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",), "msg": "not JSON"}]) from error
