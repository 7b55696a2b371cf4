"""Which therapies are on the front, and which of them is recommended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.optimization.axes import AXES
from renshaw.optimization.goal import Rule

if TYPE_CHECKING:
    import pandas as pd

# What a computer adds up in another order must not decide a tie.
_ROUNDING = 1e-9


def on_front(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows no other row beats on every axis (and on one of them truly)."""
    values = table[list(AXES)].to_numpy(float)
    front = np.ones(len(values), dtype=bool)
    for i, mine in enumerate(values):
        no_worse = (values <= mine + _ROUNDING).all(axis=1)
        better = (values < mine - _ROUNDING).any(axis=1)
        front[i] = not bool(np.any(no_worse & better))
    return front


def _limits(axes: Mapping[str, float], rule: Rule) -> list[tuple[str, float, str, float, float]]:
    """Return each limit of the rule: of what, how much of it, its unit, the limit, the excess."""
    force, least = axes["force_pct"], rule.force_pct_min
    found = [("force", force, "%", least, least - force)]
    for name, key, unit, most in (
        ("discomfort", "discomfort", "of 10", rule.discomfort_max),
        ("dose", "dose_pct", "% of the usual maximum", rule.dose_pct_max),
        ("charge", "charge_mC_per_h", "mC/h", rule.charge_mC_per_h_max),
    ):
        if most is not None:
            found.append((name, axes[key], unit, most, axes[key] - most))
    return found


def broken_limits(axes: Mapping[str, float], rule: Rule) -> list[float]:
    """Return by how much each limit of the rule is broken; none is where all are <= 0."""
    return [float(excess) for *_, excess in _limits(axes, rule)]


def broken_words(axes: Mapping[str, float], rule: Rule) -> list[str]:
    """Return which limits are broken, each beside what was asked for."""
    return [
        f"{name} {'unknown' if value != value else f'{value:.1f} {unit}'}, at "
        f"{'least' if name == 'force' else 'most'} {limit:g} allowed"
        for name, value, unit, limit, excess in _limits(axes, rule)
        # What is not known is not kept.
        if not excess <= _ROUNDING
    ]


def worst_words(rule: Rule) -> str:
    """Return who they are whose mean counts: ``"the quarter who fare worst"``."""
    if rule.worse_share == 1.0:
        return "everybody"
    usual = {0.25: "quarter", 0.5: "half"}
    return f"the {usual.get(rule.worse_share, f'{100 * rule.worse_share:g} %')} who fare worst"


def allowed(table: pd.DataFrame, rule: Rule) -> NDArray[np.bool_]:
    """Return which rows keep all limits."""
    fine = [
        max(broken_limits({str(k): v for k, v in row.items()}, rule)) <= _ROUNDING
        for row in table.to_dict("records")
    ]
    return np.array(fine, dtype=np.bool_)


def chosen_row(table: pd.DataFrame, rule: Rule, untreated: float) -> int | None:
    """Return the position of the row that the rule chooses; None where no row keeps the limits.

    The least burden among those that keep all limits; burdens within a tie of the least count
    alike, and then the lowest dose, the least discomfort, the least charge, the least burden.

    Parameters
    ----------
    table : DataFrame
        With the axes and ``force_pct``.
    rule : Rule
    untreated : float
        Burden without any therapy, of which a tie is a share.
    """
    kept = np.flatnonzero(allowed(table, rule))
    if not len(kept):
        return None
    burden = table["burden"].to_numpy(float)
    tie = burden[kept].min() + rule.tie_pct / 100.0 * untreated + _ROUNDING
    alike = [int(i) for i in kept if burden[i] <= tie]
    order = ("dose_pct", "discomfort", "charge_mC_per_h", "burden")
    return min(alike, key=lambda i: (*(float(table[name].iloc[i]) for name in order), i))


def mildest_row(table: pd.DataFrame, rule: Rule) -> int:
    """Return the position of the row that breaks limits by least; of equals that of less burden."""
    broken = [
        sum(max(0.0, by) for by in broken_limits({str(k): v for k, v in row.items()}, rule))
        for row in table.to_dict("records")
    ]
    burden = table["burden"].to_numpy(float)
    return min(range(len(table)), key=lambda i: (broken[i], burden[i], i))


def rule_words(rule: Rule) -> str:
    """Return the rule in three sentences: limits, aim, ties."""
    worst = worst_words(rule)
    limits = [
        f"at least {rule.force_pct_min:g} % of maximal force kept",
        f"discomfort at most {rule.discomfort_max:g} of 10",
        f"at most {rule.dose_pct_max:g} % of a drug's usual maximum dose",
    ]
    if rule.charge_mC_per_h_max is not None:
        limits.append(f"at most {rule.charge_mC_per_h_max:g} mC per hour")
    return (
        f"Limits: {', '.join(limits)}. Within them, the burden of spasms is minimized; burden and "
        f"force are means of {worst}. Burdens that differ by less than {rule.tie_pct:g} % of the "
        "untreated burden are a tie, decided by lower dose, then less discomfort, then less "
        "charge."
    )
