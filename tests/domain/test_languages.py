"""What databases write for a language is read as one and the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.languages import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eng", "en"),
        ("English", "en"),
        ("en-US", "en"),
        ("EN_gb.", "en"),
        ("English; Spanish", "en"),
        ("Français", "fr"),
        ("fre", "fr"),
        ("ger", "de"),
        ("deu", "de"),
        ("Español", "es"),
        ("chi", "zh"),
        ("Maltese", "maltese"),
        ("", ""),
        ("und", ""),
        ("12 ?", ""),
        ("Not specified", ""),
    ],
)
def test_a_language_has_one_name(text: str, code: str) -> None:
    assert language(text) == code


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found = language(text)
    assert " " not in found
    assert language(found) in (found, "")
