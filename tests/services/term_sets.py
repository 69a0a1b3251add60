"""A review's sets of terms in protocol.toml, as tests write and read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tamis.services.screening import Session

SETS = """
# who is studied
[[highlight]]
name = "population"
terms = ["liver", "hepat*"]  # both

# how
[[highlight]]
name = "design"
colour = "blue"
terms = ["trial"]
"""


def text_of(session: Session) -> str:
    return (session.review.folder / "protocol.toml").read_text(encoding="utf-8")


def write(session: Session, text: str) -> None:
    (session.review.folder / "protocol.toml").write_text(text, encoding="utf-8")


def names(session: Session) -> list[str]:
    return [s.name for s in session.review.protocol.highlight]
