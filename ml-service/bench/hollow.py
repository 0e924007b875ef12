"""The service with a model that computes nothing: what is left is the price of HTTP and of tokenizing."""

import numpy as np
import uvicorn

from ml_service import service
from ml_service.app import create_app
from ml_service.backend import Tokens, Vectors
from ml_service.model import Model, Wanted, load_model
from ml_service.settings import Settings


class Hollow:
    """Answers at once."""

    name = "hollow"
    workers = 1
    batch_tokens = 100_000

    def computed(self, texts: int, tokens: int, longest: int) -> int:  # noqa: ARG002 -- the port's
        """Return what came in."""
        return tokens

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:  # noqa: ARG002 -- the port's
        """Return vectors of the real size."""
        return np.full((len(batch), 384), 0.05, np.float32)


def load_hollow(wanted: Wanted) -> Model:
    """Load the real tokenizer."""
    return Model(Hollow(), load_model(wanted).tokenizer, "hollow")


if __name__ == "__main__":
    service.load_model = load_hollow
    settings = Settings()  # pyright: ignore[reportCallIssue] -- the fields come from the environment
    uvicorn.run(
        create_app(settings), host=settings.ml_host, port=settings.ml_port, loop="uvloop", http="httptools", access_log=False
    )
