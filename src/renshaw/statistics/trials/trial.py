"""`Trial`: what the analysis of a trial's design, or of two measurements, found."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from renshaw.core.errors import DataError, Place, needs, suggestion
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.numbers import counted, number
from renshaw.core.results import Result
from renshaw.core.tails import f_sf, t_isf, t_sf
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.multiplicity import adjusted
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.design import level_words
from renshaw.statistics.formulas.level_order import level_order
from renshaw.statistics.reading.labels import ASK, one_spelling
from renshaw.statistics.reading.slips import refuse_merged, refuse_slips
from renshaw.statistics.reading.tables import complete_rows, program_of, read_table

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.reading.tables import Dropped

POINT_COLUMNS = ("who", "x", "y", "series")
_MOST_NAMED = 12


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
    provided : str
        What the answer can't be read without: its sentence ends with it.
    to_do : tuple of str
        What to do about that.
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
    provided: str = ""
    to_do: tuple[str, ...] = ()
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
        The columns that are needed, called by their roles (``"treatment"``, ``"value"``); names of
        levels are text.
    source : str
        The table in words, for errors.
    dropped : tuple of Dropped
    columns : mapping of str to str
        The column of each role, as the table calls it.
    measured : tuple of str
        Roles that are numbers.
    """

    data: pd.DataFrame
    source: str
    dropped: tuple[Dropped, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    measured: tuple[str, ...] = ()

    def refusal(self, words: str) -> DataError:
        """Return the error about this table."""
        return DataError(words, place=Place(file=self.source))

    def name(self, role: str) -> str:
        """Return what the table calls the column of a role."""
        return self.columns[role]

    def number(self, role: str) -> FloatArray:
        """Return a column of numbers, or refuse one of text."""
        import pandas as pd

        if not pd.api.types.is_numeric_dtype(self.data[role]):
            raise self.refusal(f"the column {self.name(role)!r} has text; it must be numbers.")
        return self.data[role].to_numpy(dtype=float)

    def two_levels(self, role: str, first: str = "") -> tuple[str, str]:
        """Return a column's two levels, the one that the other is compared with first."""
        levels = self.from_reference(role, first)
        if len(levels) != 2:
            raise self.refusal(
                f"{self.name(role)!r} has {counted(len(levels), 'level')} ({', '.join(levels)}); "
                "two are compared. Leave rows of others out, or compare them by renshaw compare."
            )
        return levels[0], levels[1]

    def from_reference(self, role: str, first: str = "") -> list[str]:
        """Return a column's levels, the one that others are compared with first."""
        levels = self.levels(role)
        if first and first not in levels:
            raise self.refusal(f"{self.name(role)!r} has no {first!r}; it has {', '.join(levels)}.")
        return [first, *(each for each in levels if each != first)] if first else levels

    def levels(self, role: str) -> list[str]:
        """Return a column's levels in the order in which they are compared."""
        words = sorted(set(self.data[role]))
        return [words[n] for n in level_order(words).places]

    def left_out(self) -> tuple[str, ...]:
        """Return what was left out, in words."""
        return tuple(f"{counted(each.rows, 'row')}: {each.reason}" for each in self.dropped)

    def in_words_of_table(self, formula: str) -> str:
        """Return a formula of roles as one of the table's own columns."""
        roles = "|".join(self.columns)
        return re.sub(rf"\b({roles})\b", lambda found: self.columns[found.group()], formula)

    def arguments(self, **more: str) -> str:
        """Return the arguments of the call as a program writes them."""
        named = {role: name for role, name in self.columns.items() if role not in self.measured}
        words = [repr(self.columns[role]) for role in self.measured]
        words += [f"{role}={name!r}" for role, name in (named | more).items() if name]
        return ", ".join(words)


def given(
    verb: str,
    table: pd.DataFrame | str | Path,
    *,
    roles: Mapping[str, str],
    measured: Mapping[str, str],
) -> Given:
    """Return the complete rows of a table.

    Parameters
    ----------
    verb : str
        Which analysis asks.
    table : DataFrame or path
    roles : mapping of str to str
        Columns of levels, which become text, by what they are; those without a name are left out.
    measured : mapping of str to str
        Columns of numbers; those without a name are taken to be the table's other columns of
        numbers, if there are as many.

    Raises
    ------
    DataError
        A column is missing, has text, or can't be guessed.
    """
    import pandas as pd

    needs(verb, table, pd.DataFrame, str, Path)
    source = str(table) if isinstance(table, str | Path) else "The table"
    named = {role: name for role, name in {**roles, **measured}.items() if name}
    whole = table
    if isinstance(whole, str | Path):
        # Where what was measured is still to be guessed, every column counts.
        known = list(named.values()) if all(measured.values()) else []
        whole = read_table(whole, columns=known, labels=[name for name in roles.values() if name])
    _refuse_unknown(whole, {**roles, **measured}, source)
    columns = {role: name for role, name in roles.items() if name}
    columns |= _guessed(whole, measured, list(columns.values()), source)
    for name in columns.values():
        if list(columns.values()).count(name) > 1:
            raise DataError(
                f"the column {name!r} is given for two things.", place=Place(file=source)
            )
    named_levels = [columns[role] for role in roles if role in columns]
    refuse_merged(whole, named_levels, source)
    data, dropped = complete_rows(whole, list(columns.values()), source)
    refuse_slips(data, [columns[role] for role in measured if role in columns], source)
    data = one_spelling(data, named_levels, ASK, source, cure="Correct the table.")
    by_role = {role: data[name] for role, name in columns.items()}
    for role in roles:
        if role in by_role:
            by_role[role] = by_role[role].map(level_words)
    data = pd.DataFrame(by_role).reset_index(drop=True)
    found = Given(data, source, dropped, columns, tuple(measured))
    for role in measured:
        values = found.number(role)
        if role == "value" and not float(values.max()) > float(values.min()):
            raise found.refusal(
                f"{found.name(role)!r} is {values[0]:g} in every row; there is nothing to explain."
            )
        if role == "value" and set(values) <= {0.0, 1.0}:
            raise found.refusal(
                f"{found.name(role)!r} is 0 or 1 in every row, and these analyses are of amounts. "
                "Take renshaw compare --family binomial."
            )
    return found


def _refuse_unknown(table: pd.DataFrame, asked: Mapping[str, str], source: str) -> None:
    """Refuse columns that are not there, and say how another one is named."""
    known = [str(column) for column in table.columns]
    for role, name in asked.items():
        if name and name not in known:
            rows = " The table has a row a measurement, each time its own." * (role == "time")
            raise DataError(
                f"{source} has no column {name!r}. Say which it is ({role} = COLUMN; --{role} "
                f"COLUMN).{rows}",
                code="data.unknown",
                owner=source,
                name=name,
                hint=suggestion(name, known),
            )


def _guessed(
    table: pd.DataFrame, measured: Mapping[str, str], used: Sequence[str], source: str
) -> dict[str, str]:
    """Return the columns that were measured: as named, or all that can be meant."""
    missing = [role for role, name in measured.items() if not name]
    if not missing:
        return dict(measured)
    taken = {*used, *measured.values()}
    free = [str(c) for c in table.columns if c not in taken and _varies(table[c])]
    if len(free) != len(missing):
        what = " and ".join(missing)
        raise DataError(
            f"{source}: say what was measured ({what}), "
            + (
                f"{'two' if len(missing) > 1 else 'one'} of {', '.join(free[:_MOST_NAMED])}"
                if free
                else "no other column has numbers"
            )
            + f" ({', '.join(f'{role} = COLUMN' for role in missing)}; --{missing[0]} COLUMN).",
            code="data.unknown",
            owner=source,
            name=missing[0],
        )
    return {**measured, **dict(zip(missing, free, strict=True))}


def _varies(column: pd.Series[Any]) -> bool:
    """Whether a column is of numbers that differ, and does not just count the rows."""
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return False
    values = column.dropna().to_numpy(dtype=float)
    steps = np.diff(values)
    return bool(len(steps)) and not (steps == 0).all() and not (steps == 1).all()


def tested(
    question: str, fit: Fit, weights: FloatArray, *, most_df: float = math.inf, tests: int = 1
) -> Line:
    """Return a combination of a fit's coefficients with its interval and test.

    Parameters
    ----------
    question : str
    fit : Fit
    weights : array (p,)
    most_df : float
        Degrees of freedom that the design allows.
    tests : int
        How many intervals are to hold together (Bonferroni).
    """
    estimate = float(weights @ fit.coefficients)
    error = fit.precision.standard_error(weights)
    return t_line(question, estimate, error, min(fit.precision.df(weights), most_df), tests=tests)


def t_line(question: str, estimate: float, error: float, df: float, *, tests: int = 1) -> Line:
    """Return an estimate with its interval and its test by Student's t.

    Parameters
    ----------
    question : str
    estimate, error, df : float
    tests : int
        How many intervals are to hold together (Bonferroni).
    """
    if not error > 0 or not df > 0:
        return Line(question, estimate, std_error=error, df=df)
    t = estimate / error
    reach = float(t_isf(0.025 / tests, df)) * error
    p = 2 * float(t_sf(abs(t), df))
    return Line(question, estimate, estimate - reach, estimate + reach, error, df, t, p)


def corrected(lines: Sequence[Line]) -> list[Line]:
    """Return comparisons with their p-values corrected for their number (Holm)."""
    if len(lines) < 2:
        return list(lines)
    p = adjusted([line.p_value for line in lines], "holm")
    return [
        line._replace(question=f"{line.question} (of {len(lines)}, Holm)", p_value=each)
        for line, each in zip(lines, p, strict=True)
    ]


def together(comparisons: int) -> str:
    """Return how comparisons with one reference are corrected, in words."""
    return (
        f"p-values of the {comparisons} comparisons are Holm's, intervals Bonferroni's: all "
        "together they go wrong in 5 % of trials at most. Holm's test is a little the sharper, so "
        "that a p-value below .05 may stand beside an interval that reaches 0."
    )


def joint(question: str, fit: Fit, names: Sequence[str], *, most_df: float = math.inf) -> Line:
    """Return the F test of several coefficients at once.

    Parameters
    ----------
    question : str
    fit : Fit
    names : sequence of str
        Coefficients.
    most_df : float
        Degrees of freedom that the design allows.
    """
    import numpy as np

    picked = np.array([weights_on(fit, name) for name in names])
    f, q, df = fit.precision.f_test(picked, fit.coefficients)
    df = min(df, most_df)
    return Line(
        f"{question}, F({q:g}, {number(df, 1)})",
        f,
        df=df,
        statistic=f,
        p_value=float(f_sf(f, q, df)),
    )


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
    provided: str = "",
    to_do: Sequence[str] = (),
    cites: tuple[str, ...] = (),
) -> Trial:
    """Return what was found, with its history."""
    import pandas as pd

    code = f"{program_of(source, 'trial', f'stats.{verb}')}, {arguments})"
    mark = fingerprint([found.data[c].tolist() for c in found.data.columns])
    step = Step(verb, code, {}, None, mark, cites, __version__)
    return Trial(
        kind,
        value,
        model,
        pd.DataFrame(lines, columns=list(Line._fields)),
        pd.DataFrame(points, columns=list(POINT_COLUMNS)),
        axes,
        n,
        of,
        tuple(warnings),
        tuple(notes),
        (*found.left_out(), *left_out),
        provided,
        tuple(to_do),
        History((step,)),
    )
