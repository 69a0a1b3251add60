"""BibTeX values: braces and quotes taken off, strings put in, pieces joined."""

from __future__ import annotations

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BRACE = re.compile(r"(?<!\\)[{}]")
_QUOTE = re.compile(r'(?<!\\)[{}"]')
_WORD = re.compile(r"[^\s#{}\",=]+")
_DEPTH = 20


class Strings:
    """The file's `@string` definitions; names do not mind capitals."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def define(self, name: str, value: str) -> None:
        """Take a definition; the later one of a name holds."""
        self._known[name.strip().lower()] = value[:10_000]

    def get(self, name: str) -> str:
        """What a bare word stands for; one that nobody defined stands for itself."""
        return self._known.get(name.lower(), name)


def read_value(raw: str, strings: Strings) -> tuple[str, str]:
    """The text of a value, and what stands behind it that is no part of it."""
    raw = raw.strip()
    if raw[:1] == "{" and raw[-1:] == "}" and "{" not in (inner := raw[1:-1]) and "}" not in inner:
        return inner, ""
    parts: list[str] = []
    while raw:
        part, raw = _piece(raw, strings)
        parts.append(part)
        raw = raw.lstrip()
        if not raw.startswith("#") or len(parts) > _DEPTH:
            break
        raw = raw[1:].lstrip()
    return "".join(parts), raw


def _piece(raw: str, strings: Strings) -> tuple[str, str]:
    if raw[0] == "{":
        end = _closing(raw)
        return (raw[1:end], raw[end + 1 :])
    if raw[0] == '"':
        depth = 0
        for mark in _QUOTE.finditer(raw, 1):
            sign = mark.group()
            depth += (sign == "{") - (sign == "}")
            if sign == '"' and depth <= 0:
                return raw[1 : mark.start()], raw[mark.end() :]
        end = raw.rfind('"')
        return (raw[1:end], raw[end + 1 :]) if end > 0 else (raw[1:], "")
    match = _WORD.match(raw)
    if match is None:
        return raw, ""
    rest = raw[match.end() :].lstrip()
    if rest and rest[0] != "#" and "=" not in rest[:80]:  # several bare words: text without its braces
        return raw, ""
    word = match.group()
    return strings.get(word), rest


def _closing(raw: str) -> int:
    depth = 0
    for mark in _BRACE.finditer(raw):
        depth += 1 if mark.group() == "{" else -1
        if not depth:
            return mark.start()
    return len(raw)


def unwrap(value: str) -> str:
    """A value without the braces that hold all of it."""
    value = value.strip()
    for _ in range(_DEPTH):
        if value[:1] != "{" or value[-1:] != "}" or _closing(value) != len(value) - 1:
            break
        value = value[1:-1].strip()
    return value


def month(value: str) -> tuple[int, str] | None:
    """Number of a month, and what the value says beside it (a day), if it is one."""
    match = re.fullmatch(r"\s*(?:([A-Za-z]{3,9})\.?|(\d{1,2}))\s*(\d{1,2})?\s*", value)
    if match is None:
        return None
    if match.group(1):
        name = match.group(1).lower()
        if name[:3] not in _MONTHS:
            return None
        return _MONTHS.index(name[:3]) + 1, match.group(3) or ""
    number = int(match.group(2))
    return (number, match.group(3) or "") if 1 <= number <= len(_MONTHS) else None


def people(value: str) -> list[str]:
    """The names in a value, cut at every `and` outside braces."""
    names: list[str] = []
    depth, at, begin = 0, 0, 0
    for mark in re.finditer(r"(?<!\\)[{}]|(?<=\s)and(?=\s)|(?<=\})and(?=\s)|;", value, re.IGNORECASE):
        sign = mark.group()
        if sign in "{}":
            depth = max(0, depth + (1 if sign == "{" else -1))
        elif not depth:
            at = mark.start()
            names.append(value[begin:at])
            begin = mark.end()
    names.append(value[begin:])
    return [name.strip() for name in names if name.strip()]
