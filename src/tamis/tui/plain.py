"""The same session line by line: for screen readers, dumb terminals and pipes. No Textual in here."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final, TextIO

from tamis.domain.events import Verdict
from tamis.domain.record import TYPE_WORDS, Flag
from tamis.domain.text import clean_line, clean_text
from tamis.errors import ExitCode, TamisError, UsageError
from tamis.services import reporting
from tamis.services.screening import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.domain.events import Author
    from tamis.domain.record import Record
    from tamis.services.screening import Change
    from tamis.store.review import Review

HELP: Final = """\
Write a letter and press enter.
  i  include            m  maybe              e  exclude without a reason
  1 to 9  exclude with that reason            e TEXT  exclude with the reason named
  x  take the decision back                   u  undo    r  redo
  n TEXT  note (n alone reads it, n - removes it)
  l A, B  labels (l alone reads them, l - removes them)
  j  next    k  previous    t  next undecided    g NUMBER  go to that record
  / WORDS  find    .  next match    ,  previous match
  f FILTER  show only, such as f is:maybe year:2015-2020    f  show all
  p  read the record again    a  everything the file says    c  criteria and reasons
  s  summary    ?  this help    q  leave"""


WITH_WORDS: Final = "enlg/f"
"""Commands that take words after them; no verdict does, so that no sentence decides by its first letter."""


class PlainSession:
    """Reads commands from a stream and answers in whole lines.

    Args:
        session: what is screened.
        out: where answers go.
    """

    def __init__(self, session: Session, out: TextIO) -> None:
        self._session = session
        self._out = out
        self._commands: dict[str, Callable[[str], None]] = {
            "i": lambda _: self._decide(Verdict.INCLUDE),
            "m": lambda _: self._decide(Verdict.MAYBE),
            "x": lambda _: self._decide(Verdict.UNDECIDED),
            "e": self._exclude,
            "u": lambda _: self._went(session.undo(), "There is nothing to undo."),
            "r": lambda _: self._went(session.redo(), "There is nothing to do again."),
            "n": self._note,
            "l": self._labels,
            "j": lambda _: self._move(+1),
            "k": lambda _: self._move(-1),
            "t": self._undecided,
            "g": self._go,
            "/": self._find,
            ".": lambda _: self._again(+1),
            ",": lambda _: self._again(-1),
            "f": self._filter,
            "p": lambda _: self.read(),
            "a": lambda _: self._everything(),
            "c": lambda _: self._criteria(),
            "s": lambda _: self._summary(),
            "?": lambda _: self._say(HELP),
        }

    def run(self, lines: TextIO) -> None:
        """Screen until `q` or the end of the input."""
        self._say(self._where())
        self._say("Write ? for help.")
        self.read()
        for line in iter(lines.readline, ""):
            command = line.strip()
            if command == "q":
                break
            try:
                self.obey(command)
            except TamisError as error:
                self._say(f"{error}")
        progress = self._session.progress()
        self._say(f"{progress.decided:,} of {progress.total:,} decided. Everything is on disk.")

    def obey(self, command: str) -> None:
        """Carry out one command.

        Raises:
            TamisError: it could not be done; says why.
        """
        if not command:
            self.read()
            return
        letter, rest = command[0], command[1:].strip()
        if letter.isdigit() and command.isdigit():
            self._exclude(command)
        elif letter in self._commands and letter not in WITH_WORDS and command[1:2] == " ":
            self._say(f"{clean_line(command)} is not a command: nothing goes after {clean_line(letter)}.")
        elif letter in self._commands and (letter == "/" or not rest or command[1] == " "):
            self._commands[letter](rest)
        else:
            self._say(f"{clean_line(command)} is not a command; ? lists them.")

    def read(self) -> None:
        """Read the current record out."""
        record = self._session.record
        if record is None:
            self._say("There is no record in this list.")
            return
        self._say("")
        self._say(self._where())
        vote = self._session.vote()
        decided = "undecided"
        if vote is not None:
            reasons = "; ".join(self._session.reason_labels(vote))
            decided = f"{vote.verdict}" + (f", because: {reasons}" if reasons else "")
        for head, text in (
            ("Decision", decided),
            ("Labels", ", ".join(self._session.labels())),
            ("Note", self._session.note()),
            *_parts(record),
        ):
            if text:
                self._say(f"{head}: {clean_text(text)}")

    # Deciding

    def _decide(self, verdict: Verdict) -> None:
        self._say(self._session.decide(verdict).words)
        self.read()

    def _exclude(self, reason: str) -> None:
        protocol = self._session.review.protocol
        reasons = []
        if reason:
            found = protocol.reason_id(reason, self._session.stage)
            if found is None:
                known = "; ".join(f"{n} {r.label}" for n, r in enumerate(self._session.reasons, 1))
                raise UsageError(f"{clean_line(reason)} is not a reason; there are: {known or 'none'}.")
            reasons = [found]
        self._say(self._session.decide(Verdict.EXCLUDE, reasons).words)
        self.read()

    def _note(self, text: str) -> None:
        if not text:
            self._say(self._session.note() or "There is no note.")
            return
        self._annotated(self._session.set_note("" if text == "-" else text))

    def _labels(self, text: str) -> None:
        if not text:
            self._say(", ".join(self._session.labels()) or "There are no labels.")
            return
        self._annotated(self._session.set_labels([] if text == "-" else text.split(",")))

    def _annotated(self, change: Change | None) -> None:
        self._say(change.words if change else "Nothing changed.")

    def _went(self, change: Change | None, nothing: str) -> None:
        self._say(change.words if change else nothing)
        if change:
            self.read()

    # Moving and finding

    def _move(self, by: int) -> None:
        self._session.queue.move(by)
        self.read()

    def _undecided(self, _: str) -> None:
        if not self._session.queue.next_undecided():
            self._say("No undecided record in this list.")
        self.read()

    def _go(self, text: str) -> None:
        if not text.isdecimal():
            raise UsageError("Write g and a number, such as g 120.")
        self._session.queue.go(int(text) - 1)
        self.read()

    def _find(self, words: str) -> None:
        if self._session.queue.find(words):
            self.read()
        else:
            self._say(f"Nothing in this list holds {clean_line(words)}.")

    def _again(self, direction: int) -> None:
        if self._session.queue.find_next(direction):
            self.read()
        else:
            self._say("No other match.")

    def _filter(self, text: str) -> None:
        n = self._session.queue.filter(text)
        self._say(f"{n:,} records shown." if n else "No record matches; the list stays as it was.")
        if n:
            self.read()

    # Looking

    def _everything(self) -> None:
        record = self._session.record
        if record is None:
            return
        for name, value in record.to_doc().items():
            if isinstance(value, dict):
                for tag, values in value.items():
                    self._say(f"{clean_line(tag)}: {clean_text('; '.join(values))}")
            else:
                text = "; ".join(value) if isinstance(value, tuple) else str(value)
                self._say(f"{name}: {clean_text(text)}")

    def _criteria(self) -> None:
        p = self._session.review.protocol
        for head, texts in (("Include", p.include), ("Exclude", p.exclude)):
            for text in texts:
                self._say(f"{head}: {text}")
        for n, reason in enumerate(p.reasons, 1):
            self._say(f"Reason {n}: {reason.label}")

    def _summary(self) -> None:
        doc = reporting.summary(self._session.review, self._session.ledger)
        for key, value in doc["prisma"].items():
            if isinstance(value, dict):
                value = "; ".join(f"{name} {n:,}" for name, n in value.items())
            if value is not None:
                self._say(f"{key.replace('_', ' ')}: {clean_line(str(value))}")
        if doc["interim"]:
            self._say(f"interim: {doc['pending']:,} still to be decided")

    def _where(self) -> str:
        p = self._session.progress()
        name = self._session.queue.filter_text
        shown = f" in the list {clean_line(name)}" if name else ""
        return (
            f"Record {p.position:,} of {p.shown:,}{shown}. {p.decided:,} of {p.total:,} decided, "
            f"{p.percent:.1f} %, {p.verdicts[Verdict.INCLUDE]:,} included."
        )

    def _say(self, text: str) -> None:
        for line in text.split("\n"):
            safe = line.isascii() and line.isprintable()  # such as the help, which keeps its columns
            self._out.write((line if safe else clean_line(line)) + "\n")
        self._out.flush()


def _parts(record: Record) -> list[tuple[str, str]]:
    year = str(record.year) if record.year is not None else ""
    flags = "; ".join(Flag(f).words for f in record.flags if f in list(Flag))
    return [
        ("Title", record.title or "none"),
        ("Authors", "; ".join(record.authors)),
        (
            "Published",
            ", ".join(t for t in (year, record.journal, TYPE_WORDS.get(record.type, record.type)) if t),
        ),
        ("DOI", record.doi),
        ("PMID", record.pmid),
        ("Mind", flags),
        ("Abstract", record.abstract),
        ("Keywords", "; ".join(record.keywords)),
    ]


def run(*, review: Review, author: Author, stage: str) -> int:
    """Screen on standard input and output until the person leaves.

    Returns:
        The exit code for the shell.

    Raises:
        ProtocolError: the stage is not in the protocol.
    """
    session = Session(review, author, stage=stage, clock=time.monotonic)
    if not review.writable:
        sys.stdout.write(f"Read only. {review.holder}\n")
    PlainSession(session, sys.stdout).run(sys.stdin)
    return ExitCode.OK
