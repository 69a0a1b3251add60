"""`tamis keys`: every action with its keys, as the configuration has them."""

from __future__ import annotations

import json

import click

from tamis.cli.output import out


@click.command("keys", short_help="All actions and their keys, for your own configuration.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def keys_command(as_json: bool) -> int:
    """List every action with the keys it has now; its name is what the configuration file calls it."""
    from tamis.tui.config import config_path, load
    from tamis.tui.keys import ACTIONS, PRESETS, display

    config = load(config_path())
    keys = {action: [display(key) for key in names] for action, names in config.keymap.keys.items()}
    if as_json:
        rows = [{"action": a.id, "keys": keys[a.id], "screen": a.scope, "help": a.help} for a in ACTIONS]
        out(json.dumps({"config": str(config.path), "presets": list(PRESETS), "actions": rows}, indent=2))
        return 0
    for action in ACTIONS:
        out(f"{action.id:<22} {' '.join(keys[action.id]):<18} {action.help}")
    out(f"\nYour own keys go into {config.path}; presets: {', '.join(PRESETS)}.")
    return 0
