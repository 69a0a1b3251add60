"""The text of protocol.toml after a change of a set: the change is there, and all else is as it was."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.highlight import COLOURS, SPEAKS, TermSet
from tamis.domain.protocol import Protocol
from tamis.errors import ProtocolError
from tamis.services.highlight_editing import split_terms
from tamis.services.highlight_text import with_set

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
LISTED = 'highlight = [{name = "population"}, {name = "design", terms = ["trial"]}]  # both\ntitle = "A"\n'


def sets(text: str) -> dict[str, TermSet]:
    """The sets of a protocol by name."""
    return {s.name: s for s in Protocol.from_toml(text, "protocol.toml").highlight}


def test_adding_and_removing_leaves_the_rest_of_the_file() -> None:
    old = sets(WRITTEN)["population"]
    text = with_set(WRITTEN, old, replace(old, terms=("liver metastas*", "/a{1,2}\\b/")))
    text = with_set(text, None, TermSet("design", "red", ("trial",)))
    for kept in ("# Our protocol.", "# as registered", '"liver metastas*",  # the point', "# who"):
        assert kept in text
    assert [s.terms for s in sets(text).values()] == [("liver metastas*", "/a{1,2}\\b/"), ("trial",)]
    assert len(Protocol.from_toml(text, "").reasons) == 1
    assert "colorectal" not in text
    for name in ("design", "population"):
        text = with_set(text, sets(text)[name], None)
    assert "highlight" not in text
    assert tomllib.loads(text)["title"] == "A review"


@pytest.mark.parametrize("text", [WRITTEN, LISTED])
def test_only_what_differs_of_a_set_is_written(text: str) -> None:
    """Its comments stay, and a colour that nobody wrote stays unwritten until somebody does."""
    old = sets(text)["population"]
    named = with_set(text, old, replace(old, name="who"))
    assert named == text.replace('"population"', '"who"')
    old = sets(named)["who"]
    coloured = with_set(named, old, replace(old, colour="cyan", speaks_for="neither"))
    assert sets(coloured)["who"] == replace(old, colour="cyan", speaks_for="neither")
    assert re.findall("#.*", coloured) == re.findall("#.*", text)
    assert [s for s in sets(coloured).values() if s.name != "who"] == [
        s for s in sets(text).values() if s.name != "population"
    ]


@pytest.mark.parametrize("text", ["", "title = 'x'\n", "highlight = []\n", 'highlight = [{name="a"}]\n'])
@pytest.mark.parametrize("terms", [("c",), ()])
def test_the_first_set_finds_its_place(text: str, terms: tuple[str, ...]) -> None:
    new = TermSet("b", "red", terms, "neither")
    assert sets(with_set(text, None, new))["b"] == new


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=8))
def test_whatever_is_typed_is_read_back(terms: list[str], name: str) -> None:
    """Any terms under any name stand in the file as they are lit, and the file stays TOML."""
    typed = split_terms(",".join(terms))
    (clean,) = Protocol.from_doc({"highlight": [{"name": name + "x", "terms": typed}]}).highlight
    assert sets(with_set(WRITTEN, None, clean))[clean.name] == clean


def test_taking_a_set_out_takes_its_own_comment_and_no_other() -> None:
    text = with_set(SCATTERED, sets(SCATTERED)["population"], None)
    assert text == SCATTERED[: SCATTERED.index("# who")] + SCATTERED[SCATTERED.index("[[reasons]]") :]
    text = with_set(SCATTERED, sets(SCATTERED)["design"], None)
    assert text == SCATTERED[: SCATTERED.index("# how")] + SCATTERED[SCATTERED.index("# when") :]
    assert "highlight" not in tomllib.loads(with_set(text, sets(text)["population"], None))


def test_sets_that_stand_apart_stay_where_they_are() -> None:
    old = sets(SCATTERED)["design"]
    text = with_set(SCATTERED, old, replace(old, terms=("trial", "cohort")))
    assert text == SCATTERED.replace('["trial"]', '["trial", "cohort"]')
    text = with_set(SCATTERED, None, TermSet("new", "blue", ("x",)))
    assert (
        text.replace(text[text.index('\n[[highlight]]\nname = "new"') : text.index("\n# when")], "")
        == SCATTERED
    )
    assert list(sets(text)) == ["population", "design", "new"]


def test_a_set_without_terms_takes_some() -> None:
    for text in ("[[highlight]]\nname = 'a'\n", "highlight = [{name = 'a'}]\n"):
        old = sets(text)["a"]
        assert with_set(text, old, old) == text
        assert sets(with_set(text, old, replace(old, terms=("x",))))["a"] == TermSet("a", "green", ("x",))


@given(
    st.lists(st.sampled_from([*SCATTERED.splitlines(), *LISTED.splitlines()]), max_size=25),
    st.sampled_from(["population", "design", None]),
    st.builds(
        TermSet,
        st.sampled_from(["population", "who", 'a "b"']),
        st.sampled_from(COLOURS),
        st.sampled_from([(), ("x", "liver"), ("trial",)]),
        st.sampled_from(SPEAKS),
    ),
)
def test_only_the_set_is_changed_in_any_file(lines: list[str], name: str | None, new: TermSet) -> None:
    """Whatever TOML the lines make: read back, it differs in this set alone, made, changed or taken out.

    Terms that were there stand first. Sets without a colour of their own take the colours by their places.
    """
    text = "\n".join(lines)
    try:
        protocol = Protocol.from_toml(text, "")
    except ProtocolError:
        return
    before = {s.name: s for s in protocol.highlight}
    if name is not None and name not in before:
        return
    others = {s for s in before if s != name}
    if new.name not in others:
        old = None if name is None else before[name]
        after = Protocol.from_toml(with_set(text, old, new), "")
        assert replace(after, highlight=()) == replace(protocol, highlight=())
        found = {s.name: s for s in after.highlight}
        assert {n: found.pop(n) for n in others} == {n: before[n] for n in others}
        kept = [term for term in (old.terms if old else ()) if term in new.terms]
        assert found == {new.name: replace(new, terms=tuple(dict.fromkeys([*kept, *new.terms])))}
    if name is not None:
        after = Protocol.from_toml(with_set(text, before[name], None), "")
        assert replace(after, highlight=()) == replace(protocol, highlight=())
        assert {s.name: (s.terms, s.speaks_for) for s in after.highlight} == {
            n: (before[n].terms, before[n].speaks_for) for n in others
        }
