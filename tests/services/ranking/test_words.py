"""What is counted as a word, and which endings are taken off."""

from __future__ import annotations

import pytest

from tamis.domain.record import Record
from tamis.services.ranking.words import Words, number, spelt, stem, words, words_of


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("therapies", "therapy"),
        ("trials", "trial"),
        ("cases", "case"),
        ("diseases", "disease"),
        ("virus", "virus"),
        ("stress", "stress"),
        ("goes", "goes"),
        ("gas", "gas"),
        ("analysis", "analysi"),
    ],
)
def test_plural_endings_go_by_harmans_rules(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_a_word_and_its_plural_have_one_number_which_never_changes() -> None:
    assert number("trials") == number("trial") == 1956798015
    assert number("\ud800") == number("?")


def test_words_are_folded_and_line_breaks_stay() -> None:
    record = Record(title="Élan VITAL", abstract="First a b.\nSecond", keywords=("x-ray", "Two words"))
    assert words_of(record) == Words("elan vital", "first a b.\nsecond", "x-ray\ntwo words")
    assert words("first a b.\nsecond 42") == ["first", "\n", "second", "42"]


def test_scripts_without_blanks_are_counted_by_character() -> None:
    assert words("糖尿病 test") == ["糖", "尿", "病", "test"]
    assert words("лечение диабета") == ["лечение", "диабета"]


def test_words_are_spelt_as_their_script_is_written() -> None:
    assert spelt(["糖", "尿"]) == "糖尿"
    assert spelt(["liver", "metastases"]) == "liver metastases"
    assert spelt(["ct", "検"]) == "ct 検"
    assert spelt(["病"]) == "病"
