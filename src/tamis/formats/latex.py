"""LaTeX in bibliographic values read as plain text: accents, symbols, escapes, braces.

What is not known stays as it is written, so that nothing is lost. Accents and the letters of European
languages are a table of our own; symbols come from the table that `pylatexenc` keeps, loaded when one is
met (bibtexparser brings it along).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323",
    "b": "\u0331", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å",
    "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "SS": "SS",
}  # fmt: skip
_SYMBOLS = {
    "textless": "<", "textgreater": ">", "textbar": "|", "textbackslash": "\\", "backslash": "\\",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textdollar": "$",
    "textquotesingle": "'", "textendash": "–", "textemdash": "—", "textquoteright": "’",
    "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”", "textquotedbl": '"',
    "textdegree": "°", "degree": "°", "deg": "°", "textmu": "µ", "ldots": "…", "dots": "…",
    "textellipsis": "…", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥",
    "ne": "≠", "neq": "≠", "pm": "±", "textpm": "±", "times": "×", "texttimes": "×", "to": "→",
    "approx": "≈", "sim": "∼", "infty": "∞", "cdot": "·", "lt": "<", "gt": ">", "prime": "′", "S": "§",
    "P": "¶", "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "textperiodcentered": "·", "quad": " ", "qquad": " ", "space": " ", "newline": "\n", "par": "\n",
    "linebreak": "\n", "lbrace": "{", "rbrace": "}", "%": "%",
    "textbraceleft": "{", "textbraceright": "}",
}  # fmt: skip
_STYLE_NAMES = (
    "emph textit textbf textsc textrm texttt textsf textsl textup textnormal textmd text mathrm mathbf "
    "mathit mathsf mathtt mathcal mathbb mbox hbox ensuremath textsuperscript textsubscript mkbibemph "
    "mkbibquote enquote underline uline url path nolinkurl it em bf sc rm tt sf sl itshape bfseries "
    "scshape normalfont boldsymbol protect relax left right upshape small footnotesize textln textcite "
    "bibstring textulc mkbibitalic mkbibbold operatorname displaystyle bgroup egroup"
)
_STYLES = frozenset(_STYLE_NAMES.split())
_TOKEN = re.compile(
    r"""\\(?P<accent>["'`^~=.]|[uvHcdbkr](?![A-Za-z]))\s{0,9}
          (?:\{\s{0,9}(?:\\(?P<dotless>[ij])(?![A-Za-z])\s{0,9}|(?P<inner>[^\W\d_]))\s{0,9}\}
            |\\(?P<bare>[ij])(?![A-Za-z])|(?P<letter>[^\W\d_]))
      |\\(?P<command>[A-Za-z]+)\*?(?P<end>\{\}|[ \t\n]+)?
      |\\(?P<escaped>[^A-Za-z])
      |(?P<other>[{}~]|---?|``|'')""",
    re.VERBOSE,
)
_MATH = re.compile(r"(?<!\\)\$([^$\n]{1,300})(?<!\\)\$")
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]{0,40})\}|(\\[A-Za-z]+|[^\s{}\\]))")
_OTHER = {"---": "—", "--": "–", "``": "“", "''": "”", "~": "\xa0", "{": "", "}": ""}
_ESCAPED = {
    "-": "", "/": "", " ": " ", "\n": " ", "\t": " ", ",": " ", ";": " ", ":": " ", "!": "", "(": "",
    ")": "", "[": "", "]": "",
}  # fmt: skip
_SUB = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_SUP = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SMALL = frozenset("0123456789+-")
_SIGNS = re.compile(r"[\\{}$~]|--|``|''")


def plain(value: str) -> str:
    """`value` without LaTeX; commands that are not known stay."""
    if _SIGNS.search(value) is None:
        return value
    if "$" not in value:
        return unicodedata.normalize("NFC", _text(value))
    parts = _MATH.split(value)
    parts[::2] = map(_text, parts[::2])
    parts[1::2] = map(_math, parts[1::2])
    return unicodedata.normalize("NFC", "".join(parts))


def _text(value: str) -> str:
    if "\\" in value:
        return _TOKEN.sub(_token, value)
    for sign, char in _OTHER.items():
        if sign in value:
            value = value.replace(sign, char)
    return value


def _math(inner: str) -> str:
    if "\\" not in inner and "^" not in inner and "_" not in inner and len(inner.strip()) > 1:
        return f"${_text(inner)}$"  # two prices, perhaps
    return _text(_SCRIPT.sub(_script, inner))


def _script(match: re.Match[str]) -> str:
    text = (match.group(2) or match.group(3) or "").strip()
    if text and set(text) <= _SMALL:
        return text.translate(_SUB if match.group(1) == "_" else _SUP)
    return text if match.group(1) == "_" or text.startswith("\\") else f"^{text}"


def _token(match: re.Match[str]) -> str:
    if accent := match["accent"]:
        letter = match["dotless"] or match["bare"] or match["inner"] or match["letter"]
        return letter + _ACCENTS[accent]
    if command := match["command"]:
        return _command(command, match["end"] or "", match.group())
    if escaped := match["escaped"]:
        return "\n" if escaped == "\\" else _ESCAPED.get(escaped, escaped)
    return _OTHER[match["other"]]


def _command(name: str, end: str, written: str) -> str:
    blank = " " if end.strip("{}") else ""
    if name in _LETTERS:
        return _LETTERS[name]
    if name in _STYLES:
        return ""
    symbol = _SYMBOLS.get(name) or _table().get(name)
    return symbol + blank if symbol is not None else written


@cache
def _table() -> dict[str, str]:
    """Commands for single characters, such as `alpha`."""
    from pylatexenc.latexencode import get_builtin_uni2latex_dict

    found: dict[str, str] = {}
    for code, latex in get_builtin_uni2latex_dict().items():
        if match := re.fullmatch(r"(?:\\ensuremath\{)?\\([A-Za-z]+)\}?", latex):
            name = match.group(1)
            if name not in found or code < 0x370:  # plain letters before look-alikes
                found.setdefault(name, chr(code))
    return found
