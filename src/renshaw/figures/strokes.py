"""Thousands of ticks and dots as one path each: small files, quick pages; limits are set apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.figures.marks import Boxes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BoolArray = NDArray[np.bool_]


def ticks(
    axes: Axes,
    times_s: FloatArray,
    middle: float,
    height: float,
    color: str,
    width_pt: float = 0.7,
    alpha: float = 1.0,
    zorder: float = 1.0,
) -> None:
    """Draw discharges as upright ticks."""
    times = np.repeat(np.asarray(times_s, dtype=float), 2)
    levels = np.tile([middle - height / 2, middle + height / 2], len(times) // 2)
    _strokes(axes, times, levels, color, width_pt, "butt", alpha, zorder)


def dots(
    axes: Axes,
    x: FloatArray,
    y: FloatArray,
    color: str,
    size_pt: float = 2.2,
    alpha: float = 1.0,
    zorder: float = 1.0,
) -> None:
    """Draw points as round dots."""
    good = np.isfinite(x) & np.isfinite(y)
    # A stroke as good as without length, with round ends, is a dot.
    xs = np.repeat(np.asarray(x, dtype=float)[good], 2)
    xs[1::2] += 1e-6
    ys = np.repeat(np.asarray(y, dtype=float)[good], 2)
    _strokes(axes, xs, ys, color, size_pt, "round", alpha, zorder)


def _strokes(
    axes: Axes,
    x: FloatArray,
    y: FloatArray,
    color: str,
    width_pt: float,
    ends: str,
    alpha: float,
    zorder: float,
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if len(x) == 0:
        return
    codes = np.tile([Path.MOVETO, Path.LINETO], len(x) // 2)
    path = Path(np.column_stack([x, y]), codes)
    path.should_simplify = False
    strokes = PathPatch(
        path,
        fill=False,
        edgecolor=color,
        linewidth=width_pt,
        capstyle=ends,
        joinstyle="round",
        alpha=alpha,
        zorder=zorder,
        snap=False,
    )
    # Measuring thousands of strokes is slow and of no use: who draws them sets the limits.
    strokes.set_in_layout(False)
    axes.add_artist(strokes)


def boxes(
    axes: Axes, mark: Boxes, color: str, which: BoolArray | slice = slice(None), **look: Any
) -> None:
    """Draw many rectangles as one path."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    half_width, half_height = mark.width / 2, mark.height / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [0, 0]]) * [half_width, half_height]
    middles = np.column_stack([mark.x[which], mark.y[which]])
    if len(middles) == 0:
        return
    vertices = (middles[:, None, :] + corners[None, :, :]).reshape(-1, 2)
    codes = np.tile(
        [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(middles)
    )
    path = Path(vertices, codes)
    axes.add_artist(PathPatch(path, facecolor=color, linewidth=0, snap=False, **look))
