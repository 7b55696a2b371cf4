"""Formulas are read as R reads them, and nothing in them is ever run."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.design import design, independent
from renshaw.statistics.fit import _variables
from renshaw.statistics.formula import parse

TABLE = pd.DataFrame(
    {
        "participant": ["P1", "P1", "P2", "P2", "P3", "P3"] * 4,
        "a": ["u", "v"] * 12,
        "b": ["x", "y", "z"] * 8,
        "n": np.arange(24.0),
        "peak rate": np.arange(24.0) ** 2,
    }
)


def names(formula):
    terms = parse(formula).fixed
    return design(terms, _variables(TABLE, terms, {})).names()


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("y ~ a", ["(Intercept)", "av"]),
        ("y ~ a + b", ["(Intercept)", "av", "by", "bz"]),
        ("y ~ a:b + a + b", ["(Intercept)", "av", "by", "bz", "av:by", "av:bz"]),
        ("y ~ a * n", ["(Intercept)", "av", "n", "av:n"]),
        ("y ~ 0 + a + b", ["au", "av", "by", "bz"]),
        ("y ~ a - 1", ["au", "av"]),
        ("y ~ a:n", ["(Intercept)", "au:n", "av:n"]),
        ("y ~ a/n", ["(Intercept)", "av", "au:n", "av:n"]),
        ("y ~ a*b - a:b", ["(Intercept)", "av", "by", "bz"]),
        (
            "y ~ (a + b + n)^2 - b:n",
            ["(Intercept)", "av", "by", "bz", "n", "av:by", "av:bz", "av:n"],
        ),
        ("y ~ log(n + 1) + I(n^2)", ["(Intercept)", "log(n + 1)", "I(n^2)"]),
        ("y ~ `peak rate` + factor(n):a", None),
        ("y ~ (1 | participant)", ["(Intercept)"]),
        ("y ~ 1", ["(Intercept)"]),
        ("y ~ a + a + (1|participant)", ["(Intercept)", "av"]),
    ],
)
def test_columns_are_named_and_coded_as_in_r(formula, expected):
    found = names(formula)
    if expected is None:
        assert found[:2] == ["(Intercept)", "`peak rate`"]
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("formula", "groups"),
    [
        ("y ~ a + (1|participant)", [("participant",)]),
        ("y ~ a + (1|participant/unit)", [("participant",), ("participant", "unit")]),
        ("y ~ a + (1|p/s/u)", [("p",), ("p", "s"), ("p", "s", "u")]),
        ("y ~ a + (1|p) + (1|u)", [("p",), ("u",)]),
        ("y ~ a + (1|p:u)", [("p", "u")]),
        ("y ~ (1|factor(p)) + a", [("p",)]),
    ],
)
def test_groups_are_nested_or_crossed_as_written(formula, groups):
    assert [term.group for term in parse(formula).random] == groups


def test_groups_are_called_as_lme4_calls_them():
    assert [t.label for t in parse("y ~ (1|p/u)").random] == ["p", "u:p"]
    assert [t.label for t in parse("y ~ (1|p:u)").random] == ["p:u"]


def test_two_bars_mean_independent_effects():
    both = parse("y ~ x + (1 + x || p)").random
    assert [(t.effects.intercept, len(t.effects.terms)) for t in both] == [(True, 0), (False, 1)]
    one = parse("y ~ x + (x | p)").random
    assert [(t.effects.intercept, len(t.effects.terms)) for t in one] == [(True, 1)]


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("", "is empty"),
        ("y", "has no ~"),
        ("y ~ x ~ z", "more than one ~"),
        ("y ~ (1|p", "not closed"),
        ("y ~ x +", "something is missing"),
        ("~ x", "something is missing"),
        ("y ~ x + 1|p", "parentheses of its own"),
        ("y ~ (1|p) * x", "parentheses of its own"),
        ("y ~ x + (0|p)", "no effect left of the bar"),
        ("y ~ (1|p) + (1|p)", "stand there twice"),
        ("y ~ (1|p/(u+v))", "right of the bar"),
        ("y ~ .", "name the columns"),
        ("y ~ 5", "only 0 and 1"),
        ("y ~ x^9", "I\\(x\\^2\\)"),
        ("y ~ poly(x, 2)", "no function poly"),
        ("y ~ C(x)", "no function C"),
        ("y ~ a%in%b", "not part of a formula"),
        ("y ~ " + "(" * 400 + "x" + ")" * 400, "too many parentheses"),
        ("y ~ " + "x + " * 3000 + "x", "longer than"),
        ("a + b ~ x", "must be a column"),
        ("y ~ factor(log(x))", "takes the name of a column"),
        ("y ~ log(2)", "needs a column"),
    ],
)
def test_what_is_no_formula_is_refused_with_the_reason(formula, words):
    with pytest.raises(rs.stats.FormulaError, match=words) as caught:
        parse(formula)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('touch owned') ~ a",
        "n ~ __import__('os')",
        "n ~ eval(n)",
        "n ~ exec(`open('owned', 'w')`)",
        "n ~ `__import__('os').system('touch owned')`",
        "n ~ I(__import__)",
        "n ~ a.__class__",
        "n ~ (1 | `().__class__`)",
        "n ~ lambda: 1",
        "n ~ [x for x in ()]",
    ],
)
def test_a_formula_never_runs_python(formula, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(rs.RenshawError):
        rs.compare(TABLE, formula)
    assert not list(tmp_path.iterdir())


def test_columns_that_say_the_same_are_found():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(30, 3))
    both = np.column_stack(
        [np.ones(30), x, x[:, 0] + x[:, 1], x[:, 2] * 1e9 + 5, rng.normal(size=30)]
    )
    assert independent(both) == [0, 1, 2, 3, 6]
