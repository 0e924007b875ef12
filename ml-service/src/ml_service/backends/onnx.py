"""The reference: onnxruntime in float32, on any machine."""

from pathlib import Path

import numpy as np
import onnxruntime as ort

from ml_service.backend import Backend, Tokens, Vectors
from ml_service.graph import cached_graph
from ml_service.packing import pack

CPU_BATCH_TOKENS = 320
GPU_BATCH_TOKENS = 16_384


class OnnxBackend:
    """One session a width. The narrow one computes in the thread that calls, so that two callers share nothing."""

    def __init__(self, graph: bytes, threads: int, workers: int) -> None:
        cuda = "CUDAExecutionProvider" in ort.get_available_providers()
        self.name = "onnx-cuda" if cuda else "onnx"
        self.workers = 1 if cuda else workers
        self.batch_tokens = GPU_BATCH_TOKENS if cuda else CPU_BATCH_TOKENS
        providers = ["CUDAExecutionProvider", "CPUExecutionProvider"] if cuda else ["CPUExecutionProvider"]
        self._wide = _session(graph, threads, providers)
        self._narrow = self._wide if self.workers == 1 else _session(graph, threads // workers, providers)

    def computed(self, texts: int, tokens: int, longest: int) -> int:  # noqa: ARG002 -- the port's
        """Return how many tokens a batch of such texts computes."""
        return tokens

    def run(self, batch: list[Tokens], *, alone: bool = False) -> Vectors:
        """Return one vector a text."""
        session = self._wide if alone else self._narrow
        (vectors,) = session.run(None, pack(batch)._asdict())
        return np.asarray(vectors, np.float32)


def _session(graph: bytes, threads: int, providers: list[str]) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return ort.InferenceSession(graph, options, providers=providers)


def load_onnx(folder: Path, cache: Path, threads: int, workers: int) -> Backend:
    """Load the graph of these weights, building it into `cache` first when it is not there or does not match its hash."""
    return OnnxBackend(cached_graph(folder, cache), threads, workers)
