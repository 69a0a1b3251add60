"""Small reviews for the tests of services and commands."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from tamis.domain import prisma
from tamis.domain.events import Author, Kind
from tamis.domain.ledger import State
from tamis.domain.prisma_column import Column
from tamis.services.importing import FileAccount, import_files
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tamis.domain.prisma import Counts
    from tamis.services.screening import Session

NOW = "2026-03-01T12:00:00Z"

PROTOCOL = """\
title = "Liver"
stages = [{stages}]
reviewers = ["Ann", "Ben"]
[criteria]
include = ["Adults"]
exclude = []
[[reasons]]
id = "population"
label = "Wrong population, or none; really"
[[reasons]]
id = "design"
label = "Wrong design"
"""


def at(session: Session) -> str:
    """The title of the current record."""
    return session.record.title if session.record else ""


def state(session: Session) -> dict[str, Any]:
    """Everything that stands for the reviewer."""
    ledger, ids = session.ledger, [session.review.records.id_at(n) for n in session.queue.every]
    return {
        "votes": [
            (v.verdict, v.reasons) if (v := ledger.vote(i, session.stage, session.by)) else None for i in ids
        ],
        "notes": [ledger.note(i, session.by) for i in ids],
        "labels": [ledger.labels(i, session.by) for i in ids],
        "known": ledger.known_labels(),
        "progress": session.progress().verdicts,
        "undo": [e.id for e in ledger.history(session.by)],
        "redo": [e.id for e in ledger.redoable(session.by) or ()],
        "outcomes": [ledger.outcome(i, session.stage) for i in ids],
    }


def ids(session: Session, *numbers: int) -> list[str]:
    """Ids of the records of these numbers, from 1."""
    return [session.review.records.id_at(n - 1) for n in numbers]


def linked(session: Session, one: int, two: int) -> None:
    """Make two records one report."""
    a, b = ids(session, one, two)
    session.save([session.event(Kind.DUPLICATE, a, {"of": b}, field=b)])
    session.queue.renew()


def undo_all(session: Session) -> list[str]:
    """Undo everything that can be undone; gives what was said."""
    said = []
    while change := session.undo():
        said.append(change.words)
    return said


def counted(session: Session) -> Counts:
    """The boxes of the flow."""
    review = session.review
    return prisma.count(review.sources, session.ledger, review.protocol)


def column(
    identified: int = 0,
    unreadable: int = 0,
    *,
    out: Mapping[str, int] | None = None,
    reports_out: Mapping[str, int] | None = None,
    **states: int,
) -> Column:
    """A column of the flow: records by state, and by reason."""
    return Column(
        identified=identified,
        unreadable=unreadable,
        unaccounted=0,
        unknown=0,
        states=dict.fromkeys(State, 0) | {State(name.replace("_", "-")): n for name, n in states.items()},
        reasons={State.SCREENED_OUT: out or {}, State.ASSESSED_OUT: reports_out or {}},
    )


def author(by: str = "Ann") -> Author:
    """An author whose clock stands still and whose ids count up."""
    ids = itertools.count(1)
    return Author(by, lambda: NOW, lambda: f"{by.lower()}-{next(ids):08}")


def ris(*titles: str, **more: str) -> str:
    """A RIS file with a record for each title, each with the further tags."""
    lines = []
    for n, title in enumerate(titles, 1):
        lines += [
            "TY  - JOUR",
            f"TI  - {title}",
            f"AU  - Family{n}, Given",
            "PY  - 2020",
            f"DO  - 10.5555/x.{n}",
        ]
        lines += [f"{tag}  - {value}" for tag, value in more.items()]
        lines += ["ER  - ", ""]
    return "\n".join(lines)


def make_review(folder: Path, *, stages: tuple[str, ...] = ("title-abstract",), by: str = "Ann") -> Review:
    """An empty review with two reasons and two reviewers."""
    folder.mkdir(parents=True, exist_ok=True)
    quoted = ", ".join(f'"{stage}"' for stage in stages)
    (folder / "protocol.toml").write_text(PROTOCOL.format(stages=quoted), encoding="utf-8")
    return Review.create(folder, title="Liver", reviewer=by, now=NOW, new_id=lambda: "log-1")


def add(review: Review, path: Path, text: str, *, database: str = "", kind: str = "database") -> FileAccount:
    """Write a file and import it."""
    path.write_text(text, encoding="utf-8", newline="")
    account = import_files(review, [path], author=author(), database=database, kind=kind)[0]
    assert not account.error, account.error
    return account
