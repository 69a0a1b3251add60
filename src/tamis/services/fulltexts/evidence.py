"""What the name and the first page of a file say of the report it is of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from tamis.domain.text import doi, fold
from tamis.services.fulltexts.known import (
    LIKE,
    Evidence,
    Title,
    alike,
    numbers_of,
    plain_key,
    same_numbers,
    same_words,
    title_key,
    weight,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.formats.pdf import Head
    from tamis.services.fulltexts.known import Reports

SURE: Final = 0.93
"""A title at least so alike is the report's, if nothing else speaks against it."""
_VERY_SURE: Final = 0.97
_CLOSE: Final = 0.05
"""A report that is behind the most likely one by no more than this could be meant as well."""
_DOUBT: Final = 0.1
_TELLING: Final = 25
"""A title of at least so many letters tells by itself; a shorter one needs author and year beside it."""
_LONG: Final = 40
_SHORT: Final = 8
_FEW: Final = 5
_DAY: Final = 8
"""Digits of a day with its whole year."""

_RECORD = re.compile(r"(?<![0-9a-z])([0-9a-f]{6,64}-[1-9][0-9]*)(?![0-9])", re.IGNORECASE)
_DOI = re.compile(r"(?<![0-9.])10[._-][0-9]{4,9}(?=[^0-9a-z])")
_PMID = re.compile(r"(?<![a-z])(?:pmid|pubmed)[\W_]*([0-9]{1,8})(?![0-9])")
_PMCID = re.compile(r"(?<![a-z])pmc[\W_]*([0-9]{4,9})(?![0-9])")
_NUMBER_ALONE = re.compile(r"([0-9]{6,8})(?:\s*\([0-9]+\))?")
_TAIL = re.compile(r"(?:v[0-9]+|copy|full|fulltext|text|pdf|main|epub|final|online|supp[a-z]*|_)+")
"""What may follow a DOI in a name without being a part of it."""
_NOT_APART = re.compile(r"[._-]+|%[0-9a-f]{2}")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?:[a-z](?![a-z]))?(?![0-9])")
_DASHES = re.compile(r"\s+[-–—]+\s+|_+[-–—]_+")
_LEAD = re.compile(r"(.{1,80}?[\s_,.(-]*(?:19|20)[0-9]{2}[a-z]?[)\]]?)[\s_.,:-]+(.{8,})", re.DOTALL)
_COPY = re.compile(r"[\s_]*(?:\([0-9]+\)|[-_ ]copy)$", re.IGNORECASE)
_FILLERS: Final = frozenset({"et", "al", "and", "und", "others", "etal", "e", "y"})
_OTHER_PIECES: Final = (
    "erratum", "corrigendum", "correction", "comment", "reply", "response", "editorial", "letter",
    "retraction", "retracted", "protocol", "supplement", "supplementary", "appendix",
)  # fmt: skip
"""Words that tell a piece about a report from the report itself."""
_PAGE_START: Final = 1500
_PAGE_SEEN: Final = 3000


def from_name(stem: str, reports: Reports, folder: str = "") -> list[Evidence]:
    """What the name of a file says.

    Args:
        stem: the name without its extension.
        reports: the reports of the review.
        folder: the name of the folder it lies in.
    """
    stem = _COPY.sub("", unquote(stem)).strip()
    found = [*_identified(fold(stem), reports)]
    named = reports.by_file.get(fold(stem), set())
    here = {report for place, report in named if place == fold(folder)} if folder else set()
    if named:
        certain = bool(here) or weight(title_key(stem)) >= _LONG
        of = here or {report for _, report in named}
        found.append(Evidence(frozenset(of), "the record names the file", certain))
    if not any(evidence.certain for evidence in found):
        found += filter(None, [_titled(stem, reports) or _author_and_year(stem, reports)])
    return found


def from_head(head: Head, reports: Reports) -> list[Evidence]:
    """What the beginning of a PDF says: its own data, then its first page."""
    found = []
    own = [key for text in head.dois if (key := plain_key(doi(text)))]
    page = list(
        dict.fromkeys(plain_key(d) for word in head.text.split() if "10." in word and (d := doi(word)))
    )
    for keys, where in ((own, "DOI in the PDF's data"), (page, "DOI on the first page")):
        known = [reports.by_doi[key] for key in keys if key in reports.by_doi]
        if known:
            certain = len(set(keys)) == 1 or (where != "DOI on the first page" and len(known) == 1)
            found.append(Evidence(frozenset[str]().union(*known), where, certain))
    if head.title and (by_title := _titled(head.title, reports, what="title in the PDF's data")):
        found.append(by_title)
    if on_page := _title_on_page(head.text, reports):
        found.append(on_page)
    return found


def other_doi(head: Head, report: str, reports: Reports) -> str:
    """A DOI that a PDF gives instead of one of the report's: in its data, else on its first page; else ""."""
    own = reports.dois.get(report)
    said = [d for text in head.dois if (d := doi(text))]
    page = "" if said else head.text
    said += [d for word in page.split() if "10." in word and (d := doi(word))]
    if not own or not said or any(plain_key(d) in own for d in said):
        return ""
    return "" if any(_stands_in(page.lower(), key) for key in own) else said[0]


def _stands_in(page: str, key: str) -> bool:
    """Whether a DOI stands on a page, maybe over the end of a line, or with the next word run into it."""
    letters = r"\n?".join(r"[^0-9a-z]{1,4}" if letter == "_" else letter for letter in key)
    return bool(re.search(rf"(?<![0-9]){letters}(?![0-9]|[._/-][0-9a-z])", page))


# Identifiers


def _identified(name: str, reports: Reports) -> Iterator[Evidence]:
    records = {report for found in _RECORD.finditer(name) if (report := reports.report(found.group(1)))}
    if records:
        yield Evidence(frozenset(records), "record id in the name", True)
    yield from _doi_in(name, reports)
    for pattern, index, what in (
        (_PMID, reports.by_pmid, "PMID"),
        (_PMCID, reports.by_pmcid, "PMCID"),
    ):
        for found in pattern.finditer(name):
            if (number := found.group(1).lstrip("0")) in index:
                yield Evidence(frozenset(index[number]), f"{what} in the name", True)
    alone = _NUMBER_ALONE.fullmatch(name)
    if alone and (number := alone.group(1).lstrip("0")) in reports.by_pmid:
        dated = _like_a_date(alone.group(1))
        why = "a PMID or a date is the name" if dated else "PMID in the name"
        yield Evidence(frozenset(reports.by_pmid[number]), why, not dated)


def _like_a_date(digits: str) -> bool:
    """Whether six or eight digits can be a day, or six a month, the way scanners and people write them."""
    years = "(?:19|20)[0-9]{2}" if len(digits) == _DAY else "[0-9]{2}"
    month, day = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
    forms = (f"{years}{month}{day}", f"{day}{month}{years}", f"{month}{day}{years}")
    months = (f"(?:19|20)[0-9]{{2}}{month}", f"{month}(?:19|20)[0-9]{{2}}")
    return any(re.fullmatch(form, digits) for form in (*forms, *months))


def _doi_in(name: str, reports: Reports) -> Iterator[Evidence]:
    """The longest DOI of the review that a name holds; sure if the name's DOI can be no longer one."""
    start = _DOI.search(name)
    if start is None:
        return
    text = name[start.start() :]
    ends = [len(text), *(gap.start() for gap in reversed(list(re.finditer(r"[^0-9a-z]+", text))))]
    for end in ends:
        found = reports.by_doi.get(plain_key(text[:end]))
        if not found:
            continue
        rest = text[end:]
        gap = re.match(r"[^0-9a-z]*", rest)
        between, after = (gap.group(), rest[gap.end() :]) if gap else ("", rest)
        ended = not after or not _NOT_APART.fullmatch(between) or _TAIL.fullmatch(plain_key(after))
        why = "DOI in the name" if ended else "the name's DOI begins with this one's"
        yield Evidence(frozenset(found), why, bool(ended))
        return


# Titles


class _Reading(NamedTuple):
    """A part of a name that may be a title, and what stands beside it."""

    title: str
    beside: str


def _readings(stem: str) -> Iterator[_Reading]:
    """`Author - Year - Title`, `Title - Author`, `2020_Author_Title`, or the title alone."""
    yield _Reading(stem, "")
    pieces = [piece for piece in _DASHES.split(stem) if piece.strip()]
    for n in range(1, min(len(pieces), _FEW)):
        yield _Reading(" ".join(pieces[n:]), " ".join(pieces[:n]))
        yield _Reading(" ".join(pieces[:n]), " ".join(pieces[n:]))
    lead = _LEAD.fullmatch(stem)
    if lead:
        yield _Reading(lead.group(2), lead.group(1))


class _Judged(NamedTuple):
    report: str
    worth: float
    certain: bool


def _titled(stem: str, reports: Reports, what: str = "title") -> Evidence | None:
    best: dict[str, _Judged] = {}
    titles = reports.like(stem)
    for reading in _readings(stem):
        key = title_key(reading.title)
        if weight(key) < _SHORT:
            continue
        for title in titles:
            judged = _judge(key, reading, title)
            if judged and (title.report not in best or judged.worth > best[title.report].worth):
                best[title.report] = judged
    if not best:
        return None
    first = max(best.values(), key=lambda judged: judged.worth)
    close = [judged.report for judged in best.values() if judged.worth >= first.worth - _CLOSE]
    certain = first.certain and len(close) == 1
    why = what if certain else f"{what} {min(first.worth, 1):.2f}"
    return Evidence(frozenset(close), why, certain)


def _judge(key: str, reading: _Reading, title: Title) -> _Judged | None:
    score = alike(key, title.key)
    if not score:
        return None
    cut = len(key) < len(title.key) and (len(key) < len(title.key) * 0.9 or title.key.startswith(key))
    beside = [word for word in words_of(reading.beside) if word not in _FILLERS]
    names = {word for word in beside if not any(letter.isdigit() for letter in word) and len(word) > 1}
    years = {int(found) for found in _YEAR.findall(fold(reading.beside))}
    by_author = bool(names & (title.first if cut else title.families))
    by_year = title.year is not None and any(abs(year - title.year) <= 1 for year in years)
    numbers = same_numbers(numbers_of(fold(reading.title)), title, cut=cut)
    words = same_words(tuple(words_of(reading.title)), title, cut=cut)
    other_year = bool(years) and title.year is not None and not by_year
    other_author = bool(names and title.families) and not by_author
    doubts = other_year + other_author + (not numbers) + (not words)
    tells = weight(key)
    if tells >= _TELLING:
        no_matter = score >= _VERY_SURE and tells >= _LONG and not cut
        certain = score >= SURE and numbers and words and not other_year and (no_matter or not other_author)
    else:
        certain = score >= _VERY_SURE and not cut and numbers and by_author and by_year
    return _Judged(title.report, score - _DOUBT * doubts, certain)


def _author_and_year(stem: str, reports: Reports) -> Evidence | None:
    """`Smith 2020`, `smith_et_al_2020a`: enough to name who could be meant, never to be sure."""
    words = [
        word for word in words_of(_YEAR.sub(r" \1 ", fold(stem).replace("_", " "))) if word not in _FILLERS
    ]
    years = {int(word) for word in words if _YEAR.fullmatch(word)}
    names = {word for word in words if not word.isdigit() and len(word) > 1}
    if len(words) > _FEW or not years or not names:
        return None
    found = {t.report for t in reports.titles if t.year in years and t.first and names >= t.first}
    return Evidence(frozenset(found), "author and year", False) if found else None


def _title_on_page(text: str, reports: Reports) -> Evidence | None:
    """The titles that stand on a first page, whole."""
    page = title_key(text[: 2 * _PAGE_SEEN])[:_PAGE_SEEN]
    there = [t for t in reports.like(text[:_PAGE_START]) if weight(t.key) >= _TELLING and t.key in page]
    there = [t for t in there if not any(t.key != other.key and t.key in other.key for other in there)]
    if not there:
        return None
    found = frozenset(title.report for title in there)
    key = there[0].key
    place = page.find(key)
    about = any(word in page[: place + len(key) + 100] and word not in key for word in _OTHER_PIECES)
    certain = len(found) == 1 and weight(key) >= _LONG and place <= _PAGE_START and not about
    return Evidence(found, "title on the first page", certain)


__all__ = ["LIKE", "SURE", "from_head", "from_name", "other_doi"]
