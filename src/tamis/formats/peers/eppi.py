"""EPPI-Reviewer's JSON: references with codes, and the sets of codes they come from.

A format of its own, as codes have numbers that only the file itself explains. A code of the type "Include"
or "Exclude", or one in a set for screening whose name begins so, is a verdict and, for an exclusion, its
reason; every other code is a label, with what was written to it kept in `extra`. Where no code says it,
`ItemStatus` does: `I` included, `E` excluded; `D` (deleted) is kept in `extra` and decides nothing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tamis.domain.record import Flag, Problem, Record
from tamis.domain.text import clean_line, clean_text, doi, http_url, year
from tamis.errors import FormatError
from tamis.formats.base import Format, Item, Log
from tamis.formats.peers.votes import EXCLUDE, FULL_TEXT, INCLUDE, SCREENING, Votes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.formats.decoding import Text

_SIGNATURE = re.compile(r'\A\s*\{\s*"(?:CodeSets|References)"\s*:')
_OURS = re.compile(r'"(?:ReviewSetId|SetName|AttributeId|ItemStatus|ItemId|CodeSets)"\s*:')
_ITEM = re.compile(r'"ItemStatus"\s*:')
_SCREENING_SET = re.compile(r"screen|exclu|inclu|eligib", re.IGNORECASE)
_VERDICT = re.compile(r"\W*(?:\d+\W+)?(inclu|exclu)", re.IGNORECASE)
_FULL = re.compile(r"full[\s-]*(?:text|report|paper)|second (?:stage|screen)", re.IGNORECASE)
_DEPTH = 60
_TYPES = {
    "Journal, Article": "JOUR", "Conference Proceedings": "CONF", "Book, Chapter": "CHAP",
    "Book, Whole": "BOOK", "Dissertation": "THES", "Report": "RPRT", "Journal, Whole": "JFULL",
    "Document From Internet Site": "ELEC", "Web Site": "ELEC", "DVD, Video, Media": "VIDEO",
    "Research project": "UNPB", "Generic": "GEN",
}  # fmt: skip
_FIELDS = {
    "Title": "title", "ParentTitle": "journal", "Volume": "volume", "Issue": "issue", "Pages": "pages",
    "StandardNumber": "issn", "Publisher": "publisher", "ItemId": "accession",
}  # fmt: skip
_TAKEN = frozenset(
    {*_FIELDS, "Abstract", "Authors", "Year", "DOI", "URL", "Keywords", "Comments", "Codes", "TypeName"}
)
_REPEATED = frozenset({"QuickCitation", "ItemStatusTooltip", "ShortTitle"})


class Code(NamedTuple):
    """What a code's number stands for."""

    name: str
    verdict: str
    stage: str


def _sniff(head: str) -> bool:
    return _SIGNATURE.match(head) is not None and _OURS.search(head) is not None


def _read(text: Text, _log: Log) -> tuple[int, Iterator[Item]]:
    whole = "\n".join(text.lines())
    try:
        doc = json.loads(whole)
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        where = f" in line {line}" if line else ""
        raise FormatError(
            f"its JSON is damaged or cut off{where}; export it from EPPI-Reviewer again"
        ) from None
    except RecursionError:
        raise FormatError("its JSON is nested too deeply to be an export of EPPI-Reviewer") from None
    references = doc.get("References") if isinstance(doc, dict) else None
    if not isinstance(references, list):
        raise FormatError("it holds no references, only codes; export the references along with them")
    found = sum(1 for _ in _ITEM.finditer(whole))
    lines = (
        [whole.count("\n", 0, mark.start()) + 1 for mark in _ITEM.finditer(whole)]
        if len(whole) < 1 << 20
        else []
    )
    codes, screened = _codes(doc.get("CodeSets"))
    return found or len(references), _records(references, lines, codes, screened)


def _codes(sets: object) -> tuple[dict[str, Code], bool]:
    """Every code by its number, and whether any of them is about screening."""
    codes: dict[str, Code] = {}
    for each in sets if isinstance(sets, list) else ():
        if isinstance(each, dict):
            kind = each.get("SetType")
            names = [each.get("SetName"), kind.get("SetTypeName") if isinstance(kind, dict) else ""]
            name = " ".join(str(n) for n in names if n)
            _walk(
                each.get("Attributes"), bool(_SCREENING_SET.search(name)), bool(_FULL.search(name)), codes, 0
            )
    return codes, any(code.verdict for code in codes.values())


def _walk(branch: object, screening: bool, full: bool, codes: dict[str, Code], depth: int) -> None:
    listed = branch.get("AttributesList") if isinstance(branch, dict) else None
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict) or depth > _DEPTH:
            continue
        name = clean_line(str(each.get("AttributeName") or ""))
        kind = str(each.get("AttributeType") or "").lower()
        said = kind if kind in (INCLUDE, EXCLUDE) else ""
        if not said and screening and (word := _VERDICT.match(name)):
            said = INCLUDE if word.group(1).lower() == "inclu" else EXCLUDE
        here = full or bool(_FULL.search(name))
        codes[str(each.get("AttributeId"))] = Code(name, said, FULL_TEXT if here else SCREENING)
        _walk(each.get("Attributes"), screening, here, codes, depth + 1)


def _records(
    references: list[Any], lines: list[int], codes: dict[str, Code], screened: bool
) -> Iterator[Item]:
    for place, reference in enumerate(references):
        line = lines[place] if place < len(lines) and len(lines) == len(references) else 1
        if not isinstance(reference, dict):
            yield Problem(
                line, f"entry {place + 1} of References is no reference", clean_line(str(reference)[:200])
            )
            continue
        yield _record(reference, line, codes, screened)


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _record(reference: dict[str, Any], line: int, codes: dict[str, Code], screened: bool) -> Record:
    record = Record(line=line)
    for name, attribute in _FIELDS.items():
        setattr(record, attribute, clean_line(_text(reference.get(name))))
    kind = clean_line(_text(reference.get("TypeName")))
    record.type = _TYPES.get(kind, "")
    record.abstract = clean_text(_text(reference.get("Abstract")))
    record.authors = _list(reference.get("Authors"))
    record.year = year(_text(reference.get("Year")))
    record.doi = doi(_text(reference.get("DOI")))
    record.urls = tuple(filter(None, [http_url(_text(reference.get("URL")))]))
    record.keywords = _list(reference.get("Keywords"))
    record.notes = tuple(filter(None, [clean_text(_text(reference.get("Comments")))]))
    record.flags = tuple(
        str(flag)
        for flag, there in ((Flag.NO_TITLE, record.title), (Flag.NO_ABSTRACT, record.abstract))
        if not there
    )
    extra: dict[str, tuple[str, ...]] = {}
    kept = [name for name in reference if name not in _TAKEN and name not in _REPEATED]
    kept += ["TypeName"] * (not record.type) + ["URL"] * (not record.urls) + ["DOI"] * (not record.doi)
    kept += ["Year"] * (record.year is None)
    for name in kept:
        if value := clean_text(_text(reference.get(name))):
            extra[clean_line(str(name))] = (value,)
    votes, written = _votes(reference, codes, screened)
    if written:
        extra["EPPI codes"] = written
    status = clean_line(_text(reference.get("ItemStatus"))).upper()
    if status in ("I", "E"):
        extra.pop("ItemStatus", None)
    record.extra = extra
    record.decisions = votes.decisions()
    return record


def _list(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else _text(value).split(";")
    return tuple(text for part in parts if (text := clean_line(_text(part))))


def _votes(
    reference: dict[str, Any], codes: dict[str, Code], screened: bool
) -> tuple[Votes, tuple[str, ...]]:
    """The votes that the codes are, and what was written to each code."""
    votes = Votes()
    written: list[str] = []
    listed = reference.get("Codes")
    decided = False
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict):
            continue
        number = _text(each.get("AttributeId"))
        code = codes.get(number, Code(f"code {number}", "", SCREENING))
        if code.verdict:
            decided = True
            _decide(votes, code)
        else:
            votes.add(labels=[code.name])
        written += [f"{code.name}: {text}" for text in _written(each)]
    status = clean_line(_text(reference.get("ItemStatus"))).upper()
    if not decided and status == "E":
        votes.add(verdict=EXCLUDE)
    elif not decided and status == "I" and not screened:
        votes.add(verdict=INCLUDE)
    return votes, tuple(written)


def _decide(votes: Votes, code: Code) -> None:
    """A code for an exclusion holds against one for an inclusion at the same stage."""
    excluded = any(d.verdict == EXCLUDE and d.stage == code.stage for d in votes.decisions())
    verdict = EXCLUDE if excluded else code.verdict
    reasons = [code.name] if code.verdict == EXCLUDE else []
    if code.stage == FULL_TEXT:
        votes.assess(verdict, reasons)
    else:
        votes.add(verdict=verdict, reasons=reasons)


def _written(code: dict[str, Any]) -> Iterator[str]:
    """The text that was written or marked when a code was given."""
    if text := clean_text(_text(code.get("AdditionalText"))):
        yield text
    details = code.get("ItemAttributeFullTextDetails")
    for each in details if isinstance(details, list) else ():
        if isinstance(each, dict) and (text := clean_text(_text(each.get("Text")))):
            yield text


FORMAT = Format(name="eppi", label="EPPI-Reviewer JSON", suffix=".json", sniff=_sniff, read=_read)
