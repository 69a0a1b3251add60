"""The same session line by line: for screen readers, dumb terminals and pipes. No Textual in here."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final, TextIO

from tamis.domain.events import Order, Verdict
from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.errors import ExitCode, TamisError, UsageError
from tamis.services import facts, ordering
from tamis.services.highlighting import ProtocolLights
from tamis.services.screening import Session
from tamis.services.wording import ORDERS
from tamis.tui import plain_reading as reading
from tamis.tui.plain_pairs import PlainPairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tamis.domain.events import Author
    from tamis.services.relevance import Relevance
    from tamis.services.screening import Change
    from tamis.store.review import Review

HELP: Final = """\
Write a letter and press enter.
  i  include            m  maybe              e  exclude without a reason
  1 to 9  exclude with that reason            e TEXT  exclude with the reason named
  e 2 1  exclude with several reasons by number, the first is the primary one
  x  take the decision back                   u  undo    r  redo
  D  likely duplicates, one pair after the other: y  the same report    n  two reports
  F  full text, or back    N  at full text: not retrieved, or retrieved after all
  S NAME  the study of the report (S alone reads it, S - removes it)
  n TEXT  note (n alone reads it, n - removes it)
  l A, B  labels (l alone reads them, l - removes them)
  j  next    k  previous    t  next undecided    g NUMBER  go to that record
  / WORDS  find    .  next match    ,  previous match
  h  mark the lit terms, or not    h SET: A, B  add terms    h -SET: A  remove one (u undoes it)
  f FILTER  show only, such as f is:maybe year:2015-2020    f  show all
  o ORDER  relevance, imported, title, newest, oldest or random    w  why it is here
  p  read the record again    a  everything the file says    c  criteria and reasons
  s  summary    ?  this help    q  leave"""


WITH_WORDS: Final = "enlg/fhSo"
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
        self._lights = ProtocolLights(session.review)
        self._marking = False
        self._relevance: Relevance | None = None
        self._pairs: PlainPairs | None = None
        self._commands: dict[str, Callable[[str], None]] = {
            "i": lambda _: self._decide(Verdict.INCLUDE),
            "m": lambda _: self._decide(Verdict.MAYBE),
            "x": lambda _: self._decide(Verdict.UNDECIDED),
            "e": self._exclude,
            "u": lambda _: self._went(session.undo(), "There is nothing to undo."),
            "r": lambda _: self._went(session.redo(), "There is nothing to do again."),
            "D": lambda _: self._duplicates(),
            "N": lambda _: self._missing(),
            "F": lambda _: self._stage(),
            "S": self._study,
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
            "h": self._light,
            "o": self._order,
            "w": lambda _: self._why(),
            "p": lambda _: self.read(),
            "a": lambda _: self._everything(),
            "c": lambda _: self._say_all(reading.criteria(session)),
            "s": lambda _: self._say_all(reading.summary(session)),
            "?": lambda _: self._say(HELP),
        }

    def run(self, lines: TextIO) -> None:
        """Screen until `q` or the end of the input."""
        self._follow()
        if self._relevance is not None:
            self._relevance.begin()
            self._say(self._relevance.sentence())
        self._say(reading.place(self._session))
        self._say("Write ? for help.")
        self.read()
        for line in iter(lines.readline, ""):
            command = line.strip()
            if command == "q" and self._pairs is None:
                break
            try:
                self.obey(command)
            except TamisError as error:
                self._say(f"{error}")
        if self._relevance is not None:
            self._relevance.close()
        progress = self._session.progress()
        self._say(f"{progress.decided:,} of {progress.total:,} decided. Everything is on disk.")

    def obey(self, command: str) -> None:
        """Carry out one command.

        Raises:
            TamisError: it could not be done; says why.
        """
        if self._pairs is not None:
            if not self._pairs.obey(command):
                self._pairs = None
                self.read()
            return
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
            self._follow()  # an undo or the other stage may have brought the order by relevance
        else:
            self._say(f"{clean_line(command)} is not a command; ? lists them.")

    def read(self) -> None:
        """Read the current record out."""
        record = self._session.record
        if record is None:
            self._say("There is no record in this list.")
            return
        lit = self._lights.lit(record)
        self._say("")
        self._say(reading.place(self._session))
        self._say_all(reading.record_lines(self._session, record, lit, marking=self._marking))

    # Deciding

    def _decide(self, verdict: Verdict) -> None:
        self._say(self._session.decide(verdict).words)
        self.read()

    def _exclude(self, text: str) -> None:
        numbers = text.replace(",", " ").split()
        named = numbers if all(number.isdigit() for number in numbers) else [text]
        reasons = [self._reason(reason) for reason in named]
        self._say(self._session.decide(Verdict.EXCLUDE, reasons).words)
        self.read()

    def _reason(self, text: str) -> str:
        found = self._session.review.protocol.reason_id(text, self._session.stage)
        if found is None:
            known = "; ".join(f"{n} {r.label}" for n, r in enumerate(self._session.reasons, 1))
            raise UsageError(f"{clean_line(text)} is not a reason; there are: {known or 'none'}.")
        return found

    def _duplicates(self) -> None:
        self._session.must_be_writable()
        pairs = PlainPairs(self._session, self._say)
        pairs.begin()
        self._pairs = pairs

    def _missing(self) -> None:
        self._say(facts.turn_retrieved(self._session).words)
        self.read()

    def _stage(self) -> None:
        self._session.change_stage()
        self.read()

    def _study(self, text: str) -> None:
        if not text:
            self._say(self._session.study() or "No study is named.")
            return
        record = self._session.need_record()
        changes = facts.link_study(self._session, [record], "" if text == "-" else text)
        self._annotated(changes[0] if changes else None)

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
        self._say(f"{counted(n, 'record')} shown." if n else "No record matches; the list stays as it was.")
        if n:
            self.read()

    def _order(self, text: str) -> None:
        if text:
            self._say(ordering.choose(self._session, ordering.need_order(text)).words)
            self._follow()
        said = self._relevance.sentence() if self._relevance is not None else ""
        if said:
            self._say(said)
        elif not text:
            self._say(f"The records are {ORDERS[self._session.queue.chosen.order]}.")

    def _follow(self) -> None:
        """See to it that somebody ranks where the order by relevance is in force."""
        if self._relevance is None and self._session.queue.chosen.order is Order.RELEVANCE:
            from tamis.services.relevance import Relevance

            self._relevance = Relevance(self._session)

    def _why(self) -> None:
        if sampled := ordering.sample_sentence(self._session.queue):
            self._say(sampled)
        elif self._relevance is None:
            raise UsageError("The list is not ordered by relevance; o relevance does that.")
        else:
            self._say(self._relevance.why().text)

    # Looking

    def _light(self, text: str) -> None:
        """Mark what is lit, or change the terms."""
        from tamis.services.highlight_editing import LATER, add_terms, delete_set, remove_term, split_terms

        session = self._session
        name, _, terms = (part.strip() for part in text.removeprefix("-").partition(":"))
        if not text:
            self._marking = not self._marking
            self._say("Lit terms are marked, such as [1 word]." if self._marking else "No marks.")
        elif text.startswith("-"):
            done = remove_term(session, name, terms) if terms else delete_set(session, name)
        else:
            done = add_terms(session, name, split_terms(terms))
        if text:
            words = f"{done.words}." if done.words else "It was so already."
            self._say(f"{words} {LATER}" if done.later else words)
        self.read()

    def _everything(self) -> None:
        if (record := self._session.record) is not None:
            self._say_all(reading.everything(record))

    def _say_all(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._say(line)

    def _say(self, text: str) -> None:
        for line in text.split("\n"):
            safe = line.isascii() and line.isprintable()  # such as the help, which keeps its columns
            self._out.write((line if safe else clean_line(line)) + "\n")
        self._out.flush()


def run(
    *, review: Review, author: Author, stage: str, order: Order | None = None, again: float | None = None
) -> int:
    """Screen on standard input and output until the person leaves, in the order in force or the given one.

    Args:
        review: an open review.
        author: who screens.
        stage: which stage.
        order: the order to begin with, None for the one in force.
        again: share of decisions after which a record is shown again, None for that of the protocol.

    Returns:
        The exit code for the shell.

    Raises:
        NotSavedError: the order cannot be changed, because nothing can be saved.
        ProtocolError: the stage is not in the protocol.
        UsageError: the order needs what is not installed.
    """
    session = Session(review, author, stage=stage, again=again, clock=time.monotonic)
    if order is not None:
        ordering.begin_with(session, order)
    if not review.writable:
        sys.stdout.write(f"Read only. {review.holder}\n")
    PlainSession(session, sys.stdout).run(sys.stdin)
    return ExitCode.OK
