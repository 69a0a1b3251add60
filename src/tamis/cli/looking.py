"""`tamis log` and `tamis check`: what happened, and whether everything is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tamis.cli.clock import utc_now
from tamis.cli.deciding import find_record
from tamis.cli.opening import folder_argument, json_option, likely_reviewer, open_review
from tamis.cli.output import out, out_json, say
from tamis.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tamis.domain.events import Event
    from tamis.store.review import Review


@click.command("log", short_help="The audit trail: who decided what, when.")
@folder_argument
@click.option("--record", metavar="ID", help="Only what concerns this record.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Only the last N.")
@json_option
def log_command(folder: Path, record: str | None, limit: int | None, as_json: bool) -> None:
    """The audit trail: every event, the oldest first; with --json one object a line."""
    with open_review(folder, write=False) as review:
        wanted = find_record(review, record) if record else None
        events = {event.id: event for event in review.events()}
        listed = [e for e in events.values() if wanted is None or wanted in (e.record, e.of)]
        for event in listed[-limit:] if limit else listed:
            if as_json:
                out_json({**event.to_doc(), "title": _title(review, event)}, indent=None)
            else:
                out(_line(review, event, events))


def _title(review: Review, event: Event) -> str:
    index = review.records.find(event.record) if event.record else None
    return "" if index is None else review.records[index].title


def _line(review: Review, event: Event, events: Mapping[str, Event]) -> str:
    from tamis.domain.text import clean_line
    from tamis.services.wording import shown_words

    parts = [event.at, event.by, _words(review, event, events)]
    if event.stage and event.stage != "title-abstract":
        parts.append(event.stage)
    if event.record:
        parts += [event.record, _title(review, event), shown_words(event)]
    return "  ".join(clean_line(part) for part in parts if part)


def _words(review: Review, event: Event, events: Mapping[str, Event]) -> str:
    from tamis.services.wording import action_words

    if event.kind in ("undo", "redo"):
        done = "undid" if event.kind == "undo" else "did again"
        target = next((events[t] for t in event.replaces if t in events), None)
        while target is not None and target.kind in ("undo", "redo"):
            target = next((events[t] for t in target.replaces if t in events), None)
        more = f" and {len(event.replaces) - 1:,} more" if len(event.replaces) > 1 else ""
        return f"{done}: {_words(review, target, events)}{more}" if target else done
    words = action_words(event, [review.protocol.reason_label(reason) for reason in event.reasons])
    if event.kind == "note" and event.text:
        words = f"note: {event.text}"
    return f"{words} (from the file)" if "from" in event.body else words


@click.command("check", short_help="Prove that the folder is sound.")
@folder_argument
@click.option(
    "--recover", is_flag=True, help="Where the journal is damaged: keep a copy, and save every whole line."
)
@json_option
def check_command(folder: Path, recover: bool, as_json: bool) -> int:
    """Prove that the folder is sound: checksums, files, records, events, and counts made anew."""
    from tamis.domain.plural import counted
    from tamis.domain.text import clean_line
    from tamis.services.checking import check_folder, recover_folder

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a review folder. Name the folder.")
    told = recover_folder(folder, reviewer=likely_reviewer(folder), now=utc_now()) if recover else []
    for sentence in told:
        say(sentence)
    findings = check_folder(folder)
    sound = all(finding.ok for finding in findings)
    if as_json:
        doc = {"ok": sound, "findings": [{"ok": f.ok, "what": f.what, "note": f.note} for f in findings]}
        out_json({**doc, "recovered": told} if recover else doc)
    else:
        for finding in findings:
            mark = "FAILED" if not finding.ok else "note  " if finding.note else "ok    "
            out(f"{mark}  {clean_line(finding.what)}")
    if not sound:
        failed = sum(not finding.ok for finding in findings)
        say(f"tamis: {folder} needs attention: {failed} of {counted(len(findings), 'check')} failed.")
    return ExitCode.OK if sound else ExitCode.ATTENTION
