"""Text as it may be trusted: cleaned at the import border, folded for search, identifiers in normal form."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

# C0 and C1 controls and DEL become the pictures Unicode has for them: a terminal must never see the
# control itself, and a reader must never miss a word that stood beside one.
_PICTURES: dict[int, str | None] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\u241b"),
    0x09: " ",
    0x0A: "\n",
    0x85: "\n",
}
# Characters that change what a reader sees without being seen: bidirectional overrides and isolates,
# zero-width space and marks, soft hyphen, inner byte-order marks, tag characters. ZWJ and ZWNJ stay:
# scripts and emoji need them.
_INVISIBLE = (
    0xAD,
    0x061C,
    0x180E,
    0x200B,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2065),
    *range(0x2066, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
_TABLE: dict[int, str | None] = {
    **_PICTURES,
    **dict.fromkeys(_INVISIBLE),
    **dict.fromkeys((0x2028, 0x2029), "\n"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"[ \t\u00a0\u3000]{2,}|[\t\u00a0\u3000]")
_LINE = re.compile(r"\s+")
_PARAGRAPHS = re.compile(r" *\n[ \n]*")
_MARKS_LIMIT = 8
_MARK_RUN = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{9,}"
)


def hostile(text: str) -> bool:
    """Whether `text` holds a control, an invisible or a direction-changing character."""
    return not (text.isascii() and text.isprintable()) and _HOSTILE.search(text) is not None


def clean_line(text: str) -> str:
    """One safe line: controls shown as pictures, invisible characters gone, runs of blanks folded.

    Args:
        text: any text out of a file, a file name or a person's configuration.

    Returns:
        NFC text without line breaks, fit for a terminal, a list row or a file.
    """
    if text.isascii() and text.isprintable():  # most of all text; both tests run in C
        return text.strip() if "  " not in text else _LINE.sub(" ", text).strip()
    return _LINE.sub(" ", _safe(text)).strip()


def clean_text(text: str) -> str:
    """Like `clean_line`, keeping paragraphs: each run of line breaks becomes a single one."""
    if text.isascii() and text.isprintable():
        return text.strip() if "  " not in text else _BLANKS.sub(" ", text).strip()
    return _PARAGRAPHS.sub("\n", _BLANKS.sub(" ", _safe(text))).strip()


def _safe(text: str) -> str:
    if _HOSTILE.search(text) is not None:
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if not text.isascii() and _MARK_RUN.search(text):
        text = _MARK_RUN.sub(lambda run: run.group()[:_MARKS_LIMIT], text)
    return text


def fold(text: str) -> str:
    """The form two spellings share for search: no case, no accents, compatibility forms resolved."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]+", re.IGNORECASE)
_DOI_TAIL = re.compile(r"(?:[.,;:'\]}]|\[doi\])+$", re.IGNORECASE)


def doi(text: str) -> str:
    """The DOI inside `text` in normal form (lower case, no resolver, no trailing stop), or "".

    DOI names are case-insensitive (DOI Handbook, 2.4), so lower case is their normal form.
    """
    if "10." not in text:
        return ""
    if "%2f" in text.lower():
        text = unquote(text)
    found = _DOI.search(text)
    if found is None:
        return ""
    value = _DOI_TAIL.sub("", found.group())
    while value.endswith(")") and value.count("(") < value.count(")"):
        value = _DOI_TAIL.sub("", value[:-1])
    return value.lower()


_PMID = re.compile(r"(?:pmid[:\s]*|pubmed[:/\s]*|\b)(\d{1,8})\b(?!\s*\d)", re.IGNORECASE)


def pmid(text: str) -> str:
    """The PubMed identifier inside `text` (1 to 8 digits, not all zero, no leading zeros), or ""."""
    found = _PMID.search(text)
    return found.group(1).lstrip("0") if found else ""


_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d|2100)(?!\d)")


def year(text: str) -> int | None:
    """The first plausible year (1500 to 2100) in a date such as `2022/9/1` or `1998 Mar`, or None."""
    found = _YEAR.search(text)
    return int(found.group()) if found else None


def http_url(text: str) -> str:
    """`text` when it is a plain http or https address with a host and no user part, else ""."""
    text = text.strip()
    if hostile(text) or any(c.isspace() for c in text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return text


def slug(text: str, taken: Iterable[str] = ()) -> str:
    """An identifier made of `text`: lower-case ASCII letters, digits and hyphens, at most 40 long, unique."""
    base = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:40].strip("-") or "x"
    used = set(taken)
    name, n = base, 2
    while name in used:
        name, n = f"{base}-{n}", n + 1
    return name
