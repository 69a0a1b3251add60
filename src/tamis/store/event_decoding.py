"""Many encoded events to events at once, when they are written as this version writes them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tamis.domain.events import Event

_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Targets = Annotated[list[str], msgspec.Meta(min_length=1)]


class _Known(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What `Event.from_doc` takes as it is; a document with anything else is one for `from_doc` itself."""

    id: _Text
    kind: _Text
    by: _Text
    at: msgspec.Raw = msgspec.Raw()
    log: msgspec.Raw = msgspec.Raw()
    seq: msgspec.Raw = msgspec.Raw()
    stage: msgspec.Raw = msgspec.Raw()
    record: msgspec.Raw = msgspec.Raw()
    body: msgspec.Raw = msgspec.Raw()
    replaces: _Targets = msgspec.field(default_factory=list)


_check = msgspec.json.Decoder(list[_Known]).decode
_decode = msgspec.json.Decoder(list[Event]).decode


def usual_events(raw: bytes) -> list[Event] | None:
    """The events in a JSON array, as `Event.from_doc` makes them, in a third of its time.

    Returns:
        None when one of them is not as this version writes events, or damaged.
    """
    try:
        _check(raw)  # no field that a later version has added
        return _decode(raw)  # and all of the types that this version uses
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
