"""What is compared of a record, in the form that two spellings share; made once per record, small."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tamis.domain.text import fold
from tamis.services.dedup.names import Author, authors, journal_words

if TYPE_CHECKING:
    from tamis.domain.record import Record

TITLE: Final = 600
"""Letters of a title that are compared."""
ABSTRACT: Final = 300
"""Letters of an abstract that are kept."""

_NOTHING: Final = frozenset({"none", "null", "na", "n/a", "nan", "unknown", "n.a.", "[none]", "-"})
_TAG: Final = re.compile(r"</?[a-z][^<>]{0,80}>", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN_WORDS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_GREEK: Final = str.maketrans(
    {
        "α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "ε": " epsilon ", "κ": " kappa ",
        "λ": " lambda ", "μ": " mu ", "ω": " omega ", "σ": " sigma ", "τ": " tau ", "θ": " theta ",
        "ß": " beta ", "’": "", "'": "", "‘": "",
    }
)  # fmt: skip
_LANGUAGES: Final = (
    "chinese|japanese|korean|french|german|spanish|italian|portuguese|russian|polish|czech|hungarian|turkish|dutch|"
    "danish|swedish|norwegian|finnish|hebrew|persian|arabic|ukrainian|serbian|croatian|romanian|greek|slovak|english"
)
_ASIDE: Final = re.compile(
    rf"[\[(](?:{_LANGUAGES}|in (?:{_LANGUAGES})|review|abstract(?: [a-z]?\d+)?|article in (?:{_LANGUAGES})"
    rf"|(?:{_LANGUAGES})(?:, ?(?:{_LANGUAGES}))+|with .{{0,40}}(?:abstract|transl)[^\])]*|\d+ refs?\.?|"
    r"[^\])]{0,40}reprint[^\])]*)[\])]|[\[(](?:published )?erratum (?:appears|in)\b.*|[\[(]corrected[\])]"
)
_PART: Final = re.compile(r"[:.?!;(\[\u2013\u2014]|\s-+\s|--")
_LABEL: Final = re.compile(r"^(?:title|ti)\s*:\s*|^(?:abstract|poster|oral)\s+[a-z]{0,3}-?\d+\s*[:.]\s*")

MARKS: Final = (
    (
        "correction",
        re.compile(
            r"\b(?:erratum|errata|corrigend(?:um|a)|publishers? (?:note|correction)|author correction"
            r"|addendum|expression of concern)\b|\bcorrections?(?: to\b| for\b| of\b|:|\W*$)"
            # how Web of Science and Embase name the article that is corrected
            r"|\(vol\.? \d+|\(\d{4}\) ?\d+[ :;(]"
        ),
    ),
    ("retraction", re.compile(r"\bretract(?:ion|ed)\b|\bwithdrawn\b")),
    ("reply", re.compile(r"\b(?:repl(?:y|ies)|authors? respon[sd]e?|response to|rebuttal)\b|\brespond\W*$")),
    (
        "comment",
        re.compile(
            r"^re\b ?[:.]|\bcomment(?:s|ary)?\b|\bletter(?: to| regarding| by)\b|\bdiscussion of\b"
            r"|^(?:editorial|letter)\s*:"
        ),
    ),
    ("protocol", re.compile(r"\bprotocol\b")),
)
"""Words that make another report of the same title."""

_ANY_MARK: Final = re.compile(
    r"err?at|corrig|correct|note|addend|concern|retract|withdr|repl|respon|rebut|^re\b|comment|letter|discus|editor"
    r"|protocol|\(vol|\(\d{4}\)"
)
"""What every title with a mark holds; most titles have none, and one search says so."""
_CORRECTED: Final = re.compile(
    r"^(?:erratum|corrigendum|(?:author |publishers? )?corrections?)(?: to| for)?\s*[:.]?\s*|\s*\([^()]*"
    r"(?:vol\.? \d+|\(\d{4}\) ?\d+).*$"
)
_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_COUNTED: Final = frozenset(
    {
        *(
            "part",
            "phase",
            "study",
            "type",
            "volume",
            "chapter",
            "report",
            "section",
            "teil",
            "parte",
            "partie",
        ),
        *("episode", "factor", "class", "stage", "grade", "series", "case", "trial"),
    }
)
_SPELT: Final = {"one": "1", "two": "2", "three": "3", "four": "4", "first": "1", "second": "2", "third": "3"}
_DIGITS: Final = re.compile(r"\d+")

_PREPRINT_DOI: Final = re.compile(
    r"10\.(?:1101/(?:\d{6}$|\d{4}\.|\d{6}v)|2139/ssrn|21203/rs|48550/arxiv|20944/preprints|31234/osf|31219/osf|26434/chem"
    r"|22541/au|1101/20\d\d|64898/|12688/f1000|31235/|31222/osf|36227/techrxiv|33774/)"
)
_PREPRINT: Final = re.compile(
    r"\b(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|preprints?|research square|techrxiv|osf|authorea)\b"
)
_REGISTRY_ID: Final = re.compile(
    r"\b(?:NCT ?\d{8}|ISRCTN ?\d{8}|ACTRN ?\d{14}|EUCTR ?\d{4}-\d{6}-\d{2}|ChiCTR-?\w{0,5}-?\d{8,10}"
    r"|CTRI/\d{4}/\d\d/\d+|DRKS\d{8}|JPRN-\w+|KCT\d{7}|IRCT\w{8,}|PACTR\d{12,}|NTR\d{3,5}|UMIN\d{9}"
    r"|CRD ?\d{11})",
    re.IGNORECASE,
)
_REGISTRY: Final = re.compile(
    r"clinical ?trials?\.gov|\bictrp\b|trialsearch|isrctn|trial regist|\banzctr\b|euctr|prospero"
    r"|clinical trials register"
)
_MONTH: Final = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"e?0*([1-9]\d{4,})")
_ISSN: Final = re.compile(r"\d{4}-?\d{3}[\dx]", re.IGNORECASE)
_SUPPLEMENT: Final = re.compile(
    r"(?:[/._-](?:suppl?|supplement|s)[._-]?\d{0,3}|\.pub\d+|[./]v\d+|/full|/abstract)$"
)


@dataclass(frozen=True, slots=True)
class Features:
    """One record as it is compared.

    Attributes:
        id: the record's.
        title: letters and digits of the title alone.
        cuts: places in `title` where a subtitle may begin or end.
        words: the title's words in order, a blank between two.
        marks: which of `MARKS` the title holds.
        numbers: digits, roman and spelt numbers of the title, in order.
        authors: who can be compared.
        volume: its first number; issue the same.
        first: the first page; last the last one, written out, or "".
        doi: the record's; base without the ending that names a supplement or version.
        issns: as eight signs each.
        abstract: its first letters and digits; empty if it is too short to tell.
        registered: numbers of trial registers in the title, or in the abstract of a register's entry.
        kind: "preprint", "registry" or "".
    """

    id: str
    title: str
    cuts: tuple[int, ...]
    words: str
    marks: tuple[str, ...]
    numbers: tuple[str, ...]
    authors: tuple[Author, ...]
    year: int | None
    journal: tuple[str, ...]
    volume: str
    issue: str
    first: str
    last: str
    doi: str
    base: str
    pmid: str
    issns: tuple[str, ...]
    abstract: str
    registered: tuple[str, ...]
    kind: str


def features(record: Record) -> Features:
    """What is compared of a record."""
    title = plain_title(_given(record.title))
    marks = tuple(n for n, p in MARKS if p.search(title)) if _ANY_MARK.search(title) else ()
    if "correction" in marks:
        title = _CORRECTED.sub("", title).strip() or title
    words = tuple(_WORD.findall(title))
    first, last = pages(_given(record.pages))
    kind = _kind(record)
    return Features(
        id=record.id,
        title="".join(words)[:TITLE],
        cuts=_cuts(title),
        words=" ".join(words[:80]),
        marks=marks,
        numbers=_numbers(words),
        authors=authors(record.authors),
        year=record.year,
        journal=journal_words(_given(record.journal)),
        volume=_number(record.volume),
        issue=_number(record.issue),
        first=first,
        last=last,
        doi=record.doi,
        base=_SUPPLEMENT.sub("", record.doi),
        pmid=record.pmid,
        issns=tuple(sorted({s.replace("-", "").lower() for s in _ISSN.findall(record.issn)})),
        abstract=_abstract(record.abstract),
        registered=_registered(record, kind),
        kind=kind,
    )


def plain_title(text: str) -> str:
    """A title without mark-up, notes on its language, case and accents."""
    text = text[: 4 * TITLE]
    if "<" in text or "&" in text:
        text = _TAG.sub("", html.unescape(text))
    text = fold(text).translate(_GREEK)
    if "[" in text or "(" in text:
        text = _ASIDE.sub(" ", text)
    return _LABEL.sub("", text.strip()).strip()


def _given(text: str) -> str:
    """What a field says, unless a program wrote down that it says nothing."""
    return "" if len(text) < 8 and text.lower() in _NOTHING else text


def _cuts(title: str) -> tuple[int, ...]:
    """After how many letters of the title its parts end."""
    parts = _PART.split(title)
    ends, letters = [], 0
    for part in parts[:-1]:
        letters += sum(map(len, _WORD.findall(part)))
        if 0 < letters < TITLE:
            ends.append(letters)
    return tuple(ends)


def pages(text: str) -> tuple[str, str]:
    """First and last page, the last one written out: `123-9` is 123 and 129; "" for what is not given."""
    if _MONTH.search(text):
        return "", ""  # a spreadsheet made a date of it
    bare = re.sub(
        r"[^a-z0-9]+", "-", re.sub(r"\bpp?\b\.?|\bpages?\b|\bart(?:icle)?\b|\bno\b", " ", fold(text))
    )
    first, _, rest = bare.strip("-").partition("-")
    last = rest.partition("-")[0]
    if (article := _ARTICLE.fullmatch(first)) is not None:
        first = article.group(1)
    elif first.isdigit():
        first, last = first.lstrip("0"), last.lstrip("0")
    if last and first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    elif last.isdigit() and not first.isdigit():
        head = re.match(r"(.*?)(\d+)$", first)
        if head:
            number = head.group(2)
            last = head.group(1) + number[: max(0, len(number) - len(last))] + last
    return first, last


def _number(text: str) -> str:
    found = _DIGITS.search(text)
    return found.group().lstrip("0") if found else ""


def _numbers(words: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    before = ""
    for n, word in enumerate(words):
        if not word.isalpha():
            found += _DIGITS.findall(word)
        elif word in _ROMAN and (before in _COUNTED or (n == len(words) - 1 and word != "i")):
            found.append(_ROMAN[word])
        elif word in _SPELT and before in _COUNTED:
            found.append(_SPELT[word])
        before = word
    return tuple(found)


def _abstract(text: str) -> str:
    if len(text) < 80:
        return ""
    head = fold(text[: 3 * ABSTRACT])
    if "<" in head or "&" in head:
        head = _TAG.sub("", html.unescape(head))
    if head.isascii():
        bare = head.encode().translate(None, _BETWEEN_WORDS).decode()[:ABSTRACT]
    else:
        bare = "".join(_WORD.findall(head))[:ABSTRACT]
    return bare if len(bare) >= 60 else ""


def _kind(record: Record) -> str:
    kind = _kind_of_place(record.journal, record.database, record.publisher)
    if _PREPRINT_DOI.match(record.doi):
        return "preprint"
    if not kind and any("clinicaltrials.gov" in url for url in record.urls):
        return "registry"
    return kind


@lru_cache(maxsize=10_000)
def _kind_of_place(journal: str, database: str, publisher: str) -> str:
    if _PREPRINT.search(fold(journal)):
        return "preprint"
    return "registry" if _REGISTRY.search(fold(f"{journal} {database} {publisher}")) else ""


def _registered(record: Record, kind: str) -> tuple[str, ...]:
    texts = [record.title, record.accession]
    if kind == "registry":
        texts += [record.abstract[:2000], *record.urls]
    joined = " ".join(texts)
    if not any(map(str.isdigit, joined)):
        return ()
    return tuple(sorted({re.sub(r"\W", "", found).lower() for found in _REGISTRY_ID.findall(joined)}))
