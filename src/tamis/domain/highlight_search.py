"""Highlight terms out of a search strategy, as the platforms write it.

These are PubMed, Ovid, Embase, Web of Science, Scopus, Cochrane and EBSCO. Field tags, operators,
parentheses, quotes and line numbers go; truncation stays. What a search leaves out (NOT) or limits
(language, date, author, kind of document, filters) gives no terms. Subject headings give their words,
`Carcinoma, Hepatocellular` turned round. Where a platform reads words side by side as a phrase (PubMed,
Ovid, EBSCO), they are one term; where it reads AND (fields before the words, as in Web of Science and
Scopus), each is a term of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TERMS_LIMIT: Final = 1_000
"""More terms than any search has; the rest is left out."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEPT_FIELDS: Final = _names(
    "title abs key abstract keyword keywords ti ab su tw kw kf ts all topic noft ft mesh auth exact explode "
    "mainsubject allfields titleabs tiab text"
)
_DROPPED_FIELDS: Final = _names(
    "la lg lang language py yr dp pdat dt date dcom edat crdt mhda em ed up ew ez au author ad af affil "
    "affiliation affilcountry ta so jn jt jw journal is issn ui pmid an uid sb subset filter doctype "
    "srctype subjarea limit-to exclude pubyear pubstage lim sd cy cp in gr ip vi pg oc na rn"
)
_HEADING_FIELDS: Final = re.compile(r"mesh|mh\b|mm\b|majr|sh\b|exp\b|de\b|mj\b|emtree|/", re.IGNORECASE)
_STOP: Final = _names(
    "a an and as at by for from in into is it no of on or the their this to was were with without"
)
_PREFIXES: Final = _names("TI AB TX SU MH MM MW KW DE AU SO LA PT DT")
"""EBSCO's fields, which stand before the words."""

_SUFFIX: Final = r"\.[a-z]{2}(?:,[a-z]{2})*\.?(?=[\s)]|$)"
_TOKEN: Final = re.compile(
    rf"""
    (?P<list>(?<!\w)(?:or|and)\s?/\s?[#s]?\d[\d,#s\s-]*(?:/|\b) | [#s]?\d+\s?-\s?[#s]?\d+\s?/\s?(?:or|and)\b
        | \{{(?:or|and)\s[^}}]*\}})
  | "(?P<quoted>[^"]*)" | (?<![\w*$?])'(?P<single>[^'\n]*(?:'\w[^'\n]*)*)'(?![\w]) | \{{(?P<brace>[^}}]*)\}}
  | \[(?P<tag>[^\]]*)\](?P<limit>/\w+)?
  | (?P<dot>(?<=[\w)"'*$?\#/]){_SUFFIX})
  | (?P<colon>(?<=[\w)"'*$?]):(?:[a-z]{{2,3}})(?:,[a-z]{{2,3}})*(?=[\s)]|$))
  | (?P<slash>(?<=[\w)"'*$?])/(?!\d)(?:[a-z]{{2,4}}\b(?:,\s?[a-z]{{2}}\b)*)?)
  | (?P<op>\b(?:and\s+not|and|or|not|adj\d*|(?:near|next|n|w|pre)/\d+
        |(?-i:NEAR|NEXT|SAME|ADJ|[NW]\d+))(?![\w'/-]))
  | (?P<assign>[a-z]{{2,}})\s*=\s*
  | (?P<call>[a-z][\w.,-]*)(?=\() | (?P<spaced>(?-i:[A-Z][A-Z-]+))(?=\s\()
  | (?P<paren>[()]) | (?P<line>\n)
  | (?P<word>(?:(?!{_SUFFIX})[^\s()"\[\]{{}}:;=/])+)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LABEL: Final = re.compile(r"\s*(?:#|S)?(\d{1,3})(?:[.):]|\s|\t)\s*(?=\S)")
_COUNT: Final = re.compile(r"(?:\t|\s{2,})\(?[\d,. ]+\)?\s*$")
_REFERENCE: Final = re.compile(r"[#s]?(\d{1,3})(?:\s?-\s?[#s]?(\d{1,3}))?", re.IGNORECASE)
_COCHRANE: Final = re.compile(
    r"mesh descriptor:?\s*\[([^\]]+)\](?:\s+explode[^\n()]*?trees?\b|\s+this term only)?", re.IGNORECASE
)
_COCHRANE_ASIDE: Final = re.compile(
    r"\(word variations have been searched\)|\bwith (?:cochrane library )?publication (?:date|year)[^\n]*",
    re.IGNORECASE,
)
_SIGNS: Final = re.compile(r'[()\[\]",/]')
_QUOTES: Final = str.maketrans("“”„«»‘’", '"""""\'\'')


@dataclass(slots=True)
class _Part:
    """An operand: its terms, the lines it refers to, and the lines it refers to behind NOT."""

    terms: list[str] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    without: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Level:
    """What stands between two parentheses.

    Attributes:
        parts: operands so far.
        negated: whether all of it stands behind NOT.
        field: the field named before it, "" for none; with `=` at its end where words side by side are AND.
    """

    parts: list[_Part] = field(default_factory=list)
    negated: bool = False
    field: str = ""


def strategy_terms(strategy: str) -> tuple[str, ...]:
    """The terms that a search looks for, in its order, each once (case aside).

    Args:
        strategy: the search as it was run or exported, in any of the platforms' ways.
    """
    text = _COCHRANE_ASIDE.sub("", _COCHRANE.sub(r'"\1"[mesh]', strategy.translate(_QUOTES)))
    # `$` is one letter or none where quoted words take a slash (Embase) or fields an equals sign (WoS).
    dollar = "?" if re.search(r"'/(?:exp|de)\b|\b[A-Z]{2}\s*=", text) else "*"
    parsed = {n: _Statement(statement, dollar).part for n, statement in _statements(text)}
    left_out = _left_out(parsed)
    terms: dict[str, str] = {}
    for n, part in parsed.items():
        if n not in left_out:
            for term in part.terms:
                plain = " ".join(_SIGNS.sub(" ", term).split())  # as terms are typed and read back
                terms.setdefault(plain.casefold(), plain)
    return tuple(terms.values())[:TERMS_LIMIT]


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines with what goes on below them; a text without numbers is one statement, numbered 0."""
    found: list[tuple[int, list[str]]] = []
    for line in text.split("\n"):
        label = _LABEL.match(line)
        number = int(label[1]) if label else -1
        if label and (abs(number - found[-1][0]) == 1 if found else number > 0):
            found.append((number, [line[label.end() :]]))
        elif found:
            found[-1][1].append(line)
    if len(found) < 2:
        found = [(0, [line for line in text.split("\n") if not _is_head(line)])]
    for number, lines in found:
        yield number, "\n".join(_COUNT.sub("", line) for line in lines)


def _is_head(line: str) -> bool:
    return line.strip().lower().startswith(("database:", "database(s):", "search strategy", "date of search"))


def _left_out(parsed: dict[int, _Part]) -> set[int]:
    """Lines that are used only behind NOT, or only by such lines."""
    out: set[int] = set()
    while True:
        used = {n for k, part in parsed.items() if k not in out for n in part.lines}
        against = {n for part in parsed.values() for n in part.without}
        against |= {n for k in out for n in parsed[k].lines}
        more = {n for n in against if n in parsed and n not in used}
        if more <= out:
            return out
        out |= more


class _Statement:
    """Reads one statement; `part` is all of it.

    Args:
        text: the statement without its number.
        dollar: what `$` at the end of a word means, as tamis writes it.
    """

    def __init__(self, text: str, dollar: str) -> None:
        self._dollar = dollar
        self._levels = [_Level()]
        self._words: list[str] = []
        self._negated = False
        self._field = ""
        self._taggable = False
        if not re.match(r"\s*(?:limit|remove duplicates|deduplicate)\b", text, re.IGNORECASE):
            for token in _TOKEN.finditer(text):
                self._take(str(token.lastgroup), token)
            self._flush()
            while len(self._levels) > 1:
                self._close()
            self.part = _joined(self._levels[0].parts)
        else:
            self.part = _Part(lines=_numbers(text.partition(" to ")[0]))

    def _take(self, kind: str, token: re.Match[str]) -> None:
        match kind:
            case "word":
                self._words.append(token.group())
            case "quoted" | "single" | "brace":
                self._flush(before_operand=True)
                self._add(_Part([*self._terms(token[kind].rstrip("+"))]))
            case "list":
                self._flush()
                self._add(_Part(lines=_numbers(token.group())))
            case "op":
                self._flush()
                self._negated = token.group().lower().endswith("not")
                self._taggable = False
            case "paren" if token.group() == "(":
                self._flush(before_operand=True)
                self._levels.append(_Level(negated=self._negated, field=self._field))
                self._negated, self._field = False, ""
            case "paren":
                self._flush()
                self._close()
            case "line":
                self._flush()
                self._taggable = False
            case "assign" | "call" | "spaced":
                self._name(token[kind], "" if kind == "spaced" and token[kind] in _PREFIXES else "=")
            case _:
                self._tag(token)

    def _name(self, name: str, sign: str) -> None:
        """A field before its words; another word before a parenthesis is a word."""
        if set(re.split(r"[-,.]", name.lower())) <= _KEPT_FIELDS or _dropped(name) or len(name) == 2:
            self._flush()
            self._field = name + sign
        else:
            self._words.append(name)

    def _tag(self, token: re.Match[str]) -> None:
        """A field behind its words."""
        self._flush()
        name = token.group().strip("[].:/ ")
        parts = self._levels[-1].parts
        if token["limit"] or not self._taggable or not parts:
            self._negated = False
            return
        if _dropped(name):
            parts[-1] = _Part()
        elif token["slash"] is not None or _HEADING_FIELDS.match(name):
            parts[-1].terms = [_upright(term) for term in parts[-1].terms]

    def _flush(self, *, before_operand: bool = False) -> None:
        """The words so far are an operand, or the name of the field of the one that begins."""
        words, self._words = self._words, []
        if words and words[0] in _PREFIXES and (len(words) > 1 or before_operand):
            self._field, words = words[0], words[1:]
        if words and words[0].lower() in ("exp", "explode") and len(words) > 1:
            words = words[1:]
        if not words:
            return
        if words[0].upper().startswith("PUB") and _dropped(words[0]):
            self._add(_Part())
        elif len(words) == 1 and _REFERENCE.fullmatch(words[0]):
            self._add(_Part(lines=_numbers(words[0])))
        else:
            fields = [self._field, *(level.field for level in self._levels)]
            texts = words if any(name.endswith("=") for name in fields) else [" ".join(words)]
            self._add(_Part([term for text in texts for term in self._terms(text)]))

    def _terms(self, text: str) -> Iterator[str]:
        text = re.sub(r"(?<=[\w])[*$]\d*(?=\s|$)", self._truncated, text)
        text = " ".join(text.replace(",", ", ").strip(" .,;:<>").split())
        letters = sum(map(str.isalpha, text))
        if letters >= 2 and text.lower() not in _STOP and not re.fullmatch(r"[a-z]{1,2}[*$]", text.lower()):
            yield text

    def _truncated(self, sign: re.Match[str]) -> str:
        return "*" if sign[0][0] == "*" else self._dollar

    def _add(self, part: _Part) -> None:
        if _dropped(self._field):
            part = _Part()
        elif _HEADING_FIELDS.match(self._field):
            part.terms = [_upright(term) for term in part.terms]
        if self._negated:
            part = _Part(without=part.lines | part.without)
        self._levels[-1].parts.append(part)
        self._negated, self._field, self._taggable = False, "", True

    def _close(self) -> None:
        if len(self._levels) == 1:
            return  # a parenthesis too many
        level = self._levels.pop()
        self._negated, self._field = level.negated, level.field
        self._add(_joined(level.parts))


def _joined(parts: Iterable[_Part]) -> _Part:
    joined = _Part()
    for part in parts:
        joined.terms += part.terms
        joined.lines |= part.lines
        joined.without |= part.without
    return joined


def _dropped(name: str) -> bool:
    """Whether a field holds no words of the subject."""
    name = name.lower().removesuffix("=")
    if re.match(r"date|publication date|languag|filter|affiliation|author|journal|entry|create", name):
        return True
    return bool(name) and all(part.strip() in _DROPPED_FIELDS for part in name.split(","))


def _upright(heading: str) -> str:
    """A subject heading as a text says it: `Carcinoma, Hepatocellular` is `Hepatocellular Carcinoma`."""
    parts = [part.strip() for part in heading.lstrip("*").split(",")]
    return " ".join(parts[::-1]) if len(parts) == 2 else " ".join(parts)


def _numbers(text: str) -> set[int]:
    """Lines that `or/1-3,5`, `#1-#3` or `S4` mean."""
    found: set[int] = set()
    for first, last in _REFERENCE.findall(text):
        found.update(range(int(first), int(last or first) + 1))
    return found
