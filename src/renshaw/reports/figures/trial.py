"""Pictures of trials' analyses and of two measurements: every person, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED, SERIES
from renshaw.figures.style import new_figure, picture, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.statistics.trials.trial import Trial

_MOST_NAMED = 6


@picture
def trial_picture(trial: Trial) -> Figure:
    """Draw every person, with what the analysis found among them."""
    figure = new_figure(3.2)
    axes = figure.subplots()
    draw = {
        "agreement": _agreement,
        "nested models": _models,
        "n_of_1": _by_pair,
        "repeated correlation": _within,
        "baseline": _adjusted,
    }.get(trial.kind, _identity)
    draw(axes, trial)
    axes.set_xlabel(plain(trial.axes[0]))
    axes.set_ylabel(plain(trial.axes[1]))
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    handles, labels = axes.get_legend_handles_labels()
    if 1 < len(labels) <= _MOST_NAMED:
        figure.legend(handles, labels, loc="outside right upper")
    return figure


def _series(trial: Trial) -> list[str]:
    return list(dict.fromkeys(trial.points["series"].astype(str)))


def _dots(axes: Axes, trial: Trial, joined: bool = False) -> None:
    for n, name in enumerate(_series(trial)):
        mine = trial.points[trial.points["series"].astype(str) == name]
        axes.plot(
            mine["x"].to_numpy(float),
            mine["y"].to_numpy(float),
            "o-" if joined else "o",
            color=SERIES[n % len(SERIES)] if name else BLUE,
            markersize=5,
            linewidth=0.9,
            alpha=0.75,
            mew=0,
            label=plain(name),
        )


def _identity(axes: Axes, trial: Trial) -> None:
    """Draw one value against the other; on the line they are the same."""
    _dots(axes, trial)
    values = trial.points[["x", "y"]].to_numpy(float)
    ends = [float(values.min()), float(values.max())]
    axes.plot(ends, ends, color=MUTED, linewidth=0.9, zorder=0)
    room = 0.06 * (ends[1] - ends[0] or 1.0)
    axes.set_xlim(ends[0] - room, ends[1] + room)
    axes.set_ylim(ends[0] - room, ends[1] + room)
    axes.set_aspect("equal", adjustable="box")


def _adjusted(axes: Axes, trial: Trial) -> None:
    """Draw values after against those before, with the parallel lines of the model."""
    _dots(axes, trial)
    slope = float(trial.table["estimate"].iloc[-1])
    for n, name in enumerate(_series(trial)):
        mine = trial.points[trial.points["series"].astype(str) == name]
        x, y = mine["x"].to_numpy(float), mine["y"].to_numpy(float)
        ends = np.array([x.min(), x.max()])
        line = y.mean() + slope * (ends - x.mean())
        axes.plot(ends, line, color=SERIES[n % len(SERIES)], linewidth=1.6)


def _by_pair(axes: Axes, trial: Trial) -> None:
    """Draw the difference of every pair, with the mean and its interval."""
    _dots(axes, trial, joined=True)
    row = trial.table.iloc[0]
    axes.axhline(0, color=MUTED, linewidth=0.9)
    axes.axhline(float(row["estimate"]), color=INK, linewidth=1.4)
    axes.axhspan(float(row["low"]), float(row["high"]), color=INK, alpha=0.1, linewidth=0)
    axes.set_xticks(sorted(set(trial.points["x"])))


def _within(axes: Axes, trial: Trial) -> None:
    """Draw every person's rows with the common slope through their means."""
    slope = float(trial.table["estimate"].iloc[1])
    for n, name in enumerate(_series(trial)):
        mine = trial.points[trial.points["series"].astype(str) == name]
        x, y = mine["x"].to_numpy(float), mine["y"].to_numpy(float)
        ends = np.array([x.min(), x.max()])
        color = SERIES[n % len(SERIES)]
        axes.plot(x, y, "o", color=color, markersize=4.5, alpha=0.75, mew=0, label=plain(name))
        axes.plot(ends, y.mean() + slope * (ends - x.mean()), color=color, linewidth=1.2)


def _agreement(axes: Axes, trial: Trial) -> None:
    """Draw differences against means, with limits of agreement and their intervals."""
    _dots(axes, trial)
    axes.axhline(0, color=MUTED, linewidth=0.9)
    for row, style in zip(trial.table.head(3).to_dict("records"), ("-", "--", "--"), strict=True):
        axes.axhline(float(row["estimate"]), color=INK, linewidth=1.3, linestyle=style)
        axes.axhspan(float(row["low"]), float(row["high"]), color=INK, alpha=0.1, linewidth=0)


def _models(axes: Axes, trial: Trial) -> None:
    """Draw both models' AIC: the lower is the better."""
    _dots(axes, trial)
    axes.set_xticks(sorted(set(trial.points["x"])))
    axes.margins(0.2)
