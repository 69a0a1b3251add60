"""Hypothesis strategies for hostile records."""

from __future__ import annotations

from hypothesis import strategies as st

from tamis.domain.record import Decision, Flag, Record
from tamis.domain.text import clean_line, clean_text, doi, http_url, pmid

NASTY = [
    "\n",
    "\r\n",
    "\r",
    "\nER  - ",
    "\nTY  - JOUR",
    "TY  - JOUR",
    "ER  - ",
    "\nTI - x",
    "\nKW\t- y",
    "\n  ty  - jour",
    "AB  - ",
    "CI  - 95%",
    '"',
    "'",
    "''",
    ";",
    "; ",
    "\\",
    "\\;",
    "\\e",
    ",",
    "=1+1",
    "+",
    "-",
    "@SUM",
    "\t",
    "＝1",
    " =",
    "'=",
    "<b>",
    "</i>",
    "&amp;",
    "&lt;",
    "p <0.05",
    "<p>",
    "\u202e",
    "\u2028",
    "\x00",
    "\x1b]52;",
    "🧬",
    "👩‍🔬",
    "中文",
    "ﬁ",
    "é",
    "e\u0301",
    "TAMIS-DECISION: {}",
    'TAMIS-FIELDS: {"title": "x"}',
    "tamis:include",
    "tamis:label:x",
    "http://a.example/x;2-y",
    "10.1000/x",
    "10.1000/X(1)2",
    "PMID: 12",
    "2020",
    "2020/1/2///",
    "1-2",
    "-3",
    "Copyright of x",
    " is the property of ",
    "...",
    "Record #1 of 2",
    "1.",
    "NA",
    " ",
    "  ",
    "\u00a0",
    "\ufffd",
    "{",
    "}",
    "[",
    "null",
    "JOUR",
    "A: b",
    "Title?",
    "Journal of X",
    "SCOPUS:1",
    "PubMed",
    "\ufeff",
    "- ",
    " - ",
    "﹣",
    "%",
    "#",
]
RAW = st.one_of(
    st.lists(
        st.one_of(st.sampled_from(NASTY), st.text(max_size=8), st.sampled_from(["a", "word", "Title"])),
        max_size=6,
    ).map("".join),
    st.text(max_size=40),
)
LINE = RAW.map(clean_line)
TEXT = RAW.map(clean_text)
WORDS = LINE.filter(bool)
LIST = st.lists(WORDS, max_size=4).map(tuple)
TAGS = st.one_of(
    st.sampled_from(
        ["T1", "TI", "T2", "JO", "JF", "N2", "AB", "ID", "C1", "C2", "M3", "ER", "TY", "KW", "N1", "PMID"]
    ),
    st.sampled_from(
        ["DO", "UR", "L1", "Y1", "DA", "PY", "SN", "AN", "A2", "Embase: No", "x;y", "é", "U1", "LK", "VO"]
    ),
    WORDS,
)
DECISIONS = st.builds(
    Decision,
    by=LINE,
    stage=st.sampled_from(["title-abstract", "full-text"]),
    verdict=st.sampled_from(["include", "exclude", "maybe", "undecided"]),
    reasons=LIST,
    note=TEXT,
    labels=LIST,
    at=LINE,
)
RECORDS = st.builds(
    Record,
    type=st.one_of(st.sampled_from(["", "JOUR", "GEN", "CHAP"]), LINE),
    title=LINE,
    abstract=TEXT,
    authors=LIST,
    year=st.one_of(st.none(), st.integers(1500, 2100)),
    date=LINE,
    journal=LINE,
    volume=LINE,
    issue=LINE,
    pages=LINE,
    doi=LINE.map(doi).map(clean_line),
    pmid=RAW.map(pmid),
    issn=LINE,
    publisher=LINE,
    language=LINE,
    accession=LINE,
    database=LINE,
    urls=st.lists(
        st.one_of(LINE, st.just("https://a.example/b;c?d=1;2-3")).map(http_url).filter(bool), max_size=3
    ).map(tuple),
    keywords=LIST,
    notes=st.lists(TEXT.filter(bool), max_size=3).map(tuple),
    extra=st.dictionaries(TAGS, st.lists(TEXT.filter(bool), min_size=1, max_size=3).map(tuple), max_size=4),
    flags=st.lists(st.sampled_from([f.value for f in Flag]), max_size=2, unique=True).map(tuple),
    decisions=st.lists(DECISIONS, max_size=2).map(tuple),
)
