"""What is lit in a record, expressions that would never end, and changing the sets."""

from __future__ import annotations

import stat
import sys
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.highlight import TermSet
from tamis.domain.ledger import Ledger
from tamis.domain.protocol import Protocol
from tamis.domain.record import Record
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services.highlight_editing import add_terms, remove_term, search_terms, split_terms
from tamis.services.highlight_text import with_set
from tamis.services.highlighting import BUDGET, NOT_REACHED, TOO_SLOW, Highlighter, shown
from tamis.services.sourcing import tell
from tests.tui import reviews

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.services.highlighting import Lit

RECORD = Record(
    title="Ablation of liver metastases",
    abstract="METHODS: A randomised trial.\nRESULTS: Liver\u2010metastases shrank.",
    keywords=("liver", "metastases", "trial"),
)
SETS = (TermSet("population", "green", ("liver metastas*",)), TermSet("design", "red", ("trial", "random*")))


def places(lit: Lit) -> dict[str, list[tuple[str, int]]]:
    return {text: [(text[s.start : s.end], s.set) for s in spans] for text, spans in lit.spans.items()}


def test_title_abstract_and_keywords_are_lit_and_counted() -> None:
    lit = Highlighter(SETS).lit(RECORD)
    assert lit.counts == (2, 3)
    assert places(lit) == {
        "Ablation of liver metastases": [("liver metastases", 0)],
        "METHODS: A randomised trial.": [("randomised", 1), ("trial", 1)],
        "RESULTS: Liver\u2010metastases shrank.": [("Liver\u2010metastases", 0)],
        "liver · metastases · trial": [("trial", 1)],
    }
    assert set(lit.spans) <= set(shown(RECORD))


def test_the_same_record_is_not_searched_again() -> None:
    highlighter = Highlighter(SETS)
    assert highlighter.lit(RECORD) is highlighter.lit(RECORD)


def test_expressions_see_the_text_as_it_is() -> None:
    lit = Highlighter((TermSet("numbers", "blue", (r"/\bliver\W\w+/", "/x*/")),)).lit(RECORD)
    assert [found for found, _ in places(lit)["RESULTS: Liver\u2010metastases shrank."]] == [
        "Liver\u2010metastases"
    ]
    assert lit.faults == ()


def test_an_expression_that_never_ends_is_switched_off_and_named_and_the_others_stay() -> None:
    """Each of these takes Python's own matcher longer than anyone waits."""
    bad = ("/(a|a)*$/", r"/(x+x+)+y/", "/(?=(a+)+b)/")
    highlighter = Highlighter((TermSet("bad", "red", (*bad, "/shrank/")),))
    for n in range(4):
        record = Record(title="a" * 5_000 + "c", abstract="x" * 5_000 + f"\n{RECORD.abstract} {n}")
        lit = highlighter.lit(record)
    assert {fault.term for fault in lit.faults if fault.why == TOO_SLOW} == set(bad[:1]) | {
        fault.term for fault in highlighter.faults
    }
    assert "/shrank/" not in {fault.term for fault in highlighter.faults}
    assert lit.counts == (1,)
    assert highlighter.lit(Record(title="shrank again")).counts == (1,)


class Computing:
    """A clock by which each look at it took a millisecond."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> float:
        """Seconds computed so far."""
        self.looks += 1
        return self.looks / 1_000


@pytest.mark.parametrize("many", [20, 60, 300])
def test_expressions_share_one_budget_for_a_record(many: int) -> None:
    """However many there are, a record waits no longer; one a record goes until the rest fit in."""
    clock = Computing()
    terms = tuple(f"/liver(?#{n})/" for n in range(many))
    highlighter = Highlighter((TermSet("many", "red", terms),), clock)
    for n in range(many):
        before, already = clock.looks, len(highlighter.faults)
        lit = highlighter.lit(Record(title="t", abstract=f"liver {n}"))
        computed = (clock.looks - before) / 1_000
        missed = [fault for fault in lit.faults if fault.why == NOT_REACHED]
        assert computed < BUDGET + 3 * many / 1_000, "after the budget nothing is looked for"
        assert len(lit.unlit) < 400, "many are not all named"
        if len(highlighter.faults) == already:
            break
        assert len(highlighter.faults) == already + 1
    assert not missed
    assert 0 < len(highlighter.faults) < many, "those that fit in stay on"
    assert all(fault.why == TOO_SLOW for fault in highlighter.faults)


def test_what_other_threads_compute_switches_nothing_off() -> None:
    """`regex` measures the whole process: beside a ranking, time runs out early, by nobody's fault."""
    highlighter = Highlighter((TermSet("a", "red", ("/(a|a)*$/",)),), clock=lambda: 0.0)
    lit = highlighter.lit(Record(title="a" * 3_000 + "c"))
    assert [fault.why for fault in lit.faults] == [NOT_REACHED]
    assert highlighter.faults == ()


@pytest.mark.parametrize(
    ("term", "why"),
    [
        ("/(/", "position"),
        ("/[z-a]/", "position"),
        ("/(?:(?:a{1000}){1000}){1000}/", "counts in braces"),
        ("/" + "a" * 400 + "/", "longer than 300"),
        ("/" + "(" * 149 + ")" * 149 + "/", ""),
        ("* ?", "no letter"),
    ],
)
def test_a_term_that_cannot_be_read_is_named_with_its_set(term: str, why: str) -> None:
    highlighter = Highlighter((TermSet("design", "red", (term, "trial")),))
    assert all((f.set, f.term) == ("design", term) and why in f.why for f in highlighter.faults)
    assert bool(highlighter.faults) == bool(why)
    assert highlighter.lit(RECORD).counts == (2,)


def test_nothing_is_loaded_for_words() -> None:
    """The library for expressions is loaded for the first expression."""
    before = sys.modules.pop("regex", None)
    try:
        Highlighter(SETS).lit(RECORD)
        assert "regex" not in sys.modules
    finally:
        if before is not None:
            sys.modules["regex"] = before


# Changing sets

WRITTEN = """\
# Our protocol.
title = "A review"   # as registered

[[highlight]]
name = "population"  # who
terms = [
  "liver metastas*",  # the point
  "colorectal",
]

[[reasons]]
label = "Other"
"""


def test_adding_and_removing_leaves_the_rest_of_the_file() -> None:
    text = with_set(WRITTEN, TermSet("Population", "green", ("liver metastas*", "/a{1,2}\\b/")))
    text = with_set(text, TermSet("design", "red", ("trial",)))
    for kept in ("# Our protocol.", "# as registered", '"liver metastas*",  # the point', "# who"):
        assert kept in text
    protocol = Protocol.from_toml(text, "protocol.toml")
    assert [s.terms for s in protocol.highlight] == [("liver metastas*", "/a{1,2}\\b/"), ("trial",)]
    assert len(protocol.reasons) == 1
    assert "colorectal" not in text
    text = with_set(with_set(text, TermSet("design", "red", ())), TermSet("population", "green", ()))
    assert "highlight" not in text
    assert tomllib.loads(text)["title"] == "A review"


@pytest.mark.parametrize("text", ["", "title = 'x'\n", "highlight = []\n", 'highlight = [{name="a"}]\n'])
def test_the_first_set_finds_its_place(text: str) -> None:
    new = Protocol.from_toml(with_set(text, TermSet("b", "red", ("c",))), "protocol.toml")
    assert TermSet("b", "red", ("c",)) in new.highlight


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=8))
def test_whatever_is_typed_is_read_back(terms: list[str], name: str) -> None:
    """Any terms under any name stand in the file as they are lit, and the file stays TOML."""
    typed = split_terms(",".join(terms))
    (clean,) = Protocol.from_doc({"highlight": [{"name": name + "x", "terms": typed}]}).highlight
    again = Protocol.from_toml(with_set(WRITTEN, clean), "protocol.toml").highlight
    assert again[-1].terms == clean.terms or not clean.terms


def test_commas_part_terms_but_not_inside_an_expression() -> None:
    assert split_terms(" liver metastas* , /a{1,2}/,b\n/x,y/ , b,, and/or") == [
        "liver metastas*",
        "/a{1,2}/",
        "b",
        "/x,y/",
        "and/or",
    ]


def test_a_set_is_saved_as_a_version_of_the_protocol_and_is_in_force(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        ann = reviews.author()
        assert add_terms(review, ann, "Population", ["liver*", "liver*", "/a,b/"]) == (
            ("liver*", "/a,b/"),
            False,
        )
        assert add_terms(review, ann, "population", ["liver*", "hepat*"]).terms == ("hepat*",)
        assert add_terms(review, ann, "population", ["liver*"]).terms == ()
        remove_term(review, ann, "Population", "/a,b/")
        assert review.protocol.highlight == (TermSet("Population", "green", ("liver*", "hepat*")),)
        assert review.protocol_version == 4
    with reviews.reopen(tmp_path / "r") as review:
        assert review.protocol_version == 4
        assert [s.terms for s in review.protocol.highlight] == [("liver*", "hepat*")]
        assert len(review.protocol.reasons) == 3


def test_byte_order_mark_and_line_ends_stay(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        path = review.folder / "protocol.toml"
        path.write_bytes(b"\xef\xbb\xbf" + WRITTEN.replace("\n", "\r\n").encode())
        add_terms(review, reviews.author(), "design", ["trial"])
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf# Our protocol.\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert [s.name for s in review.protocol.highlight] == ["population", "design"]


def test_nothing_is_changed_where_it_cannot_be_saved(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        ann, path = reviews.author(), review.folder / "protocol.toml"
        with pytest.raises(UsageError, match="no term"):
            remove_term(review, ann, "population", "liver")
        with pytest.raises(UsageError, match="name of a set"):
            add_terms(review, ann, " ", ["a"])
        path.write_text("title = ", encoding="utf-8")
        with pytest.raises(ProtocolError, match="not valid TOML"):
            add_terms(review, ann, "design", ["trial"])
        assert path.read_text(encoding="utf-8") == "title = "
        path.unlink()
        with pytest.raises(UsageError, match=r"protocol\.toml"):
            add_terms(review, ann, "design", ["trial"])
        assert review.protocol.highlight == ()
    path.write_text(reviews.PROTOCOL, encoding="utf-8")
    with (
        reviews.reopen(tmp_path / "r", write=False) as review,
        pytest.raises(NotSavedError, match="reading only"),
    ):
        add_terms(review, ann, "design", ["trial"])


def test_terms_come_from_the_searches_of_databases_alone(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        reviews.add(review, [RECORD], file="hand.ris", database="Reference lists", kind="citation")
        ledger = Ledger(review.events())
        assert search_terms(review, ledger) == ([], [])
        for source, text in zip(review.sources, ("liver[tiab] OR hepat*[tiab]", "asked around"), strict=True):
            tell(review, ledger, reviews.author(), [source], {"strategy": text})
        assert search_terms(review, ledger) == (["liver", "hepat*"], ["PubMed"])


# Everything else in the file stays

SCATTERED = """\
title = "A review"

# who is studied,
# as agreed in March
[[highlight]]
name = "population"
terms = [
  "liver",  # [not a header]
  "/^[[x]/",
]

[[reasons]]
label = '''
[[highlight]]
name = "in a text"'''
# below the reason

# how
[[highlight]]
name = "design"
terms = ["trial"]

# when to stop
[stopping]
target = 0.95
risk = 0.05
"""


def test_taking_a_set_out_takes_its_own_comment_and_no_other() -> None:
    text = with_set(SCATTERED, TermSet("population", "green", ()))
    assert text == SCATTERED[: SCATTERED.index("# who")] + SCATTERED[SCATTERED.index("[[reasons]]") :]
    text = with_set(SCATTERED, TermSet("design", "red", ()))
    assert text == SCATTERED[: SCATTERED.index("# how")] + SCATTERED[SCATTERED.index("# when") :]
    assert "highlight" not in tomllib.loads(with_set(text, TermSet("population", "green", ())))


def test_sets_that_stand_apart_stay_where_they_are() -> None:
    text = with_set(SCATTERED, TermSet("design", "red", ("trial", "cohort")))
    assert text == SCATTERED.replace('["trial"]', '["trial", "cohort"]')
    text = with_set(SCATTERED, TermSet("new", "blue", ("x",)))
    assert (
        text.replace(text[text.index('\n[[highlight]]\nname = "new"') : text.index("\n# when")], "")
        == SCATTERED
    )
    assert [s.name for s in Protocol.from_toml(text, "").highlight] == ["population", "design", "new"]


def test_a_set_without_terms_takes_some() -> None:
    for text in ("[[highlight]]\nname = 'a'\n", "highlight = [{name = 'a'}]\n"):
        (terms,) = Protocol.from_toml(with_set(text, TermSet("a", "green", ("x",))), "").highlight
        assert terms == TermSet("a", "green", ("x",))


@given(st.lists(st.sampled_from(SCATTERED.splitlines()), max_size=25), st.sampled_from(["population", "new"]))
def test_only_the_set_is_changed_in_any_file(lines: list[str], name: str) -> None:
    """Whatever TOML the lines make: read back, it differs in the terms of this set alone."""
    text = "\n".join(lines)
    try:
        protocol = Protocol.from_toml(text, "")
    except ProtocolError:
        return
    for terms in (("x", "liver"), ()):
        if not terms and name not in [s.name for s in protocol.highlight]:
            continue
        after = Protocol.from_toml(with_set(text, TermSet(name, "cyan", terms)), "")
        assert {s.name: s.terms for s in after.highlight} == {
            **{s.name: s.terms for s in protocol.highlight if terms or s.name != name},
            **({name: after_terms(protocol, name, terms)} if terms else {}),
        }
        assert replace(after, highlight=()) == replace(protocol, highlight=())


def after_terms(protocol: Protocol, name: str, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Terms that were there stand first."""
    before = next((s.terms for s in protocol.highlight if s.name == name), ())
    return tuple(dict.fromkeys([*(term for term in before if term in terms), *terms]))


def test_each_line_keeps_its_end(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        path = review.folder / "protocol.toml"
        lines = SCATTERED.split("\n")
        raw = "".join(line + ("\r\n" if n % 3 == 0 else "\n") for n, line in enumerate(lines[:-1])).encode()
        path.write_bytes(raw)
        add_terms(review, reviews.author(), "design", ["cohort"])
        assert path.read_bytes() == raw.replace(b'["trial"]', b'["trial", "cohort"]')


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no such modes")
def test_mode_and_symbolic_link_of_the_file_stay(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        path, real = review.folder / "protocol.toml", tmp_path / "shared" / "agreed.toml"
        real.parent.mkdir()
        path.rename(real)
        real.chmod(0o664)
        path.symlink_to(real)
        add_terms(review, reviews.author(), "design", ["cohort"])
        assert path.is_symlink()
        assert stat.S_IMODE(real.stat().st_mode) == 0o664
        assert '"cohort"' in real.read_text(encoding="utf-8")
        assert list(real.parent.iterdir()) == [real]


def test_what_an_editor_saves_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        path = review.folder / "protocol.toml"

        def save_meanwhile(text: str) -> str:
            path.write_text(text.replace("(invented)", "(in the editor)"), encoding="utf-8")
            return with_set(text, TermSet("design", "red", ("trial",)))

        assert review.change_highlight(save_meanwhile, by="Ann", now=reviews.NOW), "the title is not in force"
        text = path.read_text(encoding="utf-8")
        assert "(in the editor)" in text
        assert '"trial"' in text

        def save_always(text: str) -> str:
            path.write_text(text + "# x\n", encoding="utf-8")
            return with_set(text, TermSet("design", "red", ("cohort",)))

        with pytest.raises(NotSavedError, match="another program keeps writing"):
            review.change_highlight(save_always, by="Ann", now=reviews.NOW)
        assert "cohort" not in path.read_text(encoding="utf-8")
        assert review.protocol.highlight[0].terms == ("trial",)
        assert [each.name for each in review.folder.glob("*.new")] == []


def test_terms_that_an_editor_added_stay(tmp_path: Path) -> None:
    """Terms are added to those that stand in the file, not to those of the start."""
    with reviews.make(tmp_path / "r") as review:
        ann, path = reviews.author(), review.folder / "protocol.toml"
        add_terms(review, ann, "design", ["trial"])
        path.write_text(
            path.read_text(encoding="utf-8").replace('"trial"', '"trial", "cohort"'), encoding="utf-8"
        )
        add_terms(review, ann, "design", ["zebra"])
        assert review.protocol.highlight[0].terms == ("trial", "cohort", "zebra")


def test_only_terms_are_in_force_before_the_next_start(tmp_path: Path) -> None:
    """Reasons and their keys stay as they were on the screen; the next opening takes all else."""
    with reviews.make(tmp_path / "r") as review:
        before, path = review.protocol, review.folder / "protocol.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"Wrong population"', '"Wrong people"'), encoding="utf-8")
        assert add_terms(review, reviews.author(), "design", ["zebra"]).later
        assert replace(review.protocol, highlight=()) == before
        assert [p.reasons[0].label for *_, p in review.protocols()] == ["Wrong population"] * 2
        assert remove_term(review, reviews.author(), "design", "zebra").later
    with reviews.reopen(tmp_path / "r") as review:
        assert review.protocol_changed
        assert review.protocol.reasons[0].label == "Wrong people"
        assert not add_terms(review, reviews.author(), "design", ["zebra"]).later
