"""The JSON that commands write, described by docstrings and shown on the sample data."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs.texts import FIELDS
from tamis.domain.events import Author, Verdict
from tamis.services.checking import check
from tamis.services.demo import SOURCES, decide_all, demo_review
from tamis.services.exporting import chosen
from tamis.services.reporting import summary
from tamis.services.screening import Session

if TYPE_CHECKING:
    from tamis.domain.events import Event
    from tamis.domain.record import Record

NOW = "2026-01-15T09:00:00Z"
SHOWN = 2
"""Of a long list, this many entries are shown."""
_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def attributes(kind: type) -> dict[str, str]:
    """Every field of a dataclass with what its docstring says of it; where it says nothing, its name."""
    _, _, part = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
    said = {name: " ".join(words.split()) for name, words in _ATTRIBUTE.findall(part)} | FIELDS
    names = [field.name for field in dataclasses.fields(kind)]
    return {name: said.get(name, name) for name in names}


def json_examples() -> dict[str, str]:
    """What commands write on the sample data, lists shortened; the same at every run."""
    numbers = itertools.count(1)
    by = Author("Demo", lambda: NOW, lambda: f"01981f00-0000-7000-8000-{next(numbers):012d}")
    with tempfile.TemporaryDirectory(prefix="tamis-") as made:
        review, accounts = demo_review(Path(made) / "review", by)
        with review:
            session = Session(review, by)
            decide_all(session)
            files = [account.to_doc() for account in accounts if account.file == SOURCES[0][0]]
            record = next(filter(_short, chosen(review, session.ledger)))
            event = next(filter(_is_exclusion, session.ledger.events.values()))
            title = review.records[review.records.position(event.record)].title
            findings = [{"ok": f.ok, "what": f.what} for f in check(review)]
            return {
                "import": _dump({"files": files}),
                "summary": _dump(summary(review, session.ledger)),
                "export": _dump(exported(record)),
                "event": json.dumps({**event.to_doc(), "title": title}, ensure_ascii=False),
                "check": _dump({"ok": all(f["ok"] for f in findings), "findings": findings}),
                "init": _dump({"review": "review", "protocol": "review/protocol.toml", "title": "Liver"}),
                "exported": _dump({"file": "out.ris", "format": "ris", "records": 24, "only": "included"}),
            }


def exported(record: Record) -> dict[str, Any]:
    """A record as the JSON export has it."""
    return {**record.to_doc(), "decisions": [decision.to_doc() for decision in record.decisions]}


def _short(record: Record) -> bool:
    return "no-abstract" in record.flags and bool(record.decisions)


def _is_exclusion(event: Event) -> bool:
    return event.verdict is Verdict.EXCLUDE and bool(event.reasons)


def _dump(doc: object) -> str:
    return json.dumps(_shortened(doc), ensure_ascii=False, indent=2)


def _shortened(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shortened(each) for each in value[:SHOWN]]
    return value
