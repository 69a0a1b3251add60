"""Fixtures of the screens, and how tests that are coroutines are run."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.tui import reviews

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tamis.services.screening import Session
    from tamis.store.review import Review

pytest.register_assert_rewrite("tests.tui.proofs")

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a browser."""
    monkeypatch.setenv("BROWSER", "a-browser")
    monkeypatch.setattr("webbrowser.get", lambda: None)


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """The ordinary review."""
    with reviews.make(tmp_path / "review") as made:
        yield made


@pytest.fixture
def session(review: Review) -> Session:
    """A session on the ordinary review."""
    return reviews.session(review)


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a file in `snapshots`, or write it with --update-snapshots."""

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption("--update-snapshots"):
            path.write_text(text + "\n", encoding="utf-8")
            return
        assert path.exists(), f"there is no snapshot {path.name}; make it with --update-snapshots"
        assert text + "\n" == path.read_text(encoding="utf-8")

    return compare
