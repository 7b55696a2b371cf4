"""The ΔF construction: how one number comes out of a pair of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.bounds import Bound, equals, shown, sign_of
from renshaw.figures import Arrow, Axis, Figure, Line, Mark, Panel, Points, Rule, Text
from renshaw.figures.words import short
from renshaw.reports.figures.torque import torque_panel, usable_torque

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.estimation.settings import EstimateSettings
    from renshaw.estimation.smoothing import SmoothedRate
    from renshaw.reports.best_pair import Pair


def construction_of(
    recording: Recording, rates: Sequence[SmoothedRate], pair: Pair, settings: EstimateSettings
) -> Figure | None:
    """Return how ΔF of an estimated pair comes about; None where there is nothing to show.

    Parameters
    ----------
    recording : Recording
    rates : sequence of SmoothedRate
        One a unit, in the recording's order.
    pair : Pair
    settings : EstimateSettings
        Those of the estimates.
    """
    times = recording.units[pair.test - 1]
    if not (np.isfinite(pair.delta_f_pps) and rates[pair.control - 1].ok and len(times)):
        return None
    first = min(1 if settings.delta_f.recruitment == "second" else 0, len(times) - 1)
    return delta_f_construction(
        recording,
        rates,
        test=pair.test,
        control=pair.control,
        recruitment_s=float(times[first]),
        derecruitment_s=float(times[-1]),
        delta_f_pps=pair.delta_f_pps,
        bound=pair.bound,
    )


def delta_f_construction(
    recording: Recording,
    rates: Sequence[SmoothedRate],
    *,
    test: int,
    control: int,
    recruitment_s: float,
    derecruitment_s: float,
    delta_f_pps: float,
    bound: Bound = "exact",
) -> Figure:
    """Show the control unit above, the test unit below, and the ΔF between two levels.

    Parameters
    ----------
    recording : Recording
    rates : sequence of SmoothedRate
        One a unit, in the recording's order.
    test, control : int
        Units, counted from 1.
    recruitment_s, derecruitment_s : float
        When the test unit starts and stops.
    delta_f_pps : float
        The estimate, as the table has it.
    bound : {"exact", "at least"}
        Whether the test unit was seen to stop.
    """
    moments = [
        Rule(at=time, axis="x", color="muted", dash="dashed", name=name)
        for time, name in ((recruitment_s, "recruited"), (derecruitment_s, _end(bound)))
    ]
    time = Axis("Time", "s", *_span(recording, test - 1, control - 1))
    levels = _levels(rates[control - 1], recruitment_s, derecruitment_s, delta_f_pps, bound)
    names = _names(recruitment_s, derecruitment_s, bound)
    panels = [
        _unit(recording, rates, control, "Control unit", time, 2.2, [*moments, *levels]),
        _unit(recording, rates, test, "Test unit", time, 1.6, [*moments, *names]),
    ]
    if usable_torque(recording) is not None:
        torque = torque_panel(recording, height_in=0.9)
        panels.append(
            Panel(torque.name, (*torque.marks, *moments), x=time, y=torque.y, height_in=0.9)
        )
    labels = [short(recording.units.labels[unit - 1]) for unit in (test, control)]
    return Figure(
        "construction",
        tuple(panels),
        title=f"Delta F of test unit {labels[0]} with control unit {labels[1]}: "
        f"{sign_of(bound)}{delta_f_pps:.2f} pps",
        shared_x=True,
    )


def _span(recording: Recording, *units: int) -> tuple[float, float]:
    start, end = recording.units.window_s
    fired = np.concatenate([recording.units[i] for i in units])
    if len(fired) == 0:
        return start, end
    margin = 0.06 * float(np.ptp(fired)) + 0.2
    # The arrow and its number stand to the right of the last discharge.
    return max(start, float(fired.min()) - margin), float(fired.max()) + 3.5 * margin


def _unit(
    recording: Recording,
    rates: Sequence[SmoothedRate],
    unit: int,
    role: str,
    time: Axis,
    height_in: float,
    more: Sequence[Mark],
) -> Panel:
    color = "blue" if role == "Control unit" else "vermilion"
    times_s, rate_pps = recording.units.instantaneous_rate(unit - 1)
    smooth = rates[unit - 1]
    marks: list[Mark] = [
        Points(x=times_s, y=rate_pps, color=color, size=2.6, alpha=0.65, name="instantaneous rate")
    ]
    typical = list(rate_pps[rate_pps < 60])
    if smooth.ok:
        line = Line(
            x=smooth.times_s, y=smooth.rate_pps, color=color, width=1.8, name="smoothed rate"
        )
        marks.append(line)
        typical += list(line.y[np.isfinite(line.y)])
    return Panel(
        role.split()[0].lower(),
        (*more[:2], *marks, *more[2:]),
        x=time,
        y=Axis("Rate", "pps", low=0.0, high=1.15 * max(typical, default=10.0)),
        title=f"{role} {short(recording.units.labels[unit - 1])}",
        title_color=color,
        height_in=height_in,
    )


def _levels(
    rate: SmoothedRate,
    recruitment_s: float,
    derecruitment_s: float,
    delta_f: float,
    bound: Bound,
) -> list[Mark]:
    high = _level(rate, recruitment_s)
    if not (np.isfinite(high) and np.isfinite(delta_f)):
        return []
    low, stop = high - delta_f, derecruitment_s
    if not np.isfinite(_level(rate, derecruitment_s)):
        stop = min(derecruitment_s, float(rate.times_s[np.isfinite(rate.rate_pps)][-1]))
    span = derecruitment_s - recruitment_s
    at = derecruitment_s + 0.06 * span
    marks: list[Mark] = [
        Line(
            x=np.array([since, at]),
            y=np.array([level, level]),
            width=1.0,
            dash="dotted",
            name="level",
        )
        for since, level in ((recruitment_s, high), (stop, low))
    ]
    marks.append(
        Points(
            x=np.array([recruitment_s, stop]),
            y=np.array([high, low]),
            size=6.0,
            hollow=True,
            name="level",
        )
    )
    marks.append(Arrow(x=at, low=low, high=high, name="ΔF"))
    marks.append(
        Text(
            words=f"ΔF {equals(shown(delta_f, bound))} pps",
            x=at + 0.02 * span,
            y=(high + low) / 2,
            size=9.0,
            bold=True,
            backed=True,
        )
    )
    return marks


def _level(rate: SmoothedRate, time_s: float) -> float:
    return float(np.atleast_1d(rate.at(np.array([time_s])))[0])


def _end(bound: Bound) -> str:
    """Return what the last discharge is called, which is no derecruitment if more may follow."""
    return "derecruited" if bound == "exact" else "still fires"


def _names(recruitment_s: float, derecruitment_s: float, bound: Bound) -> list[Mark]:
    gap = 0.008 * (derecruitment_s - recruitment_s)
    return [
        Text(
            words="recruited",
            x=recruitment_s - gap,
            y=0.94,
            y_in="panel",
            across="right",
            up="top",
            color="muted",
        ),
        Text(
            words=_end(bound),
            x=derecruitment_s + gap,
            y=0.94,
            y_in="panel",
            up="top",
            color="muted",
        ),
    ]
