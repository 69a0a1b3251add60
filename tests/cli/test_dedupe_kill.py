"""`kill -9` at any moment of `tamis dedupe --auto`: all of its links are there, or none.

`TAMIS_KILLS` sets how often it is killed (6 unless told).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tamis.domain.ledger import Ledger
from tamis.services.linking import RULE
from tamis.store.review import Review
from tests.cli.helpers import tamis, tamis_json

KILLS = int(os.environ.get("TAMIS_KILLS", "6"))
COPIES = 150
ROOT = Path(__file__).parents[2]


def twice(n: int) -> str:
    lines = [
        "TY  - JOUR",
        f"TI  - Invented outcome {n} of a randomised trial of treatment {n * 7919} in clinic {n * 104729}",
        f"AU  - Novak{n}, Lenka",
        "PY  - 2021",
        "JO  - Journal of Invented Hepatology",
        f"VL  - {n % 60}",
        f"SP  - {n}",
        f"DO  - 10.5555/x{n}",
        "ER  - ",
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def doubled(tmp_path: Path) -> Path:
    """A review in which every record stands twice."""
    text = "\n".join(map(twice, range(COPIES)))
    (tmp_path / "a.ris").write_text(text, encoding="utf-8")
    (tmp_path / "b.ris").write_text(text + "\n", encoding="utf-8")
    folder = tmp_path / "r"
    tamis("init", folder, "--title", "T", "--reviewer", "Ann")
    tamis("import", folder, tmp_path / "a.ris", tmp_path / "b.ris")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_killed_run_leaves_all_links_or_none(doubled: Path, tmp_path: Path) -> None:
    """Killed from its start on, and most often while it writes, just after its journal has begun to grow."""
    chance = random.Random()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TAMIS_REVIEWER": "Ann"}
    for turn in range(KILLS):
        folder = tmp_path / f"copy-{turn}"
        shutil.copytree(doubled, folder)
        journal = folder / "review.json.journal"
        process = subprocess.Popen(
            [sys.executable, "-m", "tamis", "dedupe", str(folder), "--auto"],
            stdout=subprocess.DEVNULL,
            env=environment,
        )
        if turn % 4 == 0:
            time.sleep(chance.uniform(0, 0.6))
        else:
            before = size(journal)
            while process.poll() is None and size(journal) == before:
                time.sleep(0.0001)
            time.sleep(chance.uniform(0, 0.002))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with Review.open(folder) as review:
            events = list(review.events())
            assert review.verify() == []
        ledger = Ledger(events)
        links = [event for event in events if event.kind == "duplicate"]
        assert len(links) in (0, COPIES)
        assert all(event.by == RULE for event in links)
        assert ledger.cluster_count == ledger.duplicates == len(links)
        tamis("dedupe", folder, "--auto")
        assert tamis_json("summary", folder)["prisma"]["duplicates"] == COPIES
        shutil.rmtree(folder)


def size(path: Path) -> int:
    """Bytes of a file, 0 while it is not there."""
    return path.stat().st_size if path.exists() else 0
