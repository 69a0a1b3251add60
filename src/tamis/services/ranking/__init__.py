"""Relevance ranking: records in the order in which they are most likely relevant.

`words` is plain Python; `features` and `ranker` need numpy, the extra `rank`, and are imported where they
are used, after `require`.
"""

from __future__ import annotations

from importlib.util import find_spec

from tamis.errors import UsageError


def available() -> bool:
    """Whether what ranking needs is installed; nothing is loaded."""
    return find_spec("numpy") is not None


def require() -> None:
    """Say how to get what ranking needs.

    Raises:
        UsageError: it is not installed.
    """
    if not available():
        raise UsageError("Ranking needs numpy: pip install 'tamis[rank]'. Everything else works without it.")
