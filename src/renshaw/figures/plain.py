"""A figure as JSON: what the page's renderer draws. Numbers as long as a screen can show them."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any, Final

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.figures.colors import NAMED, in_the_dark, on_paper, viridis
from renshaw.figures.description import Axis, ColorScale, Figure, Panel
from renshaw.figures.marks import Boxes, Mark
from renshaw.figures.thinning import in_sight

# More points of a line can't be told apart on a screen; whoever zooms asks for the rest.
_MOST_POINTS: Final = 1500
_DIGITS: Final = 7


def plain(figure: Figure) -> dict[str, Any]:
    """Return a figure as plain values; lines are thinned for the stretch that is in sight."""
    return {
        "name": figure.name,
        "title": figure.title,
        "caption": figure.caption,
        "columns": figure.columns,
        "widths": list(figure.widths),
        "heads": list(figure.heads),
        "shared_x": figure.shared_x,
        "one_legend": figure.one_legend,
        "window": None if figure.window is None else list(figure.window),
        "chosen": figure.chosen,
        "panels": [_panel(panel, figure.x_range_of(panel)) for panel in figure.panels],
    }


def _panel(panel: Panel, window: tuple[float, float]) -> dict[str, Any]:
    seen = [in_sight(mark, *window, _MOST_POINTS) for mark in panel.marks]
    return {
        "name": panel.name,
        "title": panel.title,
        "title_color": color(panel.title_color),
        "x": _axis(panel.x, panel.range_of("x")),
        "y": _axis(panel.y, panel.range_of("y")),
        "height": panel.height_in,
        "span": panel.span,
        "square": panel.square,
        "bare": panel.bare,
        "scale": None if panel.scale is None else _scale(panel.scale),
        "thinned": any(
            len(getattr(a, "x", ())) < len(getattr(b, "x", ()))
            for a, b in zip(seen, panel.marks, strict=True)
            if isinstance(getattr(b, "x", None), np.ndarray)
        ),
        "empty": panel.empty,
        "marks": [_mark(mark, panel.scale) for mark in seen],
    }


def _axis(axis: Axis, ends: tuple[float, float]) -> dict[str, Any]:
    return {
        "words": axis.words,
        "label": axis.label,
        "unit": axis.unit,
        "low": _number(ends[0]),
        "high": _number(ends[1]),
        "ticks": None if axis.ticks is None else [[at, words] for at, words in axis.ticks],
        "scale": axis.scale,
        "reversed": axis.reversed,
        "grid": axis.grid,
    }


def _scale(scale: ColorScale) -> dict[str, Any]:
    steps = len(scale.edges) - 1
    colors = [viridis((step + 0.5) / steps) for step in range(steps)]
    return {"label": scale.label, "edges": list(scale.edges), "colors": colors}


def _mark(mark: Mark, scale: ColorScale | None) -> dict[str, Any]:
    """Return a mark; what is as by default is left out."""
    said: dict[str, Any] = {"kind": type(mark).__name__.lower()}
    for field in fields(mark):
        value = getattr(mark, field.name)
        if field.name == "color":
            said["color"] = color(value)
        elif isinstance(value, np.ndarray):
            said[field.name] = numbers(value)
        elif isinstance(value, tuple):
            if value:
                said[field.name] = list(value)
        elif isinstance(value, float):
            if value != field.default:
                said[field.name] = _number(value)
        elif value != field.default:
            said[field.name] = value
    if isinstance(mark, Boxes) and mark.values is not None and scale is not None:
        said["colors"] = [viridis(scale.share(value)) for value in mark.values]
    return said


def color(name: str) -> Any:
    """Return the name of a color that the page has, else its colors by day and by night."""
    return name if name in NAMED else [on_paper(name), in_the_dark(name)]


def numbers(values: FloatArray) -> Any:
    """Return numbers, None where one is not finite; an even course as where it starts and steps."""
    if len(values) == 0:
        return []
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if len(finite) else 0.0
    decimals = _DIGITS - 1 - math.floor(math.log10(largest)) if largest > 0 else 0
    if len(values) > 2 and len(finite) == len(values):
        step = (values[-1] - values[0]) / (len(values) - 1)
        even = values[0] + step * np.arange(len(values))
        if np.max(np.abs(values - even)) < 0.5 * 10.0**-decimals:
            return {"from": float(values[0]), "step": float(step), "count": len(values)}
    rounded = np.round(values, decimals).tolist()
    if len(finite) == len(values):
        return rounded
    return [value if math.isfinite(value) else None for value in rounded]


def _number(value: float) -> float | None:
    return float(f"{value:.9g}") if math.isfinite(value) else None
