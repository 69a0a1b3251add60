"""`tamis stop`: may I stop? The numbers, the random sample, and the stop itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tamis.cli.opening import folder_argument, json_option, reviewer_option, session_in
from tamis.cli.output import draws_lines, out, out_json, say
from tamis.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.domain.decline import Left
    from tamis.services.screening import Session
    from tamis.services.stopping import Look, Watch
    from tamis.services.views import Change

PLACES = ("automation", "excluded")
_WIDTH, _HEIGHT = 76, 14


@click.command("stop", short_help="May I stop? Numbers, a random sample, the stop.")
@folder_argument
@click.option("--rule", metavar="TEXT", help="Stop screening by this rule; the undecided stay unscreened.")
@click.option(
    "--place",
    type=click.Choice(PLACES),
    default=PLACES[0],
    show_default=True,
    help="Where PRISMA counts them: before screening or among the excluded, by automation.",
)
@click.option(
    "--checked",
    multiple=True,
    metavar="ID",
    help="What you confirm of the SAFE procedure, kept with the stop; `tamis stop` lists the ids.",
)
@click.option("--sample", is_flag=True, help="Draw a random sample: screening goes on in its order.")
@click.option("--back", is_flag=True, help="Take your newest stop back.")
@reviewer_option
@json_option
def stop_command(
    folder: Path,
    rule: str | None,
    place: str,
    checked: tuple[str, ...],
    sample: bool,
    back: bool,
    reviewer: str,
    as_json: bool,
) -> None:
    """Say what the decisions in DIR show about the recall target on title and abstract.

    Without --rule, --sample and --back nothing is changed. Each of these is an event and can be undone.
    """
    from tamis.domain.events import Removal
    from tamis.services import stopping
    from tamis.services.stopping_words import CHECKED_BY_PERSON, unproved

    if (rule is not None) + sample + back > 1:
        raise UsageError("Give one of --rule, --sample and --back at a time.")
    if checked and rule is None:
        raise UsageError("--checked is kept with a stop: give --rule, too.")
    for name in checked:
        if name not in CHECKED_BY_PERSON:
            raise UsageError(f"{name} is not one of these: {', '.join(CHECKED_BY_PERSON)}.")
    write = rule is not None or sample or back
    with session_in(folder, reviewer, write=write) as session:
        watch = stopping.Watch(session.review, session.ledger)
        change = None
        if rule is not None:
            remark = unproved(watch.look())
            change = stopping.stop(session, watch, rule, Removal(place), checked)
            if remark:
                say(remark)
        elif sample:
            change = stopping.begin_sample(session, watch)
        elif back:
            change = stopping.take_back(session)
        _tell(session, watch, change, as_json=as_json)


def _tell(session: Session, watch: Watch, change: Change | None, *, as_json: bool) -> None:
    from tamis.services import likely_left
    from tamis.services.stopping import left_by
    from tamis.services.stopping_words import checklist, paragraphs

    look = watch.look()
    if as_json:
        doc: dict[str, Any] = look.numbers()
        doc["words"] = paragraphs(look)
        doc["likely_left"] = likely_left.to_doc(likely_left.estimated(session.ledger, watch, look))
        doc["safe"] = [{"id": c.id, "words": c.words, "done": c.done} for c in checklist(look)]
        stops = session.ledger.stops
        doc["stopped"] = [{"by": e.by, "at": e.at, "rule": e.rule, "records": left_by(e)} for e in stops]
        doc["event"] = None if change is None else change.event.id
        out_json(doc)
        return
    if change is not None:
        out(change.words)
        return
    _show(look, likely_left.estimated(session.ledger, watch, look))


def _show(look: Look, left: Left | str) -> None:
    from tamis.cli.reporting import terminal_width
    from tamis.domain.text import clean_line
    from tamis.services import likely_left
    from tamis.services.stopping_charts import discovery
    from tamis.services.stopping_words import checklist, paragraphs

    width = terminal_width()
    for paragraph in paragraphs(look):
        _out_wrapped(clean_line(paragraph), width)
    out("")
    for line in discovery(look, min(_WIDTH, width), _HEIGHT, ascii=not draws_lines()):
        out(line)
    out("")
    for paragraph in [left] if isinstance(left, str) else likely_left.words(left):
        _out_wrapped(paragraph, width)
    if not isinstance(left, str):
        for line in likely_left.chart(left, min(_WIDTH, width), _HEIGHT, ascii=not draws_lines()):
            out(line)
    out("")
    _out_wrapped(
        "SAFE procedure ([x] shown by the decisions, [ ] not, [?] yours to confirm with --checked):", width
    )
    for check in checklist(look):
        mark = "?" if check.done is None else "x" if check.done else " "
        _out_wrapped(f"{check.words}  ({check.id})", width, f"  [{mark}] ")


def _out_wrapped(text: str, width: int, head: str = "") -> None:
    lines = click.wrap_text(text, width, initial_indent=head, subsequent_indent=" " * len(head))
    for line in lines.splitlines():
        out(line)
