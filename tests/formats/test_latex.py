"""LaTeX in values becomes the text it stands for, and what is not known stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.formats.latex import plain

READ = {
    r"{\"O}nnud{\'o}ttir": "Önnudóttir",
    r"Aks{\i}n": "Aksın",
    r"P{\'\i}o, P\'{\i}o": "Pío, Pío",
    r"{\c{C}}etin and \v{S} \v s \H{o} \k a": "Çetin and Š š ő ą",
    r"Stra\ss e, \O re, \AA ngstr{\"o}m": "Straße, Øre, Ångström",
    r"{{The}} {Cocker} Spaniel": "The Cocker Spaniel",
    r"10\% of R\&D, a\_b, \#1, \$5": "10% of R&D, a_b, #1, $5",
    r"$\alpha$-synuclein at 5 $\mu$m": "α-synuclein at 5 μm",
    r"CO$_2$, m$^{2}$, 10$^{-3}$": "CO₂, m², 10⁻³",
    r"p $\leq$ 0.05, 5 \pm 2": "p ≤ 0.05, 5 ± 2",
    r"p {\textless} 0.05": "p < 0.05",
    r"\textit{Natrix} \emph{cetti}": "Natrix cetti",
    r"C$\backslash$:/path": r"C\:/path",
    "pages 1--2---3 ``so''": "pages 1–2—3 “so”",
    r"Dr.~No": "Dr.\xa0No",
    r"a set \{x\}": "a set {x}",
    "costs $5 here and $10 there": "costs $5 here and $10 there",
    r"\frobnicate{it}": r"\frobnicateit",
    r"caf\'e": "café",
    "plain text, 50% off": "plain text, 50% off",
}


@pytest.mark.parametrize("written", READ)
def test_it_reads(written: str) -> None:
    assert plain(written) == READ[written]


@given(st.text(alphabet="\\{}$^_~'`\"-ab cuvHi%&\n", max_size=60))
def test_any_of_it_is_read(text: str) -> None:
    assert isinstance(plain(text), str)


@given(st.text(alphabet=st.characters(exclude_characters="\\{}$~-`'"), max_size=60))
def test_text_without_it_is_left_alone(text: str) -> None:
    assert plain(text) == text
