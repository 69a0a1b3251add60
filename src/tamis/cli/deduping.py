"""`tamis dedupe`: find duplicates, link the certain ones, list what waits for a person."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tamis.cli.opening import folder_argument, json_option, reviewer_option, session_in
from tamis.cli.output import out, out_json
from tamis.domain.plural import counted, form
from tamis.errors import UsageError

if TYPE_CHECKING:
    from tamis.services.dedup import Pair, Quality
    from tamis.services.linking import Linking

_LISTED = 20


@click.command("dedupe", short_help="Find duplicates; link the certain ones.")
@folder_argument
@click.option("--auto", is_flag=True, help="Link the certain pairs; each link can be taken back in the app.")
@click.option("--back", is_flag=True, help="Take back what the rule linked last, all links of that time.")
@click.option("--dry-run", is_flag=True, help="Only say what --auto would do.")
@click.option(
    "--truth",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Score against known duplicates: a CSV with the columns record and group.",
)
@reviewer_option
@json_option
def dedupe_command(
    folder: Path,
    auto: bool,
    back: bool,
    dry_run: bool,
    truth: Path | None,
    reviewer: str,
    as_json: bool,
) -> None:
    """Look through all records of the review in DIR for reports that stand there more than once.

    Certain pairs can be linked by the rule; likely ones wait for a person, in `tamis screen` under the key D.
    Nothing is ever removed: each source keeps its own count, and every link can be taken back. What --back
    takes back waits for a person, too; --auto does not link it again.
    """
    from tamis.services.linking import Linking

    if back:
        if auto or dry_run or truth:
            raise UsageError("--back goes without --auto, --dry-run and --truth.")
        _take_back(folder, reviewer, as_json=as_json)
        return
    groups = known_groups(truth) if truth else None
    write = auto and not dry_run
    with session_in(folder, reviewer, write=write, anyone=True) as session:
        linking = Linking(session)
        linking.look()
        certain, questions = linking.certain(), linking.questions()
        linked = linking.link_certain() if write else 0
        account: dict[str, Any] = {
            "records": len(session.review.records),
            "certain": len(certain),
            "linked": linked,
            "questions": len(questions),
        }
        if groups is not None:
            account["quality"] = _quality(linking.pairs, groups)
        if as_json:
            account["pairs"] = [_doc(pair) for pair in [*certain, *questions]]
            out_json(account)
        else:
            _tell(linking, account, questions, auto=auto, dry_run=dry_run)


def _take_back(folder: Path, reviewer: str, *, as_json: bool) -> None:
    from tamis.services.linking import Linking

    with session_in(folder, reviewer, anyone=True) as session:
        n = Linking(session).take_back_last()
    if as_json:
        out_json({"taken_back": n})
    elif n:
        pairs = form(n, "Its pair waits", "Their pairs wait")
        out(f"{counted(n, 'link')} by the rule taken back. {pairs} for a person: key D in `tamis screen`.")
    else:
        out("No link by the rule stands, so nothing was taken back.")


def known_groups(path: Path) -> list[list[str]]:
    """Groups of record ids out of a CSV with the columns `record` and `group`.

    Raises:
        UsageError: the columns are not there.
    """
    groups: dict[str, list[str]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if not {"record", "group"} <= set(rows.fieldnames or ()):
            raise UsageError(f"{path} needs the columns record (ids of this review) and group.")
        for row in rows:
            groups.setdefault(row["group"], []).append(row["record"])
    return [members for members in groups.values() if len(members) > 1]


def _quality(pairs: list[Pair], groups: list[list[str]]) -> dict[str, dict[str, float]]:
    from tamis.services.dedup import score_against

    def numbers(quality: Quality) -> dict[str, float]:
        return {
            "precision": round(quality.precision, 4),
            "sensitivity": round(quality.sensitivity, 4),
            "wrong": len(quality.wrong),
            "missed": len(quality.missed),
        }

    return {
        "certain": numbers(score_against([p for p in pairs if p.certain], groups)),
        "with questions": numbers(score_against(pairs, groups)),
    }


def _doc(pair: Pair) -> dict[str, Any]:
    return {
        "first": pair.first,
        "second": pair.second,
        "score": round(pair.score, 4),
        "certain": pair.certain,
        "why": list(pair.why),
    }


def _tell(
    linking: Linking, account: dict[str, Any], questions: list[Pair], *, auto: bool, dry_run: bool
) -> None:
    records = counted(account["records"], "record")
    certain = counted(account["certain"], "certain pair")
    if account["linked"]:
        out(f"{records}: {certain} of duplicates, linked by the rule.")
        out("D in `tamis screen` shows each, n undoes it; `tamis dedupe --back` takes back all of this time.")
    else:
        out(f"{records}: {certain} of duplicates not linked yet.")
    if account["certain"] and not auto:
        out(f"`tamis dedupe --auto` links {form(account['certain'], 'it', 'them')}.")
    elif account["certain"] and dry_run:
        out("Nothing was linked: this was a rehearsal.")
    if questions:
        wait = form(len(questions), "waits", "wait")
        out(f"{counted(len(questions), 'likely pair')} {wait} for a person: key D in `tamis screen`.")
        for pair in questions[:_LISTED]:
            a, b = linking.two(pair)
            out(f"  {pair.score:.2f}  {a.id}  {a.title[:60]}")
            out(f"        {b.id}  {b.title[:60]}")
            out(f"        {', '.join(pair.why)}")
        if len(questions) > _LISTED:
            out(f"  and {len(questions) - _LISTED:,} more, which --json lists")
    for name, numbers in account.get("quality", {}).items():
        words = ", ".join(f"{key} {value}" for key, value in numbers.items())
        out(f"{name}: {words}")
