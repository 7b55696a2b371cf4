"""Test-retest reliability: typical error, limits of agreement, ICC(2,1), detectable change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.errors import DataError, Place, RenshawError, needs
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.formulas.design import level_words
from renshaw.statistics.formulas.formula import parse, quoted
from renshaw.statistics.reading.tables import complete_rows, program_of, read_table, refuse_bounds
from renshaw.statistics.trials.agreement import limits_of_agreement

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "level",
    "n",
    "sessions",
    "mean",
    "mean_difference",
    "mean_difference_low",
    "mean_difference_high",
    "sd_difference",
    "typical_error",
    "typical_error_low",
    "typical_error_high",
    "loa_low",
    "loa_low_low",
    "loa_low_high",
    "loa_high",
    "loa_high_low",
    "loa_high_high",
    "icc",
    "icc_low",
    "icc_high",
    "cv_pct",
    "detectable_change",
)


@dataclass(frozen=True, eq=False, repr=False)
class Reliability(Result):
    """How well a measurement repeats.

    Parameters
    ----------
    table : DataFrame
        A row for the participants' means and one for the units measured in every session: n,
        mean_difference (last minus first session), sd_difference, typical_error, limits of
        agreement and ICC(2,1), each with its 95 % interval (``_low``, ``_high``), coefficient of
        variation, and the change of a single one that is detectable (1.96 x sqrt(2) x typical
        error).
    pairs : DataFrame
        level, who, first, second: values of the first and last session.
    components : mapping of str to float
        participant_sd, unit_sd, residual_sd by a mixed model, as `PlanSettings` takes them.
    value : str
    history : History
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    components: dict[str, float]
    value: str
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __str__(self) -> str:
        return self.table.T.to_string(header=False)


def reliability(
    table: pd.DataFrame | str | Path,
    value: str,
    *,
    participant: str = "participant",
    session: str = "time",
    unit: str | None = None,
    sessions: Sequence[str] = (),
) -> Reliability:
    """Return how well a measurement repeats from session to session.

    Parameters
    ----------
    table : DataFrame or path of a CSV file
        One row a measurement.
    value, participant, session : str
        Columns.
    unit : str, optional
        Column that names tracked units within participants.
    sessions : sequence of str, optional
        Sessions to compare, in order; all by default.

    Raises
    ------
    DataError
        A column is missing, or fewer than three have a value in every session.

    Notes
    -----
    ICC(2,1) and its interval: McGraw KO, Wong SP (1996), doi:10.1037/1082-989X.1.1.30. Typical
    error: standard deviation of the differences over sqrt(2) (Hopkins 2000,
    doi:10.2165/00007256-200030010-00001). Limits of agreement: those of `renshaw.stats.agreement`,
    of the last and the first session.
    """
    import pandas as pd

    needs("reliability", table, pd.DataFrame, str, Path)
    source = str(table) if isinstance(table, str | Path) else "The table"
    whole = read_table(table) if isinstance(table, str | Path) else table
    columns = [participant, session, value, *([unit] if unit else [])]
    refuse_bounds(whole, value, source)
    data, _ = complete_rows(whole, columns, source)
    if not pd.api.types.is_numeric_dtype(data[value]):
        raise DataError(
            f"the column {value!r} has text; it must be numbers.", place=Place(file=source)
        )
    data = data.assign(**{session: data[session].map(level_words)})
    wanted = [str(name) for name in sessions] or sorted(set(data[session]))
    for name in wanted:
        if name not in set(data[session]):
            known = ", ".join(sorted(set(data[session])))
            raise DataError(
                f"{session!r} has no {name!r}; it has {known}.", place=Place(file=source)
            )
    if len(wanted) < 2:
        raise DataError(
            f"{session!r} has one session only; reliability needs two.", place=Place(file=source)
        )
    data = data[data[session].isin(wanted)]
    rows, pairs = [], []
    levels = {"participants' means": [participant]} | (
        {"units": [participant, unit]} if unit else {}
    )
    for level, keys in levels.items():
        wide = data.pivot_table(index=keys, columns=session, values=value, aggfunc="mean")
        wide = wide[wanted].dropna()
        if len(wide) < 3:
            raise DataError(
                f"{len(wide)} {level} have a value in each of {', '.join(wanted)}; reliability "
                "needs three.",
                place=Place(file=source),
            )
        if wide.to_numpy().max() == wide.to_numpy().min():
            raise DataError(
                f"{value!r} is the same in all {level}; reliability needs some that differ.",
                place=Place(file=source),
            )
        rows.append({"level": level, **_repeated(wide.to_numpy(dtype=float))})
        who = [
            ":".join(map(level_words, key if isinstance(key, tuple) else (key,)))
            for key in wide.index
        ]
        pairs.append(
            pd.DataFrame(
                {
                    "level": level,
                    "who": who,
                    "first": wide[wanted[0]].to_numpy(),
                    "second": wide[wanted[-1]].to_numpy(),
                }
            )
        )
    components = _components(data, value, participant, session, unit)
    called = program_of(table, "reliability", "reliability")
    code = f"{called}, {value!r}, session={session!r}"
    code += f", participant={participant!r}" if participant != "participant" else ""
    code += f", unit={unit!r}" if unit else ""
    code += f", sessions={list(wanted)!r})"
    mark = fingerprint([[level_words(v) for v in data[c]] for c in columns])
    step = Step("reliability", code, {}, None, mark, ("mcgraw1996", "hopkins2000"), __version__)
    return Reliability(
        pd.DataFrame(rows, columns=list(COLUMNS)),
        pd.concat(pairs, ignore_index=True),
        components,
        value,
        History((step,)),
    )


def _repeated(values: FloatArray) -> dict[str, Any]:
    """Return the measures of one table of subjects x sessions."""
    from scipy import stats

    n, k = values.shape
    limits = limits_of_agreement(values[:, 0], values[:, -1])
    bias, lower, upper = limits.bias, limits.lower, limits.upper
    rows = values.mean(axis=1)
    columns = values.mean(axis=0)
    within = values - rows[:, None] - columns + values.mean()
    mse = float((within**2).sum() / ((n - 1) * (k - 1)))
    error = math.sqrt(mse)
    df = (n - 1) * (k - 1)
    low, high = (error * math.sqrt(df / float(stats.chi2.ppf(q, df))) for q in (0.975, 0.025))
    mean = float(values.mean())
    return {
        "n": n,
        "sessions": k,
        "mean": mean,
        "mean_difference": bias.estimate,
        "mean_difference_low": bias.low,
        "mean_difference_high": bias.high,
        "sd_difference": bias.std_error * math.sqrt(n),
        "typical_error": error,
        "typical_error_low": low,
        "typical_error_high": high,
        "loa_low": lower.estimate,
        "loa_low_low": lower.low,
        "loa_low_high": lower.high,
        "loa_high": upper.estimate,
        "loa_high_low": upper.low,
        "loa_high_high": upper.high,
        **_icc(values, rows, columns, mse),
        "cv_pct": 100 * error / mean if mean else math.nan,
        "detectable_change": 1.96 * math.sqrt(2) * error,
    }


def _icc(values: FloatArray, rows: FloatArray, columns: FloatArray, mse: float) -> dict[str, float]:
    """Return ICC(2,1), absolute agreement of single measurements, with its 95 % interval."""
    from scipy import stats

    n, k = values.shape
    middle = values.mean()
    msr = k * float(((rows - middle) ** 2).sum()) / (n - 1)
    msc = n * float(((columns - middle) ** 2).sum()) / (k - 1)
    icc = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    if mse <= 0:
        return {"icc": icc, "icc_low": math.nan, "icc_high": math.nan}
    a = k * icc / (n * (1 - icc))
    b = 1 + k * icc * (n - 1) / (n * (1 - icc))
    parts = ((a * msc) ** 2) / (k - 1) + ((b * mse) ** 2) / ((n - 1) * (k - 1))
    v = (a * msc + b * mse) ** 2 / parts
    f_low = float(stats.f.ppf(0.975, n - 1, v))
    f_high = float(stats.f.ppf(0.975, v, n - 1))
    rest = k * msc + (k * n - k - n) * mse
    low = n * (msr - f_low * mse) / (f_low * rest + n * msr)
    high = n * (f_high * msr - mse) / (rest + n * f_high * msr)
    return {"icc": icc, "icc_low": low, "icc_high": high}


def _components(
    data: pd.DataFrame, value: str, participant: str, session: str, unit: str | None
) -> dict[str, float]:
    """Return the standard deviations by a mixed model; nothing where it can't be fitted."""
    group = quoted(participant) + (f"/{quoted(unit)}" if unit else "")
    try:
        fit = fitted(data, parse(f"{quoted(value)} ~ {quoted(session)} + (1|{group})"))
    except (RenshawError, np.linalg.LinAlgError):
        return {}
    spreads = [math.sqrt(float(each[0, 0])) for each in fit.covariances()]
    found = {"participant_sd": spreads[0], "residual_sd": math.sqrt(fit.sigma2)}
    return found | ({"unit_sd": spreads[1]} if unit else {})
