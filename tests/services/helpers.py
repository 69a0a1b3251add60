"""Small reviews for the tests of services and commands."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from tamis.domain.events import Author
from tamis.domain.ledger import State
from tamis.domain.prisma import Column
from tamis.services.importing import FileAccount, import_files
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
