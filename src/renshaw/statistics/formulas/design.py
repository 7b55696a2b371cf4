"""Design matrices with R's rules: treatment contrasts, marginality, names such as ``time6wk``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.formulas.bases import Basis, basis_of
from renshaw.statistics.formulas.formula import FACTORS, Node, Term, Terms
from renshaw.statistics.formulas.formula_calls import BASES, DUMMY, flag, number, texts

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Variable:
    """A column as a formula uses it: numbers, or codes of levels.

    ``basis`` makes several columns of a curve's numbers.
    """

    node: Node
    values: FloatArray
    levels: tuple[str, ...] | None = None
    basis: Basis | None = None

    @property
    def name(self) -> str:
        """The variable as R writes it."""
        return str(self.node)

    @property
    def is_factor(self) -> bool:
        """Whether it has levels."""
        return self.levels is not None


def level_words(value: object) -> str:
    """Return a level as R writes it: whole numbers without a point, TRUE and FALSE in capitals."""
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | np.floating):
        number = float(value)
        whole = number.is_integer() and abs(number) < 1e15
        return str(int(number)) if whole else f"{number:.15g}"
    return str(value)


def factor(column: pd.Series[Any], node: Node, first: str | None = None) -> Variable:
    """Return a column as a factor; levels in the order written or R's, ``first`` before others."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        there = set(column)
        raw = [value for value in column.dtype.categories if value in there]
    else:
        raw = sorted(set(column), key=_order)
    words = [level_words(value) for value in raw]
    inner = node.parts[0] if node.parts and node.parts[0].kind == "call" else node
    if (written := texts(inner, "levels")) is not None:
        raw, words = _written(column, node, raw, words, written)
    first = first if first is not None else next(iter(texts(node, "ref") or ()), None)
    if first is not None:
        if first not in words:
            known = ", ".join(words[:12])
            raise DataError(f"{node} has no level {first!r} to refer to; it has {known}.")
        raw = [raw[words.index(first)], *(v for v, w in zip(raw, words, strict=True) if w != first)]
    place = {value: n for n, value in enumerate(raw)}
    found, levels = pd.factorize(np.asarray(column), sort=False)
    codes = np.array([place[value] for value in levels], dtype=float)[found]
    return Variable(node, codes, tuple(level_words(value) for value in raw))


def _written(
    column: pd.Series[Any],
    node: Node,
    raw: list[Any],
    words: list[str],
    written: tuple[str, ...],
) -> tuple[list[Any], list[str]]:
    """Return the levels in the order that a formula writes."""
    gone = [value for value, word in zip(raw, words, strict=True) if word not in written]
    if gone:
        rows = int(column.isin(gone).sum())
        names = ", ".join(map(level_words, gone))
        raise DataError(
            f"{node} does not list {names}, of which there are {rows} rows. List every level, or "
            "leave these rows out of the table."
        )
    there = [word for word in dict.fromkeys(written) if word in words]
    return [raw[words.index(word)] for word in there], there


def _order(value: object) -> tuple[int, float, str, str]:
    # As R sorts in most places of the world: numbers by size, letters whatever their case.
    if isinstance(value, int | float | np.number | np.bool_):
        return (0, float(value), "", "")
    return (1, 0.0, str(value).casefold(), str(value).swapcase())


def variable(table: pd.DataFrame, node: Node, references: Mapping[str, str]) -> Variable:
    """Return a variable of a formula from the table's columns.

    Raises
    ------
    DataError
        A number is needed where there is text, or a function has no value (log of 0).
    """
    import pandas as pd

    if node.kind == "name" or node.text in FACTORS:
        name = node.names()[0]
        column = table[name]
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if node.kind == "call" or not numeric or name in references:
            return factor(column, node, references.get(name))
    curve = node.kind == "call" and node.text in BASES
    with np.errstate(all="ignore"):
        values = _number(table, node.parts[0] if curve else node)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise DataError(
            f"{node} has no finite value in row {table.index[bad[0]]}"
            + (f" and {len(bad) - 1} more." if len(bad) > 1 else ".")
        )
    return Variable(node, values, basis=basis_of(node, values) if curve else None)


_ARITHMETIC: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}
_FUNCTIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "abs": np.abs,
    "I": lambda values: values,
}


def _called(node: Node, values: FloatArray, whole: FloatArray) -> FloatArray:
    """Return a function of some values; ``whole`` are all of the table's, for ``scale``."""
    if node.text == "scale":
        center = whole.mean() if flag(node, "center", True) else 0.0
        spread = np.sqrt(((whole - center) ** 2).sum() / (len(whole) - 1))
        return (values - center) / (spread if flag(node, "scale", True) else 1.0)
    if node.text not in _FUNCTIONS:
        raise DataError(f"{node} is no number, and can't be part of arithmetic.")
    found = _FUNCTIONS[node.text](values)
    base = number(node, "base")
    return found if base is None else found / np.log(base)


def _number(table: pd.DataFrame, node: Node) -> FloatArray:
    import pandas as pd

    n = len(table)
    if node.kind == "number":
        return np.full(n, float(node.text))
    if node.kind == "name":
        column = table[node.text]
        if not pd.api.types.is_numeric_dtype(column):
            raise DataError(f"The column {node.text!r} has text, and the formula needs numbers.")
        return column.to_numpy(dtype=float)
    if node.kind == "call" and node.text == DUMMY:
        return _dummy(table, node)
    if node.kind == "call":
        values = _number(table, node.parts[0])
        return _called(node, values, values)
    parts = [_number(table, part) for part in node.parts]
    if node.kind == "group":
        return parts[0]
    if node.text not in _ARITHMETIC:
        raise DataError(f"{node} is not arithmetic.")
    if len(parts) == 1:
        return -parts[0] if node.text == "-" else parts[0]
    return _ARITHMETIC[node.text](parts[0], parts[1])


def _dummy(table: pd.DataFrame, node: Node) -> FloatArray:
    column, (level,) = node.names()[0], texts(node, "levelsToKeep") or ("",)
    found = np.array([level_words(value) == level for value in table[column]], dtype=float)
    if not found.any():
        raise DataError(f"{column} has no level {level!r}, which {node} asks for.")
    return found


@dataclass(frozen=True, eq=False)
class Coding:
    """How one variable enters one term."""

    variable: Variable
    contrasts: bool

    def columns(self, values: FloatArray, sums: bool = False) -> tuple[FloatArray, list[str]]:
        """Return the columns for some values (codes of a factor) and their names."""
        levels = self.variable.levels
        if self.variable.basis is not None:
            return self.variable.basis.columns(values), self._curve_names()
        if levels is None:
            return values[:, None], [self.variable.name]
        each = np.eye(len(levels))
        names = [f"{self.variable.name}{level}" for level in levels]
        if self.contrasts:
            if sums:
                each = np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])
            else:
                each = each[:, 1:]
            names = names[1:]
        return each[values.astype(int)], names

    def _curve_names(self) -> list[str]:
        name, width = self.variable.name, self.width
        return [f"{name}{n}" for n in range(1, width + 1)] if width > 1 else [name]

    @property
    def width(self) -> int:
        """How many columns the variable has in the term."""
        if self.variable.basis is not None:
            return self.variable.basis.width
        levels = self.variable.levels
        return 1 if levels is None else len(levels) - self.contrasts


@dataclass(frozen=True, eq=False)
class Design:
    """Terms with the coding of each variable: turns values into a design matrix."""

    terms: Terms
    variables: Mapping[Node, Variable]
    codings: tuple[tuple[Coding, ...], ...]

    def matrix(
        self, values: Mapping[Node, FloatArray] | None = None, *, sums: bool = False
    ) -> FloatArray:
        """Return the design matrix (rows x columns), for the table's values or others.

        ``sums`` codes factors by sum contrasts, as type III tests need.
        """
        return self._columns(values, sums)[0]

    def names(self) -> list[str]:
        """Return the names of the columns, as R writes them."""
        return self._columns(None, False)[1]

    def owners(self) -> list[int]:
        """Return for each column the number of its term, 0 for the intercept."""
        owners = [0] if self.terms.intercept else []
        for n, codings in enumerate(self.codings, start=1):
            owners += [n] * math.prod(coding.width for coding in codings)
        return owners

    def _columns(
        self, values: Mapping[Node, FloatArray] | None, sums: bool
    ) -> tuple[FloatArray, list[str]]:
        given = values or {node: v.values for node, v in self.variables.items()}
        n = len(next(iter(given.values()))) if given else 0
        columns = [np.ones((n, 1))] if self.terms.intercept else []
        names = ["(Intercept)"] if self.terms.intercept else []
        for codings in self.codings:
            block, words = np.ones((n, 1)), [""]
            for coding in codings:
                more, labels = coding.columns(given[coding.variable.node], sums)
                # The first variable runs fastest, as in R.
                block = (more[:, :, None] * block[:, None, :]).reshape(n, -1)
                words = [f"{w}:{label}" if w else label for label in labels for w in words]
            columns.append(block)
            names += words
        return np.hstack(columns) if columns else np.zeros((n, 0)), names


def design(terms: Terms, variables: Mapping[Node, Variable]) -> Design:
    """Choose the coding of every variable in every term, by R's rule of marginality.

    A factor enters by contrasts where the term without it is in the model, else by all its levels.
    """
    sets = {frozenset(term) for term in terms.terms}
    if terms.intercept:
        sets.add(frozenset())
    codings = []
    for term in terms.terms:
        codings.append(_codings(term, sets, variables))
        # All levels of a first factor without an intercept span what contrasts then may rely on.
        if not terms.intercept and any(not c.contrasts for c in codings[-1] if c.variable.levels):
            sets.add(frozenset(node for node in term if not variables[node].is_factor))
    return Design(terms, variables, tuple(codings))


def _codings(
    term: Term, sets: set[frozenset[Node]], variables: Mapping[Node, Variable]
) -> tuple[Coding, ...]:
    return tuple(
        Coding(variables[node], frozenset(term) - {node} in sets and variables[node].is_factor)
        for node in term
    )


def independent(matrix: FloatArray, tolerance: float = 1e-7) -> list[int]:
    """Return the columns that are no combination of those before them."""
    kept: list[int] = []
    basis: list[FloatArray] = []
    for n in range(matrix.shape[1]):
        column = matrix[:, n]
        size = float(np.linalg.norm(column))
        rest = column.copy()
        for _ in range(2):  # twice is enough: what rounding left of the first pass goes
            if basis:
                known = np.array(basis)
                rest -= known.T @ (known @ rest)
        left = float(np.linalg.norm(rest))
        if size > 0 and left > tolerance * size:
            kept.append(n)
            basis.append(rest / left)
    return kept


def group_codes(table: pd.DataFrame, columns: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return each row's group, numbered from 0, and the groups' names, ``P1:MU03``."""
    import pandas as pd

    codes, names = np.zeros(len(table), dtype=np.int64), [""]
    for place, column in enumerate(columns):
        # Numbered anew at each step, so that levels "a:b" and "c" never meet "a" and "b:c".
        each, levels = pd.factorize(table[column], sort=False)
        words = [level_words(value) for value in levels.tolist()]
        same, known = pd.factorize(np.array(words, dtype=object), sort=False)
        codes, pairs = pd.factorize(codes * len(known) + same[each], sort=False)
        outer, inner = np.divmod(pairs, max(1, len(known)))
        names = [
            f"{names[a]}:{known[b]}" if place else str(known[b])
            for a, b in zip(outer.tolist(), inner.tolist(), strict=True)
        ]
    return codes, names


def at_values(table: pd.DataFrame, node: Node, where: Mapping[str, float]) -> float:
    """Return a numeric variable where its columns have the values given, else are at their means.

    Of a curve, the value that its basis takes.

    Parameters
    ----------
    table : DataFrame
    node : Node
    where : mapping of str to float
        Values of columns.
    """
    if node.kind == "number":
        return float(node.text)
    if node.kind == "name":
        known = where.get(node.text)
        return float(table[node.text].to_numpy(dtype=float).mean()) if known is None else known
    if node.kind in ("group", "call"):
        inner = at_values(table, node.parts[0], where)
        if node.kind == "group" or node.text in BASES:
            return inner
        return float(_called(node, np.array(inner), _number(table, node.parts[0])))
    parts = [np.array(at_values(table, part, where)) for part in node.parts]
    if len(parts) == 1:
        return float(-parts[0] if node.text == "-" else parts[0])
    return float(_ARITHMETIC[node.text](parts[0], parts[1]))
