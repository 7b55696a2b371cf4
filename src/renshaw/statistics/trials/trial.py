"""`Trial`: what the analysis of a trial's design, or of two measurements, found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from renshaw.core.errors import DataError, Place, needs
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.numbers import counted
from renshaw.core.results import Result
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.design import level_words
from renshaw.statistics.formulas.level_order import level_order
from renshaw.statistics.reading.tables import complete_rows, program_of, read_table

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.reading.tables import Dropped

POINT_COLUMNS = ("who", "x", "y", "series")


class Line(NamedTuple):
    """One number that an analysis found.

    Parameters
    ----------
    question : str
        What it answers, in words.
    estimate, low, high : float
        With its 95 % interval; NaN where there is none.
    std_error, df, statistic, p_value : float
        Of its test; NaN where there is none.
    """

    question: str
    estimate: float
    low: float = math.nan
    high: float = math.nan
    std_error: float = math.nan
    df: float = math.nan
    statistic: float = math.nan
    p_value: float = math.nan


@dataclass(frozen=True, eq=False, repr=False)
class Trial(Result):
    """What the analysis of a trial's design, or of two measurements, found.

    Parameters
    ----------
    kind : str
        ``"crossover"``, ``"baseline"``, ``"n_of_1"``, ``"nested models"``,
        ``"repeated correlation"``, ``"agreement"`` or ``"icc"``.
    value : str
        What was measured.
    model : str
        The model behind it, as R writes it.
    table : DataFrame
        A row a number: question, estimate, low, high (95 %), std_error, df, statistic, p_value.
        The first row is the answer.
    points : DataFrame
        What its picture shows: who, x, y, series.
    axes : tuple of (str, str)
        What x and y are.
    n : int
        How many it rests on.
    of : str
        Of what: ``"participants"``.
    warnings, notes : tuple of str
        What speaks against believing it, and what it hangs on.
    left_out : tuple of str
        Rows and participants left out, and why.
    history : History
    """

    kind: str
    value: str
    model: str
    table: pd.DataFrame
    points: pd.DataFrame
    axes: tuple[str, str]
    n: int
    of: str
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __str__(self) -> str:
        return f"{self.model}\n{self.table.to_string(index=False)}"


@dataclass(frozen=True, eq=False)
class Given:
    """A table as it was given, with the rows that are complete.

    Parameters
    ----------
    data : DataFrame
        The columns that are needed; names of levels are text.
    source : str
        The table in words, for errors.
    dropped : tuple of Dropped
    """

    data: pd.DataFrame
    source: str
    dropped: tuple[Dropped, ...]

    def refusal(self, words: str) -> DataError:
        """Return the error about this table."""
        return DataError(words, place=Place(file=self.source))

    def number(self, column: str) -> FloatArray:
        """Return a column of numbers, or refuse one of text."""
        import pandas as pd

        if not pd.api.types.is_numeric_dtype(self.data[column]):
            raise self.refusal(f"the column {column!r} has text; it must be numbers.")
        return self.data[column].to_numpy(dtype=float)

    def two_levels(self, column: str, first: str = "") -> tuple[str, str]:
        """Return a column's two levels, the one that the other is compared with first."""
        levels = self.levels(column)
        if len(levels) != 2:
            raise self.refusal(
                f"{column!r} has {len(levels)} levels ({', '.join(levels)}); two are compared."
            )
        if first and first not in levels:
            raise self.refusal(f"{column!r} has no {first!r}; it has {', '.join(levels)}.")
        return (first, levels[1 - levels.index(first)]) if first else (levels[0], levels[1])

    def levels(self, column: str) -> list[str]:
        """Return a column's levels in the order in which they are compared."""
        words = sorted(set(self.data[column]))
        return [words[n] for n in level_order(words).places]

    def left_out(self) -> tuple[str, ...]:
        """Return what was left out, in words."""
        return tuple(f"{counted(each.rows, 'row')}: {each.reason}" for each in self.dropped)


def given(
    verb: str, table: pd.DataFrame | str | Path, *, names: Sequence[str], numbers: Sequence[str]
) -> Given:
    """Return the complete rows of a table.

    Parameters
    ----------
    verb : str
        Which analysis asks.
    table : DataFrame or path
    names : sequence of str
        Columns of levels, which become text.
    numbers : sequence of str
        Columns that must be numbers.
    """
    import pandas as pd

    needs(verb, table, pd.DataFrame, str, Path)
    source = str(table) if isinstance(table, str | Path) else "The table"
    columns = [*names, *numbers]
    for name in columns:
        if columns.count(name) > 1:
            raise DataError(
                f"the column {name!r} is given for two things.", place=Place(file=source)
            )
    whole = read_table(table, columns=columns) if isinstance(table, str | Path) else table
    data, dropped = complete_rows(whole, columns, source)
    data = data[columns].assign(**{name: data[name].map(level_words) for name in names})
    found = Given(data.reset_index(drop=True), source, dropped)
    for name in numbers:
        found.number(name)
    return found


def tested(question: str, fit: Fit, weights: FloatArray, *, most_df: float = math.inf) -> Line:
    """Return a combination of a fit's coefficients with its interval and test.

    Parameters
    ----------
    question : str
    fit : Fit
    weights : array (p,)
    most_df : float
        Degrees of freedom that the design allows.
    """
    estimate = float(weights @ fit.coefficients)
    error = fit.precision.standard_error(weights)
    return t_line(question, estimate, error, min(fit.precision.df(weights), most_df))


def t_line(question: str, estimate: float, error: float, df: float) -> Line:
    """Return an estimate with its interval and its test by Student's t.

    Parameters
    ----------
    question : str
    estimate, error, df : float
    """
    from scipy import stats

    if not error > 0 or not df > 0:
        return Line(question, estimate, std_error=error, df=df)
    t = estimate / error
    reach = float(stats.t.ppf(0.975, df)) * error
    p = 2 * float(stats.t.sf(abs(t), df))
    return Line(question, estimate, estimate - reach, estimate + reach, error, df, t, p)


def weights_on(fit: Fit, name: str) -> FloatArray:
    """Return the weights that pick one coefficient of a fit."""
    import numpy as np

    return np.array([1.0 if each == name else 0.0 for each in fit.names])


def trial(
    kind: str,
    source: pd.DataFrame | str | Path,
    found: Given,
    lines: Sequence[Line],
    *,
    verb: str,
    arguments: str,
    value: str,
    model: str,
    points: Mapping[str, Any],
    axes: tuple[str, str],
    n: int,
    of: str = "participants",
    warnings: Sequence[str] = (),
    notes: Sequence[str] = (),
    left_out: Sequence[str] = (),
    cites: tuple[str, ...] = (),
) -> Trial:
    """Return what was found, with its history."""
    import pandas as pd

    code = f"{program_of(source, 'trial', f'stats.{verb}')}, {arguments})"
    mark = fingerprint([found.data[c].tolist() for c in found.data.columns])
    step = Step(verb, code, {}, None, mark, cites, __version__)
    table = pd.DataFrame(lines, columns=list(Line._fields))
    picture = pd.DataFrame(points, columns=list(POINT_COLUMNS))
    return Trial(
        kind,
        value,
        model,
        table,
        picture,
        axes,
        n,
        of,
        tuple(warnings),
        tuple(notes),
        (*found.left_out(), *left_out),
        History((step,)),
    )
