"""The commands. stdout carries data, stderr narration; importing this loads nothing but click."""

from __future__ import annotations

from tamis.cli.group import cli

__all__ = ["cli"]
