"""A folder of files against the reports of a review: each file goes to one report or to none."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from tamis.domain.states import SOUGHT_STATES
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services.attaching import Mark, all_attached, mark_of
from tamis.services.fulltexts.evidence import from_head, from_name, other_doi
from tamis.services.fulltexts.known import Reports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.formats.pdf import Head
    from tamis.services.attaching import Attached
    from tamis.services.fulltexts.known import Evidence
    from tamis.store.review import Review

SUFFIXES: Final = (".pdf", ".html", ".htm", ".docx", ".epub", ".txt")
Status = Literal["matched", "moved", "known", "unsure", "unmatched", "unreadable", "outside"]


@dataclass(frozen=True, slots=True)
class FileMatch:
    """What was found out about one file.

    Attributes:
        path: the file.
        status: `matched` and `moved` can be attached; `known` is attached already; `unsure` and `unmatched`
            wait for a person; `unreadable` could not be read; `outside` is a link that leads out of the
            folder, and was not followed.
        why: short words.
        record: the record it is of, for `matched`, `moved` and `known`; else "".
        could_be: records that could be meant, for `unsure`.
        mark: its content, None when it was not read.
    """

    path: Path
    status: Status
    why: str = ""
    record: str = ""
    could_be: tuple[str, ...] = ()
    mark: Mark | None = None

    @property
    def ready(self) -> bool:
        """Whether it can be attached."""
        return self.status in ("matched", "moved")

    def to_doc(self) -> dict[str, Any]:
        """A JSON object without empty fields."""
        doc = {"file": clean_line(str(self.path)), "status": self.status, "why": self.why}
        doc |= {"record": self.record} if self.record else {}
        return {**doc, **({"could_be": list(self.could_be)} if self.could_be else {})}


def find(
    review: Review,
    ledger: Ledger,
    folder: Path,
    *,
    every: bool = False,
    head: Callable[[Path], Head | None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[FileMatch]:
    """Match the files below a folder with the reports of a review; nothing is stored.

    Files that could be of several reports are never given to one. Neither are PDFs whose name and beginning
    contradict each other, which takes a `head`: without it, names are believed. Links that lead out of the
    folder are not followed, since whoever made the folder would choose what is read and copied.

    Args:
        review: an open review.
        ledger: the fold of its events.
        folder: looked through with its subfolders; hidden ones are left out.
        every: whether any record will do, or only reports sought.
        head: reads the beginning of a PDF; None looks at names alone.
        progress: called with bytes read and their number, all files together.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {clean_line(str(folder))}.")
    reports = Reports(review, ledger)
    known: defaultdict[str, list[Attached]] = defaultdict(list)
    for file in all_attached(review, ledger):
        known[file.mark.sha256].append(file)
    paths = _files(folder, review.folder)
    inside = folder.resolve()
    matches = []
    reading = _Reading(paths, progress) if progress else None
    for path in paths:
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            to = clean_line(str(path.resolve()))
            matches.append(FileMatch(path, "outside", f"a link to {to}, which is not in this folder"))
        else:
            matches.append(_match(path, reports, ledger, known, head, reading, every=every))
    return _one_report_each(matches)


class _Reading:
    """How many bytes of all files were read."""

    def __init__(self, paths: Sequence[Path], tell: Callable[[int, int], None]) -> None:
        self._total = sum(map(_size, paths))
        self._done = 0
        self._tell = tell

    def __call__(self, read: int) -> None:
        self._done += read
        self._tell(self._done, max(self._total, self._done))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _files(folder: Path, review: Path) -> list[Path]:
    """Files that can be full texts; the review's own are none."""
    own = {review.resolve() / name for name in ("files", "sources")}
    found = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and (here / f).resolve() not in own)
        found += [
            here / name
            for name in sorted(names)
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
        ]
    return found


def _match(
    path: Path,
    reports: Reports,
    ledger: Ledger,
    known: dict[str, list[Attached]],
    head: Callable[[Path], Head | None] | None,
    reading: Callable[[int], None] | None,
    *,
    every: bool,
) -> FileMatch:
    try:
        mark = mark_of(path, reading)
    except UsageError as error:
        return FileMatch(path, "unreadable", str(error))
    if there := known.get(mark.sha256):
        return _known(path, mark, there, ledger)
    evidence = from_name(path.stem, reports, path.parent.name)
    report, why = _settled(evidence)
    if head and path.suffix.lower() == ".pdf":
        page = head(path)
        if page is not None:
            evidence += from_head(page, reports)
            report, why = _settled(evidence)
            if report and (other := other_doi(page, report, reports)):
                report, why = "", f"{why}, but its DOI is {clean_line(other)}"
                evidence = [e._replace(certain=False) for e in evidence]
    if report and not every and ledger.state(report) not in SOUGHT_STATES:
        return FileMatch(path, "unmatched", f"of {report}, which is not sought: {why}", mark=mark)
    if report:
        return FileMatch(path, "matched", why, record=report, mark=mark)
    could_be = sorted({r for e in evidence for r in e.reports if every or ledger.state(r) in SOUGHT_STATES})
    if could_be:
        return FileMatch(path, "unsure", why or evidence[-1].why, could_be=tuple(could_be), mark=mark)
    return FileMatch(path, "unmatched", "no report is like it", mark=mark)


def _settled(evidence: Sequence[Evidence]) -> tuple[str, str]:
    """The one report that all certain evidence is of, and why; else "" and what is in the way."""
    certain = [e for e in evidence if e.certain]
    if not certain:
        return "", ", ".join(dict.fromkeys(e.why for e in evidence))
    why = ", ".join(dict.fromkeys(e.why for e in certain))
    left = frozenset.intersection(*(e.reports for e in certain))
    if len(left) == 1:
        return next(iter(left)), why
    return "", f"{why}: {'several reports have it' if left else 'of different reports'}"


def _known(path: Path, mark: Mark, there: Sequence[Attached], ledger: Ledger) -> FileMatch:
    """A file whose content is attached already: from here, from elsewhere, or from where it is no longer."""
    reports = sorted({ledger.stands_for(file.record) for file in there})
    if any(_same_there(file) for file in there):
        return FileMatch(path, "known", "attached already", record=reports[0], mark=mark)
    if len(reports) > 1:
        why = "attached to several reports from where it is no longer"
        return FileMatch(path, "unsure", why, could_be=tuple(reports), mark=mark)
    return FileMatch(path, "moved", f"was {there[0].where}", record=there[0].record, mark=mark)


def _same_there(file: Attached) -> bool:
    try:
        return file.path is not None and file.path.is_file() and mark_of(file.path).sha256 == file.mark.sha256
    except (OSError, UsageError):
        return False


def _one_report_each(matches: Sequence[FileMatch]) -> list[FileMatch]:
    """The same content under two names goes to one report once, and to none if the names contradict."""
    same: defaultdict[str, list[FileMatch]] = defaultdict(list)
    for match in matches:
        if match.ready and match.mark:
            same[match.mark.sha256].append(match)
    return [
        _one_of(match, same[match.mark.sha256]) if match.ready and match.mark else match for match in matches
    ]


def _one_of(match: FileMatch, same: Sequence[FileMatch]) -> FileMatch:
    records = sorted({other.record for other in same})
    if len(records) > 1:
        why = "the same content has names of different reports"
        return replace(match, status="unsure", why=why, record="", could_be=tuple(records))
    if match is not same[0]:
        return replace(match, status="known", why=f"the same content as {clean_line(same[0].path.name)}")
    return match
