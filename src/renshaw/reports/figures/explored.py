"""A simulated trial: who fires, how fast, how strongly, why; alone, or beside the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import equals, shown
from renshaw.figures import Axis, Figure, Line, Mark, Panel, Points, Rule, Span, Text, Ticks
from renshaw.figures.words import short
from renshaw.reports.best_pair import best_pair
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.torque import usable_torque

if TYPE_CHECKING:
    from renshaw.data.estimates import Estimates
    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal
    from renshaw.estimation.smoothing import SmoothedRate

# More points than that can't be told apart on a screen.
_POINTS: Final = 360
_POINTS_OF_MANY: Final = 140
# One of many lines: pale, and never a ghost of another trial.
_ONE_OF_MANY: Final = 0.6
# What lasts nearly throughout is a ribbon above: a wash would say nothing of when.
_NEARLY_ALL: Final = 0.6
# It holds all the others: as a ghost it would only be in the way.
_EXCITATION: Final = "all excitation"
BEFORE: Final = "before"


def explored(recording: Recording, rates: Sequence[SmoothedRate], estimates: Estimates) -> Figure:
    """Show what there is to see of a simulated recording, panel under panel.

    Parameters
    ----------
    recording : Recording
        With its truth.
    rates : sequence of SmoothedRate
        One a unit.
    estimates : Estimates
        Of this recording.
    """
    panels = (
        _discharges(recording),
        _rates(recording, rates),
        _torque(recording),
        _pic(recording),
        _inputs(recording),
        _delta_f(recording, rates, estimates),
    )
    time = Axis("Time", "s", 0.0, recording.units.window_s[1])
    events = tuple(_events(recording))
    # They are the same in all panels: the first one, of discharges, names them.
    unnamed = tuple(replace(event, label="") for event in events)
    shown = tuple(
        replace(
            panel,
            x=time,
            y=panel.y if panel.y.ticks is not None else _from_zero(panel),
            marks=panel.marks
            if panel.name == "delta_f"
            else (*(events if panel.name == "discharges" else unnamed), *panel.marks),
        )
        for panel in panels
    )
    return Figure("explored", shown, title="A simulated trial", heads=("Now",), shared_x=True)


def beside(now: Figure, before: Figure | None) -> Figure:
    """Show two trials on the same scale, the one before at the left, and pale behind the one now.

    Parameters
    ----------
    now, before : Figure
        Of `explored`. Without one before, there is one now.
    """
    if before is None:
        return now
    pairs = [_on_one_scale(*pair) for pair in zip(before.panels, now.panels, strict=True)]
    return replace(
        now,
        panels=tuple(panel for pair in pairs for panel in pair),
        title="A simulated trial before and now",
        columns=2,
        heads=("Before", "Now"),
    )


def _on_one_scale(before: Panel, now: Panel) -> tuple[Panel, Panel]:
    both = (before, now)
    ends = [[panel.range_of(axis) for panel in both] for axis in ("x", "y")]
    (x_low, x_high), (y_low, y_high) = (
        (min(low for low, _ in each), max(high for _, high in each)) for each in ends
    )
    ghosts: tuple[Mark, ...] = ()
    if now.name != "delta_f":
        ghosts = tuple(
            replace(mark, color="muted", alpha=0.55, label=BEFORE, name=f"{BEFORE}: {mark.name}")
            for mark in before.marks
            if isinstance(mark, Line)
            and mark.alpha > _ONE_OF_MANY
            and not mark.dash
            and mark.name != _EXCITATION
        )
    events = [mark for mark in now.marks if isinstance(mark, Span | Rule)]
    rest = [mark for mark in now.marks if not isinstance(mark, Span | Rule)]
    first, second = (
        replace(
            panel,
            name=f"{panel.name}-{when}",
            x=replace(panel.x, low=x_low, high=x_high),
            y=replace(panel.y, low=y_low, high=y_high),
        )
        for panel, when in ((before, "before"), (now, "now"))
    )
    return first, replace(second, marks=(*events, *ghosts, *rest))


def _from_zero(panel: Panel) -> Axis:
    low, high = replace(panel, y=Axis()).range_of("y")
    values = [mark.y for mark in panel.marks if isinstance(mark, Line)]
    lowest = min((float(np.nanmin(v)) for v in values if np.any(np.isfinite(v))), default=0.0)
    return replace(panel.y, low=0.0 if lowest >= 0 else low, high=max(high, 0.0) or 1.0)


def _events(recording: Recording) -> Iterator[Span]:
    whole_s = recording.units.window_s[1] - recording.units.window_s[0]
    for event in recording.events:
        if event.label == "ramp":
            continue
        end_s = event.onset_s + event.duration_s
        ribbon = event.duration_s > _NEARLY_ALL * whole_s
        yield Span(
            low=event.onset_s,
            high=end_s,
            color="orange",
            alpha=0.55 if ribbon else 0.2,
            label=short(event.label),
            name=short(event.label),
            ribbon=ribbon,
        )


def _discharges(recording: Recording) -> Panel:
    order = by_recruitment(recording.units)
    rows = tuple(
        Ticks(
            x=recording.units[unit],
            y=float(row),
            color="blue",
            width=0.9,
            key=unit + 1,
            name=f"Unit {recording.units.labels[unit]}",
        )
        for row, unit in enumerate(order)
    )
    y = Axis("", "motor unit", -0.6, max(len(order), 1) - 0.4, ticks=())
    return Panel("discharges", rows, y=y, title="Discharges", height_in=1.5)


def _rates(recording: Recording, rates: Sequence[SmoothedRate]) -> Panel:
    lines = tuple(
        _line(
            *_fewer(rate.times_s, rate.rate_pps, _POINTS_OF_MANY),
            "blue",
            name=f"Unit {label}",
            width=0.9,
            alpha=_ONE_OF_MANY,
        )
        for rate, label in zip(rates, recording.units.labels, strict=True)
        if rate.ok
    )
    return Panel(
        "rates",
        lines,
        y=Axis("", "pps"),
        title="Smoothed discharge rates",
        height_in=1.15,
        empty="" if lines else "No motor unit fires often enough",
    )


def _torque(recording: Recording) -> Panel:
    torque = usable_torque(recording)
    if torque is None:
        return Panel("torque", title="Torque", empty="Torque was not recorded")
    lines = [_course(torque, "ink", "torque")]
    if "target" in recording.signals:
        target = _course(recording.signals["target"], "muted", "target")
        lines.insert(0, replace(target, dash="dashed"))
    unit = short(torque.unit, 12)
    return Panel("torque", tuple(lines), y=Axis("", unit), title="Torque", height_in=1.0)


def _pic(recording: Recording) -> Panel:
    title = "Persistent inward current"
    pic = recording.truth.signals.get("pic_current") if recording.truth else None
    if pic is None or pic.values.size == 0:
        return Panel("pic", title=title, empty="Known only for simulated recordings")
    each = tuple(
        _line(
            *_fewer(pic.times_s, pic.values[:, i], _POINTS_OF_MANY),
            "purple",
            name=f"motoneuron {i + 1}",
            width=0.6,
            alpha=_ONE_OF_MANY,
        )
        for i in range(pic.values.shape[1])
    )
    label = "mean of all motoneurons"
    mean = _line(
        *_fewer(pic.times_s, pic.values.mean(axis=1)), "purple", name=label, label=label, width=2.0
    )
    return Panel("pic", (*each, mean), y=Axis("", pic.unit), title=title, height_in=1.0)


def _inputs(recording: Recording) -> Panel:
    title = "Input: excitation and inhibition"
    signals = recording.truth.signals if recording.truth else {}
    chosen = (
        ("excitation", "sky", _EXCITATION),
        ("drive", "blue", "drive"),
        ("inhibition", "vermilion", "inhibition"),
    )
    lines = tuple(
        _course(signals[name], color, label) for name, color, label in chosen if name in signals
    )
    if not lines:
        return Panel("inputs", title=title, empty="Known only for simulated recordings")
    return Panel("inputs", lines, y=Axis("", "10⁻⁵ S/cm²"), title=title, height_in=1.0)


def _delta_f(recording: Recording, rates: Sequence[SmoothedRate], estimates: Estimates) -> Panel:
    name, title = "delta_f", "The ΔF construction"
    pair = best_pair(estimates, recording.name)
    if pair is None or not (rates[pair.control - 1].ok and rates[pair.test - 1].ok):
        why = "ΔF needs two units that are recruited one after the other in a ramp"
        return Panel(name, y=Axis("", "pps"), title=title, height_in=1.4, empty=why)
    control, test = rates[pair.control - 1], rates[pair.test - 1]
    lines = (
        _line(
            *_fewer(control.times_s, control.rate_pps),
            "blue",
            name="control unit",
            label="control unit",
            width=2.0,
        ),
        _line(
            *_fewer(test.times_s, test.rate_pps),
            "vermilion",
            name="test unit",
            label="test unit",
            width=2.0,
        ),
    )
    begins_s, ends_s = float(test.spells_s[0, 0]), float(test.spells_s[-1, 1])
    moments = tuple(
        Rule(at=at, axis="x", color="muted", dash="dotted", name=words)
        for at, words in ((begins_s, "recruited"), (ends_s, "derecruited"))
    )
    refused = "" if pair.ok else ", refused"
    words = f"ΔF {equals(shown(pair.delta_f_pps, pair.bound, 2))} pps{refused}"
    bracket = _bracket(control, begins_s, ends_s, pair.delta_f_pps, words)
    return Panel(name, (*moments, *lines, *bracket), y=Axis("", "pps"), title=title, height_in=1.4)


def _bracket(
    control: SmoothedRate, begins_s: float, ends_s: float, delta_f_pps: float, words: str
) -> tuple[Mark, ...]:
    high = float(np.atleast_1d(control.at(np.array([begins_s])))[0])
    if not (np.isfinite(high) and np.isfinite(delta_f_pps)):
        return ()
    low = high - delta_f_pps
    at_s = ends_s + 0.05 * (ends_s - begins_s)
    levels = tuple(
        Line(x=np.array([since, at_s]), y=np.array([y, y]), width=0.9, dash="dotted", name="level")
        for since, y in ((begins_s, high), (ends_s, low))
    )
    ends = Points(
        x=np.array([begins_s, ends_s]), y=np.array([high, low]), hollow=True, name="level"
    )
    upright = Line(x=np.array([at_s, at_s]), y=np.array([high, low]), width=1.6, name="ΔF")
    said = Text(
        words=words,
        x=0.995,
        y=0.98,
        x_in="panel",
        y_in="panel",
        across="right",
        up="top",
        bold=True,
        backed=True,
    )
    return (*levels, ends, upright, said)


def _course(signal: Signal, color: str, label: str) -> Line:
    times_s, values = _fewer(signal.times_s, np.asarray(signal.values, dtype=float))
    return _line(times_s, values, color, name=label, label=label, width=1.6)


def _line(
    x: FloatArray,
    y: FloatArray,
    color: str,
    *,
    name: str,
    label: str = "",
    width: float,
    alpha: float = 1.0,
) -> Line:
    return Line(x=x, y=y, color=color, name=name, label=label, width=width, alpha=alpha)


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
