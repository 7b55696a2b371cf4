"""Figures as values: what is shown is said once, and drawn on paper, on the page and in files.

A `Figure` holds panels, a panel its axes and marks. `renshaw.figures.paper` draws it with
matplotlib (SVG, PDF, PNG), the page draws the same value from its plain form
(`renshaw.figures.plain`), and `renshaw.figures.data` writes its numbers as a table.
"""

from renshaw.figures.colors import sequence
from renshaw.figures.description import Axis, ColorScale, Figure, Panel
from renshaw.figures.marks import (
    Area,
    Arrow,
    Boxes,
    Line,
    Mark,
    Points,
    Rule,
    Span,
    Text,
    Ticks,
)

__all__ = [
    "Area",
    "Arrow",
    "Axis",
    "Boxes",
    "ColorScale",
    "Figure",
    "Line",
    "Mark",
    "Panel",
    "Points",
    "Rule",
    "Span",
    "Text",
    "Ticks",
    "sequence",
]
