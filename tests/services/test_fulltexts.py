"""Matching files with reports: what names and first pages say, and that nothing is ever guessed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Kind, Verdict
from tamis.errors import UsageError
from tamis.formats.pdf import Head
from tamis.services.attaching import attach, attach_all, attached
from tamis.services.fulltexts import FileMatch, find
from tamis.services.fulltexts.evidence import from_name
from tamis.services.fulltexts.known import Reports
from tamis.services.screening import Session

from .helpers import add, author, make_review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review

ABLATION = "Microwave ablation of colorectal liver metastases: a randomised controlled trial"
TRIAL_1 = "Local treatment of metastases in elderly people, part 1: survival"
TRIAL_2 = "Local treatment of metastases in elderly people, part 2: survival"
ROWS: list[dict[str, str]] = [
    {"TI": ABLATION, "AU": "Ahlqvist, Mia", "PY": "2020", "DO": "10.5555/abl.2020.1", "AN": "PMC7654321"},
    {"TI": TRIAL_1, "AU": "Brandt, Otto", "PY": "2018", "DO": "10.5555/part.1", "U1": "31234567[pmid]"},
    {"TI": TRIAL_2, "AU": "Brandt, Otto", "PY": "2019", "DO": "10.5555/part.12"},
    {"TI": "Editorial", "AU": "Öztürk, Ünal", "PY": "2021", "L1": "files/77/Ozturk.pdf"},
    {"TI": "结直肠癌肝转移的微波消融治疗：一项多中心随机对照试验", "AU": "王, 小明", "PY": "2019"},
    {"TI": "Editorial", "AU": "Costa, Lia", "PY": "2021"},
]


def records() -> str:
    blocks = ["\n".join(["TY  - JOUR", *(f"{t}  - {v}" for t, v in row.items()), "ER  - "]) for row in ROWS]
    return "\n\n".join(blocks) + "\n"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A review whose records are all included, for tests that change nothing in it."""
    made = tmp_path_factory.mktemp("full")
    with review_in(made) as review:
        yield Session(review, author())


def review_in(folder: Path, *, but: tuple[int, ...] = ()) -> Review:
    """Six records, included but for some."""
    review = make_review(folder / "review")
    add(review, folder / "a.ris", records())
    session = Session(review, author())
    for n in range(len(ROWS)):
        session.decide_record(review.records.id_at(n), Verdict.EXCLUDE if n in but else Verdict.INCLUDE)
    return review


def named(session: Session, name: str) -> tuple[int | None, str]:
    """Which row a file of this name is of for sure, and why; None if nobody can say for sure."""
    reports = Reports(session.review, session.ledger)
    certain = [e for e in from_name(name, reports) if e.certain]
    left = frozenset.intersection(*(e.reports for e in certain)) if certain else frozenset()
    if len(left) != 1:
        return None, ""
    return session.review.records.position(next(iter(left))), certain[0].why


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("10.5555_abl.2020.1", 0),
        ("10.5555%2Fabl.2020.1", 0),
        ("10.5555-ABL.2020.1", 0),
        ("doi_10.5555_abl.2020.1_supplement", 0),
        ("10.5555_abl.2020.1 (1)", 0),
        ("10.5555_abl.2020.1 - Ahlqvist", 0),
        ("Ahlqvist 2020 [10.5555_abl.2020.1]", 0),
        ("10.5555_part.12", 2),
        ("10.5555_part.1", 1),
        ("31234567", 1),
        ("031234567 (2)", None),
        ("PMID 31234567", 1),
        ("brandt_pmid-31234567_final", 1),
        ("PMC7654321", 0),
        ("nihms-PMC7654321.main", 0),
        (f"Ahlqvist et al. - 2020 - {ABLATION.replace(':', '')}", 0),
        (f"Ahlqvist - 2020 - {ABLATION[:60]}", 0),
        ("Ahlqvist_2020_Microwave ablation of colorectal liver metastases a randomised", 0),
        ("2020 - Microwave ablation of colorectal liver metastases a randomized controlled trial", 0),
        (f"{ABLATION.replace(':', '_')} - Ahlqvist", 0),
        ("microwave-ablation-of-colorectal-liver-metastases-a-randomised-controlled-trial", 0),
        ("Brandt - 2018 - Local treatment of metastases in elderly people, part 1 survival", 1),
        ("Brandt - 2019 - Local treatment of metastases in elderly people, part 2 survival", 2),
        ("王 - 2019 - 结直肠癌肝转移的微波消融治疗：一项多中心随机对照试验", 4),
        ("结直肠癌肝转移的微波消融治疗", 4),
        ("Öztürk - 2021 - Editorial", 3),
        ("Costa - 2021 - Editorial", 5),
    ],
)
def test_names_that_say_it(session: Session, name: str, row: int | None) -> None:
    assert named(session, name)[0] == row


@pytest.mark.parametrize(
    "name",
    [
        "10.5555_part.1.s001",
        "10.5555_part.123",
        "10.5555_other",
        "20180101",
        "Editorial",
        "2021 - Editorial",
        "Ahlqvist 2020",
        "Brandt - 2019 - Local treatment of metastases in elderly people",
        "Local treatment of metastases in elderly people, part 3 survival",
        f"Ahlqvist - 2011 - {ABLATION}",
        f"Someone - 2020 - {ABLATION[:36]}",
        f"Someone - 2020 - {ABLATION[:60]}",
        ABLATION.replace("colorectal", "pancreatic"),
        ABLATION.replace("Microwave", "Without microwave"),
        f"Ahlqvist - 2020 - {ABLATION[:50].replace('liver', 'renal')}",
        "Microwave ablation",
        "main",
        "1-s2.0-S0002961020301234-main",
        "",
        "()",
        "10.",
        "%00%ff\udcff",
    ],
)
def test_names_that_do_not_say_it(session: Session, name: str) -> None:
    assert named(session, name) == (None, "")


def test_a_file_that_the_record_names(session: Session, pdfs: Path) -> None:
    """As reference managers export them: the record has the path, the file lies in a numbered folder."""
    (pdfs / "77").mkdir()
    put(pdfs / "77", Ozturk="a")
    put(pdfs / "deep", Ozturk="b")
    matches = find(session.review, session.ledger, pdfs)
    assert {m.path.parent.name: m.status for m in matches} == {"77": "matched", "deep": "unsure"}


def test_a_record_id_says_it(session: Session) -> None:
    record = session.review.records.id_at(2)
    assert named(session, f"{record} read") == (2, "record id in the name")
    assert named(session, f"{record}9")[0] is None


@pytest.fixture
def pdfs(tmp_path: Path) -> Path:
    """An empty folder for files."""
    (tmp_path / "pdfs" / "deep").mkdir(parents=True)
    return tmp_path / "pdfs"


@pytest.mark.parametrize("number", ["20230115", "15012023", "02282019", "201911", "230115", "311299"])
def test_a_date_is_no_pmid_unless_something_else_agrees(tmp_path: Path, pdfs: Path, number: str) -> None:
    ris = "\n".join(("TY  - JOUR", f"TI  - {ABLATION}", f"U1  - {number}[pmid]", "ER  - "))
    with make_review(tmp_path / "review") as review:
        add(review, tmp_path / "b.ris", ris)
        session = Session(review, author())
        (record,) = review.records.ids()
        session.decide_record(record, Verdict.INCLUDE)
        put(pdfs, **{number: "a"})
        (match,) = found(session, pdfs).values()
        assert (match.status, match.could_be) == ("unsure", (record,))
        assert "a date" in match.why
        head = Head("", (), ABLATION)
        assert found(session, pdfs, head=lambda _: head)[number].record == record
        put(pdfs, **{f"PMID {number}": "b"})
        assert found(session, pdfs)[f"PMID {number}"].record == record


def test_links_out_of_the_folder_are_not_followed(session: Session, pdfs: Path, tmp_path: Path) -> None:
    """Whoever packed the folder would choose what is read, and copied into a review that is shared."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    put(pdfs / "deep", **{"10.5555_part.12": "b"})
    (pdfs / "10.5555_abl.2020.1.pdf").symlink_to(tmp_path / "secret.txt")
    (pdfs / "10.5555_part.1.pdf").symlink_to(pdfs / "deep" / "10.5555_part.12.pdf")
    (pdfs / "nowhere.pdf").symlink_to(tmp_path / "nowhere.pdf")
    matches = {m.path.relative_to(pdfs).as_posix(): m for m in find(session.review, session.ledger, pdfs)}
    for name in ("10.5555_abl.2020.1.pdf", "nowhere.pdf"):
        assert (matches[name].status, matches[name].ready, matches[name].mark) == ("outside", False, None)
    assert "secret.txt, which is not in this folder" in matches["10.5555_abl.2020.1.pdf"].why
    assert matches["10.5555_part.1.pdf"].status == "unsure", "a link inside is looked at; here, names differ"


def test_how_much_was_read_is_told_in_bytes(session: Session, pdfs: Path) -> None:
    put(pdfs, **{"10.5555_abl.2020.1": "a" * 5_000_000, "shopping list": "b" * 100})
    steps: list[tuple[int, int]] = []
    found(session, pdfs, progress=lambda done, total: steps.append((done, total)))
    assert {total for _, total in steps} == {5_000_100}
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert len(steps) > 2
    assert steps[-1] == (5_000_100, 5_000_100)


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.pdf").write_text(text, encoding="utf-8")


def found(session: Session, folder: Path, **more: Any) -> dict[str, FileMatch]:
    return {m.path.stem: m for m in find(session.review, session.ledger, folder, **more)}


def test_a_folder_is_looked_through(session: Session, pdfs: Path) -> None:
    put(pdfs, **{"10.5555_abl.2020.1": "a", "Ahlqvist 2020": "b", "shopping list": "c", ".hidden": "d"})
    put(pdfs / "deep", **{"31234567": "e"})
    (pdfs / "10.5555_part.12.csv").write_text("no full text", encoding="utf-8")
    matches = found(session, pdfs)
    rows = [session.review.records.id_at(n) for n in range(len(ROWS))]
    assert {name: (m.status, m.record, m.could_be) for name, m in matches.items()} == {
        "10.5555_abl.2020.1": ("matched", rows[0], ()),
        "31234567": ("matched", rows[1], ()),
        "Ahlqvist 2020": ("unsure", "", (rows[0],)),
        "shopping list": ("unmatched", "", ()),
    }
    with pytest.raises(UsageError, match="There is no folder"):
        found(session, pdfs / "10.5555_abl.2020.1.pdf")


def test_only_reports_sought_unless_told(tmp_path: Path, pdfs: Path) -> None:
    put(pdfs, **{"10.5555_abl.2020.1": "a", "Ahlqvist 2020": "b"})
    with review_in(tmp_path, but=(0,)) as review:
        session = Session(review, author("Ben"))
        matches = found(session, pdfs)
        assert {m.status for m in matches.values()} == {"unmatched"}
        assert "which is not sought" in matches["10.5555_abl.2020.1"].why
        assert found(session, pdfs, every=True)["10.5555_abl.2020.1"].ready


def test_duplicates_are_one_report(tmp_path: Path, pdfs: Path) -> None:
    put(pdfs, **{"Editorial Ozturk Costa 2021": "a", "10.5555_part.12": "b"})
    with review_in(tmp_path) as review:
        session = Session(review, author("Ben"))
        one, two = review.records.id_at(1), review.records.id_at(2)
        session.save([session.event(Kind.DUPLICATE, two, {"of": one}, field=one)])
        match = found(session, pdfs)["10.5555_part.12"]
        assert (match.status, match.record) == ("matched", session.ledger.stands_for(two))


def test_what_is_attached_is_known_and_found_again_when_moved(tmp_path: Path, pdfs: Path) -> None:
    put(pdfs, **{"10.5555_abl.2020.1": "a", "renamed by hand": "b"})
    with review_in(tmp_path) as review:
        session = Session(review, author("Ben"))
        last = review.records.id_at(5)
        attach(session, last, pdfs / "renamed by hand.pdf")
        assert found(session, pdfs)["renamed by hand"].status == "known"
        elsewhere = tmp_path / "elsewhere"
        shutil.move(pdfs, elsewhere)
        match = found(session, elsewhere)["renamed by hand"]
        assert (match.status, match.record) == ("moved", last)
        assert match.mark is not None
        attach_all(session, [(match.record, match.path, match.mark)])
        (file,) = attached(review, session.ledger, last)
        assert file.path == elsewhere / "renamed by hand.pdf"
        assert found(session, elsewhere)["renamed by hand"].status == "known"


def test_one_content_under_two_names(session: Session, pdfs: Path) -> None:
    put(pdfs, **{"10.5555_abl.2020.1": "a", "PMC7654321": "a", "10.5555_part.12": "b", "31234567": "b"})
    matches = found(session, pdfs)
    assert sorted(m.status for n, m in matches.items() if n in ("10.5555_abl.2020.1", "PMC7654321")) == [
        "known",
        "matched",
    ]
    assert {matches[n].status for n in ("10.5555_part.12", "31234567")} == {"unsure"}


def test_the_review_does_not_offer_its_own_files(tmp_path: Path) -> None:
    with review_in(tmp_path) as review:
        session = Session(review, author("Ben"))
        put(tmp_path, **{"10.5555_abl.2020.1": "a"})
        attach(session, review.records.id_at(0), tmp_path / "10.5555_abl.2020.1.pdf", copy=True)
        assert list(found(session, review.folder)) == []


FRONT = Head("Microsoft Word - ms.docx", (), "Journal of X\n" + ABLATION.upper() + "\nM. Ahlqvist\nAbstract")


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        ("scan", FRONT, 0),
        ("scan", Head("", ("doi:10.5555/abl.2020.1",), ""), 0),
        ("scan", Head("", (), "https://doi.org/10.5555/ABL.2020.1 and nothing else"), 0),
        ("scan", Head(ABLATION, (), ""), 0),
        ("scan", Head("", (), "cites 10.5555/abl.2020.1 and 10.5555/part.12"), None),
        ("scan", FRONT._replace(text="Erratum to: " + FRONT.text), None),
        ("scan", FRONT._replace(text="Reply. " + "x " * 900 + FRONT.text), None),
        ("scan", FRONT._replace(text=FRONT.text + " doi 10.5555/preprint.9"), None),
        ("scan", FRONT._replace(dois=("10.5555/part.12",)), None),
        (f"Ahlqvist - 2020 - {ABLATION[:60]}", Head("", (), "10.5555/preprint.9"), None),
        (f"Ahlqvist - 2020 - {ABLATION[:60]}", Head("", (), "10.5555/part.12"), None),
        (f"Ahlqvist - 2020 - {ABLATION[:60]}", Head("", (), "10.5555/abl.2020.1"), 0),
        ("10.5555_abl.2020.1", Head("", ("10.5555/part.12",), ""), None),
        ("10.5555_part.1", Head("", (), "A trial. doi: 10.5555/part.10"), None),
        ("10.5555_part.1", Head("", (), "A trial. doi: 10.5555/part.12"), None),
        ("10.5555_part.1", Head("", (), "of 10.5555/part.10, as 10.5555/other.3 was"), None),
        ("10.5555_part.1", Head("", (), "doi: 10.5555/part.1.s001"), None),
        ("10.5555_part.1", Head("", (), "cites 10.5555/other.3; doi: 10.5555/part.1."), 1),
        ("10.5555_part.1", Head("", (), "https://doi.org/10.5555/par\nt.1Received May 2020"), 1),
        ("10.5555_part.1", Head("", ("doi:10.5555/part.1",), "cites 10.5555/other.3"), 1),
        ("10.5555_part.1", Head("", (), "no DOI here"), 1),
        ("10.5555_part.1", Head("", (), ABLATION), None),
        ("31234567", Head("", (), "10.5555/part.12"), None),
        ("10.5555_part.1", None, 1),
        ("PMC7654321", Head("", (), "doi 10.5555/elsewhere"), None),
        ("scan", None, None),
    ],
)
def test_first_pages(session: Session, pdfs: Path, name: str, head: Head | None, row: int | None) -> None:
    put(pdfs, **{name: "x"})
    (match,) = found(session, pdfs, head=lambda _: head).values()
    assert match.record == ("" if row is None else session.review.records.id_at(row)), match
    assert match.ready is (row is not None)


WORDS = "Editorial Ahlqvist Brandt 2018 2019 2020 part 1 2 supplement (1) _ 10.5555_abl.2020.1 10.5555_part.1"
TITLES = (ABLATION, ABLATION[:50], TRIAL_1, TRIAL_2, TRIAL_1[:52])
parts = st.sampled_from([*TITLES, *WORDS.split(), "10.5555_part.12", "31234567", "PMC7654321", " ", " - "])
names = st.lists(parts, min_size=1, max_size=6).map(lambda found: "".join(found).replace(":", "").strip())
heads = st.none() | st.builds(
    Head,
    st.sampled_from(["", ABLATION, TRIAL_1, "untitled"]),
    st.lists(st.sampled_from(["10.5555/abl.2020.1", "10.5555/part.12", "10.1/x"]), max_size=2).map(tuple),
    st.lists(parts, max_size=4).map(" ".join),
)


@settings(deadline=None, max_examples=60)
@given(
    files=st.dictionaries(names.filter(lambda n: 0 < len(n) < 200), st.tuples(st.sampled_from("xyz"), heads))
)
def test_no_file_ever_goes_to_two_reports(
    session: Session, tmp_path_factory: pytest.TempPathFactory, files: dict[str, tuple[str, Head | None]]
) -> None:
    """Nor any content; what is not sure has no record; every file is accounted for."""
    folder = tmp_path_factory.mktemp("any")
    for name, (text, _) in files.items():
        (folder / f"{name}.pdf").write_text(text, encoding="utf-8")
    matches = find(session.review, session.ledger, folder, head=lambda path: files[path.stem][1])
    assert sorted(m.path.stem for m in matches) == sorted(n for n in files if not n.startswith("."))
    ready = [m for m in matches if m.ready]
    assert all(m.record and m.mark for m in ready)
    contents = {m.mark.sha256: m.record for m in ready if m.mark}
    assert len(contents) == len(ready), "one content is attached once"
    assert not [m for m in matches if m.status in ("unsure", "unmatched") and m.record]


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=120))
def test_any_name_at_all(session: Session, name: str) -> None:
    reports = Reports(session.review, session.ledger)
    for evidence in from_name(name, reports):
        assert evidence.reports
