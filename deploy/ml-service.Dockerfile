# The second hop, from one file in three targets, built from the root of the repository:
#   docker build -f deploy/ml-service.Dockerfile --target cpu  -t twohop-model .        any machine
#   docker build -f deploy/ml-service.Dockerfile --target cuda -t twohop-model:cuda .   an NVIDIA GPU, by the container toolkit
#   docker build -f deploy/ml-service.Dockerfile --target ray  -t twohop-model:ray .    replicas on Ray Serve
# Versions are exact, and every Python package is held by its hash; to pin the base's bytes too, write its digest behind the tag.
FROM python:3.11.14-slim-bookworm AS tools
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /src
COPY ml-service/ ./
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 VIRTUAL_ENV=/opt/venv

FROM tools AS build-cpu
RUN uv venv /opt/venv \
  && uv pip sync --require-hashes locks/cpu.lock \
  && uv pip install --no-deps . \
  && ML_CACHE_DIR=/cache /opt/venv/bin/python -m ml_service.graph

FROM tools AS build-cuda
RUN uv venv /opt/venv \
  && uv pip sync --require-hashes locks/cuda.lock \
  && uv pip install --no-deps .

FROM tools AS build-ray
RUN uv venv /opt/venv \
  && uv pip sync --require-hashes locks/serve.lock \
  && uv pip install --no-deps . \
  && ML_CACHE_DIR=/cache /opt/venv/bin/python -m ml_service.graph

FROM python:3.11.14-slim-bookworm AS base
# Written at the first start: what was measured of the machine, and graphs. A volume may be mounted there; the rest is read-only.
RUN install -d -o 1000 -g 1000 /cache
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
  PYTHONUNBUFFERED=1 \
  PYTHONDONTWRITEBYTECODE=1 \
  HOME=/cache \
  ML_HOST=0.0.0.0 \
  ML_CACHE_DIR=/cache
VOLUME /cache
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"ML_PORT\", 8000)}/healthz', timeout=2)"]

FROM base AS ray
# KubeRay's probes call wget. Debian's mirrors keep one version only, so it cannot be pinned.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends wget \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build-ray /opt/venv /opt/venv
COPY --from=build-ray --chown=1000:1000 /cache /cache
ENV RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH=ml_service.doorway.middlewares \
  RAY_USAGE_STATS_ENABLED=0
USER 1000:1000
CMD ["python", "-m", "ml_service.serve"]

FROM base AS cuda
COPY --from=build-cuda /opt/venv /opt/venv
ENV ML_BACKEND=torch
USER 1000:1000
CMD ["python", "-m", "ml_service"]

FROM base AS cpu
COPY --from=build-cpu /opt/venv /opt/venv
COPY --from=build-cpu --chown=1000:1000 /cache /cache
USER 1000:1000
CMD ["python", "-m", "ml_service"]
