"""The README's pictures, made by the app itself on the sample data: `python -m docs.pictures`."""

from __future__ import annotations

import asyncio
import csv
import html
import itertools
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from tamis.domain.events import Author, Stage, Verdict
from tamis.domain.states import State
from tamis.services import reporting
from tamis.services.demo import SOURCES, decide_all, demo_review, sample_folder
from tamis.services.diagram import Options, svg
from tamis.services.facts import say_retrieved
from tamis.services.linking import Linking
from tamis.services.screening import Session
from tamis.store.review import Review
from tamis.tui.app import TamisApp
from tamis.tui.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).parent
SCREENING: Final = "screening.svg"
SUMMARY: Final = "summary.svg"
DIAGRAM: Final = "prisma.svg"
DECIDED: Final = 23
"""So many sample decisions are made before the screening screen is drawn."""
SECONDS_EACH: Final = 17.0
BOTH_STAGES: Final = ('["title-abstract"]', '["title-abstract", "full-text"]')
PENDING: Final = (State.SCREENING, State.SCREENING_MAYBE, State.SCREENING_CONFLICT)
FULL_TEXT_REASONS: Final = (
    "",
    "wrong-outcome",
    "",
    "wrong-comparison",
    "",
    "wrong-outcome",
    "wrong-study-design",
)
"""What becomes of the reports, in turn; "" is included."""
NOW: Final = "2026-01-15T09:00:00Z"

_TEXT = re.compile(r'(<text\b[^>]*textLength=")[\d.]+("[^>]*>)(.*?)(</text>)', re.DOTALL)
_CELL: Final = 12.2
"""Width of a cell in Rich's pictures."""
_FONTS = re.compile(r"\s*@font-face\s*\{.*?\}", re.DOTALL)
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Monotonic seconds."""
        return self.seconds


def author() -> Author:
    """Somebody whose events are the same at every run."""
    numbers = itertools.count(1)
    return Author("Demo", lambda: NOW, lambda: f"00000000-0000-7000-8000-{next(numbers):012d}")


def sample_keys() -> Iterator[str]:
    """The keys that make the sample decisions on the first file, in its order."""
    with (sample_folder() / "protocol.toml").open(encoding="utf-8") as file:
        reasons = [line.split('"')[1] for line in file if line.startswith("id = ")]
    with (sample_folder() / "decisions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["file"] != SOURCES[0][0]:
                continue
            verdict, reason = row["verdict"], row["reason"]
            if verdict == "exclude":
                yield str(reasons.index(reason) + 1) if reason else "e"
                if not reason:
                    yield "e"
            else:
                yield "i" if verdict == "include" else "m"


def config() -> Config:
    """The settings of somebody who set nothing."""
    return Config(Path("config.toml"))


async def draw_screening(folder: Path) -> str:
    """The screening screen after some decisions."""
    by, clock = author(), Clock()
    review, _ = demo_review(folder, by)
    with review:
        app = TamisApp(Session(review, by, clock=clock), config())
        async with app.run_test(size=(104, 30)) as pilot:
            for key in itertools.islice(sample_keys(), DECIDED):
                clock.seconds += SECONDS_EACH
                await pilot.press(key)
            await pilot.pause()
            return plain_svg(app.export_screenshot(title="tamis screen"))


async def draw_summary(folder: Path) -> str:
    """The summary screen when all sample decisions are made."""
    by = author()
    review, _ = demo_review(folder, by)
    with review:
        session = Session(review, by, clock=Clock())
        decide_all(session)
        app = TamisApp(session, config())
        async with app.run_test(size=(84, 46)) as pilot:
            await pilot.press("s")
            await pilot.pause()
            return plain_svg(app.export_screenshot(title="tamis screen: summary"))


async def draw_diagram(folder: Path) -> str:
    """The flow diagram for the paper, with the sample review taken to its end over both stages."""
    by = author()
    review, _ = demo_review(folder, by)
    review.close()
    protocol = folder / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    protocol.write_text(text.replace(*BOTH_STAGES), encoding="utf-8")
    with Review.open(folder, reviewer=by.by, now=by.now()) as review:
        session = Session(review, by, clock=Clock())
        decide_all(session)
        linking = Linking(session)
        linking.look()
        linking.link_certain()
        ledger = session.ledger
        every = [record.id for record in review.records]
        for record in every:
            if ledger.state(record) in PENDING:
                session.decide_record(record, Verdict.EXCLUDE, ["wrong-population"])
        full = Session(review, by, stage=Stage.FULL_TEXT, clock=Clock(), ledger=ledger)
        sought = [record for record in every if ledger.state(record) is State.SOUGHT]
        say_retrieved(full, sought[::11], retrieved=False)
        for n, record in enumerate(r for r in sought if ledger.state(r) is State.SOUGHT):
            reason = FULL_TEXT_REASONS[n % len(FULL_TEXT_REASONS)]
            full.decide_record(
                record, Verdict.EXCLUDE if reason else Verdict.INCLUDE, [reason] if reason else []
            )
        return svg(reporting.counts(review, ledger), Options(title=review.protocol.title))


def plain_svg(svg: str) -> str:
    """A picture that loads nothing: no fonts from elsewhere, no remarks, no addresses."""
    svg = _TEXT.sub(_widen, _COMMENT.sub("", _FONTS.sub("", svg)))
    if found := re.search(r"https?://[^\"'\s)]+", svg.replace(_NAMESPACE, "")):
        raise ValueError(f"the picture still names {found.group()}")
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


def _widen(found: re.Match[str]) -> str:
    """A text with the room its cells need: Rich counts characters, and some are two cells wide."""
    head, middle, text, end = found.groups()
    return f"{head}{round(cell_len(html.unescape(text)) * _CELL, 1):g}{middle}{text}{end}"


PICTURES: Final = {SCREENING: draw_screening, SUMMARY: draw_summary, DIAGRAM: draw_diagram}


def draw(folder: Path) -> list[Path]:
    """Write all pictures into a folder."""
    paths = []
    for name, picture in PICTURES.items():
        with tempfile.TemporaryDirectory(prefix="tamis-") as made:
            svg = asyncio.run(picture(Path(made) / "review"))
        path = folder / name
        path.write_text(svg, encoding="utf-8")
        paths.append(path)
    return paths


def main() -> int:
    """Write the pictures beside this file."""
    for path in draw(FOLDER):
        sys.stdout.write(f"{path.relative_to(FOLDER.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
