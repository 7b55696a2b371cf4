"""How well a measurement repeats, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import number, with_interval
from renshaw.statistics.trials.reliability import Reliability


@finds(Reliability)
def findings(reliability: Reliability) -> tuple[Finding, ...]:
    """Return a sentence for the participants' means, and one for units that were tracked."""
    parts = ", ".join(f"{name} {number(v)}" for name, v in reliability.components.items())
    used = [f"Standard deviations by a mixed model, to plan with: {parts}."] if parts else []
    return tuple(_level(row, used) for row in reliability.table.to_dict("records"))


def _level(row: Mapping[Any, Any], used: list[str]) -> Finding:
    level, n = str(row["level"]).capitalize(), int(row["n"])
    error, icc = _interval(row, "typical_error"), _interval(row, "icc")
    sentence = (
        f"{level} (n = {n}): typical error {with_interval(*error)}, limits of agreement "
        f"{with_interval(*_interval(row, 'loa_low'))} and "
        f"{with_interval(*_interval(row, 'loa_high'))}, ICC(2,1) "
        f"{with_interval(*icc)}, CV {number(float(row['cv_pct']), 0)} %; a change of one of them "
        f"is detectable from {number(float(row['detectable_change']))} on (95 % CI in brackets)."
    )
    return Finding(
        sentence=sentence,
        numbers=[
            Number(name=f"{level}: typical error", value=error[0], low=error[1], high=error[2]),
            Number(name=f"{level}: ICC(2,1)", value=icc[0], low=icc[1], high=icc[2]),
        ],
        n=n,
        of=level.lower(),
        next_steps=used,
    )


def _interval(row: Mapping[Any, Any], name: str) -> tuple[float, float, float]:
    return float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"])
