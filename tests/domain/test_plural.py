"""One is one, and everything else is many."""

from __future__ import annotations

import pytest

from tamis.domain.plural import counted, form


@pytest.mark.parametrize(
    ("n", "records", "studies"),
    [(0, "0 records", "are"), (1, "1 record", "is"), (2, "2 records", "are"), (1234, "1,234 records", "are")],
)
def test_the_word_goes_with_the_number(n: int, records: str, studies: str) -> None:
    assert counted(n, "record") == records
    assert form(n, "is", "are") == studies


def test_a_word_may_have_a_plural_of_its_own() -> None:
    assert [counted(n, "study", "studies") for n in (1, 2)] == ["1 study", "2 studies"]
