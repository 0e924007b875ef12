"""OpenVINO on the CPU: bf16 where the CPU computes in it, and integer weights for those who opt in."""

import threading
from pathlib import Path
from typing import Literal

import numpy as np
import openvino as ov

from ml_service.backend import Backend, Tokens, Vectors
from ml_service.backends.openvino_graph import build_model
from ml_service.packing import Step, pack, rounded
from ml_service.weights import load_encoder

Precision = Literal["fp32", "bf16", "int8"]

BATCH_TOKENS = 320
STEP = Step(tokens=32, texts=4, length=16)
"""OpenVINO compiles kernels for the shapes that it meets and keeps them: unrounded, a day's shapes fill the memory."""


class OpenvinoBackend:
    """One compiled model a width. Not pinned: two models with pinned threads share a core while the other one idles."""

    def __init__(self, model: ov.Model, precision: Precision, threads: int, workers: int) -> None:
        self.name = f"openvino-{precision}"
        self.workers = workers
        self.batch_tokens = BATCH_TOKENS
        hint = "f32" if precision == "fp32" or not computes_bf16() else "bf16"
        core = ov.Core()
        self._wide = _Width(core, model, hint, threads, streams=1)
        self._narrow = self._wide if workers == 1 else _Width(core, model, hint, threads, streams=workers)

    def computed(self, texts: int, tokens: int, longest: int) -> int:  # noqa: ARG002 -- the port's
        """Return how many tokens a batch of such texts computes, with what rounding adds."""
        return rounded(tokens, STEP.tokens)

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:
        """Return one vector a text."""
        return (self._wide if alone else self._narrow).run(batch)


class _Width:
    """A compiled model, with a request for each thread that calls."""

    def __init__(self, core: ov.Core, model: ov.Model, hint: str, threads: int, *, streams: int) -> None:
        self._compiled = core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": hint,
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": streams,
                "ENABLE_CPU_PINNING": False,
            },
        )
        self._own = threading.local()

    def run(self, batch: list[Tokens]) -> Vectors:
        if not hasattr(self._own, "request"):
            self._own.request = self._compiled.create_infer_request()
        result = self._own.request.infer(list(pack(batch, STEP)), share_inputs=True, share_outputs=True)
        # A copy: the request writes its next result into the same memory.
        return np.array(result[0][: len(batch)], np.float32)


def computes_bf16() -> bool:
    """Tell whether the CPU multiplies bf16 itself, which is about twice as fast as float32."""
    capabilities: list[str] = ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "BF16" in capabilities


def load_openvino(folder: Path, precision: Precision, threads: int, workers: int) -> Backend:
    """Load the weights of `folder` in the given precision."""
    model = build_model(load_encoder(folder), integers=precision == "int8")
    return OpenvinoBackend(model, precision, threads, workers)
