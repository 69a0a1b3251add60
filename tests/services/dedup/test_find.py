"""The whole search: the same each time, the same in two goes, never surprised by what a record holds."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.record import Record
from tamis.services.dedup import Pair, blocking, find
from tamis.services.dedup.features import features, pages
from tamis.services.dedup.names import author, journal_words, same_journal
from tamis.services.dedup.scoring import compare

WORDS = (
    *("harbour", "light", "melatonin", "nurses", "rowers", "sailors", "sleep"),
    *("trial", "cohort", "evening", "winter", "outcome", "review", "dose"),
)


def search(count: int, seed: int = 1) -> list[Record]:
    """Records of which some are duplicates of others in one way or the other."""
    rng = random.Random(seed)
    made: list[Record] = []
    while len(made) < count:
        page = rng.randint(1, 900)
        one = Record(
            id=f"aaaaaa-{len(made) + 1}",
            title=" ".join(rng.choices(WORDS, k=9)).capitalize(),
            authors=tuple(f"{rng.choice(WORDS).title()}, {rng.choice('ABC')}." for _ in range(3)),
            year=rng.randint(2010, 2014),
            journal="Journal of " + rng.choice(WORDS),
            volume=str(rng.randint(1, 9)),
            pages=f"{page}-{page + 8}",
            doi=rng.choice(["", f"10.5555/{len(made)}"]),
        )
        made.append(one)
        if rng.random() < 0.4:
            again = replace(one, id=f"aaaaaa-{len(made) + 1}", title=one.title.upper(), doi="")
            made.append(replace(again, year=None) if rng.random() < 0.5 else again)
    return made[:count]


def test_the_same_records_give_the_same_pairs() -> None:
    records = search(150)
    found = find(records)
    assert found
    assert find(iter(records)) == found
    assert {frozenset((p.first, p.second)) for p in find(records[::-1])} == {
        frozenset((p.first, p.second)) for p in found
    }
    assert {p.score for p in find(records[::-1])} == {p.score for p in found}


@pytest.mark.parametrize("cut", [0, 1, 60, 149, 150])
def test_in_two_goes_as_in_one(cut: int) -> None:
    """An update search finds what a search from the beginning would have, and repeats nothing."""
    records = search(150)
    first, second = find(records[:cut]), find(records[cut:], known=records[:cut])
    key = {r.id: n for n, r in enumerate(records)}
    both = sorted([*first, *second], key=lambda p: (key[p.second], key[p.first]))
    assert both == find(records)
    new = {r.id for r in records[cut:]}
    assert all(p.second in new for p in second)


def test_nothing_and_one() -> None:
    assert find([]) == []
    assert find([Record(id="a-1", title="Alone among the records of a search")]) == []
    assert find([], known=search(20)) == []


@pytest.mark.parametrize(
    "record",
    [
        Record(),
        Record(title="x" * 10_000),
        Record(title="word " * 2_000, authors=("A" * 10_000,) * 40),
        Record(title="(" * 10_000, journal="[" * 10_000, pages="-" * 10_000),
        Record(title="<" * 5_000 + "&" * 5_000, doi="10.1/" + "." * 9_000),
        Record(
            title="夜勤看護師の睡眠に対する夕方の光の影響", authors=("佐藤 健", "鈴木"), journal="睡眠学会誌"
        ),
        Record(title="²³ ½ ① Ⅷ ﷽ 👩‍🔬", volume="Ⅻ", pages="²-½", issue="①"),
        Record(title="İstanbul ſtudy ß ﬀ", authors=("İ, ı", ",", ", ,", "-", "III")),
        Record(title="...", authors=("", " "), year=0, pages="–", issn="----"),
        Record(title="\u202e" * 9, abstract="\x00" * 500),
    ],
)
def test_hostile_records(record: Record) -> None:
    """No exception, and no link between records that have nothing to say."""
    a, b = replace(record, id="a-1"), replace(record, id="a-2")
    others = search(5)
    found = find([a, *others, b])
    assert all({p.first, p.second} == {"a-1", "a-2"} for p in found if {"a-1", "a-2"} & {p.first, p.second})
    if not any(map(str.isalnum, record.title)):
        assert not any(p.certain for p in find([a, b]))


def test_a_title_in_characters_is_as_telling_as_one_in_letters() -> None:
    a = Record(id="a-1", title="夜勤看護師の睡眠に対する夕方の光の影響", authors=("佐藤 健",), year=2019)
    assert [p.certain for p in find([a, replace(a, id="a-2", title=a.title + "。")])] == [True]


def test_many_records_of_one_title() -> None:
    """A thousand editorials are no thousand times a thousand comparisons, and no pairs."""
    made = [Record(id=f"a-{n}", title="Editorial", year=2019, journal=f"Journal {n}") for n in range(1_000)]
    blocks = blocking.Blocks()
    met = [len(blocks.meet(place, features(record))) for place, record in enumerate(made)]
    assert max(met) <= blocking.CROWD
    assert find(made) == []


def test_a_crowd_still_hangs_together() -> None:
    made = [replace(search(1)[0], id=f"a-{n}") for n in range(blocking.CROWD + 50)]
    linked = {(p.first, p.second) for p in find(made) if p.certain}
    assert all((a.id, b.id) in linked for a, b in pairwise(made))


TEXT = st.text(max_size=40) | st.text("aeiou ()[]:.<>&-–", max_size=60)
RECORDS = st.builds(
    Record,
    title=TEXT,
    abstract=TEXT | st.just("We gave rowers melatonin before each of their flights. " * 6),
    authors=st.lists(TEXT, max_size=4).map(tuple),
    year=st.none() | st.integers(1500, 2100),
    journal=TEXT,
    volume=TEXT,
    issue=TEXT,
    pages=TEXT | st.from_regex(r"[eSA]?[0-9]{1,6}(-[0-9]{1,6})?", fullmatch=True),
    doi=st.sampled_from(["", "10.5555/a", "10.5555/b", "10.5555/a.pub2", "10.1101/2020.01.01.1"]),
    pmid=st.sampled_from(["", "1", "2"]),
    issn=TEXT,
    accession=st.sampled_from(["", "NCT01234567", "NCT07654321"]),
)


@given(RECORDS, RECORDS)
@settings(max_examples=300, deadline=None)
def test_a_comparison_never_fails_and_is_symmetric(a: Record, b: Record) -> None:
    one, other = features(a), features(b)
    there, back = compare(one, other), compare(other, one)
    assert (there is None) == (back is None)
    if there and back:
        assert there.points == pytest.approx(back.points)
        assert there.certain is back.certain
        assert set(there.why) == set(back.why)


LONG = st.lists(st.sampled_from(WORDS), min_size=7, max_size=20).map(" ".join)
NAMES = st.text(string.ascii_letters, min_size=2, max_size=12).map(str.title)


@given(
    title=LONG,
    names=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6),
    year=st.integers(1950, 2030),
    abstract=st.just("") | LONG.map(lambda words: words * 5),
    ending=st.sampled_from(["", ".", "?", " [German]", " *"]),
    change=st.sampled_from(
        [str.upper, str.lower, str.title, lambda t: t.replace(" ", "  "), lambda t: t.replace(" ", "-")]
    ),
)
@settings(deadline=None)
def test_a_record_exported_again_is_certainly_the_same(
    title: str, names: list[tuple[str, str]], year: int, abstract: str, ending: str, change: object
) -> None:
    """In other case, with other punctuation, the authors by their initials, the abstract left out."""
    assert callable(change)
    a = Record(
        id="a-1",
        title=title,
        authors=tuple(f"{family}, {given}" for family, given in names),
        year=year,
        journal="Journal of Rowing",
        volume="3",
        pages="110-119",
        abstract=abstract,
    )
    b = replace(
        a,
        id="a-2",
        title=change(title) + ending,
        authors=tuple(f"{family}, {given[0]}." for family, given in names),
        pages="110-9",
        abstract="",
    )
    assert [(p.first, p.second, p.certain) for p in find([a, b])] == [("a-1", "a-2", True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123-9", ("123", "129")),
        ("123–129", ("123", "129")),
        ("pp. 0123--0129", ("123", "129")),
        ("S12-5", ("s12", "s15")),
        ("2S5-2S9", ("2s5", "2s9")),
        ("2S5-9", ("2s5", "2s9")),
        ("e0137960", ("137960", "")),
        ("10-Jul", ("", "")),
        ("", ("", "")),
        ("998-1003", ("998", "1003")),
    ],
)
def test_pages(text: str, expected: tuple[str, str]) -> None:
    assert pages(text) == expected


@pytest.mark.parametrize(
    ("text", "family", "initials"),
    [
        ("Okafor, Adaeze Ngozi", "okafor", "an"),
        ("Okafor, AN", "okafor", "an"),
        ("Okafor AN", "okafor", "an"),
        ("A. N. Okafor", "okafor", "an"),
        ("Adaeze Okafor", "okafor", "a"),
        ("van der Berg, J.", "vanderberg", "j"),
        ("Müller-Lüdenscheidt K.", "mullerludenscheidt", "k"),
        ("佐藤健", "佐藤健", ""),
        ("OKAFOR", "okafor", ""),
        ("Na, Li", "na", "l"),
    ],
)
def test_authors(text: str, family: str, initials: str) -> None:
    found = author(text)
    assert found is not None
    assert (found.family, found.initials) == (family, initials)


@pytest.mark.parametrize("text", ["", "Anonymous", "[Anonymous]", "et al.", "--"])
def test_nobody(text: str) -> None:
    assert author(text) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The New England Journal of Medicine", "N Engl J Med", 1),
        ("JAMA", "Journal of the American Medical Association", 1),
        ("Annals of Oncology (Oxford)", "Ann. Oncol.", 1),
        ("Diabetes & Metabolism", "Diabetes and metabolism", 1),
        ("Circulation. Conference: 9th Meeting on Rowing", "Circulation", 1),
        ("Circulation", "Circulation Research", 0.5),
        ("Sleep", "Brain", 0),
        ("Journal of Sleep Research", "Journal of Wind Research", 0),
    ],
)
def test_journals(one: str, other: str, expected: float) -> None:
    assert same_journal(journal_words(one), journal_words(other)) == expected
    assert same_journal(journal_words(other), journal_words(one)) == expected


def test_scores_are_between_0_and_1_and_order_the_questions() -> None:
    for pair in find(search(100)):
        assert isinstance(pair, Pair)
        assert 0.5 <= pair.score <= 1
