"""A change of lines is found again in a text that was edited elsewhere, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.patch import Patch

texts = st.lists(st.sampled_from(["a\n", "b\n", "\n", "c"]), max_size=12).map("".join)


@given(texts, texts)
def test_there_and_back_is_the_same_text(old: str, new: str) -> None:
    """Byte for byte, at the ends of a text and without a last line break, too."""
    patch = Patch.made(old, new)
    assert patch.applied(old) == new
    assert patch.back.applied(new) == old
    assert Patch.from_doc(patch.to_doc()) == patch


TEXT = "".join(f"{n}\n" for n in range(20))
CHANGED = TEXT.replace("9\n10\n", "nine\n", 1)


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        ("new\n" * 5 + CHANGED, "new\n" * 5 + TEXT),
        (CHANGED + "new\n", TEXT + "new\n"),
        (CHANGED.replace("7\n", "seven\n", 1), TEXT.replace("7\n", "seven\n", 1)),
        (CHANGED.replace("8\n", "eight\n", 1), None),
        (CHANGED.replace("nine\n", "Nine\n"), None),
        ("other\n" + CHANGED + CHANGED, None),
        ("", None),
    ],
    ids=["above", "below", "near", "beside", "itself", "twice", "gone"],
)
def test_what_was_edited_elsewhere_stays(edited: str, expected: str | None) -> None:
    """Lines beside the change tell where it is: when they are gone, or stand twice, nobody guesses."""
    assert Patch.made(TEXT, CHANGED).back.applied(edited) == expected


@pytest.mark.parametrize("doc", [{}, {"line": True}, {"line": 1, "before": "", "was": None}])
def test_what_is_no_patch_is_none(doc: dict[str, object]) -> None:
    assert Patch.from_doc(doc) is None
