"""What the page shows of a recording: every number is made here, none in the browser."""

from __future__ import annotations

from typing import Any

from renshaw.app.recording.analysis import Analysis
from renshaw.app.recording.figures import contractions_of, pairs_of, raster_of
from renshaw.app.recording.numbers import number, table
from renshaw.core.finding import as_mapping
from renshaw.data.bounds import sign_of
from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording
from renshaw.decomposition.rejudged import set_aside
from renshaw.estimation.estimate import involuntary
from renshaw.figures.plain import color
from renshaw.findings.recording import measured
from renshaw.reports.best_pair import best_pair
from renshaw.reports.contraction_sections import by_contraction
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.raster import unit_colors
from renshaw.reports.pages.contractions import contraction_table
from renshaw.reports.tables import exclusion_tables, recording_table, unit_table

# A pair of each two of 90 units; more of them no one reads, and the table of the CSV has all.
_MOST_PAIRS = 4000


def view(analysis: Analysis) -> dict[str, Any]:
    """Return everything that the page draws of an analysis."""
    recording, estimates = analysis.recording, analysis.estimates
    unwilled = involuntary(recording)
    rows = analysis.means.rows
    reasons, excluded = exclusion_tables(recording, estimates.rows)
    return {
        "name": recording.name,
        "simulated": recording.simulated,
        "findings": as_mapping(measured(recording, estimates)),
        "notes": list(recording.notes),
        "figures": _figures(analysis, unwilled),
        "units": units(analysis),
        "order": [i + 1 for i in by_recruitment(recording.units)],
        "involuntary": unwilled,
        "contractions": _contractions(analysis),
        **({"pairs": [], "pairs_total": 0, "typical": None} if unwilled else _pairs(analysis)),
        "tables": {
            "whole": table(recording_table(rows)),
            "units": table(unit_table(recording, rows)),
            "reasons": table(reasons),
            "excluded": table(excluded),
        },
    }


def units(analysis: Analysis) -> list[dict[str, Any]]:
    """Return what is shown of each unit."""
    rows = {(r.unit, r.quantity): r for r in analysis.means.rows if r.unit and not r.control}
    shown = unit_facts(analysis.recording)
    paints = unit_colors(analysis.recording)
    for unit, rate, paint in zip(shown, analysis.rates, paints, strict=True):
        delta_f = rows.get((unit["unit"], "delta_f"))
        unit["color"] = color(paint)
        unit["why_not_smooth"] = rate.reason
        unit["delta_f"] = number(delta_f.value) if delta_f and delta_f.ok else None
        unit["delta_f_sign"] = sign_of(delta_f.bound) if delta_f else ""
        unit["delta_f_why"] = delta_f.reason if delta_f else ""
    return shown


def unit_facts(recording: Recording) -> list[dict[str, Any]]:
    """Return what is known of each unit without an estimate."""
    units = recording.units
    facts = []
    for i, (label, flag, times) in enumerate(
        zip(units.labels, units.flags, units.times_s, strict=True)
    ):
        quality = {name: number(values[i]) for name, values in units.quality.items()}
        facts.append(
            {
                "unit": i + 1,
                "label": label,
                "flag": flag,
                "aside": set_aside(flag),
                "discharges": len(times),
                "quality": quality,
            }
        )
    return facts


def _contractions(analysis: Analysis) -> dict[str, Any] | None:
    """Return which contractions there are and which is shown; None of one alone."""
    if not analysis.contraction:
        return None
    values = by_contraction(analysis.estimates)
    return {
        "numbers": [each.number for each in analysis.contractions],
        "shown": analysis.contraction,
        "where": table(contraction_table(analysis.contractions)),
        "values": None if values is None else table(values),
    }


def _figures(analysis: Analysis, unwilled: bool) -> dict[str, Any]:
    shown = {"raster": raster_of(analysis).to_plain()}
    if analysis.contraction:
        shown["contractions"] = contractions_of(analysis).to_plain()
    return shown if unwilled else {**shown, "pairs": pairs_of(analysis).to_plain()}


def _pairs(analysis: Analysis) -> dict[str, Any]:
    """Return the pairs: which, ΔF, r, gap, modulation, verdict; accepted ones first."""
    mine: dict[str, dict[tuple[int, int], Estimate]] = {}
    for row in analysis.shown.rows:
        if row.control:
            mine.setdefault(row.quantity, {})[row.unit, row.control] = row
    names = ("rate_rate_r", "recruitment_gap", "control_modulation")
    verdicts = sorted(
        mine.get("delta_f_pair", {}).values(), key=lambda row: (not row.ok, row.unit, row.control)
    )
    found = []
    for row in verdicts:
        others = [mine.get(name, {}).get((row.unit, row.control)) for name in names]
        values = [None if each is None else number(each.value) for each in (row, *others)]
        signs = ["" if each is None else sign_of(each.bound) for each in (row, *others)]
        found.append([row.unit, row.control, *values, row.ok, row.reason, signs])
    best = best_pair(analysis.shown, analysis.recording.name)
    return {
        "pairs": found[:_MOST_PAIRS],
        "pairs_total": len(found),
        "typical": None if best is None else [best.test, best.control],
    }
