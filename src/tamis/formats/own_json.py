"""tamis's own JSON: everything a review knows of its records, for other programs and for tamis.

    {"tamis": 1, "records": [
    {"id": "...", "title": "...", ..., "decisions": [{"by": "...", "verdict": "exclude", ...}]},
    ...
    ]}

One record a line, fields as in `domain.record.Record` and `Decision`, empty fields left out. Files that
another program has laid out differently are read as well, though then as a whole.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from tamis.domain.record import Problem, Record
from tamis.domain.text import clean_line
from tamis.errors import FormatError
from tamis.formats.base import Format, Item, Log
from tamis.formats.own_doc import decisions_doc, from_doc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.formats.decoding import Text

VERSION = 1
_HEAD = '{"tamis": 1, "records": ['
_TAIL = "]}"
_SIGNATURE = re.compile(r'\A\s*\{\s*"tamis"\s*:\s*(\d+)')
_ROW = re.compile(r"\{.*\},?")


def _sniff(head: str) -> bool:
    return _SIGNATURE.match(head) is not None


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    found = 0
    ended = False
    for number, line in enumerate(text.lines()):
        if number == 0:
            _check_version(line)
            if line.rstrip() != _HEAD:
                return _read_whole(text, log)
        elif line.rstrip() == _TAIL:
            ended = True
        elif line.strip():
            found += 1
    if not ended:
        log.add("the file is cut off: its last line is missing", 1)
    return found, _rows(text)


def _check_version(line: str) -> None:
    match = _SIGNATURE.match(line)
    if match is not None and int(match.group(1)[:9]) > VERSION:
        raise FormatError("it was written by a newer tamis; update tamis to read it")


def _rows(text: Text) -> Iterator[Item]:
    for number, line in enumerate(text.lines(), 1):
        if number == 1 or not line.strip() or line.rstrip() == _TAIL:
            continue
        try:
            doc = json.loads(line.strip().removesuffix(","))
        except (ValueError, RecursionError):
            yield Problem(number, "this line is no JSON object, or is cut off", clean_line(line[:200]))
            continue
        yield _record(doc, number)


def _record(doc: object, number: int) -> Item:
    if not isinstance(doc, dict):
        return Problem(number, "this entry is no JSON object", clean_line(json.dumps(doc)[:200]))
    return from_doc(doc, number)


def _read_whole(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    try:
        doc = json.loads("\n".join(text.blocks()))
    except RecursionError:
        raise FormatError("its JSON is nested too deeply; export it again") from None
    except ValueError as error:
        words = clean_line(str(error))
        raise FormatError(f"its JSON is damaged ({words}); export it again") from None
    records = doc.get("records") if isinstance(doc, dict) else None
    if not isinstance(records, list):
        raise FormatError('it has no list "records"; export it again from tamis')
    log.add("laid out by another program, read as a whole", 1)
    return len(records), (_record(record, 0) for record in records)


def _write(records: Iterable[Record], out: BinaryIO) -> int:
    written = 0
    out.write(_HEAD.encode() + b"\n")
    for record in records:
        doc: dict[str, Any] = record.to_doc()
        if record.decisions:
            doc["decisions"] = decisions_doc(record.decisions)
        line = json.dumps(doc, ensure_ascii=False)
        out.write((",\n" if written else "").encode() + line.encode("utf-8", "replace"))
        written += 1
    out.write((b"\n" if written else b"") + _TAIL.encode() + b"\n")
    return written


FORMAT = Format(name="json", label="tamis's own JSON", suffix=".json", sniff=_sniff, read=_read, write=_write)
