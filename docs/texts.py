"""What the reference says that the program does not say of itself."""

from __future__ import annotations

from typing import Final

SCOPES: Final = {
    "screening": "The screening screen",
    "summary": "The summary screen",
    "duplicates": "The duplicates screen",
    "cluster": "The screen of one report's records",
    "stopping": "The stopping screen",
    "terms": "The screen of the highlight terms",
    "dialog": "Fields and dialogs",
}
"""Scope of actions -> heading."""

SETTINGS: Final = {
    "keymap": ("preset", "text", "`default`", "A whole set of keys, see [presets](#presets)."),
    "theme": ("theme", "text", "`auto`", "One of {themes}."),
    "mouse": (
        "mouse",
        "true or false",
        "`true`",
        "Whether the mouse works. If not, the terminal selects text.",
    ),
    "measure": ("measure", "40 to 200", "`84`", "Widest line of an abstract, in cells."),
    "order": (
        "order",
        "`imported`, `title`, `newest`, `oldest`, `random`, `relevance`",
        "`imported`",
        "Order of the records where a reviewer has not chosen one yet.",
    ),
}
"""Field of `Config` -> setting, type, default, what it does."""
OWN_KEYS: Final = "Own keys: action id = keys, separated by commas. An empty text takes all keys away."

CONFIGURATION: Final = """\
A TOML file, read by the app alone. It is `config.toml` in the folder `tamis` of your settings:
`~/.config/tamis/` on Linux, `~/Library/Application Support/tamis/` on macOS. The environment variable
`TAMIS_CONFIG` names another file. Without a file the defaults hold. An unknown setting, an unknown id, a
key that means two things on one screen, or a key that terminals cannot tell apart stops the start with a
sentence."""

FILTERS: Final = {
    "is": (
        "`is:include`, `is:exclude`, `is:maybe`, `is:undecided`, `is:decided`, `is:not-retrieved`",
        "your own decision, or that the report could not be had",
    ),
    "reason": ("`reason:2`, `reason:population`", "the reason's number, or a part of its id or label"),
    "primary": ("`primary:2`, `primary:population`", "the same, of the primary reason alone"),
    "study": ("`study:alpha`", "a part of the name of the report's study"),
    "label": ("`label:rct`", "a part of one of your labels"),
    "source": ("`source:embase`", "a part of the database's or the file's name"),
    "year": ("`year:2015`, `year:2010-2015`, `year:>=2015`, `year:<2000`", "year of publication"),
    "title": ("`title:ablation`", "a part of the title"),
    "author": ("`author:silva`", "a part of an author's name"),
    "journal": ("`journal:surgery`", "a part of the journal's name"),
    "has": ("`has:note`, `has:doi`", "whether the record has it: {has}"),
}
"""Key -> how it is written, what it looks at."""
FILTERING: Final = """\
For `f` (show only) and `/` (find), in the app and in plain mode. Terms side by side must all hold. `-` before
a term turns it round. Words are looked for in title, abstract, keywords, authors and journal, without regard
to case and accents; a word also finds longer words that hold it."""

ENVIRONMENT: Final = (
    ("TAMIS_CONFIG", "Path of the configuration file, instead of the one in the user's settings."),
    ("TAMIS_REVIEWER", "Who is at work, where `--reviewer` does not say it."),
    ("TAMIS_DEBUG", "With any value, a fault in tamis itself is shown with its traceback, to report it."),
    ("NO_COLOR", "With any value, the app uses black, white and greys only."),
    ("VISUAL, EDITOR", "The editor that `ctrl+e` opens for a note."),
    (
        "TEXTUAL_*",
        "Settings of Textual, which draws the app. tamis sets `TEXTUAL_FPS` to 500 where it is not set.",
    ),
)

RIS: Final = """\
UTF-8, one record out for one in. Tags tamis has no field for are written back. Each decision stands twice:
as keywords, which reference managers show (`KW  - tamis:include`, `KW  - tamis:reason:Wrong population`,
`KW  - tamis:also:Wrong outcome` for a secondary reason, `KW  - tamis:label:rct`), and as a note that tamis
reads back (`N1  - TAMIS-DECISION: {...}`, the JSON object of a decision as below). What RIS cannot say is
kept in a note `N1  - TAMIS-FIELDS: {...}`."""
CSV: Final = """\
UTF-8 with a byte-order mark, commas, CRLF. One row for each record. Lists are joined with `; `; a semicolon
or backslash inside an item has a backslash before it. A cell that a spreadsheet could take for a formula
(`=`, `+`, `-`, `@`, tab) has an apostrophe before it; tamis takes exactly that one away when it reads the
file again. Of `reasons` the first is the primary one. The first decision has columns of its own; further
ones are JSON in `other_decisions`."""
PRISMA: Final = """\
`tamis summary --format csv` fills the column `n` of the template of the PRISMA2020 R package and keeps its
rows and their order. `NA` stands where a box does not apply. The package has no box for sources of kind
`other`: they are counted with citation searching, and `boxtext` says so."""

JSON: Final = """\
Fields may be added in later versions; none changes its meaning. In the examples, lists are cut after two
entries."""
IMPORTED: Final = (
    "`files` holds one object for each file. `skipped` and `error` are there only with a sentence."
)
EXPORTED: Final = '`{"tamis": 1, "records": [...]}`, one record a line, without empty fields. A record:'
EVENT: Final = """\
One event a line; `tamis log` adds the record's `title`. The fields: [events](architecture.md#events)."""
CHECKED: Final = "`ok` says whether every finding is; `recovered` is there with `--recover`."
SUMMARY: Final = {
    "review": "title, question, stages, reviewers",
    "prisma": "the boxes, under the keys of the PRISMA2020 R package; `null` where a box does not apply; "
    "`other_results` (sources of kind `other`) is tamis's own",
    "interim": "whether anything is still to be decided",
    "pending": "how many records are",
    "stages": "by stage: `records`, and of these `include`, `exclude`, `maybe`, `undecided`, `conflict` "
    "(reviewers disagree), `stopped` (left undecided by a rule) and `not_retrieved`; `reasons`; `reviewers`",
    "sources": "one object for each file, in the order of import",
    "overlap": "`sources`: of each, the reports that no other source found and those that others found, too; "
    "`pairs`: how many reports two sources, by their place in the list, have in common",
    "removed": "records that no person excluded: `state` (where they are counted), `rule`, `n`",
    "identities": "every equation that was asserted; where one does not hold, the command fails instead",
    "notes": "what a reader of the numbers has to know",
}
"""Key of the summary -> what it holds."""

FIELDS: Final = {
    "doi": "the DOI in lower case, without `https://doi.org/`",
    "flags": "`abstract-cut-off`, `no-title`, `no-abstract`",
    "issn": "ISSN or ISBN",
    "accession": "the database's own number",
    "database": "the database the file names",
    "language": "as the file writes it",
    "decisions": "see below",
    "year": "year of publication, a number",
}
"""Fields said better here than in the docstrings, which speak to programmers."""
