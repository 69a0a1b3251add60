"""Records and decisions out of JSON objects that anyone may have edited: cleaned, checked, never trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamis.domain.record import Decision, Record
from tamis.domain.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERDICTS = ("include", "exclude", "maybe", "undecided")
_PARAGRAPHS = frozenset({"abstract"})
_LISTS = ("authors", "urls", "keywords", "notes", "flags")
_TEXTS = tuple(
    name
    for name in Record.__dataclass_fields__
    if name not in (*_LISTS, "year", "extra", "decisions", "line")
)


def from_doc(doc: Mapping[str, Any], line: int) -> Record:
    """A record out of a JSON object; what has the wrong type becomes text or is left out."""
    record = Record(line=line)
    patch(record, doc)
    if isinstance(ident := doc.get("id"), str):
        record.id = clean_line(ident)
    return record


def patch(record: Record, doc: Mapping[str, Any]) -> None:
    """Overwrite the fields of `record` that `doc` has, except its id and line."""
    for name in _TEXTS:
        value = doc.get(name)
        if value is not None and name != "id":
            clean = clean_text if name in _PARAGRAPHS else clean_line
            setattr(record, name, clean(str(value)))
    for name in _LISTS:
        if name in doc:
            setattr(record, name, texts(doc[name], keep_lines=name == "notes"))
    if "year" in doc:
        year = doc["year"]
        record.year = year if isinstance(year, int) and not isinstance(year, bool) else None
    if isinstance(extra := doc.get("extra"), dict):
        record.extra = {clean_line(str(tag)): texts(values, keep_lines=True) for tag, values in extra.items()}
    if isinstance(decisions := doc.get("decisions"), list):
        record.decisions = tuple(read_decision(d) for d in decisions if isinstance(d, dict))


def texts(value: object, *, keep_lines: bool = False) -> tuple[str, ...]:
    """A list of clean text; a single value becomes a list of one."""
    clean = clean_text if keep_lines else clean_line
    if value is None:
        return ()
    return tuple(clean(str(v)) for v in (value if isinstance(value, list | tuple) else (value,)))


def read_decision(doc: Mapping[str, Any]) -> Decision:
    """A decision out of a JSON object, cleaned; a verdict tamis does not know is `undecided`."""
    raw = Decision.from_doc(doc)
    return Decision(
        by=clean_line(raw.by),
        stage=clean_line(raw.stage),
        verdict=raw.verdict if raw.verdict in VERDICTS else "undecided",
        reasons=tuple(map(clean_line, raw.reasons)),
        note=clean_text(raw.note),
        labels=tuple(map(clean_line, raw.labels)),
        at=clean_line(raw.at),
    )


def decisions_doc(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Decisions as JSON objects."""
    return [decision.to_doc() for decision in decisions]
