"""The PRISMA 2020 flow diagram for the paper: laid out once (`layout`), then drawn by each form."""

from __future__ import annotations

from tamis.services.diagram.svg import svg
from tamis.services.flow import Options

__all__ = ["Options", "svg"]
