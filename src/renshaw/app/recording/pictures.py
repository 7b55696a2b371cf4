"""Pictures of the report, inside the page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from renshaw.app.recording.analysis import Analysis
from renshaw.app.recording.numbers import table
from renshaw.core.errors import RenshawError
from renshaw.core.finding import as_mapping
from renshaw.estimation.multiverse import Multiverse
from renshaw.reports import figures
from renshaw.reports.best_pair import pairs, value_of
from renshaw.reports.svg import inline_svg
from renshaw.reports.tables import choice_table

# In a report it has twice the width: its words would be too small here.
_HALF_A_PAGE_in = (5.0, 4.6)
# Tabs that show the same recording ask for the same pair.
_KEPT = 8


@lru_cache(maxsize=_KEPT)
def construction(analysis: Analysis, test: int, control: int) -> dict[str, Any]:
    """Return how ΔF of a pair is read, as a picture and in words.

    Raises
    ------
    RenshawError
        There is no such pair.
    """
    recording = analysis.recording
    found = pairs(analysis.estimates, recording.name)
    pair = next((p for p in found if (p.test, p.control) == (test, control)), None)
    if pair is None:
        raise RenshawError("There is no such pair of units.")
    labels = recording.units.labels
    verdict = "Accepted" if pair.ok else "Rejected"
    words = (
        f"{verdict}{f': {pair.reason}' if pair.reason else ''}. Test unit {labels[test - 1]}, "
        f"control unit {labels[control - 1]}."
    )
    drawable = np.isfinite(pair.delta_f_pps) and analysis.rates[control - 1].ok
    return {"svg": _drawn(analysis, test, control, pair) if drawable else "", "words": words}


def _drawn(analysis: Analysis, test: int, control: int, pair: Any) -> str:
    recording = analysis.recording
    times = recording.units[test - 1]
    second = analysis.settings.delta_f.recruitment == "second"
    figure = figures.delta_f_construction(
        recording,
        analysis.rates,
        test=test,
        control=control,
        recruitment_s=float(times[min(int(second), len(times) - 1)]),
        derecruitment_s=float(times[-1]),
        delta_f_pps=pair.delta_f_pps,
    )
    figure.set_size_inches(*_HALF_A_PAGE_in)
    title = f"Delta F of test unit {test} with control unit {control}: {pair.delta_f_pps:.2f} pps"
    return inline_svg(figure, name="construction", title=title)


def specification(analysis: Analysis, multiverse: Multiverse) -> dict[str, Any]:
    """Return the multiverse as a picture, its findings and a table."""
    mean = value_of(analysis.estimates, analysis.recording.name, "delta_f_mean")
    figure = figures.specification_curve(multiverse, None if mean is None else mean.value)
    return {
        "svg": inline_svg(
            figure,
            name="multiverse",
            title="Mean delta F under every combination of choices, sorted",
        ),
        "findings": as_mapping(multiverse.findings()),
        "table": table(choice_table(multiverse.to_table())),
    }
