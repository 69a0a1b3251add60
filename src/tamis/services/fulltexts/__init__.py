"""Which file is of which report: by what its name and its first page say, and never by a guess."""

from __future__ import annotations

from tamis.services.fulltexts.finding import FileMatch, find

__all__ = ["FileMatch", "find"]
