r"""How documents and journal lines are written as bytes.

A journal line is `crc32 json\n`. The JSON is `{table: {doc_id: doc or null}}`, laid out like the snapshot
with a tab where the snapshot has a line break, so that a line is taken apart by splitting at tabs, without
decoding a document: JSON text never holds a raw tab or line break inside a value. Each checksum starts from
the one before it, so a line that is missing, doubled or moved is noticed as well as one that is altered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

RawDocs = Mapping[int, bytes | None]
RawChanges = Mapping[str, RawDocs | None]
"""Table name -> document id -> encoded document, or None to remove it; None for a table drops the table."""

FRAME = re.compile(rb"[0-9a-f]{8} \{")
"""What a journal line begins with."""

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ascii_encoder = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def encode(doc: object) -> bytes:
    """One JSON value as UTF-8 in one line.

    Raises:
        TypeError: the document holds something JSON has no form for.
    """
    try:
        return _encoder(doc).encode()
    except UnicodeEncodeError:  # a lone surrogate: valid in a str, not in UTF-8
        return _ascii_encoder(doc).encode()


def encode_plain(doc: object) -> bytes:
    """The same for documents of nothing but text, numbers, lists and dicts, in a fifth of the time.

    Raises:
        TypeError: the document holds something JSON has no form for.
    """
    import msgspec  # only importing needs it

    try:
        return msgspec.json.encode(doc)
    except UnicodeEncodeError:
        return encode(doc)


class _Decoder:
    """Decodes JSON, with msgspec once there is enough of it.

    Loading msgspec takes as long as the standard library takes for some thousand documents, and the first
    screen needs a dozen.
    """

    def __init__(self) -> None:
        self._left = 2 * 1024 * 1024
        self._decode: Callable[[bytes], Any] = json.loads

    def __call__(self, raw: bytes) -> Any:
        if self._left >= 0:
            self._left -= len(raw)
            if self._left >= 0:
                return json.loads(raw.decode())
            import msgspec

            fast = msgspec.json.Decoder().decode

            def decode_fast(raw: bytes) -> Any:
                try:
                    return fast(raw)
                except msgspec.MsgspecError:
                    # NaN, lone surrogates, 1e400 are JSON to the standard library only.
                    return json.loads(raw.decode())

            self._decode = decode_fast
        return self._decode(raw)


_decoder = _Decoder()


def decode(raw: bytes) -> Any:
    """The value `encode` was given, as JSON keeps it.

    Raises:
        ValueError: these bytes are not JSON.
    """
    return _decoder(raw)


def key(doc_id: int) -> bytes:
    """What stands before a document."""
    return b'"%d":' % doc_id


def encode_changes(changes: RawChanges) -> bytes:
    """The JSON of one journal line."""
    tables = []
    for name, docs in changes.items():
        head = encode(name)
        if docs is None:
            tables.append(head + b":null")
        elif not docs:
            tables.append(head + b":{\t}")
        else:
            inner = b",\t".join([key(i) + (b"null" if raw is None else raw) for i, raw in docs.items()])
            tables.append(b"%b:{\t%b\t}" % (head, inner))
    return b"{\t%b\t}" % b",\t".join(tables) if tables else b"{\t}"


def decode_changes(text: bytes) -> dict[str, dict[int, bytes | None] | None]:
    """The inverse of `encode_changes`.

    Raises:
        ValueError: the text is not laid out like that.
    """
    pieces = text.split(b"\t")
    if len(pieces) < 2 or pieces[0] != b"{" or pieces[-1] != b"}":
        raise ValueError("not a journal line")
    changes: dict[str, dict[int, bytes | None] | None] = {}
    docs: dict[int, bytes | None] | None = None
    for piece in pieces[1:-1]:
        piece = piece.removesuffix(b",")
        if docs is None:
            if piece.endswith(b":{"):
                docs = changes[json.loads(piece[:-2])] = {}
            elif piece.endswith(b":null"):
                changes[json.loads(piece[:-5])] = None
            else:
                raise ValueError("not a table")
        elif piece == b"}":
            docs = None
        else:
            end = piece.index(b'":')
            raw = piece[end + 2 :]
            docs[int(piece[1:end])] = None if raw == b"null" else raw
    if docs is not None:
        raise ValueError("a table has no end")
    return changes


def frame(text: bytes, previous: int) -> tuple[bytes, int]:
    """The whole journal line for `text`, and its checksum, which the next line starts from."""
    crc = crc32(text, previous)
    return b"%08x %b\n" % (crc, text), crc


def unframe(line: bytes, previous: int) -> tuple[bytes, int] | None:
    """The JSON in a line and its checksum; None if they do not agree, or the line has no end."""
    text = line[9:-1]
    crc = crc32(text, previous)
    # The checksum of no text at all is the one before it, so there must be some.
    return (text, crc) if line[:10] == b"%08x {" % crc and line[-1] == 0x0A else None
