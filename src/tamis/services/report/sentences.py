"""Facts as sentences and tables: a sentence states only what the events prove.

Sections follow Page MJ et al., "The PRISMA 2020 statement", BMJ 2021;372:n71, and Rethlefsen ML et al.,
"PRISMA-S", Syst Rev 2021;10:39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.domain.plural import form
from tamis.services.drawing import number
from tamis.services.linking import RULE
from tamis.services.prisma_s import FACT_WORDS
from tamis.services.rendering import STAGE_WORDS
from tamis.services.report import results
from tamis.services.report.blocks import Block, Document, Heading, Items, Paragraph, Table, Verbatim
from tamis.services.report.words import DASH, cap, listed, n_of, n_was

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.services.report.blocks import Figure
    from tamis.services.report.facts import Deduplication, Facts, Search

_KINDS: Final = {
    "database": ("database", "databases"),
    "register": ("register", "registers"),
    "website": ("website", "websites"),
    "organisation": ("organisation", "organisations"),
    "citation": ("citation search", "citation searches"),
    "other": ("other source", "other sources"),
}
_PARTS: Final = {
    "title": "title",
    "question": "question",
    "stages": "stages",
    "reviewers": "reviewers",
    "criteria": "criteria",
    "reasons": "exclusion reasons",
    "highlight": "highlight terms",
    "stopping": "recall target for stopping",
    "quality": "share of records shown again",
}
_RULES: Final = {
    RULE: "It compares DOI, PMID, trial numbers, titles, authors, years, journals, volumes, pages and "
    "abstracts, and links only pairs that it is certain of.",
}
"""What is known of a rule, by its name."""


def document(facts: Facts, figure: Figure) -> Document:
    """The whole report."""
    blocks = (
        *_opening(facts),
        *_criteria(facts),
        *_searches(facts),
        *_deduplication(facts.deduplication),
        *results.selection(facts),
        *results.flow(facts, figure),
        *results.reports(facts),
        *results.corrections(facts),
        *_to_fill_in(facts),
        *results.unsaid(facts),
    )
    return Document(facts.summary["review"]["title"], blocks)


def _opening(facts: Facts) -> Iterator[Block]:
    pending = facts.summary["pending"]
    if pending:
        yield Paragraph(
            f"Interim: {n_of(pending, 'record or report', 'records and reports')} "
            f"{form(pending, 'is', 'are')} still to be decided, so the numbers will change.",
            strong=True,
        )
    yield Paragraph(
        f"How the records of this review were found and selected. Written by tamis {facts.tamis} on "
        f"{facts.made[:10]} (UTC) from {n_of(facts.events, 'event')} stored in the review. It says only what "
        "is stored there; what to add by hand, and what it cannot say, stands at its end."
    )


def _criteria(facts: Facts) -> Iterator[Block]:
    yield Heading("Question and eligibility criteria (PRISMA 2020, item 5)")
    if facts.question:
        yield Paragraph(f"Question: {facts.question}")
    for head, criteria in (("Inclusion criteria", facts.include), ("Exclusion criteria", facts.exclude)):
        if criteria:
            yield Heading(head, 3)
            yield Items(criteria)
    if not facts.include and not facts.exclude:
        yield Paragraph("The protocol states no criteria.")
    if facts.reasons:
        yield Heading("Exclusion reasons, in the order of the protocol", 3)
        yield Items(
            tuple(
                f"{label} ({STAGE_WORDS[stage].lower()} only)" if stage else label
                for label, stage in facts.reasons
            )
        )
    if facts.target is not None and facts.risk is not None:
        yield Paragraph(
            f"Screening may stop when {100 * facts.target:g} % of the relevant records are found, at a "
            f"risk of {100 * facts.risk:g} % of missing that.{_target_set(facts)}"
        )
    if len(facts.versions) > 1:
        yield Paragraph(
            f"{cap(n_of(len(facts.versions), 'version'))} of the protocol are stored; the last one is "
            "given here."
        )
        yield Table(
            "Versions of the protocol",
            ("Stored on", "By", "Changed"),
            tuple(
                (
                    v.on,
                    v.by,
                    listed([_PARTS.get(part, part) for part in v.changed])
                    or ("first version" if not n else DASH),
                )
                for n, v in enumerate(facts.versions)
            ),
        )
    elif facts.versions:
        yield Paragraph(f"One version of the protocol is stored, of {facts.versions[0].on}.")
    if facts.unstored:
        yield Paragraph("The protocol given here was changed since and is not stored yet.", strong=True)


def _target_set(facts: Facts) -> str:
    """When that was set, as far as it is stored: a target chosen in the light of results promises less."""
    if not facts.target_set:
        return ""
    before = facts.decided_before_target
    when = f"after {n_of(before, 'decision')}" if before else "before the first decision"
    counted = ", changed and undone ones counted, too" if before else ""
    return f" That was set on {facts.target_set[:10]}, {when} on title and abstract{counted}."


def _searches(facts: Facts) -> Iterator[Block]:
    yield Heading("Information sources and searches (PRISMA 2020, items 6 and 7; PRISMA-S)")
    if not facts.searches:
        yield Paragraph("No records have been imported.")
        return
    names = {(search.kind, search.name) for search in facts.searches}
    kinds = [
        n_of(n, *_KINDS.get(kind, _KINDS["other"]))
        for kind in _KINDS
        if (n := sum(k == kind or (kind == "other" and k not in _KINDS) for k, _ in names))
    ]
    files = sum(len(search.files) for search in facts.searches)
    imported = sum(search.imported for search in facts.searches)
    unread = sum(search.unread for search in facts.searches)
    more = f"; {n_of(unread, 'further record')} in them could not be read" if unread else ""
    yield Paragraph(
        f"{cap(n_was(imported, 'record'))} imported from {n_of(files, 'file')}, from {listed(kinds)}{more}."
    )
    yield Table(
        "Searches",
        ("Source", "Kind", "Platform", "Searched on", "Imported on", "Found", "Imported", "Duplicates"),
        tuple(map(_search_row, facts.searches)),
        frozenset({5, 6, 7}),
    )
    yield Paragraph(
        "Found: records counted in the files. Duplicates: records of a report for which another record, of "
        "this source or another one, stands."
    )
    yield from _overlap(facts)
    limits = [f"{search.name}: {search.limits}" for search in facts.searches if search.limits]
    if limits:
        yield Heading("Limits and filters", 3)
        yield Items(tuple(limits))
    strategies = [search for search in facts.searches if search.strategy]
    if strategies:
        yield Heading("Search strategies", 3)
        for search in strategies:
            yield Verbatim(_called(search), search.strategy)


def _search_row(search: Search) -> tuple[str, ...]:
    return (
        search.name,
        search.kind,
        search.platform or DASH,
        search.searched or DASH,
        listed(search.imported_on) or DASH,
        *map(number, (search.found, search.imported, search.duplicates)),
    )


def _called(search: Search) -> str:
    return ", ".join(
        filter(None, (search.name, search.platform, search.searched and f"searched on {search.searched}"))
    )


def _overlap(facts: Facts) -> Iterator[Block]:
    sources = facts.summary["overlap"]["sources"]
    if all(source["records"] == source["unique"] for source in sources):
        return
    keys = ("records", "reports", "unique", "shared")
    yield Table(
        "What each source found alone",
        ("Source", "Records", "Reports", "Found only here", "Found elsewhere too"),
        tuple((source["name"], *(number(source[key]) for key in keys)) for source in sources),
        frozenset({1, 2, 3, 4}),
    )


def _deduplication(found: Deduplication) -> Iterator[Block]:
    yield Heading("Duplicates (PRISMA-S, item 16)")
    linked = sum(found.by_rule.values()) + found.by_persons
    if not linked and not found.apart and not found.contested:
        yield Paragraph("No records are linked as duplicates.")
        return
    sentences = ["Records of one report are linked and none is deleted; one of them stands for the report."]
    for rule, n in found.by_rule.items():
        name = rule.removeprefix("rule:")
        sentences.append(
            f"{cap(n_was(n, 'pair'))} linked by the rule {name} of tamis alone. {_RULES.get(rule, '')}"
        )
    if found.by_persons:
        both = f", {number(found.confirmed)} of them by the rule as well" if found.confirmed else ""
        sentences.append(f"{cap(n_was(found.by_persons, 'pair'))} linked by persons{both}.")
    if found.apart:
        both = f", {number(found.overturned)} of them against the rule" if found.overturned else ""
        sentences.append(
            f"{cap(n_was(found.apart, 'pair'))} judged by persons to be of different reports{both}."
        )
    if found.contested:
        sentences.append(
            f"On {n_of(found.contested, 'pair')} persons contradict each other; such a pair counts as two."
        )
    if found.clusters:
        sentences.append(
            f"In all, {n_was(found.clusters, 'report')} found to have more than one record; "
            f"{n_of(found.duplicates, 'record')} {form(found.duplicates, 'counts', 'count')} as "
            f"{form(found.duplicates, 'a duplicate', 'duplicates')}."
        )
    yield Paragraph(" ".join(" ".join(sentence.split()) for sentence in sentences))


def _to_fill_in(facts: Facts) -> Iterator[Block]:
    missing = [
        f"{search.name}: {', '.join(FACT_WORDS[name] for name in search.missing)}"
        for search in facts.searches
        if search.missing
    ]
    if missing:
        yield Heading("To fill in by hand")
        yield Paragraph(
            "PRISMA-S asks for these, and nobody has said them. The command tamis source takes them."
        )
        yield Items(tuple(missing))
