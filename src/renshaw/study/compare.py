"""`compare`: paired differences between conditions, with a mixed model of every unit beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from renshaw.core.errors import DataError, SettingsError
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.settings import Settings, setting
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import bound_of_mean
from renshaw.data.estimates import Estimates
from renshaw.estimation.contractions.over_contractions import over_contractions
from renshaw.estimation.quantity import names_of, shown_in, title_of
from renshaw.statistics.mixed import MODEL_CITES, MixedModel, mixed_model
from renshaw.statistics.settings import MixedModelSettings
from renshaw.study.bounded import UNTOLD, bounds_of_pairs, known_trials, mean_and_bound
from renshaw.study.families import corrected

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class CompareSettings(Settings):
    """How conditions are compared."""

    matched_units: bool = setting(
        True,
        "average only units that are valid in both conditions: those of one label are taken to be "
        "the same, as after tracking",
    )
    confidence: float = setting(0.95, "coverage of the intervals", gt=0.5, lt=1)
    mixed_models: bool = setting(
        True,
        "also fit a mixed model of all units, with the random effects that the design asks for",
    )


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """Paired differences with confidence intervals.

    Parameters
    ----------
    table : DataFrame
        One row a quantity and condition: quantity, units, condition, reference, n (participants),
        mean_reference, mean_condition, difference, ci_low, ci_high, p_value, p_adjusted (by Holm,
        `renshaw.study.families`), percent (where the reference is well above 0), and bound,
        bound_reference and bound_condition (whether difference and means are exact, at least or at
        most what they say, or unknown), n_bounds (participants with values that are bounds or
        unknown) and n_unseen (those with units of which nothing is known only because an onset or
        an end was not seen).
    participants : DataFrame
        One row a quantity, participant and condition: the participant's mean over units and
        trials, and its bound.
    pairs : DataFrame
        One row a quantity, condition and participant: the two means that were subtracted, over
        matched units where these were asked for, and their bounds.
    models : mapping of str to MixedModel
        Of each quantity, beside the paired test: ``delta_f ~ condition + (1|participant/unit)``.
    unmodelled : mapping of str to str
        Quantities without a model, and why.
    history : History
    not_compared : mapping of str to str
        Quantities that can't be compared at all, and why.
    matched : bool
        Whether units of one label were taken to be the same.
    """

    table: pd.DataFrame
    participants: pd.DataFrame
    pairs: pd.DataFrame
    models: Mapping[str, MixedModel] = field(default_factory=dict)
    unmodelled: Mapping[str, str] = field(default_factory=dict)
    history: History = field(default_factory=History)
    not_compared: Mapping[str, str] = field(default_factory=dict)
    matched: bool = False

    def to_table(self) -> pd.DataFrame:
        """Return the differences."""
        return self.table.copy()

    def without_units(self, quantity: str, condition: str, reference: str) -> tuple[str, ...]:
        """Return who has values in both conditions, but none of one and the same unit.

        Parameters
        ----------
        quantity, condition, reference : str
        """
        mine = self.participants[self.participants["quantity"] == quantity]
        who = [
            set(mine.loc[mine["condition"] == each, "participant"])
            for each in (condition, reference)
        ]
        pairs = self.pairs
        if self.matched and len(pairs):
            same = (pairs["quantity"] == quantity) & (pairs["condition"] == condition)
            return tuple(sorted(map(str, who[0] & who[1] - set(pairs.loc[same, "participant"]))))
        return ()

    def __str__(self) -> str:
        return self.table.to_string(index=False)


@overload
def compare(
    estimates: Estimates,
    design: pd.DataFrame,
    settings: CompareSettings | None = None,
    *,
    reference: str | None = None,
    seed: int = 0,
) -> Comparison: ...


@overload
def compare(
    estimates: pd.DataFrame | str | Path,
    design: str,
    settings: MixedModelSettings | None = None,
    *,
    seed: int = 0,
) -> MixedModel: ...


def compare(
    estimates: Estimates | pd.DataFrame | str | Path,
    design: pd.DataFrame | str,
    settings: CompareSettings | MixedModelSettings | None = None,
    *,
    reference: str | None = None,
    seed: int = 0,
) -> Comparison | MixedModel:
    """Compare conditions: of estimates by their design, or in any tidy table by a formula.

    ``compare(estimates, design)`` compares every condition with the reference, within
    participants; ``compare(table, "deltaf ~ time + (1|participant)")`` fits a linear mixed model
    (`renshaw.statistics.mixed_model`).

    Parameters
    ----------
    estimates : Estimates, or DataFrame or path of a CSV file
    design : DataFrame, or str
        Columns recording, participant, condition, trial; or a formula as for R's lme4.
    settings : CompareSettings or MixedModelSettings, optional
    reference : str, optional
        Of a design: the first condition by default.
    seed : int
        Of bootstraps and sign flips.

    Raises
    ------
    DataError
        The reference is not in the design, a recording is missing from it, or the table can't
        carry the model.
    FormulaError
        The formula can't be understood.
    """
    if isinstance(design, str):
        if isinstance(estimates, Estimates):
            raise DataError(
                "Estimates are compared by a design; a formula goes with a table: "
                "rs.compare(estimates.to_table(), formula)."
            )
        if settings is not None and not isinstance(settings, MixedModelSettings):
            raise SettingsError("A formula goes with MixedModelSettings.")
        if reference is not None:
            raise SettingsError("Write the reference as MixedModelSettings(references=[...]).")
        return mixed_model(estimates, design, settings, seed=seed)
    if not isinstance(estimates, Estimates):
        raise DataError("A table needs a formula: rs.compare(table, 'y ~ x + (1|participant)').")
    if settings is not None and not isinstance(settings, CompareSettings):
        raise SettingsError("A design goes with CompareSettings.")
    return _compared(estimates, design, settings or CompareSettings(), reference, seed)


def _compared(
    estimates: Estimates,
    design: pd.DataFrame,
    settings: CompareSettings,
    reference: str | None,
    seed: int,
) -> Comparison:
    """Compare every condition with the reference, within participants.

    Each participant gives one difference a quantity: of means over units (the same units in both
    conditions) and trials. The interval and the p-value are those of a paired t-test over
    participants; units are never counted as if they were people. Means that are bounds are
    kept, and what was not seen is not tested (`renshaw.study.bounded`).
    """
    for column in ("recording", "participant", "condition"):
        if column not in design:
            raise DataError(
                f"The design has no column {column!r}; it says, a row, which recording is of which "
                "participant in which condition."
            )
    conditions = list(dict.fromkeys(design["condition"]))
    reference = conditions[0] if reference is None else reference
    if reference not in conditions:
        raise DataError(f"The design has no condition {reference!r}; it has {conditions}.")
    means, mixed = in_one_unit(_unit_means(estimates, design))
    code = "comparison = rs.compare(estimates, design"
    code += f", {settings.as_python()})" if settings != CompareSettings() else ")"
    table, pairs, models, unmodelled = compared_means(
        means, conditions, reference, settings, seed=seed
    )
    step = Step(
        "compare",
        code,
        settings.to_mapping(),
        seed if models else None,
        estimates.fingerprint(),
        MODEL_CITES if models else (),
        __version__,
    )
    history = estimates.history.then(step)
    return Comparison(
        table,
        people_of(means),
        pairs,
        models,
        unmodelled,
        history,
        mixed,
        settings.matched_units and not means["unit"].isin([0, "0"]).all(),
    )


def in_one_unit(means: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return means without quantities that are in several units, and why each can't be compared.

    Parameters
    ----------
    means : DataFrame
        With columns quantity and units.
    """
    mixed = {}
    for quantity in _outcomes(means):
        units = means.loc[means["quantity"] == quantity, "units"]
        found = [str(unit) or "no unit" for unit in dict.fromkeys(units)]
        if len(found) > 1:
            mixed[quantity] = (
                f"{title_of(quantity)} is in {' and in '.join(found)}, and can't be compared. "
                "Give the MVC of each recording, and the unit of its torque where the file does "
                "not state it: --mvc and --torque-unit (mvc, torque_unit)."
            )
    return means[~means["quantity"].isin(list(mixed))], mixed


def compared_means(
    means: pd.DataFrame,
    conditions: Sequence[str],
    reference: str,
    settings: CompareSettings,
    *,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, MixedModel], dict[str, str]]:
    """Compare conditions by means of units over trials.

    Parameters
    ----------
    means : DataFrame
        Columns quantity, units, participant, condition, unit, value, bound.
    conditions : sequence of str
    reference : str
    settings : CompareSettings
    seed : int

    Returns
    -------
    table, pairs, models, unmodelled
        As in `Comparison`.
    """
    import pandas as pd

    rows, pairs = [], []
    for quantity in _outcomes(means):
        part = means[means["quantity"] == quantity]
        units = str(part["units"].iloc[0])
        for condition in conditions:
            if condition != reference:
                paired = _paired(part, reference, condition, settings.matched_units)
                row = {"quantity": quantity, "condition": condition, "reference": reference}
                pairs.append(paired.assign(**row))
                rows.append({**row, "units": units, **_difference(paired, settings.confidence)})
    (table,) = corrected([pd.DataFrame(rows, columns=list(_COLUMNS))])
    together = pd.concat(pairs, ignore_index=True) if pairs else pd.DataFrame()
    return table, together, *_models(means, reference, settings, seed)


def _outcomes(table: pd.DataFrame) -> list[str]:
    """Return the quantities of a table that are compared, in order; those of pairs are not."""
    there = set(table["quantity"])
    return [q for q in shown_in("study") if q in there and q not in names_of("pair")]


def people_of(means: pd.DataFrame) -> pd.DataFrame:
    """Return one row a quantity, participant and condition: the mean over units."""
    means = means[means["quantity"].isin(_outcomes(means))]
    keys = ["quantity", "participant", "condition"]
    return mean_and_bound(means, keys)


def _models(
    table: pd.DataFrame, reference: str, settings: CompareSettings, seed: int
) -> tuple[dict[str, MixedModel], dict[str, str]]:
    """Fit a mixed model of every quantity; what can't be fitted is named with the reason."""
    models: dict[str, MixedModel] = {}
    without: dict[str, str] = {}
    if not settings.mixed_models:
        return models, without
    how = MixedModelSettings(
        confidence=settings.confidence,
        references=(f"condition={reference}",),
    )
    whole = shown_in("study", of="recording")
    for quantity in _outcomes(table):
        part = table.loc[table["quantity"] == quantity].rename(columns={"value": quantity})
        part = part[["participant", "condition", "unit", "bound", quantity]].reset_index(drop=True)
        by_unit = settings.matched_units and quantity not in whole
        nested = "participant/unit" if by_unit else "participant"
        try:
            models[quantity] = mixed_model(
                part, f"{quantity} ~ condition + (1|{nested})", how, seed=seed
            )
        except DataError as error:
            without[quantity] = error.words
    return models, without


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
    "p_adjusted",
    "percent",
    "bound",
    "bound_reference",
    "bound_condition",
    "n_bounds",
    "n_unseen",
)
_NUMBERS = _COLUMNS[_COLUMNS.index("mean_reference") : _COLUMNS.index("bound")]


def _unit_means(estimates: Estimates, design: pd.DataFrame) -> pd.DataFrame:
    """Return one row a quantity, participant, condition and unit: the mean over trials.

    Of a recording of several contractions it is the mean over these that goes into it.
    """
    known = set(design["recording"])
    unknown = [name for name in estimates.recordings if name not in known]
    if unknown:
        raise DataError(f"The design does not say who {unknown[0]!r} is.")
    means = over_contractions(estimates)
    table = means.to_table()
    unseen = np.array([row.unseen for row in means.rows], dtype=bool)
    table = table.assign(
        value=table["value"].mask(unseen), bound=table["bound"].mask(unseen, "unknown")
    )
    whole = table["quantity"].isin(shown_in("study", of="recording"))
    wanted = (table["unit"].notna() & table["control"].isna()) | whole
    table = table[wanted & (unseen | (table["ok"] & np.isfinite(table["value"])))]
    table = table.assign(unit=_same_units(table)).merge(design, on="recording", how="left")
    keys = ["quantity", "units", "participant", "condition", "unit"]
    return mean_and_bound(known_trials(table, keys), keys)


def _same_units(table: pd.DataFrame) -> pd.Series[Any]:
    """Return what tells units apart within a person: labels; numbers where these are the labels."""
    numbers = table["unit"].fillna(0)
    named = numbers.astype(int).astype(str)
    labels = table["label"].fillna("").astype(str)
    labels = labels.where((labels != "") & (numbers != 0), named)
    return numbers if (labels == named).all() else labels


def _paired(part: pd.DataFrame, reference: str, condition: str, matched: bool) -> pd.DataFrame:
    """Return one row a participant: both means, their bounds and the units behind them."""
    rows, conditions = ["participant", "unit"], [reference, condition]
    bounds = part.pivot_table("bound", rows, "condition", aggfunc="first")
    bounds = bounds.reindex(columns=conditions)
    # A unit of which nothing is known has no value, but a bound: "unknown".
    values = part.pivot_table("value", rows, "condition")
    values = values.reindex(index=bounds.index, columns=conditions)
    if matched:
        in_both = bounds.notna().all(axis=1)
        values, bounds = values[in_both], bounds[in_both]
    means = values.groupby(level="participant").mean()
    counts = values.groupby(level="participant").count().min(axis=1)
    means.columns = ["mean_reference", "mean_condition"]
    means = means.assign(units_compared=counts)
    for name in (reference, condition):
        found = bounds[name].dropna().groupby(level="participant").agg(bound_of_mean)
        means[f"bound_{'reference' if name == reference else 'condition'}"] = found
    return means.dropna(subset=["bound_reference", "bound_condition"]).reset_index()


def _percent(before: FloatArray, after: FloatArray) -> float:
    """Return the change relative to the reference, where that is a size and well above 0.

    Values on both sides of 0 are differences themselves, and a mean within 2 standard errors of 0
    may be any number: "166 % lower" says nothing.
    """
    whole = np.concatenate([before, after])
    if whole.min() < 0 < whole.max() or not before.mean():
        return np.nan
    error = before.std(ddof=1) / np.sqrt(len(before)) if len(before) > 1 else 0.0
    if abs(before.mean()) <= 2 * error:
        return np.nan
    return float(100 * (after.mean() - before.mean()) / before.mean())


def _difference(paired: pd.DataFrame, confidence: float) -> dict[str, Any]:
    from scipy import stats

    n = len(paired)
    known = paired.dropna(subset=["mean_reference", "mean_condition"])
    before = known["mean_reference"].to_numpy(dtype=float)
    after = known["mean_condition"].to_numpy(dtype=float)
    row: dict[str, Any] = dict.fromkeys(_NUMBERS, np.nan) | {"n": n} | bounds_of_pairs(paired)
    if len(known) == 0:
        return row
    change = after - before
    row |= {
        "mean_reference": paired["mean_reference"].mean(),
        "mean_condition": paired["mean_condition"].mean(),
        "difference": change.mean(),
        "percent": _percent(before, after),
    }
    m = len(known)
    if m > 1 and change.std() > 0:
        error = change.std(ddof=1) / np.sqrt(m)
        reach = stats.t.ppf(0.5 + confidence / 2, m - 1) * error
        p_value = 2 * stats.t.sf(abs(change.mean() / error), m - 1)
        row |= {
            "ci_low": change.mean() - reach,
            "ci_high": change.mean() + reach,
            "p_value": p_value,
        }
    return row | dict.fromkeys(UNTOLD[row["bound"]], np.nan)
