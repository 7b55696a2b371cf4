"""A recording and a virtual person who did the same: over each other, and quantity by quantity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.estimation.behavior.catalog import QUARTER_WORDS
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.figures import Axis, Figure, Line, Mark, Panel, Points, Rule, Span, Ticks
from renshaw.reports.figures.order import by_recruitment
from renshaw.validation.against_recordings import simulated_mean

if TYPE_CHECKING:
    from renshaw.data.arrays import FloatArray
    from renshaw.data.recording import Recording
    from renshaw.estimation.behavior.measured import ContractionFiring, Firing
    from renshaw.estimation.settings import SmoothingSettings
    from renshaw.validation.against_recordings import HeldRecording

PEOPLE, VIRTUAL = "blue", "vermilion"
_NAMES = {PEOPLE: "recording", VIRTUAL: "virtual person"}
_STAGES = (
    ("rate_recruitment", "recruited"),
    ("rate_early", "early"),
    ("rate_late", "late"),
    ("rate_derecruitment", "stops"),
)


def held_over_time(held: HeldRecording, smoothing: SmoothingSettings) -> Figure:
    """Show both rasters, smoothed rates over each other, and both torques.

    Parameters
    ----------
    held : HeldRecording
    smoothing : SmoothingSettings
    """
    both = {PEOPLE: held.recording, VIRTUAL: held.example}
    start_s, end_s = held.recording.units.window_s
    time = Axis("Time", "s", start_s, end_s)
    rasters = [_raster(who, color, time) for color, who in both.items()]
    rates: list[Mark] = []
    for color, who in both.items():
        rates += _rates(who, color, smoothing)
    torques: list[Mark] = [
        Line(
            x=who.signal("torque").times_s,
            y=np.asarray(who.signal("torque").values, dtype=float),
            color=color,
            width=1.2,
            name=_NAMES[color],
        )
        for color, who in both.items()
    ]
    spans = _holds(held.people)
    return Figure(
        "held-over-time",
        (
            *rasters,
            Panel("rates", (*spans, *rates), x=time, y=Axis("Rate", "pps", low=0.0), height_in=2.4),
            Panel("torque", (*spans, *torques), x=time, y=Axis("Torque", "% MVC"), height_in=1.2),
        ),
        title=f"{held.recording.name} and a virtual person who follows the same torque",
        caption=(
            "Discharges of the recording above, of the virtual person below, the first recruited "
            "at the bottom of each; smoothed rates and torque of both over each other. Shaded: "
            "the hold."
        ),
        shared_x=True,
        one_legend=True,
    )


def _raster(who: Recording, color: str, time: Axis) -> Panel:
    fired = [i for i in by_recruitment(who.units) if len(who.units[i])]
    rows = tuple(
        Ticks(x=who.units[unit], y=float(row), color=color, name=f"Unit {who.units.labels[unit]}")
        for row, unit in enumerate(fired)
    )
    return Panel(
        _NAMES[color].replace(" ", "-"),
        rows,
        x=time,
        y=Axis(f"{len(fired)} units", low=-0.8, high=max(len(fired), 1) - 0.2, ticks=()),
        title=_NAMES[color].capitalize(),
        title_color=color,
        height_in=min(0.4 + 0.055 * max(len(fired), 10), 3.0),
        bare=True,
    )


def _rates(who: Recording, color: str, smoothing: SmoothingSettings) -> Iterator[Mark]:
    label = _NAMES[color]
    for unit, rate in enumerate(smoothed_rates(who.units, smoothing)):
        if rate.ok:
            yield Line(
                x=rate.times_s,
                y=rate.rate_pps,
                color=color,
                width=0.9,
                alpha=0.6,
                label=label,
                name=f"{_NAMES[color]}, unit {who.units.labels[unit]}",
            )
            label = ""


def _holds(people: Firing) -> tuple[Mark, ...]:
    return tuple(
        Span(low=part.hold.start_s, high=part.hold.end_s, color="faint", alpha=0.35, name="hold")
        for part in people.contractions
        if part.hold is not None
    )


def held_quantities(held: HeldRecording) -> Figure:
    """Show rates by quarter, thresholds, regularity, coherence and ΔF of both.

    Parameters
    ----------
    held : HeldRecording
    """
    firsts = {PEOPLE: held.people.contractions[0], VIRTUAL: held.simulated[0][0].contractions[0]}
    return Figure(
        "held-quantities",
        (
            *(_stage_panel(held, name, words) for name, words in _STAGES),
            _thresholds(firsts),
            _regularity(firsts),
            _coherence(held),
            _by_quarter(held, "delta_f", "ΔF", "ΔF by quarter"),
        ),
        title=f"{held.recording.name} and virtual people, quantity by quantity",
        caption=(
            "Rates and ΔF by quarter of recruitment threshold (1: first recruited): recording with "
            "its 95 % interval over units, virtual people with theirs over people. Torque at the "
            "last against the first discharge, and CoV in the hold: units of the recording and of "
            "the first virtual person. Coherence: mean over virtual people; dotted: by chance."
        ),
        columns=4,
        width_in=9.6,
        one_legend=True,
    )


def _stage_panel(held: HeldRecording, name: str, words: str) -> Panel:
    title = {"recruited": "Recruited", "stops": "Stops"}.get(words, f"{words.capitalize()} in hold")
    return _by_quarter(held, name, "Rate", title)


def _by_quarter(held: HeldRecording, name: str, label: str, title: str) -> Panel:
    numbers = np.arange(1.0, len(QUARTER_WORDS) + 1)
    names = [f"{name}_q{k:.0f}" for k in numbers]
    people = [held.people[each] for each in names]
    half = np.array([1.96 * each.error for each in people])
    mine = np.array([each.value for each in people])
    theirs = np.array([simulated_mean(held, each) for each in names])
    marks = [
        *_with_interval(numbers - 0.07, mine, mine - half, mine + half, PEOPLE),
        *_with_interval(numbers + 0.07, theirs[:, 0], theirs[:, 1], theirs[:, 2], VIRTUAL),
    ]
    known = np.isfinite([*mine, *theirs[:, 0]]).any()
    return Panel(
        name.replace("_", "-"),
        tuple(marks) if known else (),
        x=Axis("Quarter", "", 0.5, 4.5, ticks=tuple((float(k), f"{k:.0f}") for k in numbers)),
        y=Axis(label, "pps", low=0.0),
        title=title,
        height_in=1.7,
        empty="" if known else _why(people[0].reasons),
    )


def _with_interval(
    x: FloatArray, y: FloatArray, low: FloatArray, high: FloatArray, color: str
) -> Iterator[Mark]:
    for at, bottom, top in zip(x, low, high, strict=True):
        if np.isfinite([bottom, top]).all():
            ends = np.array([bottom, top])
            yield Line(x=np.array([at, at]), y=ends, color=color, width=1.0, name="95 % interval")
    yield Line(x=x, y=y, color=color, width=1.2, alpha=0.6, name=_NAMES[color])
    yield Points(x=x, y=y, color=color, size=5.0, label=_NAMES[color], name=_NAMES[color])


def _thresholds(firsts: dict[str, ContractionFiring]) -> Panel:
    marks: list[Mark] = []
    highest = 0.0
    for color, part in firsts.items():
        on, off = (part.units.of(f"{x}_torque") for x in ("recruitment", "derecruitment"))
        marks += _units(on, off, color)
        highest = max([highest, *on[np.isfinite(on)], *off[np.isfinite(off)]])
    ends = np.array([0.0, highest * 1.05 + 1])
    line = Line(x=ends, y=ends, color="muted", dash="dashed", width=0.9, name="no hysteresis")
    return Panel(
        "thresholds",
        (line, *marks) if highest else (),
        x=Axis("Recruitment", "% MVC", 0.0, float(ends[1])),
        y=Axis("Derecruitment", "% MVC", 0.0, float(ends[1])),
        title="Torque, last against first",
        height_in=1.7,
        empty="" if highest else "Thresholds are not known",
    )


def _units(x: FloatArray, y: FloatArray, color: str) -> Iterator[Mark]:
    known = np.isfinite(x) & np.isfinite(y)
    if known.any():
        yield Points(x=x[known], y=y[known], color=color, size=4.0, alpha=0.7, name=_NAMES[color])


def _regularity(firsts: dict[str, ContractionFiring]) -> Panel:
    marks: list[Mark] = []
    for color, part in firsts.items():
        marks += _units(part.units.of("recruitment_torque"), part.units.of("cov"), color)
    why = firsts[PEOPLE].values["cov_isi_hold"].reasons
    return Panel(
        "regularity",
        tuple(marks),
        x=Axis("Recruitment", "% MVC", low=0.0),
        y=Axis("CoV of intervals", "%", low=0.0),
        title="Regularity in hold",
        height_in=1.7,
        empty="" if marks else _why(why),
    )


def _coherence(held: HeldRecording) -> Panel:
    mine = _spectra([held.people])
    theirs = _spectra([trial for trials in held.simulated for trial in trials])
    marks: list[Mark] = []
    for color, spectra in ((PEOPLE, mine), (VIRTUAL, theirs)):
        if spectra is not None:
            marks.append(Line(x=spectra[0], y=spectra[1], color=color, name=_NAMES[color]))
    bias = held.people["coherence_bias"]
    if marks and np.isfinite(bias.value):
        marks.append(Rule(at=bias.value, color="muted", dash="dotted"))
    return Panel(
        "coherence",
        tuple(marks),
        x=Axis("Frequency", "Hz", 0.0, 40.0),
        y=Axis("Coherence", low=0.0, high=1.0),
        title="Common input",
        height_in=1.7,
        empty="" if marks else _why(bias.reasons),
    )


def _spectra(each: Sequence[Firing]) -> tuple[FloatArray, FloatArray] | None:
    """Return frequencies and mean coherence of all contractions that tell."""
    found = [p.coherence for x in each for p in x.contractions if p.coherence is not None]
    if not found:
        return None
    mean = np.mean([one.values for one in found], axis=0)
    return found[0].frequencies_hz, np.asarray(mean, dtype=float)


def _why(reasons: object) -> str:
    words = str(reasons) or "not known"
    return words if len(words) <= 40 else f"{words[:37]}..."
