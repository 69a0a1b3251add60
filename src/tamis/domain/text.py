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
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0x1D173, 0x1D17B),
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
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
# More marks than any script puts on one letter: they would cover the lines above and below. Joiners and
# variation selectors, which take no place at all, count as marks here.
_MARKS_LIMIT = 8
_MARK_RUN = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff"
    r"\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]{9,}"
)
# Terminals put what follows a joiner into the cell before it: of words with joiners between letters little is
# to be seen.
_JOINERS = re.compile("\u200d+")
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2900-\u2bff\ufe0f\U0001f1e6-\U0001faff]")
_VIRAMA, _NUKTA = 9, 7
"""Combining classes of two signs of Indic scripts: the first one joins letters."""


def hostile(text: str) -> bool:
    """Whether `text` holds an invisible, direction-changing or control character other than tab and LF."""
    return not (text.isascii() and text.isprintable()) and _HOSTILE.search(text) is not None


def clean_line(text: str) -> str:
    """One safe line: controls shown as pictures, invisible characters gone, runs of blanks folded.

    Args:
        text: any text out of a file, a file name or a person's configuration.

    Returns:
        NFC text without line breaks, fit for a terminal, a list row or a file.
    """
    if text.isascii() and text.isprintable():  # most of all text; both tests run in C
        return text.strip() if "  " not in text else _one_line(text)
    return _one_line(_safe(text))


def clean_text(text: str) -> str:
    """Like `clean_line`, keeping paragraphs: each run of line breaks becomes a single one."""
    if text.isascii() and text.isprintable():
        return clean_line(text)
    return "\n".join(line for part in _safe(text).split("\n") if (line := _one_line(part)))


def _combining(c: str) -> int:
    return unicodedata.combining(c) if c else 0


def _joiner(run: re.Match[str]) -> str:
    """One joiner where it joins emoji or, beside a virama, Indic letters (as RFC 5892, A.2); else none."""
    text, (start, end) = run.string, run.span()
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    base, before = before[:-1], before[-1:]
    if _combining(before) == _VIRAMA:
        joins = (base.isalpha() or _combining(base) == _NUKTA) and not (after.isascii() and after.isalnum())
    elif _combining(after) in (_VIRAMA, _NUKTA):
        joins = before.isalpha()
    else:
        joins = bool(_EMOJI.match(before) and _EMOJI.match(after))
    return "\u200d" if joins else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _safe(text: str) -> str:
    if _HOSTILE.search(text) is not None:
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if "\u200d" in text:
        text = unicodedata.normalize("NFC", _JOINERS.sub(_joiner, text))
    if not text.isascii():  # the marks that stay keep the letter apart from what follows: NFC it remains
        text = _MARK_RUN.sub(lambda run: run.group()[:_MARKS_LIMIT].rstrip("\u200d"), text)
    return text


def fold(text: str) -> str:
    """The form two spellings share for search: no case, no accents, compatibility forms resolved."""
    if text.isascii():
        return text.lower()
    # In this order: compatibility forms such as superscript letters have a case of their own.
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    if not text.isascii():
        for mark in filter(unicodedata.combining, set(text)):
            text = text.replace(mark, "")
    return text


# No blank, quote, control (or the picture `clean_line` makes of one), nor an escape that is left after
# unquoting. Angle brackets only as SICI names have them: `10.1002/(SICI)...85:1<1::AID-CNCR1>3.0.CO;2-X`.
_DOI = re.compile(
    r"(?<![\d.])10\.[0-9]{4,9}(?:\.[0-9]+)*/"
    r"(?:[^\s\"<>%\x00-\x1f\x7f-\x9f\u2400-\u2421\ufffd]++"
    r"|%(?![0-9a-f]{2})|<(?=[^\s\"<>]{0,40}::)[^\s\"<>%]{1,80}>)++",
    re.IGNORECASE,
)
_DOI_TAIL = re.compile(r"(?:[.,;:'\]}\u2019\u201d]|\[doi\])+$", re.IGNORECASE)
_DOI_ESCAPE = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
_ADDRESS_TAIL = re.compile(r"[?#].*|/(?:abstract|full|fulltext|pdf|epdf|html|meta|summary)/?$", re.IGNORECASE)


def doi(text: str) -> str:
    """The DOI inside `text` in normal form (lower case, no resolver, no trailing stop), or "".

    DOI names are case-insensitive (DOI Handbook, 2.4), so lower case is their normal form. In a web
    address, what publishers put behind the DOI (`/full`, `?download=true`) is not part of it.
    """
    if "10." not in text:
        return ""
    if _DOI_ESCAPE.search(text):
        text = unquote(text)
    if "&lt;" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if hostile(text):
        text = clean_line(text)
    found = _DOI.search(text)
    if found is None:
        return ""
    value = found.group()
    if "://" in text[: found.start()]:
        value = _ADDRESS_TAIL.sub("", value)
    value = _DOI_TAIL.sub("", value)
    while value.endswith(")") and value.count("(") < value.count(")"):
        value = _DOI_TAIL.sub("", value[:-1])
    return "" if value.endswith("/") else value.lower()


_PMID_ALONE = re.compile(r"\s*([0-9]{1,8})(?:\s*\[pmid\])?[\s.;]*", re.IGNORECASE)
_PMID_NAMED = re.compile(
    r"\b(?:PMID|PubMed\s*ID|PubMed\s*[:/]|pubmed\.ncbi\.nlm\.nih\.gov/|MEDLINE:)[\s:/=#-]*([0-9]{1,8})(?![0-9])"
    r"|(?<![0-9])([0-9]{1,8})\s*\[pmid\]",
    re.IGNORECASE,
)


def pmid(text: str) -> str:
    """The PubMed identifier that `text` is or names (1 to 8 digits, no leading zeros), or "".

    A number inside other text is one only when the text says so (`PMID: 123`, `pubmed/123`,
    `MEDLINE:123`): years and page numbers are not.
    """
    found = _PMID_ALONE.fullmatch(text) or _PMID_NAMED.search(text)
    return next((digits.lstrip("0") for digits in found.groups() if digits), "") if found else ""


_YEAR = re.compile(
    r"(?<![0-9])(1[5-9][0-9]{2}|20[0-9]{2}|2100)(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))?(?![0-9])"
)


def year(text: str) -> int | None:
    """The first plausible year (1500 to 2100) in a date such as `2022/9/1`, `20220901` or `1998 Mar`."""
    found = _YEAR.search(text)
    return int(found.group(1)) if found else None


_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?\.?|[0-9a-f:.]*:[0-9a-f:.]*")


def http_url(text: str) -> str:
    """`text` when it is a plain http or https address with a host and no user part, else "".

    The host must be ASCII (`xn--...` for others), so that it cannot look like another one.
    """
    text = text.strip()
    if hostile(text) or any(c.isspace() for c in text):
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # both raise ValueError when they are malformed
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return text if _HOST.fullmatch(host) else ""


_SLUG_LIMIT = 40


def slug(text: str, taken: Iterable[str] = ()) -> str:
    """An identifier made of `text`: lower-case ASCII letters, digits and hyphens, at most 40 long, unique."""
    base = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-") or "x"
    used = set(taken)
    name, n = base[:_SLUG_LIMIT].strip("-"), 2
    while name in used:
        number = f"-{n}"
        name, n = base[: _SLUG_LIMIT - len(number)].strip("-") + number, n + 1
    return name
