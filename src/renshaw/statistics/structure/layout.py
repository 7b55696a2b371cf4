"""The design of a table, read from its structure: who was measured, what is nested, what varies.

Nothing is taken from the names of columns or levels, whatever the language. A column is nested in
another where each of its levels occurs with one level of the other; units numbered anew in every
person are nested all the same, but only together with the person's column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.formulas.design import Variable, group_codes
from renshaw.statistics.formulas.formula import Formula, Term

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.fitting.fit import Fit

Codes = np.ndarray[Any, np.dtype[np.int64]]

_UNEQUAL = 0.75
_FEWEST_PEOPLE = 5
# Rows of one level count as alike where chance would make them so less often than this.
_ALIKE = 0.005


@dataclass(frozen=True)
class Grouping:
    """A level of the design: groups of rows that belong together.

    Parameters
    ----------
    columns : tuple of str
        Columns that name a group together, outermost first.
    groups : int
    inside : tuple of str
        Columns of the next larger grouping that each group lies in; empty where there is none.
    numbered_anew : bool
        The innermost column's labels occur in several outer groups: ``1, 2, 3`` in every person.
    """

    columns: tuple[str, ...]
    groups: int
    inside: tuple[str, ...] = ()
    numbered_anew: bool = False

    @property
    def name(self) -> str:
        """The grouping as R writes it."""
        return ":".join(self.columns)


@dataclass(frozen=True)
class Variation:
    """Where one term of the fixed effects varies, seen from one grouping.

    Parameters
    ----------
    term : tuple
        The term's variables.
    grouping : Grouping
    within : bool
        It varies within the groups; otherwise between them only.
    replicated : bool
        A group has several rows with the same value of the term.
    groups : int
        Groups that carry the contrast: in which the term varies, or all where it varies between.
    sessions : int
        Different combinations of group and value of the term.
    numeric : bool
        One of the term's variables is a number.
    most_df : float
        Degrees of freedom that so many groups allow a contrast of the term.
    """

    term: Term
    grouping: Grouping
    within: bool
    replicated: bool
    groups: int
    sessions: int
    numeric: bool
    most_df: float

    @property
    def name(self) -> str:
        """The term as R writes it."""
        return ":".join(map(str, self.term))


@dataclass(frozen=True)
class Layout:
    """The design that a table has.

    Parameters
    ----------
    participants : str
        Column that says who was measured, or columns as R writes them together; empty where rows
        come from no one in particular.
    people : int
        How many there are.
    groupings : tuple of Grouping
        Levels of the design, largest groups first.
    variation : tuple of Variation
        Every term of the fixed effects at every grouping.
    person : tuple of str
        The column, or columns, of the participants.
    unnamed : bool
        The participants are in the table, but not in the formula's random terms.
    """

    participants: str = ""
    people: int = 0
    groupings: tuple[Grouping, ...] = ()
    variation: tuple[Variation, ...] = ()
    unnamed: bool = False
    person: tuple[str, ...] = ()

    def of(self, term: str, grouping: str = "") -> Variation | None:
        """Return where a term varies, seen from a grouping (by default from the participants)."""
        grouping = grouping or self.participants
        mine = (v for v in self.variation if v.name == term and v.grouping.name == grouping)
        return next(mine, None)


def layout(fit: Fit) -> Layout:
    """Read the design of a fit's rows."""
    formula, used = fit.formula, fit.table
    grouping_columns = _written(formula)
    person = _person_written(fit, used, grouping_columns)
    missing = _person_missing(fit, used, person)
    person = missing or person
    names = list(grouping_columns)
    if person and person not in names:
        names.append(person)
    names += [pair for pair in _pairs(used, names, person) if pair not in names]
    found = _distinct(used, names)
    levels = tuple(_grouping(used, columns, found) for columns in found)
    levels = tuple(sorted(levels, key=lambda each: each.groups))
    variation = tuple(
        seen
        for term in formula.fixed.terms
        for each in levels
        if (seen := _variation(fit, used, term, each)) is not None
    )
    people = count(codes_of(used, person)) if person else 0
    return Layout(":".join(person), people, levels, variation, bool(missing), person)


def codes_of(table: pd.DataFrame, columns: Sequence[str]) -> Codes:
    """Return each row's group."""
    return np.asarray(group_codes(table, columns)[0], dtype=np.int64)


def joint(parts: Iterable[Codes]) -> Codes:
    """Return the groups of rows that are together in every partition."""

    def both(a: Codes, b: Codes) -> Codes:
        _, found = np.unique(a * (int(b.max()) + 1) + b, return_inverse=True)
        return np.asarray(found, dtype=np.int64)

    return reduce(both, parts)


def count(codes: Codes) -> int:
    """Return how many groups there are."""
    return int(codes.max()) + 1


def nested(inner: Codes, outer: Codes) -> bool:
    """Return whether each inner group lies in one outer group."""
    return count(joint([inner, outer])) == count(inner)


def same(a: Codes, b: Codes) -> bool:
    """Return whether two columns part the rows alike."""
    return count(a) == count(b) == count(joint([a, b]))


def _written(formula: Formula) -> list[tuple[str, ...]]:
    """Return the groupings of the random terms.

    ``participant:time`` beside ``participant`` is no grouping of its own where time is a fixed
    effect, but a response to it. Alone, as in ``group:subject``, it is.
    """
    fixed = {name for node in formula.fixed.variables() for name in node.names()}
    every = {term.group for term in formula.random}
    found: list[tuple[str, ...]] = []
    for term in formula.random:
        columns = tuple(name for name in term.group if name not in fixed)
        columns = columns if columns in every else term.group
        if columns not in found and not set(columns) <= fixed:
            found.append(columns)
    return found


def _distinct(table: pd.DataFrame, names: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the groupings that differ; of those that part the rows alike, the first."""
    kept: list[tuple[tuple[str, ...], Codes]] = []
    for columns in names:
        codes = codes_of(table, columns)
        if not any(same(codes, other) for _, other in kept):
            kept.append((columns, codes))
    return [columns for columns, _ in kept]


def _grouping(
    table: pd.DataFrame, columns: tuple[str, ...], others: Sequence[tuple[str, ...]]
) -> Grouping:
    codes = codes_of(table, columns)
    around: tuple[tuple[str, ...], int] = ((), 0)
    for other in others:
        outer = codes_of(table, other)
        if other != columns and nested(codes, outer) and count(outer) > around[1]:
            around = (other, count(outer))
    anew = len(columns) > 1 and count(codes_of(table, columns[-1:])) < count(codes)
    return Grouping(columns, count(codes), around[0], anew)


def _pairs(
    table: pd.DataFrame, names: Sequence[tuple[str, ...]], person: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Return person:unit where the formula has both apart, and several rows share the two."""
    if not person:
        return []
    who = codes_of(table, person)
    found = []
    for columns in names:
        if set(person) & set(columns):
            continue
        codes = codes_of(table, columns)
        both = joint([who, codes])
        crossed = not nested(codes, who) and not nested(who, codes)
        if crossed and _replicated(both):
            found.append((*person, *columns))
    return found


def _replicated(codes: Codes) -> bool:
    """Return whether a fair part of the groups has several rows."""
    sizes = np.bincount(codes)
    several = int((sizes > 1).sum())
    return several >= max(3, 0.2 * len(sizes))


# -- who was measured -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A column, or several together, that may say who was measured."""

    columns: tuple[str, ...]
    codes: Codes
    number: bool
    attributes: int
    """Columns that are the same in all rows of a level: group, sex, height."""


def _person_written(
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


def _person_missing(fit: Fit, table: pd.DataFrame, written: tuple[str, ...]) -> tuple[str, ...]:
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
    groups = [codes_of(table, columns) for columns in _written(formula)]
    fixed = [_any_codes(table[n]) for v in formula.fixed.variables() for n in v.names()]
    residuals = _residuals(fit)
    sure = []
    for each in known:
        if each is mine or any(same(each.codes, other) for other in [*groups, *fixed]):
            continue
        if mine is not None and not _may_hold(each, mine):
            continue
        described = each.attributes > 0 and each.attributes >= (mine.attributes if mine else 0)
        if described or _resemble(residuals, each.codes, groups):
            sure.append(each)
    return _likeliest(sure, residuals).columns if sure else ()


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
    return len(sizes) >= _FEWEST_PEOPLE and float(np.median(sizes)) >= 2


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
    from scipy import stats

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
    return (f - 1) / (f - 1 + size), float(stats.f.sf(f, k - 1, n - k))


# -- where the fixed effects vary -------------------------------------------------------------


def _variation(fit: Fit, table: pd.DataFrame, term: Term, grouping: Grouping) -> Variation:
    codes = codes_of(table, grouping.columns)
    variables = [fit.design.variables[node] for node in term]
    parts = [_codes_of_values(each) for each in variables]
    sessions = joint([codes, *parts])
    changing = [_changing(codes, part) for part in parts]
    inner = [n for n, some in enumerate(changing) if _most(some)]
    within = bool(inner)
    carried = np.logical_and.reduce([changing[n] for n in inner]) if within else None
    groups = int(carried.sum()) if carried is not None else count(codes)
    outer = [parts[n] for n in range(len(parts)) if n not in inner]
    cells = count(joint(outer)) if outer else 1
    if any(variables[n].levels is None for n in range(len(parts)) if n not in inner):
        cells = 2
    steps = 1.0
    for n in inner:
        levels = variables[n].levels
        steps *= 1 if levels is None else len(levels) - 1
    return Variation(
        term=term,
        grouping=grouping,
        within=within,
        replicated=within and _replicated(sessions),
        groups=groups,
        sessions=count(sessions),
        numeric=any(each.levels is None for each in variables),
        most_df=max(1.0, (groups - cells) * steps),
    )


def _codes_of_values(each: Variable) -> Codes:
    _, found = np.unique(each.values, return_inverse=True)
    return np.asarray(found, dtype=np.int64)


def _changing(codes: Codes, values: Codes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return for each group whether the values change in it."""
    first = np.zeros(count(codes), dtype=np.int64)
    first[codes[::-1]] = values[::-1]
    return np.asarray(np.bincount(codes, values != first[codes]) > 0)


def _most(changing: np.ndarray[Any, np.dtype[np.bool_]]) -> bool:
    """Return whether enough groups change to say that something varies within them."""
    return int(changing.sum()) >= max(2, min(_FEWEST_PEOPLE, 0.5 * len(changing)))
