"""The one registry of actions: keys, help, palette, documentation and checks all come from here."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tamis.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does.

    Attributes:
        id: stable name, used in the configuration file.
        keys: default keys, as Textual names them.
        label: one or two words for the key line.
        help: a sentence for help, palette and documentation.
        scope: the screen it works on: `screening` or `summary`; `dialog` keys cannot be changed.
        group: heading in the help.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    scope: str = "screening"
    group: str = "Decide"


def _exclude(n: int) -> Action:
    return Action(f"exclude-{n}", (str(n),), "reason", f"Exclude with reason {n} of the protocol.")


def _check(n: int) -> Action:
    help_ = f"Confirm item {n} of the SAFE procedure, or not."
    return Action(f"stop-check-{n}", (str(n),), "confirm", help_, "stopping", "Stopping")


ACTIONS: Final[tuple[Action, ...]] = (
    Action("include", ("i",), "include", "Include this record and go to the next."),
    Action("maybe", ("m",), "maybe", "Mark this record as maybe and go to the next."),
    Action(
        "exclude",
        ("e",),
        "exclude",
        "Exclude: pick reasons; the same key again: none (not at full text).",
    ),
    *(_exclude(n) for n in range(1, 10)),
    Action(
        "not-retrieved", ("r",), "not had", "At full text: the report could not be had, or could after all."
    ),
    Action("remove", ("R",), "remove", "Remove this record before screening, or put it back."),
    Action("clear", ("x",), "clear", "Take the decision on this record back: it is undecided again."),
    Action("undo", ("u",), "undo", "Undo the last action, also of an earlier day, and go to its record."),
    Action("redo", ("ctrl+r",), "redo", "Do again what was undone last."),
    Action("note", ("n",), "note", "Write a note on this record.", group="Annotate"),
    Action("labels", ("l",), "labels", "Put labels on this record.", group="Annotate"),
    Action("study", ("S",), "study", "Say which study this report is of.", group="Annotate"),
    Action("attach", ("A",), "attach", "Attach a file, such as the full text.", group="Annotate"),
    Action("edit", ("M",), "mend", "Mend a field of this record; the old value is kept.", group="Annotate"),
    Action("next", ("j", "down"), "next", "Next record.", group="Move"),
    Action("previous", ("k", "up"), "previous", "Previous record.", group="Move"),
    Action("next-undecided", ("tab",), "undecided", "Next record without a decision.", group="Move"),
    Action("stage", ("F",), "stage", "Go from title/abstract to full text, or back.", group="Move"),
    Action("order", ("O",), "order", "Show the list by relevance, title, year or at random.", group="Move"),
    Action("first", ("g", "home"), "first", "First record of the list.", group="Move"),
    Action("last", ("G", "end"), "last", "Last record of the list.", group="Move"),
    Action(
        "scroll-down", ("J", "space", "pagedown", "ctrl+d"), "down", "Scroll the record down.", group="Move"
    ),
    Action("scroll-up", ("K", "pageup", "ctrl+u"), "up", "Scroll the record up.", group="Move"),
    Action("search", ("slash",), "find", "Find words in the records and go there.", group="Find"),
    Action("find-next", ("full_stop",), "next match", "Next match of the search.", group="Find"),
    Action("find-previous", ("comma",), "previous match", "Previous match of the search.", group="Find"),
    Action(
        "filter",
        ("f",),
        "filter",
        "Show only records by decision, reason, label, source, year or text.",
        group="Find",
    ),
    Action("show-all", ("escape",), "show all", "Drop the filter and the search.", group="Find"),
    Action("authors", ("a",), "authors", "Show all authors and everything the file says.", group="Look"),
    Action("light", ("t",), "light", "Light the terms of the protocol, or do not.", group="Look"),
    Action("lit-next", ("h",), "next lit", "Next lit place of the record.", group="Look"),
    Action("lit-previous", ("H",), "lit before", "Lit place before.", group="Look"),
    Action("terms", ("T",), "terms", "Change what is lit: sets, their terms and colours.", group="Look"),
    Action("criteria", ("c",), "criteria", "Show or hide the criteria beside the record.", group="Look"),
    Action("open", ("o",), "open", "Open the record's file, or else its DOI or web address.", group="Look"),
    Action("why", ("w",), "why here", "Which terms put the record here, by relevance.", group="Look"),
    Action("summary", ("s",), "summary", "The PRISMA flow, decisions by reason and source.", group="Look"),
    Action("export", ("E",), "export", "Write decisions or counts to a file.", group="Look"),
    Action("import", ("ctrl+o",), "import", "Import files and read their account.", group="Look"),
    Action("duplicates", ("D",), "duplicates", "Find duplicates and judge the likely ones.", group="Look"),
    Action("cluster", ("v",), "its records", "Show all records of this report.", group="Look"),
    Action("stopping", ("percent_sign",), "may I stop?", "What is found, and may I stop?", group="Look"),
    Action("second-look", ("L",), "look again", "List decisions worth a second look.", group="Look"),
    Action("help", ("question_mark",), "help", "This help.", group="tamis"),
    Action("palette", ("ctrl+p", "colon"), "palette", "Find an action by its name.", group="tamis"),
    Action("quit", ("q", "ctrl+q"), "quit", "Leave. Everything is on disk already.", group="tamis"),
    Action("box-next", ("j", "down", "tab"), "next", "Next box.", "summary", "Summary"),
    Action("box-previous", ("k", "up", "shift+tab"), "previous", "Previous box.", "summary", "Summary"),
    Action("box-open", ("enter",), "records", "List the records of the box.", "summary", "Summary"),
    Action("summary-scroll-down", ("J", "space", "pagedown"), "down", "Scroll down.", "summary", "Summary"),
    Action("summary-scroll-up", ("K", "pageup"), "up", "Scroll up.", "summary", "Summary"),
    Action("summary-export", ("E",), "export", "Write decisions or counts to a file.", "summary", "Summary"),
    Action("summary-help", ("question_mark",), "help", "This help.", "summary", "Summary"),
    Action("summary-close", ("escape", "s", "q"), "back", "Back to the records.", "summary", "Summary"),
    Action("pair-same", ("y",), "same", "They are one report: link them.", "duplicates", "Duplicates"),
    Action("pair-different", ("n",), "different", "They are two reports.", "duplicates", "Duplicates"),
    Action("pair-undo", ("u",), "undo", "Take your last answer or link back.", "duplicates", "Duplicates"),
    Action("pair-link", ("L",), "link all", "Link all certain pairs.", "duplicates", "Duplicates"),
    Action("pair-certain", ("c",), "rule's", "Look at what the rule linked.", "duplicates", "Duplicates"),
    Action("pair-cluster", ("v",), "records", "List the records of both.", "duplicates", "Duplicates"),
    Action("pair-next", ("j", "down"), "next", "Next pair.", "duplicates", "Duplicates"),
    Action("pair-previous", ("k", "up"), "previous", "Previous pair.", "duplicates", "Duplicates"),
    Action("pair-scroll-down", ("J", "space", "pagedown"), "down", "Down.", "duplicates", "Duplicates"),
    Action("pair-scroll-up", ("K", "pageup"), "up", "Up.", "duplicates", "Duplicates"),
    Action("pair-help", ("question_mark",), "help", "This help.", "duplicates", "Duplicates"),
    Action("pair-close", ("escape", "q"), "back", "Back to the records.", "duplicates", "Duplicates"),
    Action("member-stands", ("enter", "s"), "stands", "Let this record stand.", "cluster", "Cluster"),
    Action("member-split", ("n",), "take out", "It is of another report: take it out.", "cluster", "Cluster"),
    Action("member-undo", ("u",), "undo", "Take your last link or answer back.", "cluster", "Cluster"),
    Action("member-next", ("j", "down"), "next", "Next record.", "cluster", "Cluster"),
    Action("member-previous", ("k", "up"), "previous", "Previous record.", "cluster", "Cluster"),
    Action("member-scroll-down", ("J", "space", "pagedown"), "down", "Scroll down.", "cluster", "Cluster"),
    Action("member-scroll-up", ("K", "pageup"), "up", "Scroll up.", "cluster", "Cluster"),
    Action("member-help", ("question_mark",), "help", "This help.", "cluster", "Cluster"),
    Action("member-close", ("escape", "q", "v"), "back", "Back to where you were.", "cluster", "Cluster"),
    Action("stop-page", ("tab", "j", "down"), "page", "Next page.", "stopping", "Stopping"),
    Action("stop-page-back", ("shift+tab", "k", "up"), "before", "Page before.", "stopping", "Stopping"),
    Action("stop-scroll-down", ("J", "space", "pagedown"), "down", "Scroll down.", "stopping", "Stopping"),
    Action("stop-scroll-up", ("K", "pageup"), "up", "Scroll up.", "stopping", "Stopping"),
    Action("stop-sample", ("R",), "random sample", "Draw and screen a sample.", "stopping", "Stopping"),
    Action("stop-now", ("S",), "stop", "Stop; the rest stays unscreened.", "stopping", "Stopping"),
    Action("stop-undo", ("u",), "undo", "Undo the stop or the sample.", "stopping", "Stopping"),
    *(_check(n) for n in range(1, 6)),
    Action("stop-help", ("question_mark",), "help", "This help.", "stopping", "Stopping"),
    Action("stop-close", ("escape", "q", "percent_sign"), "back", "Go back.", "stopping", "Stopping"),
    Action("terms-add", ("a",), "add", "Add terms to this set.", "terms", "Terms"),
    Action("terms-new", ("n",), "new", "Make a set, with or without terms.", "terms", "Terms"),
    Action("terms-search", ("f",), "search", "Take terms from the search strategies.", "terms", "Terms"),
    Action("terms-rename", ("r",), "rename", "Give this set another name.", "terms", "Terms"),
    Action("terms-colour", ("c",), "colour", "Choose the colour of this set.", "terms", "Terms"),
    Action(
        "terms-speaks", ("s",), "speaks", "What it speaks for: include, exclude, neither.", "terms", "Terms"
    ),
    Action("terms-delete", ("d", "delete"), "delete", "Delete this term, or this set.", "terms", "Terms"),
    Action("terms-undo", ("u",), "undo", "Undo the last change of terms.", "terms", "Terms"),
    Action("terms-redo", ("ctrl+r",), "redo", "Do again what was undone last.", "terms", "Terms"),
    Action("terms-next", ("j", "down"), "next", "Next set or term.", "terms", "Terms"),
    Action("terms-previous", ("k", "up"), "previous", "Set or term before.", "terms", "Terms"),
    Action("terms-scroll-down", ("J", "space", "pagedown"), "down", "Scroll down.", "terms", "Terms"),
    Action("terms-scroll-up", ("K", "pageup"), "up", "Scroll up.", "terms", "Terms"),
    Action("terms-help", ("question_mark",), "help", "This help.", "terms", "Terms"),
    Action("terms-close", ("escape", "q", "T"), "back", "Back to the records.", "terms", "Terms"),
    Action(
        "dialog-save", ("ctrl+s",), "save", "Save a note (enter saves one-line fields).", "dialog", "Dialogs"
    ),
    Action("dialog-editor", ("ctrl+e",), "editor", "Write the note in $EDITOR.", "dialog", "Dialogs"),
    Action("dialog-cancel", ("escape",), "cancel", "Close without changing anything.", "dialog", "Dialogs"),
)

PRESETS: Final[dict[str, dict[str, str]]] = {
    "default": {},
    "rayyan": {"maybe": "u", "undo": "z"},
}
"""Whole sets of keys; `rayyan` has its i, e and u for include, exclude and maybe."""

FIXED_SCOPES: Final = ("dialog",)

AMBIGUOUS: Final = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+j": "a pasted line break",
    "ctrl+left_square_bracket": "escape",
    "ctrl+slash": "ctrl+_",
    "ctrl+z": "suspend, which leaves the terminal unusable",
    "ctrl+c": "copy and interrupt",
}
"""Keys that most terminals cannot tell apart from another, or that mean something to the terminal."""

_NAMED: Final = frozenset(
    [
        "space",
        "tab",
        "enter",
        "escape",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
    ]
) | {f"f{n}" for n in range(1, 25)}
_MODIFIERS: Final = ("ctrl", "shift", "alt", "super", "hyper", "meta")


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys after presets and the configuration: by action, and by scope and key."""

    keys: Mapping[str, tuple[str, ...]]
    actions: Mapping[tuple[str, str], Action]

    def action(self, scope: str, key: str) -> Action | None:
        """What a key does on a screen."""
        return self.actions.get((scope, key))

    def ordered(self, ids: Iterable[str]) -> list[Action]:
        """Actions by their ids, in that order, without those that have no key."""
        by_id = {action.id: action for action in ACTIONS}
        return [by_id[i] for i in ids if self.keys.get(i)]

    def shown(self, action_id: str) -> str:
        """The first key of an action as people read it."""
        keys = self.keys.get(action_id, ())
        return display(keys[0]) if keys else ""


def resolve(
    overrides: Mapping[str, str] | None = None, preset: str = "default", where: str = "the configuration"
) -> Keymap:
    """Work out which key does what.

    Args:
        overrides: action id -> keys, separated by commas; "" takes all keys away.
        preset: a name in `PRESETS`.
        where: the file to name in errors.

    Raises:
        ConfigError: unknown preset, action or key; a clash; a key terminals cannot tell apart.
    """
    if preset not in PRESETS:
        raise ConfigError(f"{where}: there is no key preset {preset!r}; there are {', '.join(PRESETS)}.")
    problems: list[str] = []
    by_id = {action.id: action for action in ACTIONS}
    keys = {action.id: action.keys for action in ACTIONS}
    for source in (PRESETS[preset], overrides or {}):
        for action_id, text in source.items():
            if action_id not in by_id:
                near = difflib.get_close_matches(action_id, by_id, 1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                problems.append(f"there is no action {action_id!r}{hint}")
            elif by_id[action_id].scope in FIXED_SCOPES:
                problems.append(f"the keys of {action_id} cannot be changed")
            else:
                keys[action_id] = _keys_in(text, action_id, problems)
    if problems:
        raise ConfigError(f"{where}: {'; '.join(problems)}. See `tamis keys` for all actions.")
    return Keymap(keys, _by_key(keys, problems, where))


def _keys_in(text: str, action_id: str, problems: list[str]) -> tuple[str, ...]:
    found = []
    parts = [text.strip()] if text.strip() == "," else text.split(",")
    for part in parts:
        if not part.strip():
            continue
        key = normal(part.strip())
        if key is None:
            problems.append(f"{part.strip()!r} for {action_id} is not a key")
        elif key in AMBIGUOUS:
            problems.append(f"{part.strip()} for {action_id} is {AMBIGUOUS[key]} in most terminals")
        else:
            found.append(key)
    return tuple(found)


def _by_key(
    keys: Mapping[str, tuple[str, ...]], problems: list[str], where: str
) -> dict[tuple[str, str], Action]:
    taken: dict[tuple[str, str], Action] = {}
    for action in ACTIONS:
        for key in keys[action.id]:
            other = taken.setdefault((action.scope, key), action)
            if other is not action:
                problems.append(f"{display(key)} means both {other.id} and {action.id}")
    if problems:
        raise ConfigError(f"{where}: {'; '.join(problems)}. Give one of them another key.")
    return taken


def normal(key: str) -> str | None:
    """A key as Textual names it (`?` is `question_mark`), or None when there is no such key."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    modifiers = [m.strip().lower() for m in modifiers]
    if any(m not in _MODIFIERS for m in modifiers):
        return None
    if len(last) == 1:
        name = last if last.isalnum() else _name(last)
        if name is None:
            return None
        if modifiers and "shift" not in modifiers:
            name = name.lower()
    elif last.lower() in _NAMED:
        name = last.lower()
    elif last in _PUNCTUATION:
        name = last
    else:
        return None
    return "+".join((*modifiers, name))


def _name(character: str) -> str | None:
    if character == " ":
        return "space"
    if not character.isprintable():
        return None
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _TEXTUAL_NAMES.get(name, name) or None


# Textual calls these by shorter names than Unicode does.
_TEXTUAL_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_PUNCTUATION: Final = {name for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" if (name := _name(c))}
_SHOWN: Final = {
    **{name: c for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" if (name := _name(c))},
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "up": "↑",
    "down": "↓",
}


def display(key: str) -> str:
    """A key as people read it: `?`, `esc`, `^r`."""
    *modifiers, last = key.split("+")
    shown = _SHOWN.get(last, last)
    if modifiers == ["ctrl"]:
        return f"^{shown}"
    return "+".join((*modifiers, shown))


def in_scope(scope: str) -> Iterable[Action]:
    """The actions of a screen, in order."""
    return (action for action in ACTIONS if action.scope == scope)
