"""Every pair at a glance: test unit by control unit, accepted or not."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.reports.best_pair import Pair, pairs
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.style import (
    FAINT,
    INK,
    MUTED,
    PAPER,
    empty,
    new_figure,
    picture,
    plain,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.estimates import Estimates
    from renshaw.data.recording import Recording


@picture
def pair_matrix(recording: Recording, estimates: Estimates) -> Figure:
    """Draw ΔF of each accepted pair as a color, rejected pairs hatched; units by recruitment."""
    found = pairs(estimates, recording.name)
    order = _order(recording, found)
    figure = new_figure(min(1.6 + 0.16 * max(len(order), 14), 6.4), 6.4)
    axes = figure.subplots()
    if not found:
        empty(axes, "There is no pair of units that fire")
        return figure
    place = {unit: position for position, unit in enumerate(order)}
    accepted = [p for p in found if p.ok and np.isfinite(p.delta_f_pps)]
    rejected = [p for p in found if not (p.ok and np.isfinite(p.delta_f_pps))]
    _squares(axes, rejected, place, facecolor=FAINT, edgecolor=MUTED, hatch="////")
    if accepted:
        _colored(axes, accepted, place)
    if len(order) <= 12:
        _numbers(axes, accepted, place)
    _frame(axes, [plain(recording.units.labels[unit - 1], 9) for unit in order])
    axes.set_title(
        f"{len(accepted)} of {len(found)} pairs accepted; rejected ones hatched",
        fontweight="normal",
    )
    return figure


def _order(recording: Recording, found: Sequence[Pair]) -> list[int]:
    """Return units as the pairs have them: who was recruited later was a test unit more often."""
    as_test = Counter(pair.test for pair in found)
    involved = as_test.keys() | {pair.control for pair in found}
    units = [i + 1 for i in by_recruitment(recording.units) if i + 1 in involved]
    return sorted(units, key=lambda unit: as_test[unit])


def _colored(axes: Axes, accepted: Sequence[Pair], place: dict[int, int]) -> None:
    import matplotlib as mpl
    import matplotlib.ticker

    values = np.array([pair.delta_f_pps for pair in accepted])
    edges = mpl.ticker.MaxNLocator(10 if len(place) > 16 else 5, steps=[1, 2, 5, 10]).tick_values(
        min(values.min(), 0.0), max(values.max(), 1.0)
    )
    norm = mpl.colors.BoundaryNorm(edges, 256)
    colormap = mpl.colormaps["viridis"]
    for low, high in itertools.pairwise(edges):
        inside = [p for p in accepted if low <= p.delta_f_pps < high]
        if inside:
            color = mpl.colors.to_hex(colormap(norm((low + high) / 2)))
            _squares(axes, inside, place, facecolor=color, edgecolor="none")
    # A pair has its control unit recruited first, so the lower right corner is empty.
    corner = axes.inset_axes((0.56, 0.16, 0.38, 0.03))
    bar = axes.figure.colorbar(
        mpl.cm.ScalarMappable(norm, colormap), cax=corner, orientation="horizontal"
    )
    bar.set_label("ΔF (pps)")
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)


def _squares(axes: Axes, some: Sequence[Pair], place: dict[int, int], **look: Any) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not some:
        return
    corners = np.array([[-0.46, -0.46], [0.46, -0.46], [0.46, 0.46], [-0.46, 0.46], [0, 0]])
    middles = np.array([[place[pair.control], place[pair.test]] for pair in some], dtype=float)
    vertices = (middles[:, None, :] + corners[None, :, :]).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(some))
    axes.add_artist(PathPatch(Path(vertices, codes), linewidth=0, snap=False, **look))


def _numbers(axes: Axes, accepted: Sequence[Pair], place: dict[int, int]) -> None:
    for pair in accepted:
        axes.text(
            place[pair.control],
            place[pair.test],
            f"{pair.delta_f_pps:.1f}",
            ha="center",
            va="center",
            fontsize=7.5,
            color=INK,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.75},
        )


def _frame(axes: Axes, labels: Sequence[str]) -> None:
    n = len(labels)
    shown = list(range(0, n, max(1, -(-n // 45))))
    size = 8.5 if n <= 16 else 7 if n <= 36 else 5.5
    names = [labels[i] for i in shown]
    upright = 90 if n > 14 or max(map(len, names)) > 3 else 0
    axes.set_xticks(shown, names, fontsize=size, rotation=upright)
    axes.set_yticks(shown, names, fontsize=size)
    axes.tick_params(length=0)
    axes.set_xlim(-0.6, n - 0.4)
    axes.set_ylim(-0.6, n - 0.4)
    axes.set_aspect("equal")
    axes.set_xlabel("Control unit, by recruitment")
    axes.set_ylabel("Test unit, by recruitment")
