"""Where files that can be made again are kept."""

import os
from pathlib import Path


def default_cache() -> Path:
    """Return the folder of built graphs: ML_CACHE_DIR, or one among the user's caches."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("ML_CACHE_DIR") or caches / "twohop" / "models")
