"""`tamis decide`: the event a key press makes, from a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamis.cli.opening import json_option, reviewer_option, session_in, stage_option
from tamis.cli.output import out, out_json, say
from tamis.errors import ProtocolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.domain.protocol import Protocol
    from tamis.store.review import Review

VERDICTS = ("include", "exclude", "maybe", "undecided")


@click.command("decide", short_help="Decide on one record, from a script.")
@click.argument("place", metavar="[DIR] RECORD {include|exclude|maybe|undecided}", nargs=-1, required=True)
@click.option(
    "--reason", "reasons", multiple=True, metavar="ID", help="Why it is excluded; the first one counts."
)
@click.option(
    "--note", metavar="TEXT", default=None, help="Your note on the record; an empty one removes it."
)
@stage_option
@reviewer_option
@json_option
def decide_command(
    place: tuple[str, ...],
    reasons: tuple[str, ...],
    note: str | None,
    stage: str,
    reviewer: str,
    as_json: bool,
) -> None:
    """Decide on RECORD: its id, or a DOI or PMID that only one record has."""
    from tamis.domain.events import Verdict
    from tamis.domain.text import clean_line
    from tamis.services.wording import action_words

    folder, wanted, verdict = _place(place)
    if reasons and verdict != "exclude":
        raise UsageError(
            f"A reason goes with exclude only. Leave --reason out, or write exclude instead of {verdict}."
        )
    with session_in(folder, reviewer, stage=stage) as session:
        review = session.review
        record = find_record(review, wanted)
        ids = [known_reason(review.protocol, reason, stage) for reason in reasons]
        event = session.decide_record(record, Verdict(verdict), ids, note)
        if remark := session.remark(event, record):
            say(f"{remark}.")
        if as_json:
            out_json(event.to_doc())
        else:
            title = review.records[review.records.position(event.record)].title
            words = action_words(event, session.reason_labels(event))
            out(clean_line(f"{event.record} {words} by {event.by}: {title}"))


def _place(place: Sequence[str]) -> tuple[Path, str, str]:
    if len(place) not in (2, 3):
        raise UsageError(
            "tamis decide takes a record and a verdict, such as: tamis decide DIR 4f217e-12 include."
        )
    *folder, record, verdict = place
    if verdict not in VERDICTS:
        raise UsageError(f"{verdict} is not a verdict. Write one of {', '.join(VERDICTS)} at the end.")
    return Path(folder[0] if folder else "."), record, verdict


def find_record(review: Review, wanted: str) -> str:
    """The id of the record that is meant by an id, a DOI or a PMID; of linked ones, the one that stands.

    Raises:
        UsageError: none is, or more than one.
    """
    from tamis.domain import text
    from tamis.domain.ledger import Ledger
    from tamis.domain.plural import counted

    if review.records.find(wanted) is not None:
        return wanted
    doi = text.doi(wanted)
    pmid = "" if doi else text.pmid(wanted)
    found = [r.id for r in review.records if (doi and r.doi == doi) or (pmid and r.pmid == pmid)]
    if len(found) == 1:
        return found[0]
    if found:
        ledger = Ledger(review.events())
        reports = {ledger.stands_for(record) for record in found}
        if len(reports) == 1:
            return reports.pop()
        raise UsageError(
            f"{wanted} is meant by {len(found)} records: {', '.join(found[:5])}. Name one by its id."
        )
    ids = (
        list(dict.fromkeys((review.records.id_at(0), review.records.id_at(-1))))
        if len(review.records)
        else []
    )
    known = (
        f"{counted(len(review.records), 'record')}, ids from {' to '.join(ids)}" if ids else "no records yet"
    )
    raise UsageError(f"There is no record {wanted} in this review; it has {known}.")


def known_reason(protocol: Protocol, wanted: str, stage: str) -> str:
    """The id of the reason that is meant by an id, a label or a number.

    Raises:
        ProtocolError: the protocol has none such; lists those it has.
    """
    from tamis.services.wording import at_stage

    found = protocol.reason_id(wanted, stage)
    if found is None:
        known = ", ".join(reason.id for reason in protocol.reasons_for(stage)) or "none"
        raise ProtocolError(
            f"{wanted} is not a reason {at_stage(stage)} in this review's protocol; it has: {known}."
        )
    return found
