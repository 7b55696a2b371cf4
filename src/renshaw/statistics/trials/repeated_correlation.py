"""`repeated_correlation`: do two measures go together within people?"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.tails import t_ppf, t_sf
from renshaw.statistics.trials.trial import Line, Trial, given, trial

if TYPE_CHECKING:
    import pandas as pd


def repeated_correlation(
    table: pd.DataFrame | str | Path,
    x: str = "",
    y: str = "",
    *,
    participant: str = "participant",
) -> Trial:
    """Return the correlation of two measures within people, with one slope for all of them.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a moment, with both measures.
    x, y : str
        Columns of the two measures; if empty, the only other columns of numbers.
    participant : str
        Column that says who.

    Raises
    ------
    DataError
        A column is missing, or nobody has two rows.

    Notes
    -----
    Bland & Altman 1995 (doi:10.1136/bmj.310.6977.446), Bakdash & Marusich 2017
    (doi:10.3389/fpsyg.2017.00456): the correlation of deviations from people's own means, with
    ``rows - people - 1`` degrees of freedom. Its interval is Fisher's, with the standard error
    ``1 / sqrt(df - 1)`` of a correlation with so many degrees of freedom; R's rmcorr takes
    ``1 / sqrt(df - 3)``, which is a little wider.
    """
    roles, measured = {"participant": participant}, {"x": x, "y": y}
    found = given("repeated_correlation", table, roles=roles, measured=measured)
    x, y = found.name("x"), found.name("y")
    data = found.data.rename(columns={"participant": "who"})
    sizes = data.groupby("who")["who"].transform("size")
    single = data.loc[sizes < 2, "who"].nunique()
    data = data[sizes > 1].reset_index(drop=True)
    people = data["who"].nunique()
    df = len(data) - people - 1
    if people < 1 or df < 2:
        raise found.refusal(
            f"{people} people with two rows or more, {len(data)} rows: too few for a correlation "
            "within people."
        )
    dx, dy = (
        (data[name] - data.groupby("who")[name].transform("mean")).to_numpy(dtype=float)
        for name in ("x", "y")
    )
    xx, xy, yy = float(dx @ dx), float(dx @ dy), float(dy @ dy)
    for role, squares in (("x", xx), ("y", yy)):
        if squares <= 1e-20 * float((data[role] ** 2).sum()):
            raise found.refusal(f"{found.name(role)!r} is the same in all rows of each person.")
    r = max(-1.0, min(1.0, xy / math.sqrt(xx * yy)))
    between = _between(data)
    slope = xy / xx
    error = math.sqrt(max(yy - slope * xy, 0.0) / df / xx)
    reach = float(t_ppf(0.975, df)) * error
    lines = [
        _fisher(f"Correlation of {y} with {x} within people", r, df),
        Line(
            f"{y} for one more of {x}, within people",
            slope,
            slope - reach,
            slope + reach,
            error,
            df,
        ),
    ]
    notes = ["It says nothing of whether people who have more of one have more of the other."]
    if between is not None:
        lines.append(_fisher("For comparison: correlation of people's means", between, people - 2))
        if between * r < 0 and lines[-1].p_value < 0.05 and lines[0].p_value < 0.05:
            notes.append("Within and between people the two go in opposite directions.")
    return trial(
        "repeated correlation",
        table,
        found,
        lines,
        verb="repeated_correlation",
        arguments=found.arguments(),
        value=y,
        model=f"{y} ~ {participant} + {x}",
        points={"who": data["who"], "x": data["x"], "y": data["y"], "series": data["who"]},
        axes=(x, y),
        n=people,
        notes=[
            f"One slope is taken for all {people} people; pictures show whether it fits.",
            *notes,
        ],
        left_out=[f"{single} people with one row."] if single else [],
        cites=("bakdash2017",),
    )


def _between(data: pd.DataFrame) -> float | None:
    means = data.groupby("who")[["x", "y"]].mean().to_numpy(dtype=float)
    if len(means) < 4 or np.ptp(means, axis=0).min() == 0:
        return None
    return float(np.corrcoef(means.T)[0, 1])


def _fisher(question: str, r: float, df: int) -> Line:
    """Return a correlation with the interval by Fisher's z and its test by Student's t."""
    if abs(r) >= 1 or df < 2:
        return Line(question, r, df=df)
    t = r * math.sqrt(df / (1 - r * r))
    p = 2 * float(t_sf(abs(t), df))
    z, reach = math.atanh(r), 1.959964 / math.sqrt(df - 1)
    return Line(question, r, math.tanh(z - reach), math.tanh(z + reach), math.nan, df, t, p)
