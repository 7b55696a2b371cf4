"""The figures of a recording, by name: the page shows them, and saves the same ones."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from renshaw.app.recording.analysis import Analysis
from renshaw.app.recording.numbers import table
from renshaw.core.errors import RenshawError
from renshaw.core.finding import as_mapping
from renshaw.estimation.multiverse import Multiverse
from renshaw.figures import Figure
from renshaw.reports import figures
from renshaw.reports.best_pair import Pair, pairs, value_of
from renshaw.reports.figures.contractions import contractions_figure
from renshaw.reports.figures.delta_f import construction_of
from renshaw.reports.figures.multiverse import specification_curve
from renshaw.reports.tables import choice_table

# Tabs that show the same recording ask for the same figures.
_KEPT = 8


@lru_cache(maxsize=_KEPT)
def raster_of(analysis: Analysis) -> Figure:
    """Return discharges, rates and torque over time."""
    return figures.raster(analysis.recording, analysis.rates)


@lru_cache(maxsize=_KEPT)
def pairs_of(analysis: Analysis) -> Figure:
    """Return ΔF of every pair."""
    return figures.pair_matrix(analysis.part, analysis.shown)


@lru_cache(maxsize=_KEPT)
def contractions_of(analysis: Analysis) -> Figure:
    """Return where the contractions lie."""
    return contractions_figure(analysis.contractions)


@lru_cache(maxsize=_KEPT)
def construction(analysis: Analysis, test: int, control: int) -> Figure | None:
    """Return how ΔF of a pair comes about; None where it has none.

    Raises
    ------
    RenshawError
        There is no such pair.
    """
    pair = _pair(analysis, test, control)
    return construction_of(analysis.part, analysis.part_rates, pair, analysis.settings)


def pair_words(analysis: Analysis, test: int, control: int) -> str:
    """Return the verdict on a pair in words."""
    pair = _pair(analysis, test, control)
    labels = analysis.recording.units.labels
    verdict = "Accepted" if pair.ok else "Rejected"
    return (
        f"{verdict}{f': {pair.reason}' if pair.reason else ''}. Test unit {labels[test - 1]}, "
        f"control unit {labels[control - 1]}."
    )


def _pair(analysis: Analysis, test: int, control: int) -> Pair:
    found = pairs(analysis.shown, analysis.recording.name)
    pair = next((p for p in found if (p.test, p.control) == (test, control)), None)
    if pair is None:
        raise RenshawError("There is no such pair of units.")
    return pair


def curve_of(analysis: Analysis, multiverse: Multiverse) -> Figure:
    """Return the multiverse, sorted."""
    mean = value_of(analysis.means, analysis.recording.name, "delta_f_mean")
    return specification_curve(multiverse, None if mean is None else mean.value)


def specification(analysis: Analysis, multiverse: Multiverse) -> dict[str, Any]:
    """Return the multiverse as a figure, its findings and a table."""
    return {
        "figure": curve_of(analysis, multiverse).to_plain(),
        "findings": as_mapping(multiverse.findings()),
        "table": table(choice_table(multiverse.universes)),
    }
