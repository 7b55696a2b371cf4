"""What the page shows of a recording: every number and curve is made here, none in the browser."""

from __future__ import annotations

from typing import Any

from renshaw.app.recording.analysis import Analysis
from renshaw.app.recording.numbers import number, numbers, table, trace
from renshaw.core.finding import as_mapping
from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.editing import set_aside
from renshaw.estimation.estimate import involuntary
from renshaw.findings.recording import measured
from renshaw.reports.best_pair import best_pair
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.torque import usable_torque
from renshaw.reports.figures.tracking import target_of
from renshaw.reports.tables import exclusion_tables, recording_table, unit_table

_CURVE_POINTS = 700
_TORQUE_POINTS = 1500
# A pair of each two of 90 units; more of them no one reads, and the table of the CSV has all.
_MOST_PAIRS = 4000


def view(analysis: Analysis) -> dict[str, Any]:
    """Return everything that the page draws of an analysis."""
    recording, estimates = analysis.recording, analysis.estimates
    unwilled = involuntary(recording)
    rows = estimates.rows
    reasons, excluded = exclusion_tables(recording, rows)
    return {
        "name": recording.name,
        "simulated": recording.simulated,
        "findings": as_mapping(measured(recording, estimates)),
        "notes": list(recording.notes),
        "window": list(recording.units.window_s),
        "torque": _torque(usable_torque(recording), "torque"),
        "target": _torque(target_of(recording), "target"),
        "events": [[e.onset_s, e.duration_s, e.label] for e in recording.events[:500]],
        "units": units(analysis),
        "order": [i + 1 for i in by_recruitment(recording.units)],
        "involuntary": unwilled,
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
    rows = {(r.unit, r.quantity): r for r in analysis.estimates.rows if r.unit and not r.control}
    shown = unit_facts(analysis.recording)
    for unit, rate in zip(shown, analysis.rates, strict=True):
        delta_f = rows.get((unit["unit"], "delta_f"))
        unit["times"] = numbers(analysis.recording.units[unit["unit"] - 1])
        unit["smooth"] = trace(rate.times_s, rate.rate_pps, _CURVE_POINTS) if rate.ok else None
        unit["why_not_smooth"] = rate.reason
        unit["delta_f"] = number(delta_f.value) if delta_f and delta_f.ok else None
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
                "instant": numbers(units.instantaneous_rate(i)[1], 2),
                "quality": quality,
            }
        )
    return facts


def _torque(signal: Signal | None, name: str) -> dict[str, Any] | None:
    if signal is None:
        return None
    drawn = trace(signal.times_s, signal.values, _TORQUE_POINTS)
    return {**drawn, "name": name, "unit": signal.unit or "a.u."}


def _pairs(analysis: Analysis) -> dict[str, Any]:
    """Return the pairs: which, ΔF, r, gap, modulation, verdict; accepted ones first."""
    mine: dict[str, dict[tuple[int, int], Estimate]] = {}
    for row in analysis.estimates.rows:
        if row.control:
            mine.setdefault(row.quantity, {})[row.unit, row.control] = row
    names = ("rate_rate_r", "recruitment_gap", "control_modulation")
    verdicts = sorted(
        mine.get("delta_f_pair", {}).values(), key=lambda row: (not row.ok, row.unit, row.control)
    )
    found = [
        [
            row.unit,
            row.control,
            number(row.value),
            *(_value(mine, name, (row.unit, row.control)) for name in names),
            row.ok,
            row.reason,
        ]
        for row in verdicts
    ]
    best = best_pair(analysis.estimates, analysis.recording.name)
    return {
        "pairs": found[:_MOST_PAIRS],
        "pairs_total": len(found),
        "typical": None if best is None else [best.test, best.control],
    }


def _value(
    mine: dict[str, dict[tuple[int, int], Estimate]], name: str, pair: tuple[int, int]
) -> float | None:
    row = mine.get(name, {}).get(pair)
    return None if row is None else number(row.value)
