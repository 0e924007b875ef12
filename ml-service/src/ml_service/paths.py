"""Where files that can be made again are kept."""

import os
import tempfile
from pathlib import Path


def default_cache() -> Path:
    """Return the folder of built graphs: ML_CACHE_DIR, or one among the user's caches."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("ML_CACHE_DIR") or caches / "twohop" / "models")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that readers see whole or not at all, also when this process is killed."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
