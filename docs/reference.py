"""Write docs/reference.md from the program itself: `python -m docs.reference`, `--check` in the gates."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from docs import texts
from docs.shapes import attributes, json_examples
from tamis import errors, formats
from tamis.cli import cli
from tamis.domain import query
from tamis.domain.record import Decision, Record
from tamis.formats.own_csv import COLUMNS
from tamis.services.importing import FileAccount
from tamis.services.report import Facts
from tamis.tui.config import THEMES
from tamis.tui.keys import ACTIONS, AMBIGUOUS, FIXED_SCOPES, PRESETS, display, in_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PATH: Final = Path(__file__).with_suffix(".md")


def render() -> str:
    """The whole page."""
    parts = (
        [
            "# Reference",
            "",
            "Written by `python -m docs.reference` from the program. Do not edit it by hand.",
        ],
        ["", *_contents()],
        _commands(),
        _exit_codes(),
        _keys(),
        _presets(),
        _settings(),
        _filters(),
        _environment(),
        _formats(),
        _shapes(),
    )
    text = "\n".join(line.rstrip() for part in parts for line in part)
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"


def _contents() -> Iterator[str]:
    heads = (
        "Commands",
        "Exit codes",
        "Keys",
        "Presets",
        "Configuration file",
        "Filters",
        "Environment",
        "Formats",
    )
    for head in (*heads, "JSON"):
        yield f"- [{head}](#{head.lower().replace(' ', '-')})"


# Commands and exit codes


def _commands() -> Iterator[str]:
    yield from ("", "## Commands", "", *_paragraphs(cli.help or ""), "")
    context = click.Context(cli, info_name="tamis")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(command.collect_usage_pieces(inner))
        yield from ("", f"### tamis {name}", "", "```text", f"tamis {name} {usage}", "```", "")
        yield from _paragraphs(command.help or "")
        rows = [row for option in command.params if (row := _option(option))]
        yield from ("", *_table(("option", "meaning"), rows)) if rows else ()
    yield from (
        "",
        "`tamis --version` names the version; `-h` or `--help` after any command shows its options.",
    )


def _option(option: click.Parameter) -> tuple[str, str] | None:
    if not isinstance(option, click.Option):
        return None
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    kind = ""
    if isinstance(option.type, click.Choice):
        kind = " " + " \\| ".join(f"`{choice}`" for choice in option.type.choices)
    elif not option.is_flag:
        kind = f" {option.metavar or option.type.name.upper()}"
    words = [option.help or ""]
    if option.multiple:
        words.append("May be given several times.")
    if option.required:
        words.append("Needed.")
    if option.show_default and not option.is_flag and option.default:
        words.append(f"Without it: `{option.default}`.")
    return f"{names}{kind}", " ".join(words)


def _exit_codes() -> Iterator[str]:
    yield from ("", "## Exit codes", "", "A number never changes its meaning.", "")
    rows = [(str(int(errors.ExitCode[name])), words) for name, words in exit_code_words().items()]
    yield from _table(("code", "meaning"), rows)


def exit_code_words() -> dict[str, str]:
    """The sentence below each exit code in the source."""
    tree = ast.parse(inspect.getsource(errors.ExitCode))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    words: dict[str, str] = {}
    for member, text in itertools.pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr):
            target, value = member.targets[0], text.value
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                words[target.id] = str(value.value)
    return words


# The app


def _keys() -> Iterator[str]:
    yield from ("", "## Keys", "")
    yield "The id is what the configuration file calls the action. `^r` stands for ctrl and r together."
    for scope, head in texts.SCOPES.items():
        yield from ("", f"### {head}", "")
        if scope in FIXED_SCOPES:
            yield from ("These keys cannot be changed.", "")
        rows = [(_shown(action.keys), f"`{action.id}`", action.help) for action in in_scope(scope)]
        yield from _table(("keys", "id", "what it does"), rows)


def _shown(keys: Iterable[str]) -> str:
    return " ".join(f"`{display(key)}`" for key in keys) or "(none)"


def _presets() -> Iterator[str]:
    yield from ("", "## Presets", "", "A preset changes these keys; all others stay as above.", "")
    by_id = {action.id: action for action in ACTIONS}
    for name, keys in PRESETS.items():
        told = "; ".join(f"`{key}` {by_id[action].label}" for action, key in keys.items())
        yield f"- `{name}`: {told or 'the keys above'}"


def _settings() -> Iterator[str]:
    yield from ("", "## Configuration file", "")
    yield from (texts.CONFIGURATION, "")
    themes = ", ".join(f"`{name}`" for name in THEMES)
    rows = [
        (f"`{name}`", kind, default, words.format(themes=themes))
        for name, kind, default, words in texts.SETTINGS.values()
    ]
    rows.append(("`[keys]`", "a table", "", texts.OWN_KEYS))
    yield from _table(("setting", "value", "default", "meaning"), rows)
    yield from ("", "Keys that cannot be used, because most terminals send the same for another key:", "")
    yield from _table(("key", "is"), [(f"`{key}`", words) for key, words in AMBIGUOUS.items()])


def _filters() -> Iterator[str]:
    yield from ("", "## Filters", "")
    yield from (texts.FILTERING, "")
    has = ", ".join(f"`{name}`" for name in query._HAS)
    rows = [(written, words.format(has=has)) for written, words in texts.FILTERS.values()]
    yield from _table(("written", "looks at"), [*rows, ('`word`, `"two words"`', "the text of the record")])


def _environment() -> Iterator[str]:
    yield from ("", "## Environment", "")
    yield from _table(("variable", "meaning"), [(f"`{name}`", words) for name, words in texts.ENVIRONMENT])


# Formats and JSON


def _formats() -> Iterator[str]:
    yield from ("", "## Formats", "", "The content of a file decides its format, never its name.", "")
    rows = [
        (f"`{f.name}`", f.label, "yes", "yes" if f.name in formats.WRITABLE else "no")
        for f in formats.FORMATS
    ]
    yield from _table(("name", "what it is", "read", "written"), rows)
    yield from (
        "",
        "### RIS as tamis writes it",
        "",
        texts.RIS,
        "",
        "### CSV as tamis writes it",
        "",
        texts.CSV,
        "",
    )
    yield f"Columns: {', '.join(f'`{column}`' for column in COLUMNS)}."
    yield from ("", "### PRISMA counts as CSV", "", texts.PRISMA)


def _shapes() -> Iterator[str]:
    examples = json_examples()
    yield from ("", "## JSON", "", texts.JSON)
    yield from ("", "### tamis import --json", "")
    yield texts.IMPORTED
    yield from ("", *_table(("field", "meaning"), _fields(FileAccount, leave=("decisions", "code"))))
    yield from ("", *_json(examples["import"]))
    yield from ("", "### tamis summary --json", "")
    yield from _table(("field", "meaning"), [(f"`{name}`", words) for name, words in texts.SUMMARY.items()])
    yield from ("", *_json(examples["summary"]))
    yield from ("", "### tamis report --json", "", *_table(("field", "meaning"), _fields(Facts)), "")
    yield "With `-o`: `files`, the files that were written."
    yield from ("", "### tamis export --format json", "")
    yield texts.EXPORTED
    yield from ("", *_table(("field", "meaning"), _fields(Record)))
    yield from ("", "A decision in `decisions`, one for each reviewer and stage:", "")
    yield from _table(("field", "meaning"), _fields(Decision))
    yield from ("", *_json(examples["export"]))
    yield from ("", "### tamis log --json, tamis decide --json", "")
    yield texts.EVENT
    yield from ("", *_json(examples["event"]))
    yield from ("", "### tamis check --json", "")
    yield texts.CHECKED
    yield from ("", *_json(examples["check"]))
    yield from ("", "### tamis init --json, tamis export --json", "", *_json(examples["init"]), "")
    yield from _json(examples["exported"])


def _fields(kind: type, leave: Sequence[str] = ()) -> list[tuple[str, str]]:
    return [(f"`{name}`", words) for name, words in attributes(kind).items() if name not in leave]


# Markdown


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        yield from (" ".join(paragraph.split()), "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(' --- ' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(text: str) -> str:
    return text if "\\|" in text else text.replace("|", "\\|")


def _json(text: str) -> list[str]:
    return ["```json", *text.splitlines(), "```"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with --check say whether it is as the program is."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    page = render()
    if not check:
        PATH.write_text(page, encoding="utf-8")
        return 0
    if PATH.is_file() and PATH.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write("docs/reference.md is not what the program says: run `python -m docs.reference`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
