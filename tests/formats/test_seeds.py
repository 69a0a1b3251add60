"""The two documents tamis was first asked to read come out right, field by field."""

from __future__ import annotations

import pytest

from .helpers import SHARED, one, read_all, repaired

PAGE = SHARED / "seeds" / "000_5e3d901cbbf8c69d.txt"
TAGGED = SHARED / "seeds" / "004_551af911b34ba3bf.txt"
needs_seeds = pytest.mark.skipif(not TAGGED.exists(), reason="the seeds are not here")


@needs_seeds
def test_the_saved_page() -> None:
    record = one(PAGE.read_bytes())
    assert record.title == (
        "Clinical role of interleukin-2 in the surgical treatment of liver metastasis "
        "due to colon adenocarcinoma"
    )
    assert record.abstract.startswith("The surgical treatment of liver metastasis")
    assert record.abstract.endswith("the locoregional and/or sys")
    assert record.abstract.count("The surgical treatment of liver metastasis") == 1
    assert record.flags == ("abstract-cut-off",)
    assert (record.keywords, record.notes, record.authors, record.extra) == ((), (), (), {})


@needs_seeds
def test_the_single_blank_ris() -> None:
    records, reading = read_all(TAGGED.read_bytes(), TAGGED.name)
    (record,) = records
    assert reading.format == "ris"
    assert (
        record.title == "Synergizing liver systemic treatments with interventional oncology: friend or foe?"
    )
    assert len(record.authors) == 15
    assert record.authors[0] == "Jost, Raphaël"
    assert record.abstract.startswith("Interventional radiology techniques")
    assert record.abstract.count("Interventional radiology techniques") == 1
    assert record.journal == "British Journal of Radiology"
    assert (record.year, record.date) == (2022, "2022/9/1")
    assert (record.volume, record.issue, record.issn) == ("95", "1138", "0007-1285")
    assert (record.doi, record.pmid) == ("10.1259/bjr.20220548", "36075034")
    assert (record.type, record.accession) == ("JOUR", "SCOPUS:85138459054")
    assert record.urls == ("http://www.scopus.com/inward/record.url?scp=85138459054&partnerID=8YFLogxK",)
    assert record.notes[0].startswith("Publisher Copyright:\n© 2022 The Authors.")
    assert record.extra["M3"] == ("Review article",)
    assert record.extra["M1"] == ("20220548",)
    assert record.flags == ()
    assert "one blank before the hyphen" in repaired(reading)
    assert "subtitle" in repaired(reading)
