"""How alike the action potentials of each two units of two recordings are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.results import plot
from renshaw.decomposition.tracking import Tracked
from renshaw.figures import Axis, Boxes, ColorScale, Figure, Mark, Panel, Points
from renshaw.figures.words import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn

_MOST_LABELS = 45


@plot.register(Tracked)
def plot_tracked(noun: Tracked, /, **options: Any) -> Drawn:
    """Draw how alike the units of both recordings are."""
    return tracked_units(noun, **options).draw()


def tracked_units(tracked: Tracked) -> Figure:
    """Show the likeness of every unit of one recording with every unit of another.

    Units that were taken for the same are marked.

    Parameters
    ----------
    tracked : Tracked
    """
    title = "Similarity of the action potentials of every two units of both recordings"
    rows, columns = tracked.similarity.shape
    if not tracked.similarity.size:
        nothing = Panel("similarity", empty="There is no unit to track")
        return Figure("tracked", (nothing,), title=title)
    y, x = np.indices((rows, columns)).astype(float)
    labels = [tracked.labels_of(which) for which in (0, 1)]
    marks: list[Mark] = [
        Boxes(
            x=x.ravel(),
            y=y.ravel(),
            values=np.clip(tracked.similarity.ravel(), 0.0, 1.0),
            words=tuple(
                f"{labels[0][i]} and {labels[1][j]}: {tracked.similarity[i, j]:.2f}"
                for i in range(rows)
                for j in range(columns)
            ),
            name="similarity",
        )
    ]
    same = np.array(tracked.pairs, dtype=float).reshape(-1, 2) - 1
    if len(same):
        dots = Points(
            x=same[:, 1], y=same[:, 0], size=6.0, hollow=True, color="ink", label="same unit"
        )
        marks.append(dots)
    return Figure(
        "tracked",
        (
            Panel(
                "similarity",
                tuple(marks),
                x=_units(labels[1], tracked.names[1]),
                y=_units(labels[0], tracked.names[0]),
                height_in=min(0.9 + 0.16 * max(rows, 14), 5.4),
                square=True,
                scale=ColorScale.of("Correlation of action potentials", 0.0, 1.0),
            ),
        ),
        title=title,
        width_in=6.4,
    )


def _units(labels: tuple[str, ...], recording: str) -> Axis:
    every = max(1, -(-len(labels) // _MOST_LABELS))
    ticks = tuple((float(at), short(labels[at], 9)) for at in range(0, len(labels), every))
    return Axis(f"Unit of {short(recording, 30)}", "", -0.6, len(labels) - 0.4, ticks=ticks)
