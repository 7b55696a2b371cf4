"""What the analysis of a trial's design, or of two measurements, found, in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import between, number, p_equals
from renshaw.statistics.trials.trial import Trial

_MOST = 12


@finds(Trial)
def findings(trial: Trial) -> tuple[Finding, ...]:
    """Return the answer, then every other number of the analysis."""
    rows = trial.table.to_dict("records")
    provided = f"; {trial.provided}" if trial.provided else ""
    first = Finding(
        sentence=f"{_words(rows[0])} (n = {trial.n} {trial.of}){provided}.",
        numbers=[_number(rows[0])],
        n=trial.n,
        of=trial.of,
        warnings=trial.warnings,
        left_out=trial.left_out,
        would_change=trial.notes,
        next_steps=trial.to_do,
    )
    more = [Finding(sentence=f"{_words(row)}.") for row in rows[1 : _MOST + 1]]
    return (first, *more)


def _words(row: Mapping[Any, Any]) -> str:
    sure = []
    if not math.isnan(float(row["low"])):
        sure.append(f"95 % CI {between(float(row['low']), float(row['high']))}")
    if not math.isnan(float(row["p_value"])):
        sure.append(p_equals(float(row["p_value"])))
    said = f"{row['question']}: {number(float(row['estimate']))}"
    return f"{said} ({', '.join(sure)})" if sure else said


def _number(row: Mapping[Any, Any]) -> Number:
    return Number(
        name=str(row["question"]),
        value=float(row["estimate"]),
        low=float(row["low"]),
        high=float(row["high"]),
    )
