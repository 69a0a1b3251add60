"""Each action in the registry does what its help says; a new action without a proof fails here.

Proofs are in `tests/tui/proofs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.tui import keys
from tests.tui.driving import driven
from tests.tui.proofs import deciding, moving, showing, summary  # noqa: F401 - their proofs are marked by it
from tests.tui.proofs.proving import PROOFS

if TYPE_CHECKING:
    from tamis.services.screening import Session


def test_every_action_has_a_proof() -> None:
    """A new action comes with a proof that it does what its help says."""
    scopes = ("duplicates", "cluster", "stopping", "terms")  # proved in the tests of those screens
    elsewhere = {action.id for scope in scopes for action in keys.in_scope(scope)}
    assert len(BY_NAME) == len(set(PROOFS.values())), "two proofs of one name"
    assert set(PROOFS) == {action.id for action in keys.ACTIONS} - elsewhere


BY_NAME = {proof.__name__: proof for proof in PROOFS.values()}


@pytest.mark.parametrize("proof", sorted(BY_NAME))
async def test_action(proof: str, session: Session) -> None:
    """The action does what its help says."""
    async with driven(session) as d:
        await BY_NAME[proof](d)


async def test_every_action_is_in_the_palette(session: Session) -> None:
    """Whatever has a key can be found by its name too."""
    async with driven(session) as d:
        offered = {c.title.split("  ")[0] for c in d.app.get_system_commands(d.screen)}
        wanted = {
            a.id.replace("-", " ").capitalize()
            for a in keys.in_scope("screening")
            if not a.id.startswith("exclude-")
        }
        assert offered == wanted


async def test_help_names_every_action(session: Session) -> None:
    """The help is made from the registry: every sentence of it is there."""
    from tamis.tui.screens.dialogs import help_text

    words = " ".join(help_text(keys.resolve(), "screening", 300).split())
    for action in keys.in_scope("screening"):
        if not action.id.startswith("exclude-"):
            assert action.help in words
    words = " ".join(help_text(keys.resolve(), "summary", 300).split())
    assert all(action.help in words for action in keys.in_scope("summary"))
