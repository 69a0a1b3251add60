"""What the screening screen says and shows of a session: words and views, no widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.domain.events import Stage, Verdict
from tamis.domain.plural import counted, form
from tamis.domain.text import clean_line
from tamis.services.catalogue import source_of
from tamis.services.facts import standing_words
from tamis.services.reviewers import namesake
from tamis.services.wording import stage_words
from tamis.tui.widgets.record_pane import RecordView

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.domain.record import Record
    from tamis.services.highlighting import Lit
    from tamis.services.screening import Change, Session
    from tamis.tui.keys import Keymap

LINE_KEYS: Final = (
    ("include", "include"),
    ("maybe", "maybe"),
    ("exclude", "exclude"),
    ("exclude-1", "reason"),
    ("not-retrieved", "not had"),
    ("undo", "undo"),
    ("note", "note"),
    ("help", "help"),
    ("filter", "filter"),
    ("search", "find"),
    ("summary", "summary"),
    ("labels", "labels"),
    ("criteria", "criteria"),
    ("open", "open"),
    ("quit", "quit"),
)
"""What the key line shows, the most important first."""


def line_keys(session: Session, keymap: Keymap) -> list[tuple[str, str]]:
    """Keys and words of the key line; the reasons are one entry, `1-7`."""
    n = min(len(session.reasons), 9)
    keys = []
    for action_id, word in LINE_KEYS:
        key = keymap.shown(action_id)
        if action_id == "exclude-1":
            if not n:
                continue
            key = f"{key}-{keymap.shown(f'exclude-{n}')}" if n > 1 else key
        if action_id == "not-retrieved" and session.stage != Stage.FULL_TEXT:
            continue
        if key:
            keys.append((key, word))
    return keys


def stage(session: Session) -> str:
    """The stage, where the protocol has more than one."""
    return stage_words(session.stage) if len(session.review.protocol.stages) > 1 else ""


def stage_entered(session: Session, keymap: Keymap) -> str:
    """What to say after the stage was changed."""
    progress, name = session.progress(), stage_words(session.stage).capitalize()
    if not progress.total:
        return f"{name}: nothing here yet. {keymap.shown('stage')} goes back."
    return f"{name}: {progress.left:,} of {progress.total:,} to decide."


def welcome(session: Session, keymap: Keymap) -> str:
    """What to say when the screen opens."""
    review, progress = session.review, session.progress()
    if not review.writable:
        why = f"{review.holder} has this review open" if review.holder else "nothing can be saved here"
        return f"Read only: {why}."
    if remark := namesake(review, session.by):
        return remark
    repaired = f" {review.repairs[0]}" if review.repairs else ""
    if progress.decided:
        return f"Welcome back, {session.by}: {progress.decided:,} decided.{repaired}"
    one, do = ("report", "assess") if session.stage == Stage.FULL_TEXT else ("record", "screen")
    return f"{counted(progress.total, one)} to {do}. {keymap.shown('help')} shows all keys.{repaired}"


def nothing(session: Session, keymap: Keymap) -> str:
    """What stands where a record would."""
    if session.queue.every:
        return "There is no record in this list."
    if len(session.review.records):
        return "No record has been included on title and abstract yet, so there is none to assess here."
    return f"This review holds no records yet. {keymap.shown('import')} imports files."


def decided(session: Session, keymap: Keymap, change: Change) -> str:
    """What to say after a decision."""
    progress = session.progress()
    if progress.left:
        return change.words
    summary = keymap.shown("summary")
    if progress.not_retrieved:
        return f"Nothing is left to decide; {summary} shows the summary. Last: {change.words}"
    all_ = form(progress.total, "The one record is", f"All {progress.total:,} records are")
    return f"{all_} decided; {summary} shows the summary. Last: {change.words}"


def lists(session: Session, order: str = "") -> str:
    """Where in the list we are, its order, and what narrows it: reading only, search, filter."""
    queue = session.queue
    on = [] if session.review.writable else ["READ ONLY"]
    if queue.search is not None:
        on.append(f"find: {queue.search.text}")
    if queue.query is not None:
        on.append(f"filter: {queue.filter_text} ({len(queue):,})")
    if order:
        on.append(order)
    if queue.shown:
        on.append(f"{queue.cursor + 1:,} of {len(queue):,}")
    return "  ".join(on)


def view(
    session: Session, *, full: bool, light: Callable[[Record], Lit], remark: str = ""
) -> RecordView | None:
    """The current record as the pane shows it, None in an empty list; `light` says what is lit in it."""
    record = session.record
    if record is None:
        return None
    vote = session.vote()
    search = session.queue.search
    return RecordView(
        record=record,
        source=_sources(session, record.id),
        verdict=vote.verdict if vote else Verdict.UNDECIDED,
        reasons=session.reason_labels(vote) if vote else (),
        note=session.note(),
        labels=session.labels(),
        files=tuple(clean_line(event.file_name) for event in session.ledger.files(record.id)),
        study="" if session.hidden else session.study(),
        remark=remark,
        standing=standing_words(session, record.id),
        corrected=tuple(session.ledger.corrections(record.id)),
        needles=search.words if search else (),
        lit=light(record),
        full=full,
    )


def _sources(session: Session, record_id: str) -> str:
    """Where a record came from, and which other sources hold the same report."""
    review, ledger = session.review, session.ledger
    source = source_of(review, ledger, record_id)
    own = " · ".join(dict.fromkeys(clean_line(text) for text in (source.name, source.file)))
    others = [other for other in session.ledger.cluster(record_id) if other != record_id]
    if not others:
        return own
    names = dict.fromkeys(clean_line(source_of(review, ledger, other).name) for other in others)
    return f"{own}; the same report in {', '.join(names)}"
