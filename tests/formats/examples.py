"""How many invented files each reader is given: `TAMIS_EXAMPLES`, 1,000 unless it says otherwise."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _Test = TypeVar("_Test", bound=Callable[..., Any])

EXAMPLES: Final = int(os.environ.get("TAMIS_EXAMPLES", "1000"))
_SECONDS: Final = 0.3
"""For one example, on a busy machine, before the test counts as one that hangs."""


def many() -> Callable[[_Test], _Test]:
    """What a test of any input is marked with, below `given`: as many examples as asked for, and `slow`."""
    wide = settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )
    patience = pytest.mark.timeout(max(120, EXAMPLES * _SECONDS))

    def marked(test: _Test) -> _Test:
        done: _Test = pytest.mark.slow(patience(wide(test)))
        return done

    return marked
