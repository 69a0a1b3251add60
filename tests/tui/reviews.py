"""Invented reviews for the tests of the screens: an ordinary one and a hostile one."""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Any

from tamis.domain.events import Author
from tamis.domain.record import Record, Source
from tamis.services.screening import Session
from tamis.store.review import Review
from tests.store.helpers import QuickDisk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

NOW = "2026-03-01T12:00:00Z"

PROTOCOL = """\
title = "Ablation of liver metastases (invented)"
question = "Does ablation of colorectal liver metastases prolong survival?"
stages = ["title-abstract"]
reviewers = ["Ann"]
[criteria]
include = ["Adults with liver metastases", "Ablation compared with resection or with no local treatment"]
exclude = ["Primary liver cancer", "Fewer than ten participants"]
[[reasons]]
id = "population"
label = "Wrong population"
[[reasons]]
id = "design"
label = "Wrong study design: reviews, editorials, protocols and case reports of fewer than ten participants"
[[reasons]]
id = "language"
label = "Not in a language we read"
"""
TWO_STAGES = PROTOCOL.replace('["title-abstract"]', '["title-abstract", "full-text"]')

ABSTRACT = (
    "BACKGROUND: Liver metastases are common and often cannot be resected.\n"
    "METHODS: We followed 312 adults for five years after microwave ablation or resection, matched by "
    "propensity score for age, number and size of metastases and previous systemic treatment.\n"
    "RESULTS: Median survival was 41 months [95% CI 35 to 48] after ablation and 44 months after resection "
    "(hazard ratio 1.08). Complications were rarer after ablation (9 % against 21 %).\n"
    "CONCLUSION: Survival was similar, and harm was rarer with ablation."
)

ORDINARY = (
    Record(
        type="JOUR",
        title="Microwave ablation or resection of colorectal liver metastases: a matched cohort study",
        abstract=ABSTRACT,
        authors=("Ahlqvist, Mia", "Brandt, Otto", "Costa, Lia", "Duval, Jean", "Eze, Ngozi"),
        year=2021,
        date="2021/03/04",
        journal="Invented Journal of Liver Surgery",
        volume="12",
        issue="3",
        pages="101-110",
        doi="10.5555/tamis.1",
        pmid="39000001",
        urls=("https://example.org/1",),
        keywords=("liver neoplasms", "ablation techniques", "neoplasm metastasis"),
        language="eng",
        extra={"C5": ("a field of its own",)},
    ),
    Record(
        type="JOUR",
        title="Radiofrequency ablation without an abstract",
        authors=("Fischer, Ida", "Gomez, Luis"),
        year=2018,
        journal="Invented Letters",
        pmid="39000002",
        flags=("no-abstract",),
    ),
    Record(
        type="JOUR",
        title="结直肠癌肝转移的微波消融治疗：一项多中心随机对照试验的五年随访结果与安全性评价",
        abstract="目的：评价微波消融治疗结直肠癌肝转移的疗效与安全性。方法：对三百一十二例患者进行五年随访。"
        * 3,
        authors=("王, 小明", "李, 华"),
        year=2019,
        journal="虚构外科杂志",
        doi="10.5555/tamis.3",
        keywords=("肝转移", "微波消融"),
        language="chi",
    ),
    Record(
        type="JOUR",
        title="استئصال النقائل الكبدية بالموجات الدقيقة: دراسة مقارنة",
        abstract="الخلفية: النقائل الكبدية شائعة. الطرق: تابعنا مرضى بالغين لمدة خمس سنوات.",
        authors=("أحمد, سعيد",),
        year=2020,
        journal="مجلة مخترعة",
        urls=("https://example.org/rtl",),
    ),
    Record(
        type="CONF",
        title="A title that goes on: "
        + "ablation of metastases in segments two to eight, " * 6
        + "and the end",
        abstract="Short abstract of a long title.",
        authors=tuple(f"Author{n:02}, Given" for n in range(1, 26)),
        journal="Proceedings of an invented congress",
        keywords=tuple(f"keyword {n}" for n in range(1, 15)),
    ),
    Record(
        type="JOUR",
        title="Ten thousand characters",
        abstract=("Ablation is repeated here until the abstract is very long indeed. " * 160)[:10_000],
        authors=("Hase, Una",),
        year=2010,
        journal="Invented Annals",
        doi="10.5555/tamis.6",
    ),
    Record(type="RPRT", title="", abstract="An abstract without a title.", year=1999, flags=("no-title",)),
    Record(
        type="JOUR",
        title="Survival after ablation in octogenarians",
        abstract="Octogenarians were followed and their abstract ends in the mid",
        authors=("Ito, Ken",),
        year=2015,
        journal="Invented Journal of Liver Surgery",
        flags=("abstract-cut-off",),
    ),
    *(
        Record(
            type="JOUR",
            title=f"Trial number {n} of local treatment",
            abstract=f"Participants of trial {n} were treated and followed.",
            authors=("Jansen, Els", "Kaya, Deniz"),
            year=2000 + n,
            journal="Invented Trials",
            doi=f"10.5555/tamis.{n}",
        )
        for n in range(9, 15)
    ),
)

ESC = "\x1b"
POISON = (
    "Effect [95% CI] of ablation",
    "Turned [on] and off",
    "Costs of [$foo] and [$accent]",
    "A closing [/b] without opening, and [/] too",
    "[@click=app.quit]q[/]uit by title",
    "[Article in Chinese]",
    "[red]alert[/red] [bold] [n=12] [i] [s]ex [100%] \\[x] [18F]FDG",
    f"clip{ESC}]52;c;cHduZWQ={ESC}\\board",
    f"colour{ESC}[31m red {ESC}[2J clear {ESC}[?1049l alt",
    "c1 \x9b31m csi \x9d52;c;AAAA\x9c osc \x85 next",
    "bidi \u202egnihsilbup\u202c and \u2066isolate\u2069 \u200fmark",
    "zero\u200bwidth\ufeff soft\u00adhyphen \u2060joiner tag\U000e0041s",
    "marks a" + "\u0301\u0302\u0303" * 40 + " run",
    "W" * 10_000,
    "long title " * 1_000,
    "",
    "one\nER  - \nTY  - JOUR\nTI  - two",
    '=HYPERLINK("http://example.org")',
    "+1+1",
    "@SUM(1)",
    "-2 tab\there bell\x07 back\x08 nul\x00 del\x7f cr\rover",
    "中文标题" * 60,
    "עברית [95% CI] والعربية",
    "👩‍👩‍👧‍👦 family 🇫🇷 flag ❤️ heart",
    "lone \ud800 surrogate".encode("utf-8", "replace").decode(),
)
"""Texts that must be shown as they are, or made harmless, wherever they stand."""


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """What time it is."""
        return self.seconds


def numbered(n: int) -> list[Record]:
    """Records that are told apart by a number."""
    return [Record(title=f"Record {k}", abstract="Words.", year=2000 + k) for k in range(1, n + 1)]


def author(by: str = "Ann") -> Author:
    """An author with a clock that stands still and ids that count up, also beyond earlier sessions."""
    ids = itertools.count(_begin())
    return Author(by, lambda: NOW, lambda: f"{next(ids):012}")


_sessions = itertools.count(1)


def _begin() -> int:
    return next(_sessions) * 1_000_000


def make(
    folder: Path,
    records: Sequence[Record] = ORDINARY,
    *,
    protocol: str = PROTOCOL,
    file: str = "search.ris",
    database: str = "PubMed",
    reviewer: str = "Ann",
) -> Review:
    """A review that holds records exactly as given: nothing is cleaned on the way in."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "protocol.toml").write_text(protocol, encoding="utf-8")
    review = Review.create(
        folder, title="unused", reviewer=reviewer, now=NOW, new_id=lambda: "log-1", disk=QuickDisk()
    )
    if records:
        add(review, records, file=file, database=database)
    return review


def add(
    review: Review, records: Sequence[Record], *, file: str, database: str, kind: str = "database"
) -> None:
    """Store records as one imported file."""
    original = f"{file}\n{len(records)}\n".encode("utf-8", "replace")
    sha256 = hashlib.sha256(original).hexdigest()
    draft = Source(
        sha256=sha256,
        prefix=review.prefix_for(sha256),
        file=file,
        suffix=".ris",
        database=database,
        kind=kind,
        found=len(records),
        imported=len(records),
        at=NOW,
        by="Ann",
    )

    def docs() -> list[dict[str, Any]]:
        return [{**r.to_doc(), "id": f"{draft.prefix}-{n}", "line": n} for n, r in enumerate(records, 1)]

    review.add_source(draft, original, docs(), lambda: draft)


def reopen(folder: Path, *, write: bool = True) -> Review:
    """Open a review again, on a disk that does not wait."""
    return Review.open(folder, write=write, reviewer="Ann", now=NOW, disk=QuickDisk())


def session(review: Review, by: str = "Ann", clock: Callable[[], float] | None = None) -> Session:
    """A session with a clock that stands still."""
    return Session(review, author(by), clock=clock or Clock())


def poison_records(texts: Sequence[str] = POISON) -> list[Record]:
    """Every poison text in every field of a record."""
    return [
        Record(
            type=text[:60],
            title=text,
            abstract=f"{text}\n{text}",
            authors=(text, "Second, Author", text),
            year=2000 + n,
            date=text,
            journal=text,
            volume=text,
            issue=text,
            pages=text,
            doi=f"10.5555/{text}" if n % 2 else "",
            pmid=text,
            issn=text,
            publisher=text,
            language=text,
            accession=text,
            urls=(text,),
            keywords=(text, text),
            notes=(text,),
            extra={text[:40] or "X": (text,)},
            flags=(text[:20],),
        )
        for n, text in enumerate(texts)
    ]
