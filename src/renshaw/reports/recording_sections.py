"""The sections of a recording's page, one function each; None where there is nothing to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.numbers import number
from renshaw.data.bounds import equals
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.estimation.detectable import PAIR
from renshaw.estimation.quantities.geometry import brace_of
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import SmoothedRate
from renshaw.reports import figures
from renshaw.reports.best_pair import Pair, best_pair
from renshaw.reports.figures.delta_f import construction_of
from renshaw.reports.figures.multiverse import bounds_words
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.torque import usable_torque
from renshaw.reports.figures.tracking import tracking_error, tracking_panel
from renshaw.reports.page import Drawing, Section, drawing
from renshaw.reports.tables import (
    choice_table,
    exclusion_tables,
    pair_table,
    recording_table,
    unit_table,
)

if TYPE_CHECKING:
    from renshaw.estimation.multiverse import Multiverse


def observed(recording: Recording, rates: Sequence[SmoothedRate] = ()) -> Section:
    """Discharges, smoothed rates and torque."""
    figure = figures.raster(recording, rates)
    return Section(
        "observed",
        "Torque and discharges",
        pictures=[drawing(figure, "raster", figure.title, figure.caption)],
    )


def tracking(recording: Recording) -> Section | None:
    """Torque against the target it was to follow, where the recording knows one."""
    error = tracking_error(recording)
    if error is None or not np.any(np.isfinite(error)):
        return None
    rms = float(np.sqrt(np.nanmean(error**2)))
    unit = recording.signals["torque"].unit or "a.u."
    caption = f"Torque differs from its target by {number(rms)} {unit} (root mean square)."
    if recording.truth is not None and "effort" in recording.truth.signals:
        effort = recording.truth.signals["effort"].values
        caption += (
            f" It took up to {number(float(effort.max()))} % of the largest descending drive, "
            "which is known because this recording is simulated."
        )
    return Section(
        "tracking",
        "Following the target",
        pictures=[
            drawing(
                tracking_panel(recording),
                "tracking",
                "Torque and its target over time, and the effort that it took",
                caption,
            )
        ],
    )


def discharge_rates(recording: Recording, rates: Sequence[SmoothedRate]) -> Section:
    """Instantaneous and smoothed rates of all units."""
    figure = figures.unit_rates(recording, rates)
    return Section(
        "rates",
        "Discharge rates",
        pictures=[
            drawing(figure, "stack", figure.title, figure.caption),
        ],
    )


def delta_f(
    recording: Recording,
    estimates: Estimates,
    rates: Sequence[SmoothedRate],
    settings: EstimateSettings,
) -> Section:
    """The ΔF construction for a typical pair, the pair matrix and every pair."""
    pictures = []
    pair = best_pair(estimates, recording.name)
    if pair is not None:
        pictures += _construction(recording, rates, pair, settings)
    matrix = figures.pair_matrix(recording, estimates)
    pictures.append(
        drawing(
            matrix,
            "matrix",
            "Delta F of every pair of a test and a control unit",
            matrix.caption,
            small=True,
        )
    )
    table = pair_table(recording, estimates.rows)
    return Section(
        "delta-f",
        "ΔF: how strongly the cord amplifies",
        paragraphs=[
            "The control unit's rate gauges the drive that both units share. If it is lower when "
            "the test unit stops than it was when the test unit started, a persistent inward "
            "current helped the test unit to fire on: that difference is ΔF. It is not the current "
            "itself: inhibition, and how faithfully the control unit follows the drive, move it "
            "too.",
        ],
        pictures=pictures,
        folded=[table] if table.rows else [],
    )


def _construction(
    recording: Recording,
    rates: Sequence[SmoothedRate],
    pair: Pair,
    settings: EstimateSettings,
) -> list[Drawing]:
    figure = construction_of(recording, rates, pair, settings)
    if figure is None:
        return []
    labels = recording.units.labels
    test, control = labels[pair.test - 1], labels[pair.control - 1]
    verdict = (
        "A typical pair: of the accepted pairs whose rates go together best, the one nearest to "
        "the mean."
        if pair.ok
        else f"No pair is accepted. This one is rejected: {pair.reason}."
    )
    caption = (
        f"{verdict} Control unit {control}, test unit {test}, rate–rate r = {pair.r:.2f}, "
        f"ΔF {equals(pair.words)} pps (minimal detectable change of one pair: "
        f"{PAIR.change_pps:g} pps, Stephenson & Maluf 2011)."
    )
    return [drawing(figure, "construction", figure.title, caption)]


def every_estimate(
    recording: Recording,
    estimates: Estimates,
    rates: Sequence[SmoothedRate],
    settings: EstimateSettings,
    means: Estimates,
) -> Section:
    """Estimates by unit, the brace of one unit, and the tables (of several contractions: means)."""
    pictures = [
        drawing(
            figures.estimates_by_unit(estimates, recording.name),
            "by-unit",
            "Estimates of each motor unit against its recruitment",
            "Each dot is a motor unit, by the torque (or time) at which it was recruited; dashed: "
            "mean. Hollow: fails the rules. Triangles: cut off by an end of the recording, so that "
            "they are bounds. Small dots: single pairs.",
        )
    ]
    brace = _brace(recording, estimates, rates, settings)
    if brace is not None:
        pictures.append(brace)
    return Section(
        "estimates",
        "Every estimate",
        pictures=pictures,
        tables=[recording_table(means.rows)],
        folded=[unit_table(recording, means.rows)],
    )


def _brace(
    recording: Recording,
    estimates: Estimates,
    rates: Sequence[SmoothedRate],
    settings: EstimateSettings,
) -> Drawing | None:
    rows = [r for r in estimates.rows if r.quantity == "brace_height" and r.ok]
    if not rows:
        return None
    middle = np.median([r.value for r in rows])
    # A unit recruited near the plateau has next to no way up, and a scribble for a picture.
    first = set(by_recruitment(recording.units)[: max(1, len(recording.units) // 2)])
    rows = [r for r in rows if r.unit - 1 in first] or rows
    typical = min(rows, key=lambda r: abs(r.value - middle))
    rate = rates[typical.unit - 1]
    torque = usable_torque(recording) if settings.geometry.against == "torque" else None
    brace = brace_of(recording.units[typical.unit - 1], rate, torque, settings.geometry)
    figure = figures.brace_construction(
        recording, rate, brace, unit=typical.unit, against=settings.geometry.against
    )
    label = recording.units.labels[typical.unit - 1]
    return drawing(
        figure,
        "brace",
        f"Brace height of motor unit {label}: {typical.value:.0f} percent",
        f"How the brace is found, in an early unit near the median (unit {label}): how far its "
        "rate bows above the straight rise, as a part of the triangle's height.",
        small=True,
    )


def exclusions(recording: Recording, estimates: Estimates) -> Section:
    """Everything that fails the rules, with its reason."""
    summary, every = exclusion_tables(recording, estimates.rows)
    if not every.rows:
        return Section("exclusions", "Excluded values and reasons", ["Nothing was excluded."])
    return Section(
        "exclusions",
        "Excluded values and reasons",
        ["Excluded values stay in the tables, each with its reason."],
        tables=[summary],
        folded=[every],
    )


def choices(multiverse: Multiverse | None, chosen: float | None = None) -> Section | None:
    """The multiverse, with the mean ΔF of the chosen analysis marked."""
    if multiverse is None:
        return None
    return Section(
        "multiverse",
        "How much the choice of method matters",
        [
            "The same discharges, analyzed with every combination of smoother and criteria. A "
            "conclusion that holds only in some of them depends on a choice, not on the recording."
        ],
        pictures=[
            drawing(
                figures.specification_curve(multiverse, chosen),
                "multiverse",
                "Mean delta F under every combination of choices, sorted",
                "Above: mean ΔF of each analysis, sorted. Below: a tick marks what each one chose."
                + bounds_words(multiverse),
            )
        ],
        folded=[choice_table(multiverse.universes)],
    )


def truth(recording: Recording) -> Section | None:
    """What was really there, for a simulation."""
    if recording.truth is None:
        return None
    numbers = [
        f"{name.replace('_', ' ')}: {value:g}" for name, value in recording.truth.parameters.items()
    ]
    return Section(
        "truth",
        "What was really there",
        ["This recording is simulated, so the drive and the currents behind it are known."],
        notes=numbers,
        pictures=[
            drawing(
                figures.truth_panel(recording),
                "truth",
                "Drive, inhibition, neuromodulation and persistent inward currents over time",
                "What the simulated motoneurons received, and the persistent inward current that "
                "each of them had.",
            )
        ],
    )


def file_notes(recording: Recording) -> Section | None:
    """What the reader had to say."""
    if not recording.notes:
        return None
    return Section("notes", "Notes on the file", notes=recording.notes)
