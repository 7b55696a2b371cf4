"""How hard it is to hold a torque, in sentences."""

from __future__ import annotations

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.experiment.effort import AS_IS, WITHOUT_PICS, Effort

# The level at which the answer is stated, where it was held.
_USUAL_PCT_MVC = 20.0


@finds(Effort)
def findings(effort: Effort) -> tuple[Finding, ...]:
    """Return the effort of one torque, with persistent inward currents and without."""
    level, repeats = usual_level(effort), effort.settings.repeats
    numbers = [
        Number(
            name=f"Effort at {level:g} % MVC, {name}",
            value=effort.effort_pct(name, level),
            unit="% of the largest drive",
        )
        for name in effort.conditions
    ]
    return (
        Finding(
            sentence=_sentence(effort, level, f"mean of {counted(repeats, 'trial')}"),
            numbers=numbers,
            n=repeats,
            of="trials",
            warnings=_missed(effort),
        ),
    )


def usual_level(effort: Effort) -> float:
    """Return the torque at which the answer is stated."""
    levels = effort.settings.levels_pct_mvc
    return min(levels, key=lambda level: abs(level - _USUAL_PCT_MVC))


def _sentence(effort: Effort, level: float, how: str) -> str:
    usual = effort.effort_pct(AS_IS, level)
    if not np.isfinite(usual):
        return f"{level:g} % MVC is out of this person's reach ({how})."
    first = f"To hold {level:g} % MVC takes {number(usual)} % of the largest descending drive"
    if WITHOUT_PICS not in effort.conditions:
        return f"{first} ({how})."
    without = effort.effort_pct(WITHOUT_PICS, level)
    if not np.isfinite(without):
        return f"{first}; without persistent inward currents it can't be done at all ({how})."
    more = f", {without / usual:.1f} times as much" if usual > 0 else ""
    return (
        f"{first}; without persistent inward currents it takes {number(without)} %{more} ({how})."
    )


def _missed(effort: Effort) -> list[str]:
    return [
        f"{row['condition']}, {row['target_pct_mvc']:g} % MVC: {row['reason']}."
        for row in effort.table.to_dict("records")
        if not row["reached"]
    ]
