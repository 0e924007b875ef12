"""`python -m bench.gpu`: the torch backend on this machine's GPU, alone and behind the service. Prints one JSON object."""

import asyncio
import os
import sys
from typing import Any

import numpy as np
import orjson
import torch  # pyright: ignore[reportMissingImports] -- an extra

from bench.load import closed_loop
from bench.process import served
from bench.yardstick import Yardstick, raw_per_second
from ml_service.accuracy import embed, least_cosine
from ml_service.encoder import Wanted, load_encoder
from ml_service.paths import default_cache
from ml_service.probe import probe_texts

SEED = 20_261_126
TEXTS = 2_048
GATED = 256
SECONDS = 2.0
BUDGETS = (1_024, 4_096, 16_384, 65_536)
PAGE = 64


def in_process() -> dict[str, Any]:
    """Return how exact the backend is, and sentences a second by the size of its batches."""
    model = load_encoder(Wanted(default_cache(), backend="torch", threads=os.cpu_count() or 1))
    texts = probe_texts(model.tokenizer, TEXTS, SEED)
    tokens = model.tokenize(texts)
    yardstick = Yardstick(os.cpu_count() or 1)
    reference = np.concatenate([yardstick.run([each]) for each in tokens[:GATED]])
    alone, mixed = (embed(model.backend, tokens[:GATED], size) for size in (1, 48))
    rates = {}
    chosen = model.backend.batch_tokens
    for model.backend.batch_tokens in BUDGETS:
        rates[str(model.backend.batch_tokens)] = round(raw_per_second(model.backend, tokens, SECONDS), 1)
    model.backend.batch_tokens = chosen
    return {
        "backend": model.backend.name,
        "meanTokens": round(float(np.mean([len(each) for each in tokens])), 1),
        "cosine": least_cosine(mixed, reference),
        "neighbours": least_cosine(alone, mixed),
        "perSecondByBatchTokens": rates,
    }


def behind_the_service() -> list[dict[str, Any]]:
    """Return what clients see."""
    rows: list[dict[str, Any]] = []
    with served(ML_BACKEND="torch", ML_QUEUE_TEXTS="40000") as service:
        texts = probe_texts(load_encoder(Wanted(default_cache())).tokenizer, TEXTS, SEED)
        singles = [service.door.request("/v1/embeddings", {"texts": [text]}) for text in texts]
        pages = [service.door.request("/v1/embeddings", {"texts": texts[at : at + PAGE]}) for at in range(0, TEXTS, PAGE)]
        for name, requests, sentences, levels in (
            ("one sentence", singles, 1, (1, 8, 64, 256)),
            ("64 sentences", pages, PAGE, (1, 8, 64)),
        ):
            for concurrency in levels:
                took, seconds = asyncio.run(closed_loop(service.door, requests, concurrency, SECONDS))
                p50, p99 = np.quantile(took, [0.5, 0.99]) * 1e3
                rows.append(
                    {
                        "name": f"torch: {name}",
                        "concurrency": concurrency,
                        "perSecond": round(len(took) / seconds, 1),
                        "sentencesPerSecond": round(sentences * len(took) / seconds, 1),
                        "p50Ms": round(float(p50), 2),
                        "p99Ms": round(float(p99), 2),
                    }
                )
                sys.stderr.write(f"{rows[-1]}\n")
    return rows


def main() -> None:
    """Measure, and print."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    sys.stdout.write(orjson.dumps({"device": device, **in_process(), "results": behind_the_service()}).decode() + "\n")


if __name__ == "__main__":
    main()
