"""One look for every picture that matplotlib draws, and its words."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, ParamSpec, cast

from renshaw.figures.colors import INK, MUTED, PAPER
from renshaw.figures.words import literal, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")

WIDTH_IN: Final = 7.2  # two columns of a journal
FONTS: Final = ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans", "sans-serif"]

_LOOK: Final[dict[str, Any]] = {
    "font.family": ["sans-serif", "DejaVu Sans"],
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
    return literal(short(text, longest))


def with_unit(words: str, unit: str) -> str:
    """Return an axis label such as ``Torque (% MVC)``."""
    return f"{words} ({plain(unit)})" if unit else words


def empty(axes: Axes, words: str) -> None:
    """Say in the middle of the axes why there is nothing to see."""
    axes.set_axis_off()
    axes.text(
        0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=MUTED, wrap=True
    )
