"""Writes the contract: `python -m ml_service.export_openapi`, or with `--check` tells whether it is up to date."""

import json
import sys
from pathlib import Path

from ml_service.app import create_app
from ml_service.settings import Settings

CONTRACT = Path(__file__).parents[2] / "openapi.json"


def contract() -> str:
    """Return the OpenAPI document as it is committed. The model is not loaded for it."""
    app = create_app(Settings(twohop_env="development", ml_key="export"))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the contract, or check it; return the exit code."""
    current = contract()
    if "--check" not in sys.argv[1:]:
        CONTRACT.write_text(current)
        return 0
    if CONTRACT.exists() and CONTRACT.read_text() == current:
        return 0
    sys.stderr.write("openapi.json does not match the schemas: run `python -m ml_service.export_openapi`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
