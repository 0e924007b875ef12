"""The service with a model that computes nothing: what is left is the price of HTTP and of tokenizing."""

import numpy as np
import uvicorn

from ml_service import app, encoder
from ml_service.backend import Tokens, Vectors
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


class HollowEncoder(encoder.Encoder):
    """The real tokenizer before it."""

    def parts(self, wanted: encoder.Wanted) -> encoder.Parts:
        """Load the tokenizer alone."""
        return super().parts(wanted._replace(backend="onnx", workers=1))._replace(backend=Hollow())


if __name__ == "__main__":
    app.Encoder = HollowEncoder
    settings = Settings()  # pyright: ignore[reportCallIssue] -- the fields come from the environment
    uvicorn.run(
        app.create_app(settings), host=settings.ml_host, port=settings.ml_port, loop="uvloop", http="httptools", access_log=False
    )
