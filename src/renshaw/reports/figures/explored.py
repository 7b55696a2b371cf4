"""A simulated trial as panels of plain data: drawn by the page as a hand moves, and by `explored`.

What is drawn is decided here and nowhere else: the page has no more to do than to put points on a
screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.reports.best_pair import best_pair
from renshaw.reports.figures import marks
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    new_figure,
    picture,
    plain,
    with_unit,
)
from renshaw.reports.figures.torque import usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.estimates import Estimates
    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal
    from renshaw.estimation.smoothing import SmoothedRate

COLORS: Final = {
    "blue": BLUE,
    "vermilion": VERMILION,
    "green": GREEN,
    "orange": ORANGE,
    "sky": SKY,
    "purple": PURPLE,
    "ink": INK,
    "muted": MUTED,
}
# More points than that can't be told apart on a screen.
_POINTS = 360
_POINTS_OF_MANY = 140


@dataclass(frozen=True, eq=False)
class Curve:
    """One line.

    Parameters
    ----------
    times_s, values : array
        NaN where the line is broken.
    color : str
        A name of `COLORS`.
    label : str
        What it is; empty for one of many.
    weight : float
        Width in points; below 1 it is one of many, drawn pale.
    dashed : bool
    """

    times_s: FloatArray
    values: FloatArray
    color: str
    label: str = ""
    weight: float = 1.6
    dashed: bool = False


@dataclass(frozen=True, eq=False)
class Mark:
    """Something with a place in time: a touch, a bout, a moment (of no duration)."""

    from_s: float
    to_s: float
    label: str
    color: str = "muted"


@dataclass(frozen=True, eq=False)
class Bracket:
    """A difference between two levels, with its value in words."""

    at_s: float
    since_s: tuple[float, float]
    levels: tuple[float, float]
    words: str


@dataclass(frozen=True, eq=False)
class Panel:
    """One panel: lines, or rows of discharges, over time.

    Parameters
    ----------
    name, title, unit : str
    curves : tuple of Curve
    rows : tuple of array
        Discharges of each motor unit, first recruited first.
    marks : tuple of Mark
    bracket : Bracket or None
    empty : str
        Why there is nothing to see, if there isn't.
    """

    name: str
    title: str
    unit: str
    curves: tuple[Curve, ...] = ()
    rows: tuple[FloatArray, ...] = ()
    marks: tuple[Mark, ...] = ()
    bracket: Bracket | None = None
    empty: str = ""

    @property
    def span(self) -> tuple[float, float]:
        """Lowest and highest value, 0 included."""
        found = [c.values[np.isfinite(c.values)] for c in self.curves]
        values = np.concatenate([*found, [0.0]])
        return float(values.min()), float(values.max())


def panels(
    recording: Recording, rates: Sequence[SmoothedRate], estimates: Estimates
) -> tuple[Panel, ...]:
    """Return what there is to see of a simulated recording.

    Parameters
    ----------
    recording : Recording
        With its truth.
    rates : sequence of SmoothedRate
        One a unit.
    estimates : Estimates
        Of this recording.
    """
    events = _events(recording)
    return (
        _discharges(recording, events),
        _rates(rates, events),
        _torque(recording, events),
        _pic(recording, events),
        _inputs(recording, events),
        _delta_f(recording, rates, estimates),
    )


def _events(recording: Recording) -> tuple[Mark, ...]:
    return tuple(
        Mark(event.onset_s, event.onset_s + event.duration_s, event.label, "orange")
        for event in recording.events
        if event.label != "ramp"
    )


def _discharges(recording: Recording, events: tuple[Mark, ...]) -> Panel:
    order = by_recruitment(recording.units)
    rows = tuple(np.asarray(recording.units[i]) for i in order)
    return Panel("discharges", "Discharges", "motor unit", rows=rows, marks=events)


def _rates(rates: Sequence[SmoothedRate], events: tuple[Mark, ...]) -> Panel:
    curves = tuple(
        Curve(*_fewer(rate.times_s, rate.rate_pps, _POINTS_OF_MANY), "blue", weight=0.9)
        for rate in rates
        if rate.ok
    )
    empty = "" if curves else "No motor unit fires often enough"
    return Panel("rates", "Smoothed discharge rates", "pps", curves, marks=events, empty=empty)


def _torque(recording: Recording, events: tuple[Mark, ...]) -> Panel:
    torque = usable_torque(recording)
    if torque is None:
        return Panel("torque", "Torque", "", empty="Torque was not recorded")
    curves = [_course(torque, "ink", "torque")]
    if "target" in recording.signals:
        curves.insert(0, _course(recording.signals["target"], "muted", "target", dashed=True))
    return Panel("torque", "Torque", torque.unit, tuple(curves), marks=events)


def _pic(recording: Recording, events: tuple[Mark, ...]) -> Panel:
    title = "Persistent inward current"
    pic = recording.truth.signals.get("pic_current") if recording.truth else None
    if pic is None or pic.values.size == 0:
        return Panel("pic", title, "nA", empty="Known only of a simulated recording")
    each = tuple(
        Curve(*_fewer(pic.times_s, pic.values[:, i], _POINTS_OF_MANY), "purple", weight=0.6)
        for i in range(pic.values.shape[1])
    )
    mean = pic.values.mean(axis=1)
    whole = Curve(*_fewer(pic.times_s, mean), "purple", "mean of all motoneurons", 2.0)
    return Panel("pic", title, pic.unit, (*each, whole), marks=events)


def _inputs(recording: Recording, events: tuple[Mark, ...]) -> Panel:
    title = "What reaches the motoneurons"
    signals = recording.truth.signals if recording.truth else {}
    chosen = (
        ("excitation", "sky", "all excitation"),
        ("drive", "blue", "drive"),
        ("inhibition", "vermilion", "inhibition"),
    )
    curves = tuple(
        _course(signals[name], color, label) for name, color, label in chosen if name in signals
    )
    if not curves:
        return Panel("inputs", title, "", empty="Known only of a simulated recording")
    return Panel("inputs", title, "1e-5 S/cm²", curves, marks=events)


def _delta_f(recording: Recording, rates: Sequence[SmoothedRate], estimates: Estimates) -> Panel:
    name, title = "delta_f", "The ΔF construction"
    pair = best_pair(estimates, recording.name)
    if pair is None or not (rates[pair.control - 1].ok and rates[pair.test - 1].ok):
        why = "ΔF needs two units that are recruited one after the other in a ramp"
        return Panel(name, title, "pps", empty=why)
    control, test = rates[pair.control - 1], rates[pair.test - 1]
    curves = (
        Curve(*_fewer(control.times_s, control.rate_pps), "blue", "control unit", 2.0),
        Curve(*_fewer(test.times_s, test.rate_pps), "vermilion", "test unit", 2.0),
    )
    begins_s, ends_s = float(test.spells_s[0, 0]), float(test.spells_s[-1, 1])
    moments = (Mark(begins_s, begins_s, "recruited"), Mark(ends_s, ends_s, "derecruited"))
    bracket = _bracket(control, begins_s, ends_s, pair.delta_f_pps, "" if pair.ok else ", refused")
    return Panel(name, title, "pps", curves, marks=moments, bracket=bracket)


def _bracket(
    control: SmoothedRate, begins_s: float, ends_s: float, delta_f_pps: float, remark: str
) -> Bracket | None:
    high = float(np.atleast_1d(control.at(np.array([begins_s])))[0])
    if not (np.isfinite(high) and np.isfinite(delta_f_pps)):
        return None
    words = f"ΔF = {delta_f_pps:.1f} pps{remark}"
    at_s = ends_s + 0.05 * (ends_s - begins_s)
    return Bracket(at_s, (begins_s, ends_s), (high, high - delta_f_pps), words)


def _course(signal: Signal, color: str, label: str, *, dashed: bool = False) -> Curve:
    times_s, values = _fewer(signal.times_s, np.asarray(signal.values, dtype=float))
    return Curve(times_s, values, color, label, dashed=dashed)


def _fewer(
    times_s: FloatArray, values: FloatArray, most: int = _POINTS
) -> tuple[FloatArray, FloatArray]:
    """Return means over even stretches; a stretch with a gap in it is a gap."""
    every = -(-len(values) // most)
    if every <= 1:
        return np.asarray(times_s), np.asarray(values, dtype=float)
    n = len(values) // every
    means = np.asarray(values[: n * every], dtype=float).reshape(n, every).mean(axis=1)
    middles = np.asarray(times_s[: n * every]).reshape(n, every).mean(axis=1)
    return middles, means


@picture
def explored(columns: Sequence[Sequence[Panel]], titles: Sequence[str], until_s: float) -> Figure:
    """Draw trials side by side, one column each, panel under panel on the same scale.

    Parameters
    ----------
    columns : sequence of sequences of Panel
        What `panels` returned, one a trial.
    titles : sequence of str
        One a trial.
    until_s : float
        Where time ends.
    """
    rows = len(columns[0])
    figure = new_figure(1.5 * rows + 0.6)
    grid: Any = figure.subplots(rows, len(columns), sharex=True, sharey="row", squeeze=False)
    for column, (found, title) in enumerate(zip(columns, titles, strict=True)):
        for row, panel in enumerate(found):
            _draw(grid[row, column], panel)
        grid[0, column].set_title(plain(title, 60))
        grid[-1, column].set_xlabel("Time (s)")
        grid[-1, column].set_xlim(0.0, until_s)
    for row, panel in enumerate(columns[0]):
        grid[row, 0].set_ylabel(f"{panel.title}\n{with_unit('', panel.unit).strip()}", fontsize=7.5)
    return figure


def _draw(axes: Axes, panel: Panel) -> None:
    for mark in panel.marks:
        color = COLORS[mark.color]
        if mark.to_s > mark.from_s:
            axes.axvspan(mark.from_s, mark.to_s, color=color, alpha=0.18, linewidth=0)
        else:
            axes.axvline(mark.from_s, color=color, linewidth=0.8, linestyle=":")
    for row, times_s in enumerate(panel.rows):
        marks.ticks(axes, times_s, row, 0.72, BLUE)
    for curve in panel.curves:
        axes.plot(
            curve.times_s,
            curve.values,
            color=COLORS[curve.color],
            linewidth=curve.weight,
            linestyle="--" if curve.dashed else "-",
            alpha=1.0 if curve.weight >= 1 else 0.6,
        )
    if panel.bracket is not None:
        _draw_bracket(axes, panel.bracket)
    if panel.empty:
        words: Any = {"ha": "center", "va": "center", "fontsize": 7.5, "color": MUTED}
        axes.text(0.5, 0.5, panel.empty, transform=axes.transAxes, wrap=True, **words)


def _draw_bracket(axes: Axes, bracket: Bracket) -> None:
    for since_s, level in zip(bracket.since_s, bracket.levels, strict=True):
        axes.plot([since_s, bracket.at_s], [level, level], color=INK, linewidth=0.9, linestyle=":")
    axes.plot([bracket.at_s] * 2, bracket.levels, color=INK, linewidth=1.4)
    axes.annotate(
        bracket.words,
        (bracket.at_s, float(np.mean(bracket.levels))),
        xytext=(3, 0),
        textcoords="offset points",
        fontsize=7.5,
        va="center",
    )
