"""Who selected, what came of it, and what the events do not say: as sentences and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Stage
from tamis.domain.plural import counted, form
from tamis.services.drawing import number
from tamis.services.rendering import REMOVED_HEAD, REMOVED_TITLE, STAGE_WORDS, removed_rows
from tamis.services.report.blocks import Block, Heading, Items, Paragraph, Table
from tamis.services.report.words import DASH, cap, listed, n_of, n_was, was, were
from tamis.services.screening import IDLE_SECONDS
from tamis.services.wording import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tamis.services.report.blocks import Figure
    from tamis.services.report.facts import Facts, Report
    from tamis.services.report.screening import Pair, Repeated, Reviewer, StageFacts

_SHOWN: Final = {**{order.value: words for order, words in ORDERS.items()}, "sample": "in a random sample"}
_UNIT: Final = {Stage.TITLE_ABSTRACT: "record", Stage.FULL_TEXT: "report"}


# Selection process


def selection(facts: Facts) -> Iterator[Block]:
    """Who decided what (item 8)."""
    yield Heading("Selection process (PRISMA 2020, item 8)")
    for stage in facts.stages:
        yield Heading(STAGE_WORDS[stage.stage], 3)
        yield from _stage(stage, facts.summary["stages"][stage.stage])
    for stop in facts.stops:
        left = f"{number(stop.left)} of them {form(stop.left, 'is', 'are')}" if stop.left else "none is"
        rule = f" by the rule “{stop.rule}”" if stop.rule else ""
        yield Paragraph(
            f"On {stop.on} {stop.by} stopped screening{rule}: {n_was(stop.named, 'record')} "
            f"named, and {left} left unscreened.{_at_that_moment(stop.numbers)}"
        )
    if removed := removed_rows(facts.summary):
        yield Table(REMOVED_TITLE, REMOVED_HEAD, tuple(removed), frozenset({3}))


def _at_that_moment(numbers: Mapping[str, Any]) -> str:
    """What a stop says was known; anything that is no number is left out."""
    names = ("screened", "records", "relevant", "in_a_row")
    known = [n for name in names if type(n := numbers.get(name)) is int]
    if len(known) < len(names):
        return ""
    screened, records, relevant, row = known
    text = f" At that moment {number(screened)} of {n_was(records, 'record')} screened"
    text += f" and {were(relevant)} not excluded"
    text += f"; the last {number(row)} {was(row)} excluded." if row else "."
    sample, target = numbers.get("sample"), numbers.get("target")
    p = sample.get("p") if isinstance(sample, dict) else None
    if type(target) is float and type(p) is float:
        text += f" By the random sample of the rest, p = {p:.3f} for having found less than "
        text += f"{100 * target:g} % of the relevant records."
    return text


def _stage(stage: StageFacts, numbers: Mapping[str, Any]) -> Iterator[Block]:
    unit = _UNIT[Stage(stage.stage)]
    if not stage.reviewers:
        yield Paragraph(f"Nobody has decided on a {unit} at this stage.")
        return
    decided = sum(stage.decided_by.values())
    shares = [f"{number(n)} by {n_of(people, 'reviewer')}" for people, n in stage.decided_by.items()]
    sentences = [
        f"Of {n_of(numbers['records'], unit)} at this stage, {were(decided)} decided on: {listed(shares)}."
    ]
    if numbers["conflict"]:
        n = numbers["conflict"]
        sentences.append(
            f"On {number(n)} of these the reviewers disagree; {form(n, 'it is', 'they are')} pending."
        )
    if numbers["maybe"]:
        n = numbers["maybe"]
        sentences.append(f"{counted(n, 'stands', 'stand')} at maybe and {form(n, 'is', 'are')} pending.")
    rules = [reviewer.by for reviewer in stage.reviewers if reviewer.rule]
    if rules:
        sentences.append(f"Not a person, but a rule of a program is {listed(rules)}.")
    if stage.imported:
        n = sum(stage.imported.values())
        files = listed([f"{number(k)} with {name}" for name, k in stage.imported.items()])
        sentences.append(f"{cap(n_of(n, 'decision'))} came from other programs or reviews: {files}.")
    if stage.changed:
        sentences.append(
            f"{cap(n_of(stage.changed, 'decision'))} replaced an earlier, different one of the same reviewer."
        )
    if stage.shown:
        ways = [f"{n_of(n, 'decision')} ({_SHOWN.get(order, order)})" for order, n in stage.shown.items()]
        sentences.append(f"The order in which records were shown is stored for {listed(ways)}.")
    yield Paragraph(" ".join(sentences))
    yield Table(
        f"Decisions on {STAGE_WORDS[stage.stage].lower()}, as they stand",
        (
            "Reviewer",
            "Decided",
            "Include",
            "Exclude",
            "Maybe",
            "First day",
            "Last day",
            "Timed",
            "Median seconds",
        ),
        tuple(map(_reviewer_row, stage.reviewers)),
        frozenset({1, 2, 3, 4, 7, 8}),
    )
    if any(reviewer.timed for reviewer in stage.reviewers):
        yield Paragraph(
            "Median seconds: time from when the record was shown to the decision, over the timed decisions; "
            f"more than {IDLE_SECONDS:,.0f} seconds on one record count as {IDLE_SECONDS:,.0f}. Days are UTC."
        )
    if stage.pairs:
        yield Table(
            f"Agreement on {STAGE_WORDS[stage.stage].lower()}",
            ("Reviewers", "Both decided", "Said the same", "Agreement", "Cohen's kappa"),
            tuple(map(_pair_row, stage.pairs)),
            frozenset({1, 2, 3, 4}),
        )
        yield Paragraph(
            "Agreement is that of the decisions as they stand, over include, exclude and maybe; kappa is "
            "unweighted (Cohen 1960)."
        )
    if stage.again:
        yield Table(
            f"Records shown again on {STAGE_WORDS[stage.stage].lower()}",
            ("Reviewer", "Shown again", "Said the same", "Agreement (95 % limits)", "Cohen's kappa"),
            tuple(map(_again_row, stage.again)),
            frozenset({1, 2, 3, 4}),
        )
        yield Paragraph(
            "Records that the reviewer had decided on were drawn at random and shown again, unmarked, while "
            "screening; what was said then changed no decision. Limits are those of Wilson (1927) and, for "
            "kappa, of Fleiss, Cohen and Everitt (1969)."
        )


def _reviewer_row(one: Reviewer) -> tuple[str, ...]:
    return (
        one.by,
        *map(number, (one.decided, one.include, one.exclude, one.maybe)),
        one.first or DASH,
        one.last or DASH,
        number(one.timed),
        DASH if one.seconds is None else f"{one.seconds:.1f}",
    )


def _again_row(one: Repeated) -> tuple[str, ...]:
    low, high = one.limits
    kappa = _kappa(one.kappa)
    if one.kappa_limits is not None:
        kappa += f" ({_kappa(one.kappa_limits[0])} to {_kappa(one.kappa_limits[1])})"
    return (
        one.by,
        number(one.records),
        number(one.same),
        f"{100 * one.same / one.records:.1f} % ({100 * low:.1f} to {100 * high:.1f})",
        kappa,
    )


def _kappa(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}".replace("-", "−")


def _pair_row(pair: Pair) -> tuple[str, ...]:
    return (
        f"{pair.one} and {pair.other}",
        number(pair.records),
        number(pair.same),
        f"{100 * pair.same / pair.records:.1f} %",
        _kappa(pair.kappa),
    )


# What came of it


def flow(facts: Facts, figure: Figure) -> Iterator[Block]:
    """The flow in words and as a figure (item 16a), and reasons with numbers."""
    yield Heading("Study selection (PRISMA 2020, item 16a)")
    if facts.searches:
        yield Paragraph(" ".join(_flow_sentences(facts)))
    yield figure
    if facts.summary["notes"]:
        yield Items(tuple(facts.summary["notes"]))
    for stage, numbers in facts.summary["stages"].items():
        reasons = [(reason["label"], number(reason["n"])) for reason in numbers["reasons"] if reason["n"]]
        if reasons:
            yield Table(
                f"Primary reasons for exclusion on {STAGE_WORDS[stage].lower()}",
                ("Reason", f"{cap(_UNIT[Stage(stage)])}s"),
                tuple(reasons),
                frozenset({1}),
            )


def _flow_sentences(facts: Facts) -> Iterator[str]:
    boxes = facts.summary["prisma"]
    found = boxes["database_results"] + boxes["register_results"]
    others = sum(boxes[f"{kind}_results"] for kind in ("website", "organisation", "citations", "other"))
    if found:
        out = {
            form(boxes["duplicates"], "as a duplicate", "as duplicates"): boxes["duplicates"],
            "as marked ineligible by automation tools": boxes["excluded_automatic"],
            "for other reasons": boxes["excluded_other"],
        }
        yield f"{cap(n_was(found, 'record'))} identified from databases and registers."
        if any(out.values()):
            said = listed([f"{number(n)} {how}" for how, n in out.items() if n])
            yield f"Before screening, {n_was(sum(out.values()), 'record')} removed: {said}."
        yield (
            f"{cap(n_was(boxes['records_screened'], 'record'))} to be screened on title and abstract; "
            f"of these {were(boxes['records_excluded'])} excluded. {cap(_reports_sentence(boxes, 'dbr'))}"
        )
    if others or any(kind not in ("database", "register") for kind in _kinds(facts)):
        yield f"{cap(n_was(others, 'record'))} identified by other methods."
        yield cap(_reports_sentence(boxes, "other"))
    if boxes["new_reports"] is not None:
        so_far = " so far" if facts.summary["interim"] else ""
        studies = cap(n_of(boxes["new_studies"], "new study", "new studies"))
        if boxes["new_reports"]:
            yield f"{studies} and {n_of(boxes['new_reports'], 'report')} were included{so_far}."
        else:
            yield f"No report was included{so_far}."
    if boxes["total_studies"] is not None and boxes["total_reports"] is not None:
        yield (
            f"With {n_of(boxes['previous_studies'], 'study', 'studies')} "
            f"({n_of(boxes['previous_reports'], 'report')}) of the previous version, the review has "
            f"{n_of(boxes['total_studies'], 'study', 'studies')} "
            f"({n_of(boxes['total_reports'], 'report')})."
        )


def _kinds(facts: Facts) -> set[str]:
    return {search.kind for search in facts.searches}


def _reports_sentence(boxes: Mapping[str, Any], column: str) -> str:
    sought = boxes[f"{column}_sought_reports"]
    text = f"{n_was(sought, 'report')} sought for retrieval"
    if boxes[f"{column}_assessed"] is None or not sought:
        return f"{text}."
    missing, assessed = boxes[f"{column}_notretrieved_reports"], boxes[f"{column}_assessed"]
    excluded = sum(boxes[f"{column}_excluded"].values())
    return (
        f"{text}, {were(missing)} not retrieved, {were(assessed)} assessed for eligibility, and of these "
        f"{were(excluded)} excluded."
    )


def reports(facts: Facts) -> Iterator[Block]:
    """Every report that was excluded on the full text, that could not be had, or that was included."""
    if Stage.FULL_TEXT not in [stage.stage for stage in facts.stages]:
        yield Heading("Included records")
        n = facts.summary["stages"][Stage.TITLE_ABSTRACT]["include"]
        yield Paragraph(
            f"{cap(n_was(n, 'record'))} included on title and abstract. Full text is not a stage of "
            "the protocol."
        )
        return
    yield Heading("Reports excluded on the full text (PRISMA 2020, item 16b)")
    if facts.excluded:
        rows = [(r.citation, r.reason, "; ".join(r.further) or DASH, r.record) for r in facts.excluded]
        yield Table(
            "Reports excluded, with the reason",
            ("Report", "Reason", "Further reasons", "Record"),
            tuple(rows),
        )
    else:
        yield Paragraph("No report was excluded on the full text.")
    if facts.not_retrieved:
        yield Heading("Reports not retrieved")
        yield Table(
            "Reports that were sought and could not be had",
            ("Report", "Record"),
            tuple((report.citation, report.record) for report in facts.not_retrieved),
        )
    yield Heading("Included studies")
    if facts.included:
        yield Table(
            "Included studies and their reports",
            ("Study", "Report", "Record"),
            tuple((_study(report), report.citation, report.record) for report in facts.included),
        )
        if any(not report.study for report in facts.included):
            yield Paragraph("A report without a named study counts as a study of its own.")
    else:
        yield Paragraph("No report is included.")


def _study(report: Report) -> str:
    return f"{report.study} (in the previous version)" if report.earlier else report.study or DASH


def corrections(facts: Facts) -> Iterator[Block]:
    """What was corrected after import."""
    sentences = []
    if facts.corrections:
        fields = listed([f"{name} {number(n)}" for name, n in facts.corrections.items()])
        n = sum(facts.corrections.values())
        sentences.append(
            f"{cap(n_of(n, 'field'))} of {n_of(facts.corrected, 'record')} {was(n)} corrected by hand after "
            f"the import ({fields}); what was imported is kept."
        )
    if facts.told:
        sentences.append(
            f"{cap(n_of(facts.told, 'fact'))} of sources {was(facts.told)} given or corrected after import."
        )
    if sentences:
        yield Heading("Corrections")
        yield Paragraph(" ".join(sentences))


# What the events do not say


def unsaid(facts: Facts) -> Iterator[Block]:
    """What readers will ask and the events do not prove."""
    items = [
        "Whether reviewers worked independently and without seeing each other's decisions.",
        "What was discussed or decided outside of tamis, and how disagreements were resolved.",
        "Which version of tamis was used while screening.",
    ]
    decided = [stage for stage in facts.stages if stage.reviewers]
    total = sum(one.decided for stage in decided for one in stage.reviewers)
    shown = sum(sum(stage.shown.values()) for stage in decided)
    if shown < total:
        items.append(f"In which order records were shown, for {n_of(total - shown, 'decision')}.")
    imported = sum(sum(stage.imported.values()) for stage in decided)
    if imported:
        items.append(f"How {n_of(imported, 'decision')} from other programs or reviews {was(imported)} made.")
    timed = sum(one.timed for stage in decided for one in stage.reviewers)
    if timed < total:
        items.append(f"How long {n_of(total - timed, 'decision')} took.")
    items += [
        "Whether there are duplicates that nobody has linked.",
        "Whether a search strategy was peer reviewed, and whether it was run as it stands here.",
        "Whether a report that is not among the imported records exists.",
    ]
    yield Heading("What this report cannot say")
    yield Items(tuple(items))
