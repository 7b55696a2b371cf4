"""The numbers of a figure as a table: what was drawn, to be drawn by others."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.figures.description import Figure, Panel
from renshaw.figures.marks import Area, Arrow, Boxes, Line, Mark, Points, Rule, Span, Text, Ticks

if TYPE_CHECKING:
    import pandas as pd


def table(figure: Figure) -> pd.DataFrame:
    """Return one row a number that is drawn: panel, mark, whose it is, x and y; none is thinned.

    Parameters
    ----------
    figure : Figure
        Of one with a window, what lies inside it.
    """
    import pandas as pd

    tables = [pd.DataFrame(columns=_COLUMNS)]
    for panel in figure.panels:
        for mark in panel.marks:
            if mark.detail and mark.key != figure.chosen:
                continue
            found = pd.DataFrame(_columns(mark))
            if figure.window is not None and figure.shared_x and "x" in found:
                found = found[found["x"].between(*figure.window)]
            tables.append(found.assign(**_names(panel, mark)))
    joined = pd.concat([each for each in tables if len(each)] or tables)
    rare = [name for name in _RARE if name not in joined or joined[name].isna().all()]
    columns = [name for name in _COLUMNS if name not in rare]
    return joined.reindex(columns=columns).reset_index(drop=True)


_COLUMNS = ["panel", "mark", "of", "x", "y", "low", "high", "value", "words", "x_axis", "y_axis"]
# Those that only some marks have.
_RARE = ("of", "low", "high", "value", "words")


def _names(panel: Panel, mark: Mark) -> dict[str, Any]:
    return {
        "panel": panel.title or panel.name,
        "mark": mark.name or mark.label or type(mark).__name__.lower(),
        "of": None if mark.key is None else str(mark.key),
        "x_axis": panel.x.words,
        "y_axis": panel.y.words,
    }


@singledispatch
def _columns(mark: Mark) -> dict[str, Any]:
    raise TypeError(f"there is no table of a {type(mark).__name__}")


@_columns.register
def _line(mark: Line) -> dict[str, Any]:
    return {"x": mark.x, "y": mark.y}


@_columns.register
def _points(mark: Points) -> dict[str, Any]:
    words = {"words": mark.words} if mark.words else {}
    return {"x": mark.x, "y": mark.y, **words}


@_columns.register
def _ticks(mark: Ticks) -> dict[str, Any]:
    return {"x": mark.x, "y": np.full(len(mark.x), mark.y)}


@_columns.register
def _area(mark: Area) -> dict[str, Any]:
    return {"x": mark.x, "low": mark.low, "high": mark.high}


@_columns.register
def _boxes(mark: Boxes) -> dict[str, Any]:
    values = {} if mark.values is None else {"value": mark.values}
    words = {"words": mark.words} if mark.words else {}
    return {"x": mark.x, "y": mark.y, **values, **words}


@_columns.register
def _span(mark: Span) -> dict[str, Any]:
    return {"low": [mark.low], "high": [mark.high]}


@_columns.register
def _rule(mark: Rule) -> dict[str, Any]:
    return {mark.axis: [mark.at]}


@_columns.register
def _arrow(mark: Arrow) -> dict[str, Any]:
    return {"x": [mark.x], "low": [mark.low], "high": [mark.high]}


@_columns.register
def _text(mark: Text) -> dict[str, Any]:
    return {}
