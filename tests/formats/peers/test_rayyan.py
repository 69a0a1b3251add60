"""Rayyan: segments in notes of any format, and the zip with its log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import FormatError
from tamis.formats import Hint, read
from tests.formats.examples import many

from .reading import noted, pack, records, said, table, verdicts

BOTH = 'RAYYAN-INCLUSION: {"Zoë B."=>"Excluded", "m.el"=>"Included"}'

ALL = f"{BOTH} | RAYYAN-LABELS: a,b | RAYYAN-EXCLUSION-REASONS: wrong drug,old"


def ris(*notes: str) -> str:
    lines = "".join(f"N1  - {note}\n" for note in notes)
    return f"TY  - JOUR\nAN  - rayyan-7\nTI  - One\n{lines}ER  - \n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ris", ris(f" {ALL}")),
        (
            "csv",
            table(
                ["key", "title", "notes"],
                [
                    "rayyan-7",
                    "One",
                    ALL,
                ],
            ),
        ),
        (
            "bibtex",
            f"@article{{rayyan-7,\n  title={{One}},\n  note={{{ALL}}}\n}}\n",
        ),
    ],
)
def test_votes_labels_and_reasons_in_each_format(name: str, text: str) -> None:
    (record,) = records(text, name)
    out, kept = record.decisions
    assert (out.by, out.verdict, out.reasons, out.labels) == (
        "Zoë B.",
        "exclude",
        ("wrong drug", "old"),
        ("a", "b"),
    )
    assert (kept.by, kept.verdict, kept.reasons, kept.labels) == ("m.el", "include", (), ("a", "b"))
    assert record.notes == ()


def test_the_records_own_notes_stay() -> None:
    record = noted(f'Own note | {BOTH} | USER-NOTES: {{"m.el"=>["ask | Ann", "twice"]}}', "Second")
    assert record.notes == ("Own note", "Second")
    assert [(d.by, d.note) for d in record.decisions] == [("Zoë B.", ""), ("m.el", "ask | Ann\ntwice")]


def test_segments_in_notes_of_their_own_and_text_behind_them() -> None:
    record = noted("RAYYAN-LABELS: one, two,three | later text", BOTH, "RAYYAN-EXCLUSION-REASONS: r")
    assert record.notes == ("later text",)
    assert record.decisions[0].labels == ("one, two", "three")
    assert record.decisions[0].reasons == ("r",)


def test_labels_of_nobody_are_rayyans_and_reasons_of_nobody_stay() -> None:
    record = noted("RAYYAN-LABELS: ask | RAYYAN-EXCLUSION-REASONS: wrong drug")
    assert [(d.by, d.verdict, d.labels) for d in record.decisions] == [("Rayyan", "undecided", ("ask",))]
    assert record.notes == ("RAYYAN-EXCLUSION-REASONS: wrong drug",)


@pytest.mark.parametrize("cut", ['{"Ann"=>"Incl', '{"Ann"', "", "nothing", '{"Ann"=>"Included"'])
def test_what_is_cut_off_stays_as_it_was(cut: str) -> None:
    record = noted(f"RAYYAN-INCLUSION: {cut}")
    assert record.decisions == ()
    assert record.notes == (f"RAYYAN-INCLUSION: {cut}".strip(),) or cut in record.notes[0]


def test_verdicts_nobody_knows_stay() -> None:
    record = noted('RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Postponed"}')
    assert [d.by for d in record.decisions] == ["Ann"]
    assert record.notes == ('RAYYAN-INCLUSION: {"Bo"=>"Postponed"}',)


def test_mail_addresses_only_when_asked_for() -> None:
    note = 'RAYYAN-INCLUSION: {"ann@clinic.example"=>"Maybe"}'
    assert noted(note).decisions[0].by == "ann"
    assert noted(note, hint=Hint(emails=True)).decisions[0].by == "ann@clinic.example"


def test_html_and_entities_do_not_hide_it() -> None:
    record = noted('<p>RAYYAN-INCLUSION: {"Ann"=&gt;"Included"} | RAYYAN-LABELS: x</p>')
    assert [(d.by, d.labels) for d in record.decisions] == [("Ann", ("x",))]
    assert record.notes == ()


LOG = table(
    ["created_at", "user_id", "user_email", "article_id", "key", "value"],
    ["2025-05-06T10:14:41.049Z", "1", "ann@x.example", "7", "included", "-1"],
    ["2025-05-06T10:14:42.000Z", "1", "ann@x.example", "7", '"__EXR__wrong drug"', "1"],
    ["2025-05-06T10:14:43.000Z", "1", "ann@x.example", "7", '"__EXR__old"', "1"],
    ["2025-05-06T10:14:44.000Z", "1", "ann@x.example", "7", '"__EXR__old"', "0"],
    ["2025-05-06T10:15:00.000Z", "2", "bo.b@x.example", "7", '"ask"', "1"],
    ["2025-05-06T10:15:01.000Z", "2", "bo.b@x.example", "7", "included", "1"],
    ["2025-05-06T10:15:02.000Z", "2", "bo.b@x.example", "8", "included", "0"],
    ["2025-05-06T10:15:03.000Z", "1", "ann@x.example", "8", "included", "1"],
    ["2025-05-06T10:15:04.000Z", "1", "ann@x.example", "8", "included", "deleted"],
    ["2025-05-06T10:15:05.000Z", "2", "bo.b@x.example", "8", '"__SYSTEM__STAGE__5"', "1"],
)
ARTICLES = table(
    ["key", "title", "notes"],
    [
        "rayyan-7",
        "One",
        """RAYYAN-INCLUSION: {"Ann A"=>"Excluded", "Bo"=>"Included"} | RAYYAN-LABELS: ask
        | RAYYAN-EXCLUSION-REASONS: wrong drug""",
    ],
    ["rayyan-8", "Two", 'RAYYAN-INCLUSION: {"Bo"=>"Maybe"}'],
    ["rayyan-9", "Three", ""],
)


@pytest.mark.parametrize("folder", ["", "export 2025/"])
def test_the_log_says_whose_what_is_and_when(folder: str) -> None:
    archive = pack(
        {f"{folder}articles.csv": ARTICLES, f"{folder}customizations_log.csv": LOG, "__MACOSX/x": b"0"}
    )
    one, two, three = records(archive, "export.zip")
    ann, bo = one.decisions
    assert (ann.by, ann.verdict, ann.reasons, ann.labels) == ("Ann A", "exclude", ("wrong drug",), ())
    assert (bo.by, bo.verdict, bo.labels, bo.at) == ("Bo", "include", ("ask",), "2025-05-06T10:15:01Z")
    assert [(d.by, d.verdict) for d in two.decisions] == [("Bo", "maybe")]
    assert three.decisions == ()
    assert "@" not in repr([one, two, three])


def test_the_log_alone_names_people_by_their_addresses() -> None:
    articles = table(["key", "title"], ["rayyan-7", "One"], ["rayyan-8", "Two"])
    archive = pack({"articles.csv": articles, "customizations_log.csv": LOG})
    assert set(said(records(archive))) == {
        ("ann", "title-abstract", "exclude"),
        ("bo.b", "title-abstract", "include"),
        ("bo.b", "title-abstract", "maybe"),
    }
    whole = records(archive, hint=Hint(emails=True))
    assert whole[0].decisions[0].by == "ann@x.example"


def test_a_damaged_log_costs_nothing_but_itself() -> None:
    archive = pack({"articles.csv": ARTICLES, "customizations_log.csv": b'\xff\x00\n"",\x01\n' * 50})
    assert verdicts(records(archive)) == {"include": 1, "exclude": 1, "maybe": 1}


@given(st.binary(max_size=80), st.integers(0, 600))
@many()
def test_a_log_of_any_bytes_costs_no_record(junk: bytes, at: int) -> None:
    log = LOG.encode()
    damaged = log[:at] + junk + log[at + len(junk) :]
    found = records(pack({"articles.csv": ARTICLES, "customizations_log.csv": damaged}))
    assert [r.title for r in found] == ["One", "Two", "Three"]


def test_a_log_without_articles_is_no_export_of_rayyan() -> None:
    with pytest.raises(FormatError):
        read(pack({"customizations_log.csv": LOG}), name="x.zip")
