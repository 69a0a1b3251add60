"""What protocol.toml keeps when terms are changed: line ends, mode, links, and the edits of others."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis.domain.highlight import TermSet
from tamis.domain.ledger import Ledger
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services.highlight_editing import add_terms, remove_term, search_terms
from tamis.services.highlight_text import with_set
from tamis.services.sourcing import tell
from tests.services.test_highlight_text import SCATTERED, WRITTEN
from tests.tui import reviews

if TYPE_CHECKING:
    from pathlib import Path


def test_byte_order_mark_and_line_ends_stay(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        path.write_bytes(b"\xef\xbb\xbf" + WRITTEN.replace("\n", "\r\n").encode())
        add_terms(session, "design", ["trial"])
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf# Our protocol.\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert [s.name for s in review.protocol.highlight] == ["population", "design"]


def test_nothing_is_changed_where_it_cannot_be_saved(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        with pytest.raises(UsageError, match="no term"):
            remove_term(session, "population", "liver")
        with pytest.raises(UsageError, match="name of a set"):
            add_terms(session, " ", ["a"])
        path.write_text("title = ", encoding="utf-8")
        with pytest.raises(ProtocolError, match="not valid TOML"):
            add_terms(session, "design", ["trial"])
        assert path.read_text(encoding="utf-8") == "title = "
        path.unlink()
        with pytest.raises(UsageError, match=r"protocol\.toml"):
            add_terms(session, "design", ["trial"])
        assert review.protocol.highlight == ()
    path.write_text(reviews.PROTOCOL, encoding="utf-8")
    with (
        reviews.reopen(tmp_path / "r", write=False) as review,
        pytest.raises(NotSavedError, match="reading only"),
    ):
        add_terms(reviews.session(review), "design", ["trial"])


def test_terms_come_from_the_searches_of_databases_alone(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        reviews.add(
            review, [reviews.ORDINARY[0]], file="hand.ris", database="Reference lists", kind="citation"
        )
        ledger = Ledger(review.events())
        assert search_terms(review, ledger) == ([], [])
        for source, text in zip(review.sources, ("liver[tiab] OR hepat*[tiab]", "asked around"), strict=True):
            tell(review, ledger, reviews.author(), [source], {"strategy": text})
        assert search_terms(review, ledger) == (["liver", "hepat*"], ["PubMed"])


def test_each_line_keeps_its_end(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        lines = SCATTERED.split("\n")
        raw = "".join(line + ("\r\n" if n % 3 == 0 else "\n") for n, line in enumerate(lines[:-1])).encode()
        path.write_bytes(raw)
        add_terms(session, "design", ["cohort"])
        assert path.read_bytes() == raw.replace(b'["trial"]', b'["trial", "cohort"]')


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no such modes")
def test_mode_and_symbolic_link_of_the_file_stay(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path, real = review.folder / "protocol.toml", tmp_path / "shared" / "agreed.toml"
        real.parent.mkdir()
        path.rename(real)
        real.chmod(0o664)
        path.symlink_to(real)
        add_terms(session, "design", ["cohort"])
        assert path.is_symlink()
        assert stat.S_IMODE(real.stat().st_mode) == 0o664
        assert '"cohort"' in real.read_text(encoding="utf-8")
        assert list(real.parent.iterdir()) == [real]


def test_what_an_editor_saves_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        path = review.folder / "protocol.toml"

        def save_meanwhile(text: str) -> str:
            path.write_text(text.replace("(invented)", "(in the editor)"), encoding="utf-8")
            return with_set(text, None, TermSet("design", "red", ("trial",)))

        assert review.change_highlight(save_meanwhile, by="Ann", now=reviews.NOW), "the title is not in force"
        text = path.read_text(encoding="utf-8")
        assert "(in the editor)" in text
        assert '"trial"' in text

        def save_always(text: str) -> str:
            path.write_text(text + "# x\n", encoding="utf-8")
            return with_set(text, None, TermSet("later", "red", ("cohort",)))

        with pytest.raises(NotSavedError, match="another program keeps writing"):
            review.change_highlight(save_always, by="Ann", now=reviews.NOW)
        assert "cohort" not in path.read_text(encoding="utf-8")
        assert review.protocol.highlight[0].terms == ("trial",)
        assert [each.name for each in review.folder.glob("*.new")] == []


def test_terms_that_an_editor_added_stay(tmp_path: Path) -> None:
    """Terms are added to those that stand in the file, not to those of the start."""
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        add_terms(session, "design", ["trial"])
        path.write_text(
            path.read_text(encoding="utf-8").replace('"trial"', '"trial", "cohort"'), encoding="utf-8"
        )
        add_terms(session, "design", ["zebra"])
        assert review.protocol.highlight[0].terms == ("trial", "cohort", "zebra")


def test_only_terms_are_in_force_before_the_next_start(tmp_path: Path) -> None:
    """Reasons and their keys stay as they were on the screen; the next opening takes all else."""
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        before, path = review.protocol, review.folder / "protocol.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"Wrong population"', '"Wrong people"'), encoding="utf-8")
        assert add_terms(session, "design", ["zebra"]).later
        assert replace(review.protocol, highlight=()) == before
        assert [p.reasons[0].label for *_, p in review.protocols()] == ["Wrong population"] * 2
        assert remove_term(session, "design", "zebra").later
    with reviews.reopen(tmp_path / "r") as review:
        assert review.protocol_changed
        assert review.protocol.reasons[0].label == "Wrong people"
        assert not add_terms(reviews.session(review), "design", ["zebra"]).later
