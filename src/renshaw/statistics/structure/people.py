"""Who was measured: the column of people, found by what the table's other columns say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.tails import f_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.formulas.formula import Formula
from renshaw.statistics.structure.partition import Codes, codes_of, count, nested, same

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.fitting.fit import Fit

_UNEQUAL = 0.75
FEWEST_PEOPLE = 5
# Numbers of rows that vary less than this share of chance's (Poisson's) were planned.
_EQUAL = 0.25
# Rows of one level count as alike where chance would make them so less often than this.
_ALIKE = 0.005


def written_groupings(formula: Formula, table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the groupings of the random terms that hold several rows.

    ``(1 | row)`` lets counts scatter more than Poisson's, and groups nothing. ``participant:time``
    beside ``participant`` is no grouping of its own where time is a fixed effect, but a response to
    it. Alone, as in ``group:subject``, it is.
    """
    fixed = {name for node in formula.fixed.variables() for name in node.names()}
    every = {term.group for term in formula.random}
    found: list[tuple[str, ...]] = []
    for term in formula.random:
        columns = tuple(name for name in term.group if name not in fixed)
        columns = columns if columns in every else term.group
        if columns in found or set(columns) <= fixed:
            continue
        if count(codes_of(table, columns)) < len(table):
            found.append(columns)
    return found


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A column, or several together, that may say who was measured."""

    columns: tuple[str, ...]
    codes: Codes
    number: bool
    attributes: int
    """Columns that are the same in all rows of a level: group, sex, height."""


def person_written(
    fit: Fit, table: pd.DataFrame, names: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the columns that say who was measured, of those that the formula groups by."""
    alone = [columns for columns in names if len(columns) == 1]
    if alone or not names:
        known = _candidates(table, fit.formula, alone)
        return _likeliest(known, _residuals(fit)).columns if known else ()
    # participant:unit, or group:subject with subjects that are numbered anew in every group?
    largest = min(names, key=lambda columns: count(codes_of(table, columns)))
    fixed = {name for node in fit.formula.fixed.variables() for name in node.names()}
    parts = [(name,) for name in largest if name not in fixed]
    if len(parts) < len(largest):
        return largest
    whole, *single = _candidates(table, fit.formula, [largest, *parts])
    best = _likeliest(single, _residuals(fit))
    return best.columns if best.attributes or not whole.attributes else largest


def person_missing(fit: Fit, table: pd.DataFrame, written: tuple[str, ...]) -> tuple[str, ...]:
    """Return a column of people that the formula's random terms leave out, or nothing.

    What the table says elsewhere of people, such as their group, is the same in all rows of a
    level; or rows of one level resemble each other, beyond what the formula knows.
    """
    formula = fit.formula
    taken = set(formula.columns())
    names = [
        (str(name),)
        for name in table.columns
        if str(name) not in taken and _may_identify(table[name])
    ]
    known = _candidates(table, formula, [written, *names] if written else names)
    mine = next((each for each in known if each.columns == written), None)
    groups = [codes_of(table, columns) for columns in written_groupings(formula, table)]
    fixed = [_any_codes(table[n]) for v in formula.fixed.variables() for n in v.names()]
    residuals = _residuals(fit)
    sure = []
    for each in known:
        if each is mine or any(same(each.codes, other) for other in [*groups, *fixed]):
            continue
        if mine is not None and not _may_hold(each, mine):
            continue
        described = each.attributes > 0 and each.attributes >= (mine.attributes if mine else 0)
        if each.number:
            # Another outcome, or an age, is alike in its rows because it goes with the response;
            # and words for it (young, old) are the same in all of them.
            values = table[each.columns[0]].to_numpy(dtype=float)
            described = described and _of_equal_size(each.codes)
            alike = _resemble(_beyond(residuals, values), each.codes, groups)
        else:
            alike = _resemble(residuals, each.codes, groups)
        if described or alike:
            sure.append(each)
    return _likeliest(sure, residuals).columns if sure else ()


def _of_equal_size(codes: Codes) -> bool:
    """Return whether groups have more equal numbers of rows than values that fall as they may."""
    sizes = np.bincount(codes)
    return float(sizes.var()) < _EQUAL * float(sizes.mean())


def _beyond(residuals: FloatArray, values: FloatArray) -> FloatArray:
    """Return what a curve on a number leaves: of names that are numbers, the order says nothing."""
    away = (values - values.mean()) / (values.std() or 1.0)
    curve = np.vander(away, 3)
    return np.asarray(residuals - curve @ np.linalg.lstsq(curve, residuals, rcond=None)[0])


def _may_hold(one: _Candidate, named: _Candidate) -> bool:
    """Return whether a column may be people, where a formula groups by another.

    It is the larger of two groupings, but not a number that describes the smaller one's levels; or
    the two are crossed and it has more levels, as people have where units are numbered anew.
    """
    if nested(named.codes, one.codes):
        return not _describes(one, named)
    return not nested(one.codes, named.codes) and count(one.codes) > count(named.codes)


def _may_identify(column: pd.Series[Any]) -> bool:
    """Return whether a column may name people: text or whole numbers, each in several rows."""
    import pandas as pd

    if column.isna().any() or pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=float)
        if not np.isfinite(values).all() or (values != np.round(values)).any():
            return False
        # Another outcome that counts something: small numbers are frequent, the largest rare.
        each = np.bincount(_any_codes(column))
        if float(each.std()) > _UNEQUAL * float(each.mean()):
            return False
    sizes = np.bincount(_any_codes(column))
    return len(sizes) >= FEWEST_PEOPLE and float(np.median(sizes)) >= 2


def _candidates(
    table: pd.DataFrame, formula: Formula, names: Sequence[tuple[str, ...]]
) -> list[_Candidate]:
    import pandas as pd

    known = {*formula.response.names(), *(name for columns in names for name in columns)}
    others = [
        codes
        for name in table.columns
        if str(name) not in known and 1 < count(codes := _any_codes(table[name])) < len(table)
    ]
    found = []
    for columns in names:
        codes = codes_of(table, columns)
        number = len(columns) == 1 and bool(pd.api.types.is_numeric_dtype(table[columns[0]]))
        attributes = sum(nested(codes, o) and not same(codes, o) for o in others)
        found.append(_Candidate(columns, codes, number, attributes))
    return found


def _any_codes(column: pd.Series[Any]) -> Codes:
    """Return a column's levels as codes; what is missing is a level."""
    import pandas as pd

    codes, _ = pd.factorize(np.asarray(column), use_na_sentinel=False)
    return np.asarray(codes, dtype=np.int64)


def _likeliest(candidates: Sequence[_Candidate], residuals: FloatArray) -> _Candidate:
    best = candidates[0]
    for each in candidates[1:]:
        if _rather(each, best, residuals):
            best = each
    return best


def _rather(one: _Candidate, other: _Candidate, residuals: FloatArray) -> bool:
    """Return whether the first is likelier to be people than the second."""
    crossed = not nested(one.codes, other.codes) and not nested(other.codes, one.codes)
    if crossed and one.attributes and other.attributes:
        # Items of a test have attributes, too; of people there are more.
        return count(one.codes) > count(other.codes)
    if one.attributes != other.attributes:
        return one.attributes > other.attributes
    if same(one.codes, other.codes):
        return other.number and not one.number
    if nested(other.codes, one.codes):
        return not _describes(one, other)
    if nested(one.codes, other.codes):
        return _describes(other, one)
    return _likeness(residuals, one.codes)[0] > _likeness(residuals, other.codes)[0]


def _describes(larger: _Candidate, smaller: _Candidate) -> bool:
    """Return whether the larger grouping is a number that describes people, such as their age."""
    return larger.number and count(smaller.codes) < 3 * count(larger.codes)


def _residuals(fit: Fit) -> FloatArray:
    """Return the response less what the fixed effects explain by ordinary least squares."""
    X, y = fit.full, fit.problem.y
    return np.asarray(y - X @ np.linalg.lstsq(X, y, rcond=None)[0], dtype=float)


def _resemble(residuals: FloatArray, codes: Codes, groups: Sequence[Codes]) -> bool:
    """Return whether rows of a level are more alike than those of several, beyond the groups."""
    values, people = residuals, codes
    inner = [each for each in groups if nested(each, codes)]
    if inner:
        finest = max(inner, key=count)
        sizes = np.bincount(finest)
        values = np.bincount(finest, residuals) / sizes
        people = np.empty(len(sizes), dtype=np.int64)
        people[finest] = codes
    for each in groups:
        if not inner:
            values = values - (np.bincount(each, values) / np.bincount(each))[each]
    return _likeness(values, people)[1] < _ALIKE


def _likeness(values: FloatArray, codes: Codes) -> tuple[float, float]:
    """Return the intraclass correlation of values in groups, and the p-value of its F test."""
    k, n = count(codes), len(values)
    if k < 2 or n <= k:
        return 0.0, 1.0
    sizes = np.bincount(codes)
    means = np.bincount(codes, values) / sizes
    inside = float(((values - means[codes]) ** 2).sum()) / (n - k)
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (k - 1)
    if inside <= 0:
        return 1.0, 0.0
    f = between / inside
    size = n / k
    return (f - 1) / (f - 1 + size), float(f_sf(f, k - 1, n - k))
