# ruff: noqa: INP001 - a script, no package
"""Key sentences of a text file, by a client made from the first hop's own contract.

Make the client once, beside this file, then run it:

    openapi-python-client generate --path ../../packages/api/openapi.json --meta none --output-path twohop_client
    TWOHOP_URL=https://api.example.com TWOHOP_TOKEN=<ID token> python highlight.py page.txt
"""

import os
import sys
from pathlib import Path
from uuid import uuid4

import httpx
from twohop_client import AuthenticatedClient
from twohop_client.api.highlights import highlights_run
from twohop_client.models import HighlightsInput, Refusal


def main() -> int:
    """Print the sentences and the receipt; 1 when the server refused, with the code of its error table."""
    url = os.environ.get("TWOHOP_URL", "http://127.0.0.1:8787")
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    wanted = HighlightsInput(text=text, count=3)
    try:
        with AuthenticatedClient(base_url=url, token=os.environ["TWOHOP_TOKEN"], timeout=60) as client:
            answer = highlights_run.sync(client=client, body=wanted, idempotency_key=str(uuid4()))
    except httpx.TransportError:
        answer = None
    if answer is None:
        sys.stderr.write("The server did not answer.\n")
        return 1
    if isinstance(answer, Refusal):
        fault = answer.error.data.twohop
        sys.stderr.write(f"{fault.code.value}: {fault.message}\n")
        return 1
    result = answer.result.data
    for mark in result.highlights:
        sys.stdout.write(f"{mark.score:.2f}  {mark.text}\n")
    receipt = result.receipt
    sys.stdout.write(f"used {receipt.compute_us} µs, {receipt.remaining_us} µs are left today\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
