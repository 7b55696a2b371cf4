"""A night in bed: touches, stretches and spasms over the hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, GREEN, MUTED, SKY, VERMILION
from renshaw.figures.style import new_figure, picture, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.experiment.night import Night

_SHORTEST_s, _LONGEST_s = 0.7, 300.0


@picture
def nights(several: Sequence[Night], titles: Sequence[str] = ()) -> Figure:
    """Draw one strip a night: what was felt below, how long each spasm lasted above.

    The longest stretch without a spasm is shaded.

    Parameters
    ----------
    several : sequence of Night
    titles : sequence of str, optional
        The nights' names if not given.
    """
    figure = new_figure(0.9 + 1.75 * len(several))
    panels: Any = figure.subplots(len(several), 1, sharex=True, squeeze=False)
    names = titles or [each.name for each in several]
    for axes, each, name in zip(panels[:, 0], several, names, strict=True):
        _strip(axes, each)
        axes.set_title(f"{plain(name, 44)}: {_words(each)}")
    last = panels[-1, 0]
    hours = max(each.settings.hours for each in several)
    last.set_xlim(0.0, hours)
    last.set_xticks(np.arange(0.0, hours + 0.01, 1.0 if hours <= 12 else 2.0))
    last.set_xlabel(
        "Hours in bed\n"
        "below: touches (light blue) and stretches (gray); above: mild (blue) and full spasms (red)"
    )
    return figure


def _strip(axes: Axes, night: Night) -> None:
    calm = _longest_calm(night)
    axes.axvspan(calm[0] / 3600, calm[1] / 3600, color=GREEN, alpha=0.13, linewidth=0)
    axes.text(
        sum(calm) / 7200,
        _LONGEST_s * 0.72,
        f"calm for {night.longest_calm_min:.0f} min",
        color=GREEN,
        ha="center",
        va="top",
        fontsize=8.5,
    )
    for kind, color, height in (("touch", SKY, 0.40), ("stretch", MUTED, 0.55)):
        hours = [t.at_s / 3600 for t in night.touches if t.kind == kind]
        axes.vlines(hours, 0.23, height, color=color, linewidth=0.8)
    for full, color in ((False, BLUE), (True, VERMILION)):
        some = [s for s in night.spasms if s.full == full]
        hours = [s.begins_s / 3600 for s in some]
        seconds = [s.duration_s for s in some]
        axes.vlines(hours, _SHORTEST_s, seconds, color=color, linewidth=1.4)
        axes.plot(hours, seconds, "o", color=color, markersize=2.6)
    axes.axhline(_SHORTEST_s, color=FAINT, linewidth=0.8)
    axes.set_yscale("log")
    axes.set_ylim(0.2, _LONGEST_s)
    axes.set_yticks([0.35, 1, 3, 10, 30, 100], ["felt", "1 s", "3 s", "10 s", "30 s", "100 s"])
    axes.minorticks_off()
    axes.set_ylabel("Spasm lasts")


def _longest_calm(night: Night) -> tuple[float, float]:
    edges = [0.0]
    for spasm in night.spasms:
        edges += [spasm.begins_s, spasm.ends_s]
    edges.append(night.settings.hours * 3600)
    stretches = zip(edges[::2], edges[1::2], strict=True)
    return max(stretches, key=lambda stretch: stretch[1] - stretch[0])


def _words(night: Night) -> str:
    if not night.spasms:
        return "no spasm (Penn 0)"
    return (
        f"{night.spasms_per_hour:.1f} spasms an hour, {night.total_spasm_s / 60:.1f} min in all "
        f"(Penn {night.penn})"
    )
