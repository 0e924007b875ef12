"""Twohop's second hop: a model that runs for whoever holds the key, and for nobody else.

For an app of your own: `protect(app)`, and with `Runs` over a `Model` the batcher too. None of it needs the shipped model.
"""

from ml_service.errors import ErrorCode, ServiceError
from ml_service.model import Model
from ml_service.protection import protect
from ml_service.runs import Runs
from ml_service.turns import Turns

__all__ = ["ErrorCode", "Model", "Runs", "ServiceError", "Turns", "protect"]
