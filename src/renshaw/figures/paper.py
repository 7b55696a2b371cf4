"""A described figure on paper: matplotlib draws it, for reports and for files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.figures import strokes
from renshaw.figures.colors import FAINT, INK, MUTED, PAPER, VERMILION, on_paper, viridis
from renshaw.figures.description import Axis, ColorScale, Figure, Panel, legend_of
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
from renshaw.figures.style import empty, new_figure, picture, plain
from renshaw.figures.thinning import in_sight

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawn

_MOST_POINTS = 900
# How much of a mark is left when another key is chosen.
_PALE = 0.35
_LONGEST = 120
_LONG_TITLE = 40
# More points than that are one path, without an edge each.
_EACH_FOR_ITSELF = 400
_MERE_DOT = 3.0
_DASHES: dict[str, Any] = {"": "-", "dashed": (0, (5, 3)), "dotted": (0, (1, 2))}
_SHAPES = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle": "^",
    "triangle down": "v",
    "star": "*",
    "cross": "x",
    "bar": "|",
}
# Around the axes, in inches: labels and numbers below, titles, heads and legends above.
_BELOW_in, _TITLE_in, _ABOVE_in = 0.45, 0.24, 0.28
# In order of the marks, all below matplotlib's own axes (2.5).
_LOWEST, _HIGHEST = 1.0, 2.4


@picture
def drawn(figure: Figure) -> Drawn:
    """Return a figure as matplotlib draws it."""
    rows = figure.rows
    heights = [max(panel.height_in for panel in row) for row in rows]
    made = new_figure(_height_in(figure, heights), figure.width_in)
    if not rows:
        return made
    grid = made.add_gridspec(
        len(rows),
        figure.columns,
        height_ratios=heights,
        width_ratios=figure.widths or [1.0] * figure.columns,
    )
    every: list[Axes] = []
    for number, row in enumerate(rows):
        column = 0
        for panel in row:
            axes = made.add_subplot(grid[number, column : column + panel.span])
            last = not figure.shared_x or not _anything_below(rows[number + 1 :], column)
            _panel(axes, figure, panel, first=column == 0, last=last)
            if len(figure.heads) > 1 and number == 0:
                axes.set_title(_words(figure.heads[column]), loc="center", fontsize=10.5)
            column += panel.span
            every.append(axes)
            if panel.legend and not figure.one_legend and not figure.heads:
                _legend(axes, panel.legend)
        if figure.heads and not figure.one_legend and (named := legend_of(row)):
            _legend(axes, named)
    if figure.one_legend and (handles := _handles(legend_of(figure.panels))):
        made.legend(handles=handles, loc="outside upper center", ncols=4)
    made.align_ylabels(every)
    return made


def _anything_below(rows: Sequence[Sequence[Panel]], column: int) -> bool:
    return any(sum(panel.span for panel in row) > column for row in rows)


def _height_in(figure: Figure, heights: list[float]) -> float:
    titled = sum(any(panel.title or panel.legend for panel in row) for row in figure.rows)
    labeled = 1 if figure.shared_x else len(heights)
    above = _ABOVE_in * (bool(figure.heads) + 1.5 * figure.one_legend)
    return sum(heights) + _BELOW_in * labeled + _TITLE_in * titled + above


def _panel(axes: Axes, figure: Figure, panel: Panel, *, first: bool, last: bool) -> None:
    low, high = figure.x_range_of(panel)
    _frame(axes, figure, panel, (low, high), first=first, last=last)
    if panel.empty:
        empty(axes, _words(panel.empty))
        if figure.shared_x and last:
            axes.set_axis_on()
            axes.set_yticks([])
            axes.set_ylabel("")
            axes.spines["left"].set_visible(False)
        return
    for place, mark in enumerate(panel.marks):
        if mark.detail and mark.key != figure.chosen:
            continue
        pale = figure.chosen is not None and mark.key not in (None, figure.chosen)
        zorder = _LOWEST + (_HIGHEST - _LOWEST) * place / len(panel.marks)
        alpha = mark.alpha * (_PALE if pale else 1.0)
        put = _Put(axes, panel, figure, alpha, zorder)
        _draw(in_sight(mark, low, high, _MOST_POINTS), put)
    if panel.scale is not None:
        _bar(axes, panel.scale)


def _legend(axes: Axes, named: tuple[Mark, ...]) -> None:
    """Name marks above the axes, where nothing is covered."""
    axes.legend(
        handles=_handles(named),
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=4,
        borderaxespad=0.15,
        handlelength=1.4,
        columnspacing=1.0,
    )


def _frame(
    axes: Axes,
    figure: Figure,
    panel: Panel,
    x_range: tuple[float, float],
    *,
    first: bool,
    last: bool,
) -> None:
    for which, found, ends in (
        ("x", panel.x, x_range),
        ("y", panel.y, panel.range_of("y")),
    ):
        _scaled(axes, which, found, ends)
    if panel.square:
        axes.set_aspect("equal")
    if last:
        axes.set_xlabel(_words(panel.x.words))
    else:
        axes.tick_params(labelbottom=False)
    # Panels of one row share title and scale where columns have heads.
    alone = first or not figure.heads
    axes.set_ylabel(_words(panel.y.words) if alone else "")
    axes.tick_params(labelleft=alone)
    if alone:
        axes.set_title(
            _words(panel.title),
            color=on_paper(panel.title_color),
            fontweight="bold" if len(panel.title) < _LONG_TITLE else "normal",
        )
    if panel.bare:
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    if panel.square:
        axes.tick_params(length=0)


def _scaled(axes: Axes, which: str, found: Axis, ends: tuple[float, float]) -> None:
    from matplotlib.ticker import MaxNLocator

    mine: Any = getattr(axes, f"{which}axis")
    low, high = ends
    limits = (high, low) if found.reversed else (low, high)
    if found.scale == "symlog":
        getattr(axes, f"set_{which}scale")("symlog", linthresh=1.0)
    getattr(axes, f"set_{which}lim")(*limits)
    if found.ticks is not None:
        words = [_words(word) for _, word in found.ticks]
        each = max(map(len, words), default=0) if which == "x" else 1
        mine.set_ticks([at for at, _ in found.ticks], words, fontsize=_size(len(words), each))
        if which == "x" and each * len(words) > 70 and "\n" not in "".join(words):
            mine.set_tick_params(rotation=90)
    elif found.scale == "linear":
        mine.set_major_locator(
            MaxNLocator(nbins=5 if which == "y" else 9, steps=[1, 2, 2.5, 5, 10])
        )
    if found.grid:
        axes.grid(axis=which, color=FAINT, linewidth=0.5)  # type: ignore[arg-type]
        axes.set_axisbelow(True)


def _size(count: int, longest: int) -> float:
    return 8.5 if count <= 16 else 7.0 if count <= 40 else 5.5


def _words(text: str) -> str:
    return "\n".join(plain(line, _LONGEST) for line in text.split("\n"))


def _bar(axes: Axes, scale: ColorScale) -> None:
    """Draw the steps of a color scale in the corner, as squares: a page takes no bitmap."""
    steps = len(scale.edges) - 1
    bar = axes.inset_axes((0.56, 0.16, 0.38, 0.03))
    for step in range(steps):
        bar.axvspan(step, step + 1, color=viridis((step + 0.5) / steps), linewidth=0)
    bar.set_xlim(0, steps)
    bar.set_yticks([])
    bar.set_xticks(range(steps + 1), [f"{edge:g}".replace("-", "−") for edge in scale.edges])
    bar.set_xlabel(_words(scale.label))
    bar.tick_params(length=0)
    for spine in bar.spines.values():
        spine.set_visible(False)


class _Put:
    """Where and how strongly a mark is drawn."""

    def __init__(
        self, axes: Axes, panel: Panel, figure: Figure, alpha: float, zorder: float
    ) -> None:
        self.axes = axes
        self.panel = panel
        self.chosen = figure.chosen
        self.alpha = alpha
        self.zorder = zorder

    def look(self, mark: Mark) -> dict[str, Any]:
        """Return what every artist takes."""
        return {"color": on_paper(mark.color), "alpha": self.alpha, "zorder": self.zorder}


@singledispatch
def _draw(mark: Mark, put: _Put) -> None:
    raise TypeError(f"paper can't draw a {type(mark).__name__}")


@_draw.register
def _line(mark: Line, put: _Put) -> None:
    put.axes.plot(
        mark.x, mark.y, linewidth=mark.width, linestyle=_DASHES[mark.dash], **put.look(mark)
    )


@_draw.register
def _points(mark: Points, put: _Put) -> None:
    many = len(mark.x) > _EACH_FOR_ITSELF or mark.size < _MERE_DOT
    if many and mark.shape == "circle" and not mark.hollow:
        color = on_paper(mark.color)
        strokes.dots(put.axes, mark.x, mark.y, color, mark.size, put.alpha, put.zorder)
        return
    put.axes.plot(mark.x, mark.y, linestyle="none", **_marker(mark), **put.look(mark))
    if put.chosen in mark.keys:
        at = mark.keys.index(put.chosen)
        ring: dict[str, Any] = {"marker": "o", "markersize": 14, "markerfacecolor": "none"}
        put.axes.plot(
            mark.x[at], mark.y[at], **ring, color=INK, markeredgewidth=1.5, zorder=_HIGHEST
        )


def _marker(mark: Points) -> dict[str, Any]:
    color = on_paper(mark.color)
    thin = mark.shape in ("cross", "bar")
    edge = 1.5 if thin else 1.0 if mark.hollow else 0.5 if mark.size > 5 else 0.0
    return {
        "marker": _SHAPES[mark.shape],
        "markersize": mark.size,
        "markerfacecolor": PAPER if mark.hollow else color,
        "markeredgecolor": color if mark.hollow or thin else PAPER,
        "markeredgewidth": edge,
    }


@_draw.register
def _ticks(mark: Ticks, put: _Put) -> None:
    color = on_paper(mark.color)
    look = put.alpha, put.zorder
    strokes.ticks(put.axes, mark.x, mark.y, mark.height, color, mark.width, *look)


@_draw.register
def _area(mark: Area, put: _Put) -> None:
    put.axes.fill_between(mark.x, mark.low, mark.high, linewidth=0, **put.look(mark))


@_draw.register
def _span(mark: Span, put: _Put) -> None:
    ends: dict[str, float] = {"ymin": 0.985, "ymax": 1.0} if mark.ribbon else {}
    put.axes.axvspan(mark.low, mark.high, linewidth=0, **ends, **put.look(mark))


@_draw.register
def _rule(mark: Rule, put: _Put) -> None:
    draw: Callable[..., Any] = put.axes.axvline if mark.axis == "x" else put.axes.axhline
    draw(mark.at, linewidth=mark.width, linestyle=_DASHES[mark.dash], **put.look(mark))


@_draw.register
def _boxes(mark: Boxes, put: _Put) -> None:
    from matplotlib.patches import Rectangle

    scale = put.panel.scale
    if mark.values is None or scale is None:
        hatch: dict[str, Any] = (
            {"edgecolor": MUTED, "hatch": "////"} if mark.hatched else {"edgecolor": "none"}
        )
        strokes.boxes(
            put.axes, mark, on_paper(mark.color), alpha=put.alpha, zorder=put.zorder, **hatch
        )
    else:
        shares = np.array([scale.share(value) for value in mark.values])
        for share in np.unique(shares):
            mine = shares == share
            strokes.boxes(put.axes, mark, viridis(share), mine, alpha=put.alpha, zorder=put.zorder)
    if put.chosen in mark.keys:
        at = mark.keys.index(put.chosen)
        corner = mark.x[at] - mark.width / 2, mark.y[at] - mark.height / 2
        frame = Rectangle(corner, mark.width, mark.height, fill=False, zorder=_HIGHEST)
        frame.set(edgecolor=VERMILION, linewidth=2.0)
        put.axes.add_patch(frame)


@_draw.register
def _arrow(mark: Arrow, put: _Put) -> None:
    look = put.look(mark) | {
        "arrowstyle": "<->",
        "linewidth": mark.width,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    look.pop("zorder")
    put.axes.annotate(
        "", xy=(mark.x, mark.low), xytext=(mark.x, mark.high), arrowprops=look, zorder=put.zorder
    )


@_draw.register
def _text(mark: Text, put: _Put) -> None:
    from matplotlib.transforms import blended_transform_factory

    axes = put.axes
    sides = [
        axes.transAxes if side == "panel" else axes.transData for side in (mark.x_in, mark.y_in)
    ]
    words = axes.text(
        mark.x,
        mark.y,
        _words(mark.words),
        ha=mark.across,
        va={"middle": "center"}.get(mark.up, mark.up),
        fontsize=mark.size,
        fontweight="bold" if mark.bold else "normal",
        transform=blended_transform_factory(*sides),
        **put.look(mark),
    )
    if mark.backed:
        words.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1.5, "alpha": 0.8})


def _handles(marks: tuple[Mark, ...]) -> list[Any]:
    """Return what stands before the words of a legend."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = []
    for mark in marks:
        words, color = _words(mark.label), on_paper(mark.color)
        if isinstance(mark, Points):
            look = _marker(mark) | {"markersize": min(max(mark.size, 4.0), 9.0)}
            handles.append(Line2D([], [], linestyle="none", label=words, **look))
        elif isinstance(mark, Area | Span | Boxes):
            look = {"hatch": "////", "edgecolor": MUTED} if getattr(mark, "hatched", False) else {}
            alpha = max(mark.alpha, 0.3)
            handles.append(Patch(facecolor=color, alpha=alpha, label=words, linewidth=0, **look))
        else:
            width, dash = getattr(mark, "width", 1.2), _DASHES[getattr(mark, "dash", "")]
            handles.append(
                Line2D([], [], color=color, linewidth=max(width, 1.2), linestyle=dash, label=words)
            )
    return handles
