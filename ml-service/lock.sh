#!/bin/sh
# Renews requirements.lock: every package by version and hash, and no registry's address, so that a maker behind a mirror
# installs the same files.
set -eu
cd "$(dirname "$0")"
uv pip compile pyproject.toml --extra encoder --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
  --custom-compile-command 'sh ml-service/lock.sh' --output-file requirements.lock "$@"
