"""`tamis second-look`: decisions that surprise a model, and how far a reviewer agrees with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tamis.cli.opening import (
    folder_argument,
    json_option,
    open_review,
    reviewer_option,
    stage_option,
    who,
)
from tamis.cli.output import out, out_json
from tamis.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.services.again import Consistency
    from tamis.services.second_look import Surprise
    from tamis.store.review import Review


@click.command("second-look", short_help="Decisions to look at once more; your own consistency.")
@folder_argument
@stage_option
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="List so many at most."
)
@click.option("--shown", is_flag=True, help="List all records that were shown again.")
@reviewer_option
@json_option
def second_look_command(
    folder: Path, stage: str, limit: int, shown: bool, reviewer: str, as_json: bool
) -> None:
    """List a reviewer's decisions in DIR that are worth a second look. Nothing is changed.

    Surprising are decisions against which a model speaks that has learnt from the reviewer's other ones.
    Where records were shown again while screening ([quality] in protocol.toml), it says how far the reviewer
    said the same, and what is not settled.
    """
    from tamis.domain.ledger import Ledger
    from tamis.services.again import consistency
    from tamis.services.second_look import surprising

    with open_review(folder, write=False) as review:
        ledger, by = Ledger(review.events()), who(review, reviewer, anyone=True)
        listed: list[Surprise] = []
        note = ""
        try:
            listed = surprising(review, ledger, stage, by, limit)
        except UsageError as error:
            note = str(error)
        found = consistency(ledger, stage, by)
        if as_json:
            doc: dict[str, Any] = {"reviewer": by, "stage": stage, "note": note}
            doc["surprising"] = [one.to_doc() for one in listed]
            doc["again"] = None if found is None else found.to_doc()
            out_json(doc)
            return
        _tell_surprising(listed, note)
        if found is not None:
            _tell_again(review, found, every=shown)


def _tell_surprising(listed: list[Surprise], note: str) -> None:
    from tamis.domain.plural import counted
    from tamis.domain.text import clean_line

    if note:
        out(note)
        return
    are = counted(len(listed), "decision is", "decisions are")
    out(f"{are} surprising to a model that has learnt from the others.")
    for one in listed:
        against = f"; against it: {', '.join(one.against)}" if one.against else ""
        out(f"  {one.record}  {one.verdict}  {clean_line(one.title)}")
        out(f"    {one.words}{clean_line(against)}")


def _tell_again(review: Review, found: Consistency, *, every: bool) -> None:
    from tamis.domain.text import clean_line
    from tamis.services.again import sentence

    out("")
    out(sentence(found))
    for pair in found.pairs:
        record = pair.again.record
        open_ = record in found.unsettled
        if every or open_:
            title = review.records[review.records.position(record)].title
            mark = "  (to settle)" if open_ else ""
            said = f"first {pair.first.verdict}, then {pair.again.verdict}{mark}"
            out(f"  {record}  {said}  {clean_line(title)}")
