"""RIS lines to records: rispy's parser with every line of the file accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import rispy

from tamis.domain.record import Flag, Problem
from tamis.domain.text import clean_line
from tamis.formats.decoding import spotless
from tamis.formats.ris import PLAIN_TAG, TITLE_TAGS, is_mark
from tamis.formats.ris_fields import to_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.formats.base import Item, Log
    from tamis.formats.decoding import Text

_MORE_TAGS = (
    "ED CP PU PI PA WE J9 JI FU FX U1 U2 U3 U4 U5 LK M2 XT AO PT AI NL L3 PP MH PD PG NS AV Y3 TS M4 VO CC "
    "SV BT J1 CT H1 H2 JP SO"
)
"""Tags seen in real exports that rispy has no name for."""

KNOWN = frozenset(rispy.config.TAG_KEY_MAPPING) - {"UK"} | frozenset(_MORE_TAGS.split())
_NONE: frozenset[str] = frozenset()
_PLAIN = KNOWN - {"TY", "ER"}
_LONG = frozenset({"PMID", "PMCID", "DOI", "ISSN", "ISBN", "URL"})
ITEM_TAGS = frozenset(
    ("AU", "A1", "A2", "A3", "A4", "ED", "KW", "L1", "L2", "L3", "L4", "UR", "LK", "SN", "DO", "PMID", "TY")
)
"""Tags whose continuation lines are further values, not further text."""
CAP = 1 << 20
"""Longest value kept in a record, in characters (not below the size of a decoded piece)."""
CUT = "{n} value{s} of more than a million characters cut there; the kept copy of the file has all of it"
_CUT_IN = frozenset({"AB", "N2"})
_PROSE = frozenset(["AB", "N2", "N1", "TI", "T1", "BT", "CT", "T2", "AD", "RN", "FX"])
_LINE = re.compile(r"([ \t]*)([A-Za-z][A-Za-z0-9]{1,5})([ \t]*)([-–—])([ \t]?)(.*)", re.DOTALL)


@dataclass(slots=True)
class _Block:
    """The tags of one record, or what stands between two."""

    line: int
    typed: bool = False
    clean: bool = False
    cut: bool = False
    tagged: bool = False
    titled: bool = False
    fields: dict[str, list[str]] = field(default_factory=dict)

    def merge(self, other: _Block) -> None:
        self.clean &= other.clean
        self.titled |= other.titled
        for tag, values in other.fields.items():
            self.fields.setdefault(tag, []).extend(values)


class RisParser(rispy.RisParser):  # type: ignore[misc]  # rispy is untyped
    """rispy's parser and tag table, with nothing passed over in silence.

    Differences: a new `TY` closes a record that has no `ER`; repeated tags keep all values; continuation
    lines stay paragraphs (or items, for lists); tags before `TY` and after `ER` find their record; tag
    lines written in other ways are recognised where that is certain; text that belongs to no record is
    listed as a repair.

    Args:
        log: takes the repairs.
        marks: what separates the records, as `ris.count` found: `TY`, else `ER`, else `first-tag`.
    """

    DEFAULT_LIST_TAGS = sorted(ITEM_TAGS)
    DEFAULT_DELIMITER_MAPPING: dict[str, str] = {}  # noqa: RUF012 - as in rispy

    def __init__(self, log: Log, *, marks: str = "TY") -> None:
        super().__init__(enforce_list_tags=False)
        self._log = log
        self._untyped = marks != "TY"
        self._by_first_tag = marks == "first-tag"
        self._number = 0
        self._clean = True
        self._block = _Block(1)
        self._waiting: _Block | None = None
        self._lead: _Block | None = None
        self._leading = False
        self._ready: list[_Block | Problem] = []
        self._last = ""
        self._more: list[str] = []
        self._gap = False
        self._single = False
        self._loose = False
        self._first = ""
        self._certain = False
        self._stray = ""

    def parse_text(self, text: Text) -> Iterator[Item]:
        """The records of a decoded file, one at a time."""
        return self._parse((self._cut(block), spotless(block)) for block in text.blocks())

    def parse_lines(self, lines: Iterable[str]) -> Iterator[Item]:
        """The records in lines that have lost their newlines."""
        return self._parse([(lines, False)])

    def _cut(self, block: str) -> list[str]:
        """The lines of a block, none of them longer than a record may keep."""
        lines = block.split("\n")
        if len(block) > CAP and max(map(len, lines)) > CAP:
            self._log.add(CUT, 0, sum(1 for line in lines if len(line) > CAP))
            lines = [line if len(line) <= CAP else line[:CAP] + " …" for line in lines]
        return lines

    def _parse(self, blocks: Iterable[tuple[Iterable[str], bool]]) -> Iterator[Item]:
        """Parse blocks of lines, each with whether it is clean; yields a record when the next begins.

        The plain case, a tag line in a record that has begun with `TY`, is dealt with here and in as few
        steps as possible; everything else goes through `parse_line` and `_add_tag`.
        """
        fields: dict[str, list[str]] = {}
        plain, last, number, more = _NONE, "", 0, self._more
        for lines, clean in blocks:
            self._clean = clean
            self._block.clean &= clean
            for number, line in enumerate(lines, number + 1):  # noqa: B020 - goes on counting
                tag, sep, value = line.partition("  - ")
                if tag in plain and sep:
                    if more:
                        self._fold()
                    if tag in fields:
                        fields[tag].append(value)
                    else:
                        fields[tag] = [value]
                    last = tag
                    continue
                if not line:
                    self._gap = True
                    continue
                self._number, self._last = number, last
                self._take_line(line)
                fields, last = self._block.fields, self._last
                plain = _PLAIN if self._block.typed and self._lead is None else _NONE
                if self._ready:
                    for block in self._ready:
                        yield self._item(block)
                    self._ready.clear()
        self._last = last
        self._close("")
        if self._waiting is not None:
            self._ready.append(self._waiting)
        yield from map(self._item, self._ready)

    def _take_line(self, line: str) -> None:
        """Any line that is not the plain case; first the two every record has."""
        if (
            line.startswith("TY  - ")
            and not self._block.typed
            and not self._block.fields
            and self._lead is None
        ):
            self._loose = self._single = self._gap = False
            self._block = _Block(self._number, True, self._clean, fields={"TY": [line[6:]]})
            self._last = "TY"
        elif self._block.typed and self._lead is None and line in ("ER  - ", "ER  -"):
            if self._more:
                self._fold()
            self._loose = self._single = self._gap = False
            self._hold(self._block)
            self._block = _Block(self._number + 1, False, self._clean)
            self._last = ""
        else:
            tag, value = self.parse_line(line)
            self._certain = PLAIN_TAG.match(line) is not None
            self._add_tag({}, tag or self._last, value, extend_multiline=tag is None)

    def parse_line(self, line: str) -> tuple[str | None, str]:
        """The tag of a line and its value; None as the tag for text, which keeps its indent."""
        tag = line[:2]
        if line[2:6] == "  - " and tag in KNOWN:
            return tag, line[6:]
        start = line[:16]
        if "\ufeff" in start or "\u200b" in start or "\xa0" in start:
            bare = start.lstrip(" \t\xa0\ufeff\u200b")
            indented = start[: len(start) - len(bare)].strip("\ufeff\u200b")
            line = " " * bool(indented) + bare.replace("\xa0", " ") + line[16:]
        match = _LINE.match(line)
        if match is None:
            return None, line
        indent, tag, sep, dash, after, value = match.groups()
        if tag.upper() in ("TY", "ER"):
            if not is_mark(indent, tag, sep, after + value):
                return None, line
            self._note_style(indent, tag, sep, dash, after, value)
            return tag.upper(), value
        if self._is_tag(indent, tag, sep, dash, after, value):
            self._note_style(indent, tag, sep, dash, after, value)
            return tag.upper() if self._loose else tag, value
        return None, line

    def _is_tag(self, indent: str, tag: str, sep: str, dash: str, after: str, value: str) -> bool:
        if self._loose and sep and tag.upper() in KNOWN:
            return True
        if indent or not sep or not tag.isupper():
            return False
        known = tag in KNOWN or tag in _LONG
        if len(tag) != 2 and not known:
            return False
        if sep == " ":
            return known and (self._single or self._last not in _PROSE)
        if dash != "-" or (not after and value):
            return known
        return known or (sep == "  " and (bool(after) or not value))

    def _note_style(self, indent: str, tag: str, sep: str, dash: str, after: str, value: str) -> None:
        mark = tag.upper() in ("TY", "ER")
        loose = bool(indent) or not tag.isupper()
        if mark:
            self._loose = loose and tag.upper() == "TY"
            self._single = sep == " "
        if loose:
            self._log.add("{n} tag line{s} indented or in small letters, read as RIS tags", self._number)
        elif sep == " ":
            self._log.add("{n} tag line{s} with one blank before the hyphen, read as RIS tags", self._number)
        elif sep != "  " or dash != "-":
            self._log.add(
                "{n} tag line{s} with other blanks or dashes than RIS has, read as RIS tags", self._number
            )
        elif not after and value:
            self._log.add("{n} tag line{s} without a blank after the hyphen, read as RIS tags", self._number)
        elif len(tag) > 2:
            self._log.add("{n} tag{s} longer than two letters kept", self._number)

    def _add_tag(
        self,
        record: dict[str, Any],  # noqa: ARG002 - as rispy calls it
        tag: str,
        content: str,
        extend_multiline: bool = False,
    ) -> None:
        """Put one line where it belongs; `record` is rispy's and is not used."""
        if extend_multiline:
            self._add_text(content)
            return
        self._fold()
        if tag == "TY":
            if self._block.fields or self._block.typed:
                self._close("TY")
            self._block = _Block(self._number, True, self._clean, fields={"TY": [content]})
            self._last = tag
        elif tag == "ER":
            if self._untyped and content.strip() and self._block.fields:
                self._block.fields.setdefault("ER", []).append(content)
            self._close("ER")
            self._block = _Block(self._number + 1, False, self._clean)
            self._last = ""
            if content.strip() and not self._untyped:
                self._block.fields["ER"] = [content]
                self._last = "ER"
        else:
            if self._certain:
                self._split_untagged(tag)
                self._block.tagged = True
                self._block.titled |= tag in TITLE_TAGS
            self._block.fields.setdefault(tag, []).append(content)
            self._last = tag
        if self._certain or not self._by_first_tag:
            self._gap = False

    def _split_untagged(self, tag: str) -> None:
        """Without TY and ER, the file's first tag after a blank line begins the next record."""
        if not self._by_first_tag:
            return
        if not self._first:
            self._first = tag
        elif self._gap and tag == self._first:
            self._close("TY")
            self._block = _Block(self._number, False, self._clean)

    def _add_text(self, line: str) -> None:
        text = line.strip()
        if not text.strip("\ufeff\u200b\xa0"):
            self._gap = True
            return
        between = not self._block.typed and not self._untyped
        if not self._last or (between and self._gap):
            self._fold()
            self._last = ""
            if not self._stray:
                words = clean_line(text[:60])
                self._stray = "{n} line{s} of text outside the records passed over, the first: " + words
            self._log.add(self._stray, self._number)
            return
        self._more.append(line)

    def _fold(self) -> None:
        """Put the continuation lines behind the value they continue."""
        if not self._more:
            return
        values = self._block.fields[self._last]
        if self._last in ITEM_TAGS:
            values.extend(self._more)
        else:
            parts = [values[-1]]
            for line in self._more:
                parts.append(
                    " " if line[:2].isspace() else "\n"
                )  # an indent folds a line, none is a paragraph
                parts.append(line)
            values[-1] = whole = "".join(parts)
            if len(whole) > CAP:
                values[-1] = whole[:CAP] + " …"
                self._log.add(CUT, self._block.line)
        self._more.clear()
        self._block.clean = False

    def _close(self, by: str) -> None:
        """The block at hand is over, because of a `TY`, an `ER` or the end of the file."""
        self._fold()
        block = self._block
        if block.typed:
            if by != "ER":
                self._log.add("{n} record{s} without an end mark (ER), closed", block.line)
            block.cut = not by and self._last in _CUT_IN
            self._join_lead(block)
            self._hold(block)
        elif self._untyped:
            self._close_untyped(block, by)
        elif block.fields:
            self._close_between(block, by)

    def _join_lead(self, block: _Block) -> None:
        lead, self._lead = self._lead, None
        if lead is None:
            return
        if lead.titled and block.titled:
            self._log.add("{n} record{s} without a type (TY) read", lead.line)
            self._hold(lead)
            return
        self._log.add("tags before TY read as part of the record that follows", lead.line)
        lead.merge(block)
        block.fields, block.clean = lead.fields, lead.clean
        block.line = lead.line

    def _close_untyped(self, block: _Block, by: str) -> None:
        if block.tagged or (by == "ER" and block.fields):
            self._log.add("{n} record{s} without a type (TY) read", block.line)
            self._hold(block)
        elif by == "ER":
            if self._waiting is not None:
                self._ready.append(self._waiting)
                self._waiting = None
            self._ready.append(Problem(self._number, "an end mark (ER) with no tags before it", ""))
        elif block.fields and self._waiting is not None:
            self._waiting.merge(block)

    def _close_between(self, block: _Block, by: str) -> None:
        if block.titled and by != "TY":
            self._log.add("{n} record{s} without a type (TY) read", block.line)
            self._hold(block)
        elif self._waiting is None or (by == "TY" and (block.titled or self._leading)):
            self._leading = self._leading or not block.titled
            if self._lead is not None:
                self._lead.merge(block)
            else:
                self._lead = block
        else:
            self._log.add("{n} record{s} with tags after the end mark (ER), which were kept", block.line)
            self._waiting.merge(block)

    def _hold(self, block: _Block) -> None:
        """Keep a finished record until it is certain that nothing more belongs to it."""
        if self._waiting is not None:
            self._ready.append(self._waiting)
        self._waiting = block

    def _item(self, block: _Block | Problem) -> Item:
        if isinstance(block, Problem):
            return block
        record = to_record(block.fields, block.line, self._log, clean=block.clean)
        if block.cut and record.abstract[-1:].isalnum() and Flag.CUT_OFF not in record.flags:
            record.flags = (*record.flags, Flag.CUT_OFF.value)
        return record
