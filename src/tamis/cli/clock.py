"""Where time and ids come from: nothing below the commands and the app asks for them itself."""

from __future__ import annotations

import os
import threading
import uuid
from datetime import UTC, datetime
from time import time_ns

_lock = threading.Lock()
_last = 0

_SEQUENCE_BITS = 12
_TAIL_BITS = 62


def utc_now() -> str:
    """UTC time in ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def uuid7() -> str:
    """A unique id (RFC 9562, version 7) that sorts by time, also when the clock goes back meanwhile."""
    global _last
    with _lock:
        ns = time_ns()
        fraction = ((ns % 1_000_000) << _SEQUENCE_BITS) // 1_000_000
        stamp = max(((ns // 1_000_000) << _SEQUENCE_BITS) | fraction, _last + 1)
        _last = stamp
    value = (stamp >> _SEQUENCE_BITS) << 80
    value |= 7 << 76
    value |= (stamp & ((1 << _SEQUENCE_BITS) - 1)) << 64
    value |= 2 << _TAIL_BITS
    value |= int.from_bytes(os.urandom((_TAIL_BITS + 7) // 8)) & ((1 << _TAIL_BITS) - 1)
    return str(uuid.UUID(int=value))
