"""The example: a small made-up search, a protocol and decisions on it, to try everything with."""

from __future__ import annotations

import csv
import dataclasses
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.domain.events import Verdict
from tamis.domain.protocol import Protocol
from tamis.errors import NotSavedError, StoreError, UsageError
from tamis.services.importing import FileAccount, import_files
from tamis.store.disk import reason
from tamis.store.review import Review

if TYPE_CHECKING:
    from tamis.domain.events import Author
    from tamis.services.screening import Session

SOURCES = (
    ("pubmed-like.ris", "PubMed (invented)", "database"),
    ("embase-like.ris", "Embase (invented)", "database"),
    ("saved-page.txt", "A paper site (invented)", "website"),
)
"""File, the database it pretends to come from, its kind."""


def sample_folder() -> Path:
    """Where the sample data is: in the installed package, or beside `src` in a checkout.

    Raises:
        StoreError: it is in neither place.
    """
    installed = Path(str(files("tamis"))) / "sample_data"
    checkout = Path(__file__).resolve().parents[3] / "sample_data"
    for folder in (installed, checkout):
        if (folder / SOURCES[0][0]).is_file():
            return folder
    raise StoreError(f"The sample data is missing: there is no {installed}. Install tamis again.")


def demo_review(folder: Path, author: Author) -> tuple[Review, list[FileAccount]]:
    """Open the example in `folder`, making it if nothing is there, and import what it does not have yet.

    Args:
        folder: where; empty, missing, or an example made before.
        author: with clock and ids; the reviewer is the one the example's protocol names.

    Raises:
        UsageError: the folder holds something else.
        StoreError: it cannot be written, or someone else has it open.
    """
    sample = sample_folder()
    text = (sample / "protocol.toml").read_text(encoding="utf-8")
    protocol = Protocol.from_toml(text, "the sample protocol")
    by = dataclasses.replace(author, by=demo_reviewer(protocol, author))
    if (folder / "review.json").exists():
        review = Review.open(folder, reviewer=by.by, now=by.now())
        if review.protocol.title != protocol.title:
            review.close()
            raise UsageError(
                f"{folder} holds another review. Give the demo a folder of its own: tamis demo DIR."
            )
    else:
        _write_protocol(folder, text)
        review = Review.create(folder, title=protocol.title, reviewer=by.by, now=by.now(), new_id=by.new_id)
    try:
        accounts: list[FileAccount] = []
        for name, database, kind in SOURCES:
            accounts += import_files(review, [sample / name], author=by, database=database, kind=kind)
    except BaseException:
        review.close()
        raise
    return review, accounts


def demo_reviewer(protocol: Protocol, author: Author) -> str:
    """Who screens the example: whoever was named, or the protocol's own reviewer."""
    return author.by or next(iter(protocol.reviewers), "Demo")


def decide_all(session: Session) -> int:
    """Apply the sample decisions to the records the reviewer has not decided on; returns how many.

    Raises:
        NotSavedError: one could not be saved; those before it are.
    """
    review = session.review
    prefixes = {source.file: source.prefix for source in review.sources}
    done = 0
    with (sample_folder() / "decisions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            record = f"{prefixes.get(row['file'], '')}-{row['position']}"
            if review.records.find(record) is None or session.ledger.vote(record, session.stage, session.by):
                continue
            reasons = [row["reason"]] if row["reason"] else []
            session.decide_record(record, Verdict(row["verdict"]), reasons, row["note"] or None)
            if row["labels"]:
                session.queue.go_to(record)
                session.set_labels(row["labels"].split(";"))
            done += 1
    return done


def _write_protocol(folder: Path, text: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already and not empty. Give the demo a folder of its own: tamis demo DIR."
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "protocol.toml").write_text(text, encoding="utf-8")
    except OSError as error:
        what, todo = reason(error)
        raise NotSavedError(f"The demo was not made: {what} ({folder}). {todo}.") from error
