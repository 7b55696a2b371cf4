"""Units of two recordings by the likeness of their action potentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.results import plot
from renshaw.decomposition.tracking import Tracked
from renshaw.figures.colors import INK
from renshaw.figures.style import empty, new_figure, picture, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle


@plot.register(Tracked)
@picture
def tracked_units(tracked: Tracked, /) -> Figure:
    """Draw the likeness of every unit of one recording with every unit of another.

    Units that were taken for the same are framed.
    """
    figure = new_figure(4.8, 5.4)
    axes = figure.subplots()
    if not tracked.similarity.size:
        empty(axes, "There is no unit to track")
        return figure
    shown = axes.imshow(
        np.asarray(tracked.similarity), cmap="cividis", vmin=0.0, vmax=1.0, origin="lower"
    )
    for first, second in tracked.pairs:
        axes.add_patch(_frame(second - 1, first - 1))
    rows, columns = tracked.similarity.shape
    axes.set_xticks(range(columns), [str(i + 1) for i in range(columns)])
    axes.set_yticks(range(rows), [str(i + 1) for i in range(rows)])
    axes.set_xlabel("Unit of the second recording")
    axes.set_ylabel("Unit of the first recording")
    figure.colorbar(shown, ax=axes, label="Correlation of action potentials", shrink=0.8)
    plain(axes)
    return figure


def _frame(x: float, y: float) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1.0, 1.0, fill=False, edgecolor=INK, linewidth=2.0)
