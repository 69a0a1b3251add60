"""Saying no: what a file that holds no references looks like, in one sentence."""

from __future__ import annotations

import re

from tamis.errors import FormatError

_DO = "export the search again as RIS"
_BINARY = (
    (b"%PDF-", "is a PDF, not a list of references; export the references from the database as RIS"),
    (b"PK\x03\x04", f"is a zip archive or an Excel or Word file, which is not read yet; {_DO}"),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "is compressed with xz; unpack it first"),
    (b"7z\xbc\xaf", "is a 7-Zip archive; unpack it first"),
    (b"Rar!", "is a RAR archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", f"is an old Excel or Word file, which is not read; {_DO}"),
    (b"SQLite format 3", f"is an SQLite database, which is not read; {_DO}"),
    (b"{\\rtf", f"is a Rich Text document, which is not read; {_DO} or as plain text"),
    (b"\x89PNG", f"is a picture, not a list of references; {_DO}"),
    (b"GIF8", f"is a picture, not a list of references; {_DO}"),
    (b"\xff\xd8\xff", f"is a picture, not a list of references; {_DO}"),
)
_WEB_PAGE = (
    "is a web page, not the export: often the login page; sign in to the database and export as RIS again"
)
_LOOKS = (
    (r"\A\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", _WEB_PAGE),
    (r"^PMID- \d|^OWN - NLM|^PMC - PMC", "looks like PubMed's own format (nbib, MEDLINE)"),
    (r"^FN \S|^PT [A-Z]\n|^VR 1\.0$", "looks like Web of Science's tagged text"),
    (r"\APT\tAU\t", "looks like Web of Science's tab-delimited text"),
    (r"^%0 \S|^%[AT] \S", "looks like EndNote's tagged text (enw, Refer)"),
    (r"^\s*@[A-Za-z]+\s*[{(]", "looks like BibTeX"),
    (r"<PubmedArticle\b", "looks like PubMed XML"),
    (r"<record>.*<ref-type|<xml><records>", "looks like EndNote XML"),
    (r"\A\s*<(?:\?xml|[A-Za-z])", "looks like XML"),
    (r"\A\s*[\[{]", "looks like JSON"),
    (r"\A[^\n]*\btitle\b[^\n]*[,;\t]|\A[^\n]*[,;\t][^\n]*\btitle\b", "looks like a table (CSV or TSV)"),
)


_UNREAD = ("looks like XML", "looks like JSON")
"""Families of which only some kinds are read; of all others every kind is."""


def refuse_bytes(head: bytes, name: str) -> None:
    """Raise FormatError for an empty file and for the binary kinds people pick by mistake."""
    if not head:
        raise FormatError(f"{name} is empty; export the search again")
    for mark, what in _BINARY:
        if head.startswith(mark):
            raise FormatError(f"{name} {what}")


def refuse_text(head: str, name: str, labels: list[str]) -> FormatError:
    """The error for a text no format knows: what it looks like, what was looked for, what to do."""
    if not head.strip(" \n\t\x00\ufeff"):
        return FormatError(f"{name} holds nothing but blanks; export the search again")
    for pattern, what in _LOOKS:
        flags = re.IGNORECASE | re.MULTILINE | (re.DOTALL if "<" in pattern else 0)
        if re.search(pattern, head, flags):
            if what.startswith("is "):
                return FormatError(f"{name} {what}")
            if what in _UNREAD:
                return FormatError(f"{name} {what} of a kind that is not read; {_DO}")
            return FormatError(f"{name} {what}, but no record of it could be recognised; {_DO}")
    if "\x00" in head or head.count("\ufffd") > len(head) // 20:
        return FormatError(f"{name} is a binary file, not a list of references; {_DO}")
    return FormatError(
        f"{name} holds no references that could be recognised (looked for {', '.join(labels)}); {_DO}"
    )
