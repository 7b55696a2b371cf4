"""One look for every picture: a palette for the color-blind that survives gray print, and words."""

from __future__ import annotations

import functools
import itertools
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, ParamSpec, cast

import numpy as np

from renshaw.data.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")

# Okabe & Ito (2008), https://jfly.uni-koeln.de/color/
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
PURPLE: Final = "#CC79A7"
SERIES: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

# These four follow the page from light to dark (see `renshaw.reports.svg`).
INK: Final = "#1b1e21"
MUTED: Final = "#5f6670"
FAINT: Final = "#d3d7db"
PAPER: Final = "#ffffff"
# On a color, white stays white in the dark.
ALWAYS_WHITE: Final = "#fefefe"

WIDTH_IN: Final = 7.2  # two columns of a journal
FONTS: Final = ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans", "sans-serif"]

_LOOK: Final[dict[str, Any]] = {
    "font.family": "sans-serif",
    "font.sans-serif": FONTS,
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.facecolor": "none",
    "figure.facecolor": PAPER,
    "lines.linewidth": 1.4,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}
# matplotlib's settings are one dictionary for the whole process.
_LOCK = threading.RLock()


@contextmanager
def look() -> Iterator[None]:
    """Draw in the house style inside this block; everything is as before afterwards."""
    import matplotlib as mpl

    with _LOCK, mpl.rc_context(cast(Any, _LOOK)):
        yield


def picture(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Mark a function that returns a figure: it draws in the house style."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with look():
            return draw(*args, **kwargs)

    return styled


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """Return an empty figure that belongs to no global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained")


def plain(text: object, longest: int = 28) -> str:
    """Return text that came from a file as one short line that matplotlib takes literally.

    A pair of dollar signs would be read as mathematics, control characters break an SVG.
    """
    shown = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in ("Cc", "Cs", "Cn") else c
        for c in str(text)
    )
    if len(shown) > longest:
        shown = shown[: longest - 1] + "…"
    return shown.replace("\\$", "$").replace("$", r"\$")


def with_unit(words: str, unit: str) -> str:
    """Return an axis label such as ``Torque (% MVC)``."""
    return f"{words} ({plain(unit)})" if unit else words


def empty(axes: Axes, words: str) -> None:
    """Say in the middle of the axes why there is nothing to see."""
    axes.set_axis_off()
    axes.text(
        0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=MUTED, wrap=True
    )


def thin(times_s: FloatArray, values: FloatArray, most: int = 900) -> tuple[FloatArray, FloatArray]:
    """Return a trace of at most about ``most`` points that looks the same on paper.

    Every stretch keeps its lowest and highest value, so that no peak is lost.
    """
    n = len(values)
    if n <= most:
        return times_s, values
    edges = np.linspace(0, n, most // 2 + 1).astype(int)
    keep: list[int] = []
    for start, end in itertools.pairwise(edges):
        part = values[start:end]
        if np.all(np.isnan(part)):
            keep.append(start)
        else:
            keep.extend(sorted({start + int(np.nanargmin(part)), start + int(np.nanargmax(part))}))
    return times_s[keep], values[keep]
