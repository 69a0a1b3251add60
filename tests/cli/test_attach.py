"""`tamis attach`: what is said, what is stored, and when nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.formats.pdfs import made
from tests.services.helpers import ris

from .helpers import UNSAFE, error, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "10.5555/x.1"


@pytest.fixture
def pdfs(folder: Path) -> Path:
    """Two files whose names are DOIs of the review, and one that is of nothing; only `First` is sought."""
    made = folder.parent / "pdfs"
    made.mkdir()
    for name in ("10.5555_x.1.pdf", "10.5555_x.2.pdf", "shopping.pdf"):
        (made / name).write_text(name, encoding="utf-8")
    tamis("decide", folder, FIRST, "include")
    return made


def files(folder: Path, *more: str) -> list[str]:
    return [file["name"] for file in tamis_json("attach", folder, "--list", *more)["files"]]


def test_one_file_and_back(folder: Path, pdfs: Path) -> None:
    path = pdfs / "shopping.pdf"
    said = tamis("attach", folder, FIRST, path).stdout
    assert said.endswith("file shopping.pdf attached – First\n")
    assert str(path) in tamis("attach", folder, "--list").stdout
    assert files(folder) == files(folder, FIRST) == ["shopping.pdf"]
    assert "file shopping.pdf attached" in tamis("log", folder).stdout
    path.unlink()
    assert "(not there)" in tamis("attach", folder, "--list").stdout
    assert "is missing" in tamis("check", folder).stdout
    tamis("attach", folder, "--remove", FIRST, "shopping.pdf")
    assert files(folder) == []
    assert "has no files" in error("attach", folder, "--remove", FIRST, code=2)


def test_a_doi_names_the_report_of_linked_records(folder: Path, pdfs: Path) -> None:
    """Two databases bring the same report; once linked, its DOI means the record that stands."""
    again = folder.parent / "again.ris"
    again.write_text(ris("First"), encoding="utf-8")
    tamis("import", folder, again, "--database", "Embase")
    assert "is meant by 2 records" in error("attach", folder, FIRST, pdfs / "shopping.pdf", code=2)
    assert tamis_json("dedupe", folder, "--auto")["linked"] == 1
    tamis("attach", folder, FIRST, pdfs / "shopping.pdf")
    assert files(folder) == ["shopping.pdf"]
    event = tamis_json("decide", folder, FIRST, "exclude")
    assert tamis_json("stands", folder, event["record"])


def test_a_copy(folder: Path, pdfs: Path) -> None:
    event = tamis_json("attach", folder, FIRST, pdfs / "shopping.pdf", "--copy")
    assert (folder / event["body"]["file"]).read_text(encoding="utf-8") == "shopping.pdf"


def test_a_copy_is_named_as_it_was(folder: Path, pdfs: Path) -> None:
    """Its place alone is a checksum, which tells people nothing."""
    tamis("attach", folder, FIRST, pdfs / "shopping.pdf", "--copy")
    assert "(shopping.pdf)\n" in tamis("attach", folder, "--list").stdout
    (copy,) = (folder / "files").iterdir()
    copy.chmod(0o600)
    copy.write_text("other", encoding="utf-8")
    assert "(shopping.pdf), the file of" in tamis("check", folder).stdout
    copy.unlink()
    assert "(shopping.pdf), the file of" in tamis("check", folder).stdout


def test_a_link_out_of_a_folder_is_listed_and_not_copied(folder: Path, pdfs: Path) -> None:
    secret = folder.parent / "secret"
    secret.write_text("in no one's review", encoding="utf-8")
    (pdfs / "10.5555_x.1.pdf").unlink()
    (pdfs / "10.5555_x.1.pdf").symlink_to(secret)
    said = tamis("attach", folder, "--folder", pdfs, "--copy", "--yes").stdout
    assert "Links out of the folder, not followed: 1 file" in said
    assert files(folder) == []
    assert not [p for p in folder.rglob("*") if p.is_file() and secret.read_bytes() in p.read_bytes()]


def test_a_pdf_that_gives_another_doi_than_its_name_is_not_attached(folder: Path, pdfs: Path) -> None:
    pytest.importorskip("pypdf")
    (pdfs / "10.5555_x.1.pdf").write_bytes(made("A trial. doi: 10.5555/x.10"))
    said = tamis("attach", folder, "--folder", pdfs, "--yes").stdout
    assert "but its DOI is 10.5555/x.10" in said
    assert files(folder) == []


def test_a_folder(folder: Path, pdfs: Path) -> None:
    rehearsed = tamis_json("attach", folder, "--folder", pdfs, "--dry-run")
    assert (rehearsed["matched"], rehearsed["attached"]) == (1, 0)
    assert files(folder) == []
    assert "Nobody can confirm" in error("attach", folder, "--folder", pdfs, code=2)
    assert "Nobody can confirm" in error("attach", folder, "--folder", pdfs, "--json", code=2)
    said = tamis("attach", folder, "--folder", pdfs, "--yes").stdout
    assert "Of a report: 1 file" in said
    assert "First" in said
    assert "(DOI in the name)" in said
    assert "Of no report that is sought: 2 files" in said
    assert said.endswith("1 file attached.\n")
    assert files(folder) == ["10.5555_x.1.pdf"]
    again = tamis_json("attach", folder, "--folder", pdfs, "--yes", "--all")
    assert {f["file"].rpartition("/")[2]: f["status"] for f in again["files"]} == {
        "10.5555_x.1.pdf": "known",
        "10.5555_x.2.pdf": "matched",
        "shopping.pdf": "unmatched",
    }
    assert again["attached"] == 1
    tamis("check", folder)


def test_a_folder_is_one_action(folder: Path, pdfs: Path) -> None:
    tamis("attach", folder, "--folder", pdfs, "--yes", "--all")
    events = [line for line in tamis("log", folder).stdout.splitlines() if "attached" in line]
    assert len(events) == 2


def test_a_moved_folder_is_taken_up(folder: Path, pdfs: Path) -> None:
    tamis("attach", folder, "--folder", pdfs, "--yes")
    moved = pdfs.rename(pdfs.with_name("read"))
    said = tamis("attach", folder, "--folder", moved, "--yes").stdout
    assert "Attached before, from where they are no longer: 1 file" in said
    assert "note" not in [
        line.split()[0] for line in tamis("check", folder).stdout.splitlines() if "x.1" in line
    ]
    assert str(moved) in tamis("attach", folder, "--list").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "Write it like this"),
        ((FIRST,), "Write it like this"),
        ((FIRST, "nothing.pdf"), "There is no file nothing.pdf"),
        (("zz-9", "a.pdf"), "There is no record zz-9"),
        (("--folder", "nowhere", "--yes"), "There is no folder nowhere"),
        (("--folder", ".", "--list"), "Give only one of"),
        (("--yes",), "go with --folder"),
        (("--copy", "--list"), "--copy goes with"),
        ((FIRST, "--remove", "--folder", "."), "Give only one of"),
    ],
)
def test_wrong_calls_change_nothing(folder: Path, args: tuple[str, ...], words: str) -> None:
    assert words in error("attach", folder, *args, code=2)
    assert tamis("log", folder).stdout == ""


def test_hostile_names_reach_no_terminal(folder: Path, pdfs: Path) -> None:
    """Escape sequences and marks that turn the direction stand in names, too."""
    name = "10.5555_x.1 \x1b]0;x\x07\x1b[31m\u202e.pdf"
    (pdfs / name).write_text("hostile", encoding="utf-8")
    (pdfs / "unsure \x1b[2J First 2020.pdf").write_text("unsure", encoding="utf-8")
    for more in (("--dry-run",), ("--dry-run", "--json"), ("--yes",)):
        tamis("attach", folder, "--folder", pdfs, *more)
    for args in (("--list",), ("--list", "--json")):
        assert "10.5555_x.1 " in tamis("attach", folder, *args).stdout
    for command in ("log", "check"):
        tamis(command, folder)
        tamis(command, folder, "--json")
    (pdfs / name).unlink()
    assert "10.5555_x.1" in tamis("check", folder).stdout
    for format_ in ("ris", "csv", "json"):
        text = tamis("export", folder, "-o", "-", "--format", format_).stdout
        assert not UNSAFE & set(map(ord, text))
    tamis("attach", folder, "--remove", FIRST)
    assert "There is no file" in error("attach", folder, FIRST, pdfs / name, code=2)
