"""How estimators follow the truth of simulations, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, signed
from renshaw.findings.words import title_of
from renshaw.validation.estimators_against_truth import EstimatorValidation

# What stands for excitability, before anything else that follows it.
_FIRST = "delta_f"


@finds(EstimatorValidation)
def findings(validation: EstimatorValidation) -> tuple[Finding, ...]:
    """Return for each truth that was set how ΔF follows it, and what follows it best."""
    found = []
    table = validation.table
    for keys, part in table.groupby(["rules", "manipulated"], sort=False):
        rules, manipulated = (str(key) for key in keys)
        rows = part[np.isfinite(part["rank_correlation"].to_numpy(float))].to_dict("records")
        n = _recordings(validation, rules, manipulated)
        if not rows:
            found.append(
                Finding(
                    sentence=f"Nothing that was estimated in {n} recordings follows {manipulated} "
                    f"({rules} rules).",
                    n=n,
                    of="recordings",
                )
            )
            continue
        best = max(rows, key=lambda row: abs(row["rank_correlation"]))
        first = next((row for row in rows if row["quantity"] == _FIRST), best)
        found.append(_finding(first, best, rules, manipulated, n))
    return tuple(found) or (Finding(sentence="No estimator was tried."),)


def _finding(
    first: Mapping[Any, Any], best: Mapping[Any, Any], rules: str, manipulated: str, n: int
) -> Finding:
    name, value = title_of(str(first["quantity"])), float(first["rank_correlation"])
    sentence = (
        f"{name} follows {manipulated} with a rank correlation of {signed(value)} over "
        f"{counted(n, 'recording')} ({rules} rules)"
    )
    if best["quantity"] != first["quantity"]:
        other = title_of(str(best["quantity"]))
        sentence += f"; {other} follows it best, with {signed(float(best['rank_correlation']))}"
    yields = 100.0 - float(first["yield_pct"])
    return Finding(
        sentence=f"{sentence}.",
        numbers=[
            Number(
                name=f"{name} with {manipulated}: rank correlation", value=value, difference=True
            )
        ],
        n=n,
        of="recordings",
        left_out=[f"{name}: {yields:.0f} % of its values fail the rules."] if yields >= 0.5 else [],
    )


def _recordings(validation: EstimatorValidation, rules: str, manipulated: str) -> int:
    table = validation.recordings
    mine = table[(table["rules"] == rules) & (table["manipulated"] == manipulated)]
    return len(mine[["level", "repeat"]].drop_duplicates())
