"""Which language a text names: databases write `eng`, `English`, `en-US` and `English; Spanish`."""

from __future__ import annotations

import re
from typing import Final

from tamis.domain.text import fold

_KNOWN: Final = """
ar ara arabic
bg bul bulgarian
cs cze ces czech
da dan danish
de ger deu german deutsch
el gre ell greek
en eng english
es spa spanish espanol castellano
fa per fas persian farsi
fi fin finnish
fr fre fra french francais
he heb hebrew
hr hrv scr croatian
hu hun hungarian
id ind indonesian
it ita italian italiano
ja jpn japanese
ko kor korean
lt lit lithuanian
nl dut nld dutch nederlands
no nor nb nob nn nno norwegian
pl pol polish
pt por portuguese portugues
ro rum ron romanian
ru rus russian
sk slo slk slovak
sl slv slovenian slovene
sr srp scc serbian
sv swe swedish
th tha thai
tr tur turkish
uk ukr ukrainian
vi vie vietnamese
zh chi zho chinese
"""
"""A line for each language: its codes of ISO 639-1 and 639-2, and names."""
_CODES: Final = {name: line.split()[0] for line in _KNOWN.strip().split("\n") for name in line.split()}
_SAID_OF_NONE: Final = frozenset(
    ("", "und", "undetermined", "mul", "multiple", "zxx", "unknown", "language", "not", "na")
)


def language(text: str) -> str:
    """The language that a record's field names first: a code of ISO 639-1, or the first word; "" for none.

    Other words than those of the commonest languages stand for themselves, so that two names of a rare
    language are two.
    """
    words = re.findall(r"[^\W\d_]+", fold(text))
    first = words[0] if words else ""
    return "" if first in _SAID_OF_NONE else _CODES.get(first, first)
