"""Any sittings of several reviewers: what they do, undo and redo, for hypothesis to draw from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from .making import STAGES, Desk
from .oracle import PEOPLE, RECORDS, RULE

if TYPE_CHECKING:
    from collections.abc import Iterable

verdicts = st.sampled_from(["include", "include", "exclude", "maybe", "undecided"])
reasons = st.lists(st.sampled_from(["wrong-outcome", "wrong-language"]), max_size=2, unique=True)
others = st.sampled_from(RECORDS).map(lambda record: {"of": record, "score": 0.9, "why": ["title"]})
rules = st.sampled_from(["", "not in English"])
bodies: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "decide": st.builds(lambda v, r: {"verdict": v, **({"reasons": r} if r else {})}, verdicts, reasons),
    "note": st.sampled_from(["", "see table 2", "ask the author"]).map(lambda text: {"text": text}),
    "label": st.lists(st.sampled_from(["rct", "pilot"]), max_size=2).map(lambda labels: {"labels": labels}),
    "duplicate": others,
    "distinct": others,
    "stands": st.just({}),
    "retrieve": st.booleans().map(lambda retrieved: {"retrieved": retrieved}),
    "study": st.builds(
        lambda name, previous: {"study": name, "previous": previous},
        st.sampled_from(["", "ALPHA", "BETA"]),
        st.booleans(),
    ),
    "remove": st.builds(
        lambda how, rule: {"how": how, "rule": rule}, st.sampled_from(["automation", "other", ""]), rules
    ),
    "stop": st.builds(
        lambda place, rule, records: {"place": place, "rule": rule, "records": records},
        st.sampled_from(["automation", "other", "excluded", "elsewhere"]),
        rules,
        st.lists(st.sampled_from(RECORDS), max_size=3),
    ),
    "sample": st.lists(st.sampled_from(RECORDS), max_size=3).map(lambda records: {"records": records}),
    "source": st.builds(
        lambda source, field, value: {"source": source, "field": field, "value": value},
        st.sampled_from(["aaaaaa", "bbbbbb"]),
        st.sampled_from(["platform", "searched"]),
        st.sampled_from(["", "Ovid", "2026-01-01"]),
    ),
    "attach": st.builds(
        lambda sha256, gone: {"file": "a.pdf", "sha256": sha256, "gone": gone},
        st.sampled_from(["f00", "ba7"]),
        st.booleans(),
    ),
    "previous": st.builds(
        lambda studies, reports: {"studies": studies, "reports": reports},
        st.none() | st.integers(0, 9),
        st.integers(0, 9),
    ),
    "highlight": st.just({"did": "liver added to population"}),
    "again": st.builds(
        lambda verdict, kept: {"verdict": verdict, "first": "00001", "kept": kept}, verdicts, st.booleans()
    ),
}
LINKING = ("duplicate", "duplicate", "duplicate", "distinct")
ALL_KINDS = (*("decide",) * 6, "note", "label", *LINKING, *list(bodies)[5:])


def act(kind: str, people: tuple[str, ...] = PEOPLE) -> st.SearchStrategy[tuple[Any, ...]]:
    of_none = ("stop", "sample", "previous", "source", "highlight")
    record = st.just("") if kind in of_none else st.sampled_from(RECORDS)
    who = st.sampled_from(people)
    return st.tuples(st.just(kind), who, record, st.sampled_from(STAGES), bodies[kind])


acts = st.one_of([*(act(kind) for kind in ALL_KINDS), *(act(kind, (RULE,)) for kind in LINKING)])
turns = st.tuples(st.sampled_from(["undo", "undo", "redo"]), st.sampled_from((*PEOPLE, *PEOPLE, RULE)))
sessions = st.lists(acts | turns, max_size=25)


def play(session: Iterable[tuple[Any, ...]], desk: Desk) -> Desk:
    for kind, by, *rest in session:
        if kind == "undo":
            desk.undo(by)
        elif kind == "redo":
            desk.redo(by)
        else:
            desk.act(by, kind, *rest)
    return desk


def scrambled(n: int) -> str:
    """Ids as a clock gives them that jumps back and forth."""
    return f"{n * 7919 % 10007:05d}"
