"""A figure: panels in a grid, each with two axes and its marks; nothing here draws."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from renshaw.core.files import given_path
from renshaw.figures.marks import Area, Arrow, Boxes, Key, Line, Mark, Points, Rule, Span, Ticks

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawn

# Room around marks whose axis says not where it ends, as a share of what they span.
_MARGIN = 0.05


@dataclass(frozen=True)
class Axis:
    """One axis of a panel.

    Parameters
    ----------
    label, unit : str
    low, high : float, optional
        Where it begins and ends; where not given, it is fitted to the marks.
    ticks : tuple of (float, str), optional
        Places with words; round numbers if not given.
    scale : str
    reversed : bool
        The largest value comes first.
    grid : bool
        Pale lines go through the panel.
    """

    label: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    ticks: tuple[tuple[float, str], ...] | None = None
    scale: Literal["linear", "symlog"] = "linear"
    reversed: bool = False
    grid: bool = False

    @property
    def words(self) -> str:
        """Label and unit, such as ``Torque (% MVC)``."""
        return (
            f"{self.label} ({self.unit})" if self.label and self.unit else self.label or self.unit
        )


@dataclass(frozen=True)
class ColorScale:
    """Which value has which color: a few steps from dark to light.

    Parameters
    ----------
    label : str
    edges : tuple of float
        Where a color ends and the next begins.
    """

    label: str
    edges: tuple[float, ...]

    def share(self, value: float) -> float:
        """Return the place of a value's color in the scale, 0 to 1."""
        steps = len(self.edges) - 1
        step = int(np.searchsorted(self.edges, value, side="right")) - 1
        return (min(max(step, 0), steps - 1) + 0.5) / steps

    @classmethod
    def of(cls, label: str, low: float, high: float, steps: int = 5) -> ColorScale:
        """Return a scale of about so many steps between round numbers."""
        rough = (high - low) / steps or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        return cls(
            label, tuple(round(i * step, 12) for i in range(first, max(last, first + 1) + 1))
        )


@dataclass(frozen=True, eq=False)
class Panel:
    """Axes with marks, drawn in their order.

    Parameters
    ----------
    name : str
        Its own in the figure.
    marks : tuple of Mark
    x, y : Axis
    title : str
    title_color : str
    height_in : float
        Of the axes, in inches of paper.
    span : int
        How many columns of the figure it takes.
    square : bool
        Both axes have one scale.
    scale : ColorScale, optional
    bare : bool
        The y axis has no line: its ticks name rows.
    empty : str
        Why there is nothing to see, if there isn't.
    """

    name: str
    marks: tuple[Mark, ...] = ()
    x: Axis = Axis()
    y: Axis = Axis()
    title: str = ""
    title_color: str = "ink"
    height_in: float = 2.0
    span: int = 1
    square: bool = False
    scale: ColorScale | None = None
    bare: bool = False
    empty: str = ""

    def range_of(self, axis: Literal["x", "y"]) -> tuple[float, float]:
        """Return where an axis begins and ends."""
        found: Axis = getattr(self, axis)
        if found.low is not None and found.high is not None:
            return found.low, found.high
        low, high = _extent(self.marks, axis)
        margin = _MARGIN * (high - low) or 0.5
        return (
            low - margin if found.low is None else found.low,
            high + margin if found.high is None else found.high,
        )

    @property
    def legend(self) -> tuple[Mark, ...]:
        """The first mark of each label."""
        return legend_of((self,))


@dataclass(frozen=True, eq=False)
class Figure:
    """Panels in a grid, row by row.

    Parameters
    ----------
    name : str
        What kind of figure it is, such as ``"raster"``.
    panels : tuple of Panel
    title : str
        What it shows, for those who can't see it.
    caption : str
        How to read it.
    columns : int
    widths : tuple of float
        Of the columns, relative to each other; alike if empty.
    heads : tuple of str
        What stands above the columns. Panels of one row then share title and legend.
    width_in : float
    shared_x : bool
        Panels of a column have one x axis, drawn below the last.
    one_legend : bool
        One legend above the figure names the marks of all panels.
    window : tuple of float, optional
        The stretch of the shared x axis that is looked at; all of it if None.
    chosen : int or str, optional
        Whose marks are looked at: others are pale.
    """

    name: str
    panels: tuple[Panel, ...]
    title: str = ""
    caption: str = ""
    columns: int = 1
    widths: tuple[float, ...] = ()
    heads: tuple[str, ...] = ()
    width_in: float = 7.2
    shared_x: bool = False
    one_legend: bool = False
    window: tuple[float, float] | None = None
    chosen: Key | None = None

    @property
    def rows(self) -> tuple[tuple[Panel, ...], ...]:
        """The panels of each row."""
        rows: list[list[Panel]] = []
        free = 0
        for panel in self.panels:
            if panel.span > free:
                rows.append([])
                free = self.columns
            rows[-1].append(panel)
            free -= panel.span
        return tuple(map(tuple, rows))

    def panel(self, name: str) -> Panel:
        """Return a panel by its name."""
        return next(panel for panel in self.panels if panel.name == name)

    def x_range_of(self, panel: Panel) -> tuple[float, float]:
        """Return the stretch of a panel's x axis that is seen."""
        whole = panel.range_of("x")
        return self.window if self.window is not None and self.shared_x else whole

    def looked_at(
        self, window: tuple[float, float] | None = None, chosen: Key | None = None
    ) -> Figure:
        """Return the figure with another stretch of time in sight, or another unit chosen."""
        return replace(self, window=window, chosen=chosen)

    def to_plain(self) -> dict[str, Any]:
        """Return the figure as JSON takes it: what the page draws."""
        from renshaw.figures.plain import plain

        return plain(self)

    def to_table(self) -> pd.DataFrame:
        """Return every number that is drawn, one row each."""
        from renshaw.figures.data import table

        return table(self)

    def draw(self) -> Drawn:
        """Return the figure as matplotlib draws it."""
        from renshaw.figures.paper import drawn

        return drawn(self)

    def save(self, path: str | Path) -> Path:
        """Write the figure, or its numbers, to a file: SVG, PDF, PNG or CSV, by its ending."""
        from renshaw.figures.files import save

        return save(self, given_path("save", path))


def legend_of(panels: Iterable[Panel]) -> tuple[Mark, ...]:
    """Return the first mark of each label."""
    found: dict[str, Mark] = {}
    for panel in panels:
        for mark in panel.marks:
            if mark.label:
                found.setdefault(mark.label, mark)
    return tuple(found.values())


def _extent(marks: Iterable[Mark], axis: Literal["x", "y"]) -> tuple[float, float]:
    """Return the lowest and the highest value of the marks; 0 and 1 where there is none."""
    ends = [end for mark in marks if not mark.detail for end in _ends(mark, axis)]
    finite = [end for end in ends if math.isfinite(end)]
    return (min(finite), max(finite)) if finite else (0.0, 1.0)


def _ends(mark: Mark, axis: Literal["x", "y"]) -> tuple[float, ...]:
    if isinstance(mark, Line | Points):
        return _of(getattr(mark, axis))
    if isinstance(mark, Area):
        return _of(mark.x) if axis == "x" else (*_of(mark.low), *_of(mark.high))
    if isinstance(mark, Boxes):
        half = (mark.width if axis == "x" else mark.height) / 2
        return tuple(end + side for end in _of(getattr(mark, axis)) for side in (-half, half))
    if isinstance(mark, Ticks):
        half = mark.height / 2
        return _of(mark.x) if axis == "x" else (mark.y - half, mark.y + half)
    if isinstance(mark, Arrow):
        return (mark.x,) if axis == "x" else (mark.low, mark.high)
    if isinstance(mark, Rule):
        return (mark.at,) if axis == mark.axis else ()
    if isinstance(mark, Span):
        return (mark.low, mark.high) if axis == "x" else ()
    return ()


def _of(values: Any) -> tuple[float, ...]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else ()
