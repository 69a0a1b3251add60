"""Counts of every shape that a diagram has to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tamis.domain.prisma import Counts
from tamis.domain.states import State
from tamis.services.flow import Options
from tests.services.helpers import column

if TYPE_CHECKING:
    from collections.abc import Sequence

LONG_NAMES = (
    "PubMed",
    "W" * 60,
    "肝転移の治療に関する医学文献データベース" * 3,
    "قاعدة بيانات الأبحاث الطبية والصحية",
    "Ж Щ Ю Мировая медицинская литература",
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{MICROSCOPE}\N{SLEEPING FACE}" * 8,
    "\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}",
    "e\u0301" * 30,
    "ľ" * 50,
    "<b>&amp;</b> ]]> --> \"' \ufffe\uffff\ud800",
)
KINDS = ("database", "register", "website", "organisation", "citation", "other")


def counts(
    n: int = 7,
    *,
    names: Sequence[str] = ("PubMed",),
    reasons: Sequence[str] = ("Wrong population",),
    others: bool = False,
    previous: bool = False,
    full_text: bool = True,
    pending: int = 0,
) -> Counts:
    """Counts with `n` in every box that takes one and `pending` records in every state that waits."""
    states = {str(state).replace("-", "_"): n for state in State}
    states |= dict.fromkeys(
        (
            "screening",
            "screening_maybe",
            "screening_conflict",
            "sought",
            "assessed_maybe",
            "assessed_conflict",
        ),
        pending,
    )
    why = {f"r{k}": n for k, _ in enumerate(reasons)}
    one = column(n * 12, n, out=why, reports_out=why, **states)
    kinds = KINDS if others else KINDS[:2]
    return Counts(
        by_source=tuple((kinds[k % len(kinds)], name, n) for k, name in enumerate((*kinds, *names))),
        databases=one,
        others=one if others else column(),
        full_text=full_text,
        reason_labels={f"r{k}": label for k, label in enumerate(reasons)},
        previous_studies=n if previous else None,
        previous_reports=n if previous else None,
    )


names = (
    st.text(max_size=80) | st.sampled_from(LONG_NAMES) | st.text("Wm漢ج\N{SLEEPING FACE}\u0301 ", max_size=70)
)
every_counts = st.builds(
    counts,
    st.sampled_from((0, 1, 999, 1_234_567)) | st.integers(0, 10**9),
    names=st.lists(names, max_size=6),
    reasons=st.lists(names, max_size=6),
    others=st.booleans(),
    previous=st.booleans(),
    full_text=st.booleans(),
    pending=st.sampled_from((0, 1_234_567)),
)
every_options = st.builds(
    Options,
    per_database=st.booleans(),
    previous=st.booleans(),
    screening_reasons=st.booleans(),
    title=names,
)
