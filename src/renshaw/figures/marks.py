"""What stands in a panel: lines, points, ticks, areas, boxes, words; immutable values each.

Colors are names of `renshaw.figures.colors` (``"blue"``, ``"ink"``), `sequence(share)`, or
``#rrggbb``. Sizes are in points of paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from renshaw.data.arrays import FloatArray

Key = int | str
Dash = Literal["", "dashed", "dotted"]
Shape = Literal["circle", "square", "diamond", "triangle", "triangle down", "star", "cross", "bar"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Mark:
    """What all marks have.

    Parameters
    ----------
    color : str
    label : str
        What the legend calls it; empty for one that isn't in the legend.
    name : str
        What it is, in the table of the data and when it is pointed at.
    key : int or str, optional
        Whose it is, such as a unit's number.
    detail : bool
        Seen only while its key is chosen.
    alpha : float
    """

    color: str = "ink"
    label: str = ""
    name: str = ""
    key: Key | None = None
    detail: bool = False
    alpha: float = 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class _Course(Mark):
    """Values over places."""

    x: FloatArray
    y: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", _array(self.x))
        object.__setattr__(self, "y", _array(self.y))
        if self.x.shape != self.y.shape or self.x.ndim != 1:
            raise ValueError("a mark has as many values as places")


@dataclass(frozen=True, eq=False, kw_only=True)
class Line(_Course):
    """A line through points; broken where a value is no number."""

    width: float = 1.4
    dash: Dash = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Points(_Course):
    """Points, each for itself.

    Parameters
    ----------
    size : float
        Diameter in points of paper.
    shape : str
    hollow : bool
    keys : tuple
        Whose each point is.
    words : tuple of str
        What is said of each point when it is pointed at.
    """

    size: float = 4.0
    shape: Shape = "circle"
    hollow: bool = False
    keys: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Ticks(Mark):
    """Moments, as upright strokes in one row, such as the discharges of a unit."""

    x: FloatArray
    y: float
    height: float = 0.72
    width: float = 0.7

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", _array(self.x))


@dataclass(frozen=True, eq=False, kw_only=True)
class Area(Mark):
    """What lies between two courses."""

    x: FloatArray
    low: FloatArray
    high: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", _array(self.x))
        object.__setattr__(self, "low", _array(self.low))
        object.__setattr__(self, "high", _array(self.high))


@dataclass(frozen=True, eq=False, kw_only=True)
class Span(Mark):
    """A stretch of the x axis, through the whole panel; a ribbon above it where ``ribbon``."""

    low: float
    high: float
    ribbon: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule(Mark):
    """A straight line through the whole panel at a place of one axis."""

    at: float
    axis: Literal["x", "y"] = "y"
    width: float = 0.9
    dash: Dash = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Boxes(Mark):
    """Rectangles around places.

    Parameters
    ----------
    x, y : array
        Their middles.
    width, height : float
    values : array, optional
        What colors them, by the panel's color scale.
    hatched : bool
    keys : tuple
    words : tuple of str
    """

    x: FloatArray
    y: FloatArray
    width: float = 0.92
    height: float = 0.92
    values: FloatArray | None = None
    hatched: bool = False
    keys: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", _array(self.x))
        object.__setattr__(self, "y", _array(self.y))
        if self.values is not None:
            object.__setattr__(self, "values", _array(self.values))


@dataclass(frozen=True, eq=False, kw_only=True)
class Arrow(Mark):
    """An upright arrow with two heads, from level to level."""

    x: float
    low: float
    high: float
    width: float = 1.3


@dataclass(frozen=True, eq=False, kw_only=True)
class Text(Mark):
    """Words at a place.

    Parameters
    ----------
    words : str
    x, y : float
    x_in, y_in : str
        ``"data"``, or ``"panel"`` where 0 is its left (lower) and 1 its right (upper) edge.
    across : str
        Which part of the words stands at x.
    up : str
        Which part of the words stands at y.
    size : float
        In points of paper.
    bold, backed : bool
        A backed one has paper behind it.
    """

    words: str
    x: float
    y: float
    x_in: Literal["data", "panel"] = "data"
    y_in: Literal["data", "panel"] = "data"
    across: Literal["left", "center", "right"] = "left"
    up: Literal["top", "middle", "bottom"] = "middle"
    size: float = 8.5
    bold: bool = False
    backed: bool = False


def _array(values: ArrayLike) -> FloatArray:
    found = np.asarray(values, dtype=float)
    found = found.view()
    found.flags.writeable = False
    return found
