"""Title and year out of an encoded record, in a tenth of the time that the whole record takes."""

from __future__ import annotations

import msgspec


class Head(msgspec.Struct, frozen=True, gc=False):
    """What lists are sorted by; `title` is "" and `year` None where there is none."""

    title: str = ""
    year: int | None = None


NONE = Head()
_decode = msgspec.json.Decoder(Head).decode


def head(raw: bytes) -> Head:
    """What a record's JSON says of both; of one that cannot be read, neither."""
    try:
        return _decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return NONE
