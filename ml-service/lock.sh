#!/bin/sh
# Renews the locks: every package by version and hash, and no registry's address, so that a maker behind a mirror installs the
# same files. requirements.lock is the one of this folder; locks/ holds those of the images, without what only tests need.
set -eu
cd "$(dirname "$0")"
lock() {
  uv pip compile pyproject.toml --extra encoder --extra traces --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --quiet \
    --custom-compile-command 'sh ml-service/lock.sh' "$@"
}
lock --group dev --group deploy --output-file requirements.lock "$@"
lock --constraint requirements.lock --output-file locks/cpu.lock
lock --constraint requirements.lock --extra serve --output-file locks/serve.lock
lock --constraint requirements.lock --extra torch --output-file locks/cuda.lock
