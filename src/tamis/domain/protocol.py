"""The protocol: what the review asks, what it takes in and leaves out, and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Stage
from tamis.domain.highlight import COLOURS, SPEAKS, TermSet
from tamis.domain.text import clean_line, slug
from tamis.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping


MOST_AGAIN: Final = 0.5
"""With more, the reviewer would see more old records than new ones."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One exclusion reason; its place among those of a stage is its key there.

    Attributes:
        id: what decisions refer to.
        label: what people read.
        stage: the only stage it is for; "" for every one.
    """

    id: str
    label: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Stopping:
    """What has to be reached before screening may stop, agreed on before it begins.

    Attributes:
        target: recall to reach, above 0, at most 1.
        risk: chance at which the target may be missed, above 0, below 1.
    """

    target: float = 0.95
    risk: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What reviewers agreed on before screening.

    Attributes:
        title: the review's title.
        question: the review question.
        include: inclusion criteria, one sentence each.
        exclude: exclusion criteria, one sentence each.
        reasons: exclusion reasons in order; the first nine of a stage have the keys 1 to 9 there.
        stages: stages that are screened, in order.
        reviewers: names; anyone else who screens is added by being named.
        highlight: sets of terms that are lit in the records; a term that cannot be read does no harm.
        stopping: recall target and risk; None when nobody intends to stop early.
        again: share of decisions after which a record decided before is shown again, 0 to 0.5.
    """

    title: str = ""
    question: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    stages: tuple[str, ...] = (Stage.TITLE_ABSTRACT,)
    reviewers: tuple[str, ...] = ()
    highlight: tuple[TermSet, ...] = ()
    stopping: Stopping | None = None
    again: float = 0.0

    def reason_label(self, reason_id: str) -> str:
        """The label of a reason; its id when it has left the protocol since."""
        return next((r.label for r in self.reasons if r.id == reason_id), reason_id)

    def reasons_for(self, stage: str) -> tuple[Reason, ...]:
        """The reasons at a stage, in order."""
        return tuple(r for r in self.reasons if r.stage in ("", stage))

    def reason_id(self, text: str, stage: str = "") -> str | None:
        """The id of the reason that `text` names by id, label or number, or None.

        Args:
            text: what a person wrote.
            stage: count and look only among the reasons of this stage; "" for all.
        """
        reasons = self.reasons_for(stage) if stage else self.reasons
        wanted = text.strip().casefold()
        named = {str(n): r.id for n, r in enumerate(reasons, 1)}
        named |= {r.label.casefold(): r.id for r in reversed(reasons)}
        named |= {r.id: r.id for r in reasons}  # an id is an id, even when another's label is the same
        return named.get(wanted)

    def to_doc(self) -> dict[str, Any]:
        """A JSON object, the shape of protocol.toml."""
        return {
            "title": self.title,
            "question": self.question,
            "stages": list(self.stages),
            "reviewers": list(self.reviewers),
            "criteria": {"include": list(self.include), "exclude": list(self.exclude)},
            "reasons": [
                {"id": r.id, "label": r.label, **({"stage": r.stage} if r.stage else {})}
                for r in self.reasons
            ],
            **({"highlight": [set_doc(terms) for terms in self.highlight]} if self.highlight else {}),
            **({"stopping": {"target": s.target, "risk": s.risk}} if (s := self.stopping) else {}),
            **({"quality": {"again": self.again}} if self.again else {}),
        }

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any], where: str = "the protocol") -> Protocol:
        """Read a protocol out of parsed TOML or JSON.

        Raises:
            ProtocolError: a wrong type, an empty or repeated reason or set, stages out of order; names
                `where`.
        """
        criteria = doc.get("criteria", {})
        if not isinstance(criteria, dict):
            raise ProtocolError(f"{where}: [criteria] must be a table with include and exclude lists.")
        stages = _lines(doc, "stages", where) or (Stage.TITLE_ABSTRACT,)
        for stage in stages:
            if stage not in list(Stage):
                known = ", ".join(Stage)
                raise ProtocolError(f"{where}: stages holds {stage!r}; the stages are {known}.")
        if stages != tuple(Stage)[: len(stages)]:
            raise ProtocolError(f"{where}: stages must begin with title-abstract and name each stage once.")
        return cls(
            title=_line(doc, "title", where) or "Untitled review",
            question=_line(doc, "question", where),
            include=_lines(criteria, "include", where),
            exclude=_lines(criteria, "exclude", where),
            reasons=_reasons(doc.get("reasons", []), where),
            stages=stages,
            reviewers=_lines(doc, "reviewers", where),
            highlight=_sets(doc.get("highlight", []), where),
            stopping=_stopping(doc.get("stopping"), where),
            again=_again(doc.get("quality"), where),
        )

    @classmethod
    def from_toml(cls, text: str, where: str) -> Protocol:
        """Read protocol.toml.

        Raises:
            ProtocolError: not TOML, or not a protocol; names `where` and the line.
        """
        try:
            doc = tomllib.loads(text + "\n")  # so that a mistake in the last line has a line, too
        except (ValueError, RecursionError) as error:  # not only TOMLDecodeError: numbers of 5,000 digits
            raise ProtocolError(
                f"{where} is not valid TOML: {error}. Mend that line and try again."
            ) from None
        return cls.from_doc(doc, where)


def _line(doc: Mapping[str, Any], key: str, where: str) -> str:
    value = doc.get(key, "")
    if not isinstance(value, str):
        raise ProtocolError(f"{where}: {key} must be text in quotes.")
    return clean_line(value)


def _lines(doc: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = doc.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ProtocolError(f'{where}: {key} must be a list of texts, such as {key} = ["..."].')
    return tuple(line for v in value if (line := clean_line(v)))


def _stopping(value: object, where: str) -> Stopping | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ProtocolError(f"{where}: [stopping] must be a table with a target and a risk.")
    usual = Stopping()
    given = {"target": value.get("target", usual.target), "risk": value.get("risk", usual.risk)}
    for name, number in given.items():
        fits = isinstance(number, int | float) and not isinstance(number, bool)
        if not fits or not (0 < number < 1 or (number == 1 and name == "target")):
            least = "at most 1" if name == "target" else "below 1"
            raise ProtocolError(f"{where}: {name} in [stopping] must be a number above 0 and {least}.")
    return Stopping(**given)


def _again(value: object, where: str) -> float:
    if value is None:
        return 0.0
    if not isinstance(value, dict):
        raise ProtocolError(f"{where}: [quality] must be a table with again = 0.02 or the like.")
    share = value.get("again", 0.0)
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= MOST_AGAIN:
        raise ProtocolError(f"{where}: again in [quality] must be a number from 0 to {MOST_AGAIN}.")
    return float(share)


def _reasons(value: object, where: str) -> tuple[Reason, ...]:
    if not isinstance(value, list):
        raise ProtocolError(f"{where}: reasons must be written as [[reasons]] with an id and a label each.")
    reasons: list[Reason] = []
    for n, item in enumerate(value, 1):
        if isinstance(item, str):
            item = {"label": item}
        given = item.get("id", "") if isinstance(item, dict) else None
        label = item.get("label", given) if isinstance(item, dict) else None
        if not isinstance(given, str) or not isinstance(label, str) or not (label := clean_line(label)):
            raise ProtocolError(f"{where}: reason {n} needs a label in quotes.")
        taken = [r.id for r in reasons]
        reason_id = slug(given) if given else slug(label, taken)
        if reason_id in taken:
            raise ProtocolError(f"{where}: two reasons have the id {reason_id!r}; ids must differ.")
        stage = item.get("stage", "")
        if stage not in ("", *Stage):
            known = ", ".join(Stage)
            raise ProtocolError(f"{where}: reason {n} is for the stage {stage!r}; the stages are {known}.")
        reasons.append(Reason(reason_id, label, str(stage)))
    return tuple(reasons)


def set_doc(terms: TermSet) -> dict[str, Any]:
    """A set of highlight terms as it stands in protocol.toml."""
    speaks = {"speaks_for": terms.speaks_for} if terms.speaks_for else {}
    return {"name": terms.name, "colour": terms.colour, **speaks, "terms": list(terms.terms)}


def _sets(value: object, where: str) -> tuple[TermSet, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ProtocolError(
            f"{where}: highlight must be written as [[highlight]] with a name and terms each."
        )
    sets: list[TermSet] = []
    for n, item in enumerate(value):
        name = item.get("name")
        if not isinstance(name, str) or not (name := clean_line(name)):
            raise ProtocolError(f"{where}: highlight set {n + 1} needs a name in quotes.")
        if name.casefold() in [s.name.casefold() for s in sets]:
            raise ProtocolError(f"{where}: two highlight sets have the name {name!r}; names must differ.")
        colour = item.get("colour", COLOURS[n % len(COLOURS)])
        if colour not in COLOURS:
            known = ", ".join(COLOURS)
            raise ProtocolError(f"{where}: highlight set {name!r} has no colour of these: {known}.")
        speaks = item.get("speaks_for", "")
        if speaks not in ("", *SPEAKS):
            known = ", ".join(SPEAKS)
            raise ProtocolError(f"{where}: highlight set {name!r} has no speaks_for of these: {known}.")
        terms = _lines(item, "terms", f"{where}, highlight set {name!r}")
        sets.append(TermSet(name, colour, tuple(dict.fromkeys(terms)), speaks))
    return tuple(sets)


_START = """\
# The protocol of this review. tamis reads it at each start; every version that was screened with is
# kept in the review. Change the texts as you like. Keep the `id` of a reason once it has been used:
# decisions refer to it.

title = {title}
question = ""

# Stages that are screened, in order.
stages = ["title-abstract"]

# Who screens. A new name given with `--reviewer` needs no entry here.
reviewers = [{reviewer}]

[criteria]
# Shown beside the record with the key c, one line each.
include = [
  # "Adults with liver metastases of a colorectal primary",
]
exclude = [
  # "Fewer than ten participants",
]

# Before screening may stop early: which share of the relevant records is to be found, and the chance at
# which that may be missed. Set it before you screen; every change is kept with its day.
# [stopping]
# target = 0.95
# risk = 0.05

# To know how consistent your own decisions are: the share of decisions after which a record that you
# decided before is shown again, unmarked. What you say of it then changes no count.
# [quality]
# again = 0.02

# Why a record is excluded, most important first: the first nine have the keys 1 to 9 while screening.
# The first reason that applies is the one PRISMA counts. A reason with `stage = "full-text"` (or
# "title-abstract") is only for that stage.
[[reasons]]
id = "wrong-population"
label = "Wrong population"

[[reasons]]
id = "wrong-intervention"
label = "Wrong intervention"

[[reasons]]
id = "wrong-comparator"
label = "Wrong comparator"

[[reasons]]
id = "wrong-outcome"
label = "Wrong outcome"

[[reasons]]
id = "wrong-study-design"
label = "Wrong study design"

[[reasons]]
id = "wrong-publication-type"
label = "Wrong publication type"

[[reasons]]
id = "wrong-language"
label = "Not in a language we read"

# Words that are lit while screening, in sets of a colour ({colours}).
# `*` stands for any letters, `?` for one or none, /.../ is a regular expression. What a set speaks for
# (include, exclude or neither) leads the order by relevance at first. The key T edits this, too.
# [[highlight]]
# name = "population"
# colour = "green"
# speaks_for = "include"
# terms = ["liver metastas*", "colorectal", '/stage (III|IV)\\b/']
"""


def starting_protocol(title: str, reviewer: str) -> str:
    """A commented protocol.toml to begin with."""
    return _START.format(
        title=_toml(title), reviewer=_toml(reviewer) if reviewer else "", colours=", ".join(COLOURS)
    )


def _toml(text: str) -> str:
    escaped = clean_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
