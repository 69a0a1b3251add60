"""The protocol: read with a sentence for each mistake, written so that it can always be read again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.highlight import TermSet, expression
from tamis.domain.protocol import Protocol, Reason, Stopping, set_doc, starting_protocol
from tamis.domain.text import clean_line
from tamis.errors import ProtocolError

from .making import FT, TA, patient

tricky = st.text(st.sampled_from("ab\"'\\\n\r\t{}[]=#%\0\x1b\u2028\ud800é") | st.characters())


@patient
@given(tricky, tricky)
def test_a_new_protocol_can_be_read_whatever_the_title_and_the_reviewer(title: str, reviewer: str) -> None:
    protocol = Protocol.from_toml(starting_protocol(title, reviewer), "protocol.toml")
    assert protocol.title == (clean_line(title) or "Untitled review")
    assert protocol.reviewers == ((clean_line(reviewer),) if clean_line(reviewer) else ())
    assert protocol.stages == (TA,)
    assert len({reason.id for reason in protocol.reasons}) == len(protocol.reasons) == 7


def test_a_protocol_survives_its_document() -> None:
    protocol = Protocol(
        title="Colchicine",
        question="Does it work?",
        include=("Adults",),
        exclude=("Mice",),
        reasons=(Reason("wrong-population", "Wrong population"),),
        stages=(TA, FT),
        reviewers=("Ann", "Bob"),
        highlight=(TermSet("population", "red", ("liver*", "/a,b/")),),
    )
    assert Protocol.from_doc(protocol.to_doc()) == protocol


def test_a_protocol_says_what_its_file_says_in_clean_lines() -> None:
    protocol = Protocol.from_toml(
        """
        title = "A\\u001b title"
        question = '''one
        question'''
        stages = ["title-abstract", "full-text"]
        reviewers = ["Ann", " "]
        criteria.include = ["Adults  only"]
        reasons = ["Wrong population", {id = "Other Reason", label = "Else"}, {id = "animal"}]
        """,
        "protocol.toml",
    )
    assert protocol.title == "A␛ title"
    assert protocol.question == "one question"
    assert protocol.reviewers == ("Ann",)
    assert protocol.include == ("Adults only",)
    assert protocol.reasons == (
        Reason("wrong-population", "Wrong population"),
        Reason("other-reason", "Else"),
        Reason("animal", "animal"),
    )


def test_an_empty_protocol_has_a_title_and_the_first_stage() -> None:
    protocol = Protocol.from_doc({})
    assert (protocol.title, protocol.stages, protocol.reasons) == ("Untitled review", (TA,), ())


@pytest.mark.parametrize(
    ("toml", "names"),
    [
        ("title = 3", "title must be text"),
        ("question = []", "question must be text"),
        ("reviewers = 'Ann'", "reviewers must be a list"),
        ("reviewers = [1]", "reviewers must be a list"),
        ("criteria = []", "criteria"),
        ("criteria.include = 'x'", "include must be a list"),
        ("stages = ['abstract']", "'abstract'; the stages are title-abstract, full-text"),
        ("stages = ['full-text']", "must begin with title-abstract"),
        ("stages = ['title-abstract', 'title-abstract']", "each stage once"),
        ("stages = ['full-text', 'title-abstract']", "must begin with title-abstract"),
        ("reasons = 'x'", "reasons must be written as"),
        ("reasons = [1]", "reason 1 needs a label"),
        ("reasons = ['a', ' ']", "reason 2 needs a label"),
        ("reasons = [{id = 1, label = 'a'}]", "reason 1 needs a label"),
        ("reasons = [{id = 'a', label = 1}]", "reason 1 needs a label"),
        ("reasons = [{id = 'a', label = 'x'}, {id = 'A', label = 'y'}]", "two reasons have the id 'a'"),
        ("title = ", "not valid TOML: .*line 1"),
        ("a = 1\na = 2", "not valid TOML: .*line 2"),
        (f"n = {'9' * 5000}", "not valid TOML"),
        ("n = " + "[" * 5000, "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place_in_one_line(toml: str, names: str) -> None:
    with pytest.raises(ProtocolError, match=names) as error:
        Protocol.from_toml(toml, "my/protocol.toml")
    assert str(error.value).startswith("my/protocol.toml")
    assert "\n" not in str(error.value)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "label", "include"]), inner)
    ),
    max_leaves=5,
)


@patient
@given(
    st.dictionaries(
        st.sampled_from(["title", "question", "stages", "reviewers", "criteria", "reasons"]), json
    )
)
def test_any_document_is_a_protocol_or_a_protocol_error(doc: dict[str, object]) -> None:
    try:
        protocol = Protocol.from_doc(doc)
    except ProtocolError:
        return
    assert Protocol.from_doc(protocol.to_doc()) == protocol


@patient
@given(
    st.lists(
        st.sampled_from(["Wrong population", "wrong-population", "  WRONG population!", "语言", "别的", "é"])
    )
)
def test_reasons_given_as_labels_get_ids_of_their_own(labels: list[str]) -> None:
    protocol = Protocol.from_doc({"reasons": labels})
    assert len({reason.id for reason in protocol.reasons}) == len(labels)


REASONS = Protocol(
    reasons=(Reason("wrong-outcome", "Wrong outcome"), Reason("2", "1"), Reason("late", "Too late"))
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("wrong-outcome", "wrong-outcome"),
        (" Wrong OUTCOME ", "wrong-outcome"),
        ("3", "late"),
        ("2", "2"),
        ("1", "2"),
        ("4", None),
        ("0", None),
        ("", None),
        ("outcome", None),
    ],
)
def test_a_reason_is_named_by_id_then_label_then_number(text: str, reason: str | None) -> None:
    assert REASONS.reason_id(text) == reason


def test_a_reason_that_has_left_the_protocol_is_shown_by_its_id() -> None:
    assert REASONS.reason_label("late") == "Too late"
    assert REASONS.reason_label("wrong-dose") == "wrong-dose"


def test_of_two_reasons_with_one_label_the_first_is_meant() -> None:
    twins = Protocol(reasons=(Reason("a", "Same"), Reason("b", "Same")))
    assert twins.reason_id("same") == "a"


def test_a_reason_may_be_for_one_stage_only_and_has_its_own_number_there() -> None:
    text = """
    [[reasons]]
    label = "Anywhere"
    [[reasons]]
    label = "Abstract only"
    stage = "title-abstract"
    [[reasons]]
    label = "No results yet"
    stage = "full-text"
    """
    protocol = Protocol.from_toml(text, "here")
    assert [r.id for r in protocol.reasons_for("full-text")] == ["anywhere", "no-results-yet"]
    assert [r.id for r in protocol.reasons_for("title-abstract")] == ["anywhere", "abstract-only"]
    assert protocol.reason_id("2", "full-text") == protocol.reason_id("3") == "no-results-yet"
    assert protocol.reason_id("Abstract only", "full-text") is None
    assert Protocol.from_doc(protocol.to_doc()) == protocol
    assert "stage" not in protocol.to_doc()["reasons"][0]


@pytest.mark.parametrize("stage", ['"fulltext"', "3", "[]"])
def test_a_reason_for_no_stage_is_refused(stage: str) -> None:
    with pytest.raises(ProtocolError, match=r"reason 1 is for the stage .*title-abstract, full-text"):
        Protocol.from_toml(f'[[reasons]]\nlabel = "x"\nstage = {stage}', "here")


def test_highlight_sets_take_colours_in_turn_and_terms_once() -> None:
    protocol = Protocol.from_toml(
        """
        [[highlight]]
        name = "population"
        terms = ["liver  metastas*", "liver metastas*", ""]
        [[highlight]]
        name = "design"
        terms = ["/(/", "trial"]
        [[highlight]]
        name = "later"
        colour = "cyan"
        """,
        "protocol.toml",
    )
    assert protocol.highlight == (
        TermSet("population", "green", ("liver metastas*",)),
        TermSet("design", "red", ("/(/", "trial")),
        TermSet("later", "cyan", ()),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("highlight = 1", "[[highlight]]"),
        ("[[highlight]]", "set 1 needs a name"),
        ('[[highlight]]\nname = "a"\n[[highlight]]\nname = "A"', "two highlight sets"),
        ('[[highlight]]\nname = "a"\ncolour = "puce"', "green, red"),
        ('[[highlight]]\nname = "a"\nspeaks_for = "him"', "include, exclude, neither"),
        ('[[highlight]]\nname = "a"\nspeaks_for = ["include"]', "include, exclude, neither"),
        ('[[highlight]]\nname = "a"\nterms = "b"', "'a': terms must be a list"),
    ],
)
def test_a_highlight_set_that_is_none_is_said(text: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=re.escape(said)):
        Protocol.from_toml(text, "protocol.toml")


@pytest.mark.parametrize(
    ("name", "written", "speaks"),
    [
        ("population", "", "include"),
        ("To Exclude", "", "exclude"),
        ("unwanted", "", "exclude"),
        ("to exclude", "neither", "neither"),
        ("to exclude", "include", "include"),
        ("population", "exclude", "exclude"),
    ],
)
def test_a_set_speaks_for_what_it_says_or_else_its_name(name: str, written: str, speaks: str) -> None:
    text = f'[[highlight]]\nname = "{name}"\nspeaks_for = "{written}"'
    (terms,) = Protocol.from_toml(text, "").highlight
    assert terms.speaks == speaks
    assert Protocol.from_doc({"highlight": [set_doc(terms)]}).highlight == (terms,)


def test_the_example_of_a_new_protocol_works_when_it_is_uncommented() -> None:
    text = starting_protocol("T", "Ann")
    _, _, example = text.partition("# [[highlight]]")
    lines = [line.removeprefix("# ") for line in ("# [[highlight]]" + example).splitlines()]
    (terms,) = Protocol.from_toml("\n".join(lines), "protocol.toml").highlight
    assert (terms.name, terms.colour, terms.speaks_for) == ("population", "green", "include")
    assert len(terms.terms) == 3
    assert re.search(str(expression(terms.terms[2])), "at stage IV of")


def test_a_stopping_target_is_read_and_kept() -> None:
    read = Protocol.from_toml("[stopping]\ntarget = 0.9\n", "p.toml")
    assert read.stopping == Stopping(target=0.9, risk=0.05)
    assert Protocol.from_doc(read.to_doc()) == read
    assert "stopping" not in Protocol().to_doc()


@pytest.mark.parametrize(
    "text", ["target = 95", "risk = 0", "risk = 1", "target = true", 'target = "all"', "risk = nan"]
)
def test_an_impossible_target_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(ProtocolError, match=rf"p.toml: {text.split()[0]} in \[stopping\] must be a number"):
        Protocol.from_toml(f"[stopping]\n{text}\n", "p.toml")


def test_the_share_shown_again_is_read_and_kept() -> None:
    read = Protocol.from_toml("[quality]\nagain = 0.02\n", "p.toml")
    assert read.again == 0.02
    assert Protocol.from_doc(read.to_doc()) == read
    assert "quality" not in Protocol().to_doc()
    assert Protocol.from_toml("[quality]\n", "p.toml").again == 0


@pytest.mark.parametrize("text", ["2", "-0.1", "0.6", "true", '"all"', "nan"])
def test_an_impossible_share_shown_again_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError, match=r"again in .quality. must be a number from 0 to 0.5"):
        Protocol.from_toml(f"[quality]\nagain = {text}\n", "p.toml")
