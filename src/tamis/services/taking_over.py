"""`tamis import --decisions`: what a file says had been decided goes to the records the review has already.

No record and no source is added. A decision goes to the one record that matches (`matching`); what matches
none, or several, is listed. What the review knows already is not stored again.
"""

from __future__ import annotations

import dataclasses
import mmap
from typing import TYPE_CHECKING, Final

from tamis import formats
from tamis.domain.events import Kind
from tamis.domain.ledger import Ledger
from tamis.domain.record import Record
from tamis.domain.text import clean_line
from tamis.errors import ExitCode, TamisError
from tamis.services.carried import carried_events
from tamis.services.importing import FileAccount, Unmatched, checksum, failed, must_be_file, unreadable
from tamis.services.matching import Index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tamis.domain.events import Author, Event
    from tamis.formats import Hint
    from tamis.services.importing import Progress
    from tamis.store.review import Review

TAKEN: Final = "line {line} of the file was taken for the same record, and says something else"
_EVERY: Final = 1000


def import_decisions(
    review: Review,
    paths: Sequence[Path],
    *,
    author: Author,
    hint: Hint | None = None,
    columns: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> list[FileAccount]:
    """Take over the decisions in files; what goes wrong with one does not keep the next from its turn.

    Args:
        review: an open review, writable unless it is a rehearsal.
        paths: the files.
        author: who imports, with clock and ids; decisions of nobody in particular are theirs.
        hint: what a person says of the decisions in the files.
        columns: for tables, column -> field.
        dry_run: read everything and store nothing.
        progress: called now and then.
    """
    taking = _Taking(review, author, hint, columns, dry_run, progress)
    accounts = []
    for path in paths:
        account = FileAccount(file=clean_line(path.name) or "file", decisions_only=True)
        accounts.append(account)
        try:
            taking.take(path, account)
        except TamisError as error:
            taking.forget(account)
            failed(account, str(error), error.exit_code)
        except OSError as error:
            taking.forget(account)
            failed(account, unreadable(account.file, error), ExitCode.UNREADABLE)
    return accounts


class _Taking:
    """One call of `import_decisions`."""

    def __init__(
        self,
        review: Review,
        author: Author,
        hint: Hint | None,
        columns: Mapping[str, str] | None,
        dry_run: bool,
        progress: Progress | None,
    ) -> None:
        self._review = review
        self._author = author
        self._hint = hint
        self._columns = columns
        self._dry_run = dry_run
        self._progress = progress
        self._ledger = Ledger(review.events())
        self._index = Index(review.records, self._ledger.stands_for)

    def take(self, path: Path, account: FileAccount) -> None:
        """Read a file and store what is new."""
        must_be_file(path, account.file)
        account.sha256 = checksum(path)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            reading = formats.read(data, name=account.file, columns=self._columns, hint=self._hint)
            account.format, account.encoding = reading.format, reading.encoding
            events, any_decision = self._events(reading, account)
        account.found = reading.found
        account.problems, account.repairs = tuple(reading.problems), tuple(reading.repairs)
        if account.problems or account.unmatched:
            account.code = ExitCode.ATTENTION
        if not any_decision:
            failed(
                account,
                f"{account.file} holds no decisions that tamis knows. If all of the file is one verdict, say "
                "which: --as included, --as excluded or --as maybe.",
                ExitCode.ATTENTION,
            )
        elif events and not self._dry_run:
            self._review.add_events(events)

    def forget(self, account: FileAccount) -> None:
        """Nothing of a file was stored: the next one must not find its decisions known already."""
        self._ledger = Ledger(self._review.events())
        account.decisions = account.known = 0

    def _events(self, reading: formats.Reading, account: FileAccount) -> tuple[list[Event], bool]:
        """New events, and whether the file has any decision at all."""
        new: list[Event] = []
        unmatched: list[Unmatched] = []
        taken: dict[str, Record] = {}
        decided = 0
        for position, item in enumerate(reading, 1):
            if self._progress is not None and position % _EVERY == 0:
                self._progress(account.file, position, reading.found)
            if not isinstance(item, Record) or not item.decisions:
                continue
            decided += 1
            match = self._index.find(item)
            before = taken.setdefault(match.record, item) if match.record else item
            why = match.why
            if before is not item and before.decisions != item.decisions:
                why = TAKEN.replace("{line}", f"{before.line:,}")
            if why:
                unmatched.append(Unmatched(item.line, item.title, why))
            elif before is item:
                self._add(item, match.record, account, new)
        account.unmatched = tuple(unmatched)
        return new, decided > 0

    def _add(self, item: Record, record: str, account: FileAccount, new: list[Event]) -> None:
        """Add what is new of a record's decisions."""
        came = {"from": account.sha256, "file": account.file}
        for place, decision in enumerate(item.decisions):
            fresh = False
            for event in carried_events(
                decision,
                record,
                place=place,
                sha256=account.sha256,
                author=self._author,
                protocol=self._review.protocol,
                body=came,
            ):
                standing = self._ledger.standing(event.kind, record, event.stage, event.by)
                if event.id in self._ledger.events or (standing is not None and _same(standing, event)):
                    continue
                whole = dataclasses.replace(
                    event,
                    log=self._review.log,
                    seq=self._review.next_seq + len(new),
                    replaces=(standing.id,) if standing is not None and "from" in standing.body else (),
                )
                self._ledger.apply(whole)
                new.append(whole)
                fresh = True
            account.decisions += fresh
            account.known += not fresh


def _same(standing: Event, event: Event) -> bool:
    """Whether an event says no more than what stands."""
    if event.kind == Kind.DECIDE:
        return standing.verdict == event.verdict and standing.reasons == event.reasons
    if event.kind == Kind.NOTE:
        return standing.text == event.text
    return set(standing.labels) >= set(event.labels)
