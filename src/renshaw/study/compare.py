"""`compare`: paired differences between conditions, participant by participant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.settings import Settings, setting
from renshaw.core.version import __version__
from renshaw.data.estimates import Estimates

if TYPE_CHECKING:
    import pandas as pd

COMPARED = (
    "delta_f",
    "peak_rate",
    "brace_height",
    "acceleration_slope",
    "attenuation_slope",
    "self_sustained_duration",
    "torque_hysteresis",
)


@dataclass(frozen=True, kw_only=True)
class CompareSettings(Settings):
    """How conditions are compared."""

    matched_units: bool = setting(
        True, "average only units that are ok in both conditions (tracked units)"
    )
    confidence: float = setting(0.95, "coverage of the intervals", gt=0.5, lt=1)


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """Paired differences with confidence intervals.

    Parameters
    ----------
    table : DataFrame
        One row a quantity and condition: quantity, units, condition, reference, n (participants),
        mean_reference, mean_condition, difference, ci_low, ci_high, p_value, percent.
    participants : DataFrame
        One row a quantity, participant and condition: the participant's mean over units and trials.
    pairs : DataFrame
        One row a quantity, condition and participant: the two means that were subtracted, over
        matched units where these were asked for.
    history : History
    """

    table: pd.DataFrame
    participants: pd.DataFrame
    pairs: pd.DataFrame
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the differences."""
        return self.table.copy()

    def __str__(self) -> str:
        return self.table.to_string(index=False)


def compare(
    estimates: Estimates,
    design: pd.DataFrame,
    settings: CompareSettings | None = None,
    *,
    reference: str | None = None,
) -> Comparison:
    """Compare every condition with the reference, within participants.

    Each participant gives one difference a quantity: of means over units (the same units in both
    conditions) and trials. The interval and the p-value are those of a paired t-test over
    participants; units are never counted as if they were people.

    Parameters
    ----------
    estimates : Estimates
    design : DataFrame
        Columns recording, participant, condition, trial.
    settings : CompareSettings, optional
    reference : str, optional
        The first condition of the design by default.

    Raises
    ------
    DataError
        The reference is not in the design, or a recording is missing from it.
    """
    import pandas as pd

    settings = settings or CompareSettings()
    conditions = list(dict.fromkeys(design["condition"]))
    reference = conditions[0] if reference is None else reference
    if reference not in conditions:
        raise DataError(f"The design has no condition {reference!r}; it has {conditions}.")
    table = _unit_means(estimates, design)
    rows, pairs = [], []
    for quantity in [q for q in COMPARED if q in set(table["quantity"])]:
        units = next(row.units for row in estimates.rows if row.quantity == quantity)
        part = table[table["quantity"] == quantity]
        for condition in conditions:
            if condition != reference:
                paired = _paired(part, reference, condition, settings.matched_units)
                row = {"quantity": quantity, "condition": condition, "reference": reference}
                pairs.append(paired.assign(**row))
                rows.append({**row, "units": units, **_difference(paired, settings.confidence)})
    people = table.groupby(["quantity", "participant", "condition"], sort=False)["value"].mean()
    code = "comparison = rs.compare(estimates, design"
    code += f", {settings.as_python()})" if settings != CompareSettings() else ")"
    step = Step(
        "compare", code, settings.to_mapping(), None, estimates.fingerprint(), (), __version__
    )
    return Comparison(
        table=pd.DataFrame(rows, columns=list(_COLUMNS)),
        participants=people.reset_index(),
        pairs=pd.concat(pairs, ignore_index=True) if pairs else pd.DataFrame(),
        history=estimates.history.then(step),
    )


_COLUMNS = (
    "quantity",
    "units",
    "condition",
    "reference",
    "n",
    "mean_reference",
    "mean_condition",
    "difference",
    "ci_low",
    "ci_high",
    "p_value",
    "percent",
)


def _unit_means(estimates: Estimates, design: pd.DataFrame) -> pd.DataFrame:
    """Return one row a quantity, participant, condition and unit: the mean over trials."""
    known = set(design["recording"])
    unknown = [name for name in estimates.recordings if name not in known]
    if unknown:
        raise DataError(f"The design does not say who {unknown[0]!r} is.")
    table = estimates.to_table()
    table = table[table["ok"] & table["unit"].notna() & np.isfinite(table["value"])]
    table = table.merge(design, on="recording", how="left")
    keys = ["quantity", "participant", "condition", "unit"]
    means: pd.DataFrame = table.groupby(keys, sort=False)["value"].mean().reset_index()
    return means


def _paired(part: pd.DataFrame, reference: str, condition: str, matched: bool) -> pd.DataFrame:
    """Return one row a participant: mean_reference, mean_condition and the units behind them."""
    wide = part.pivot_table(index=["participant", "unit"], columns="condition", values="value")
    wide = wide.reindex(columns=[reference, condition])
    if matched:
        wide = wide.dropna()
    means = wide.groupby(level="participant").mean().dropna()
    counts = wide.groupby(level="participant").count().min(axis=1)
    means.columns = ["mean_reference", "mean_condition"]
    return means.assign(units_compared=counts.reindex(means.index)).reset_index()


def _difference(paired: pd.DataFrame, confidence: float) -> dict[str, Any]:
    from scipy import stats

    before = paired["mean_reference"].to_numpy(dtype=float)
    after = paired["mean_condition"].to_numpy(dtype=float)
    n = len(before)
    row = dict.fromkeys(_COLUMNS[5:], np.nan) | {"n": n}
    if n == 0:
        return row
    change = after - before
    row |= {
        "mean_reference": before.mean(),
        "mean_condition": after.mean(),
        "difference": change.mean(),
        "percent": 100 * change.mean() / before.mean() if before.mean() else np.nan,
    }
    if n > 1 and change.std() > 0:
        error = change.std(ddof=1) / np.sqrt(n)
        reach = stats.t.ppf(0.5 + confidence / 2, n - 1) * error
        p_value = 2 * stats.t.sf(abs(change.mean() / error), n - 1)
        row |= {
            "ci_low": change.mean() - reach,
            "ci_high": change.mean() + reach,
            "p_value": p_value,
        }
    return row
