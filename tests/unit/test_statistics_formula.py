"""Formulas are read as R reads them, and nothing in them is ever run."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.fitting.fit import _variables
from renshaw.statistics.formulas.design import design, independent
from renshaw.statistics.formulas.formula import parse

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
        ("y ~ poly(n, 2)", ["(Intercept)", "poly(n, 2)1", "poly(n, 2)2"]),
        ("y ~ poly(n, 1)", ["(Intercept)", "poly(n, 1)"]),
        (
            "y ~ ns(n,df=2):a",
            ["(Intercept)", *(f"ns(n, df = 2){k}:a{v}" for v in "uv" for k in "12")],
        ),
        ("y ~ scale(n, scale=FALSE)", ["(Intercept)", "scale(n, scale = FALSE)"]),
        ("y ~ relevel(b, ref='z')", ["(Intercept)", *(f'relevel(b, ref = "z"){v}' for v in "xy")]),
        (
            "y ~ factor(b, c('y', 'x', 'z'))",
            ["(Intercept)", *(f'factor(b, c("y", "x", "z")){v}' for v in "xz")],
        ),
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
        ("y ~ poly(x, 2.5)", "degree must be a whole number"),
        ("y ~ poly(x, n = 2)", "n is no option of poly"),
        ("y ~ poly(x, 2, raw = 1)", "raw must be TRUE or FALSE, not 1"),
        ("y ~ poly(x, z)", "'z' can't be an option"),
        ("y ~ poly(x, degree = 2, degree = 3)", "degree is no option"),
        ("y ~ ns(x, df = 3, knots = c(1, 2))", "df, a whole number from 1 to 20, or knots"),
        ("y ~ exp(x, 2)", "it has no options"),
        ("y ~ relevel(x)", "needs the first level"),
        ("y ~ relevel(log(x), ref = 'a')", "takes the name of a column"),
        ("y ~ factor(x, levels = c(a, b))", "'a' can't be an option"),
        ("y ~ C(x)", "no function C\\(\\); write factor\\(x\\)"),
        ("y ~ bs(x)", "write ns\\(x, df = 4\\)"),
        ("y ~ cut(x, 3)", "add a column with the groups"),
        ("y ~ interaction(a, b)", "write a:b"),
        ("poly(y, 2) ~ x", "must be a column"),
        ("factor(y) ~ x", "must be a column"),
        ("y ~ 'x'", "out of place"),
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


X = np.array([1.0, 2.0, 4.0, 7.0, 8.0, 12.0, 20.0])
# As R 4.2.2 prints them for X; the last is outside of what the spline was made for.
R_COLUMNS = [
    ("poly(x, 3)", 1.0, [-0.41526305349, 0.4526701765, -0.4106715477]),
    ("poly(x, 3)", 7.0, [-0.04417692058, -0.3438109331, 0.3320090108]),
    ("poly(x, 3)", 25.0, [1.069081478, 1.763076115, 5.57425986]),
    ("poly(x, 3, raw = TRUE)", 2.0, [2, 4, 8]),
    ("ns(x, df = 3)", 2.0, [-0.09558126575, 0.2288709066, -0.1307833752]),
    ("ns(x, 3)", 7.0, [0.13732856958, 0.5794433157, -0.3160435018]),
    ("ns(x, df = 2)", 4.0, [0.2738518454, -0.1551982174]),
    (
        "ns(x, knots = c(3, 9), intercept = TRUE)",
        4.0,
        [0.6058332060, -0.004283806611, 0.2236118061, -0.13541417078],
    ),
    ("ns(x, df = 3)", 25.0, [-0.7195945946, 0.4290540541, 1.290540541]),
]


@pytest.mark.parametrize(("call", "at", "expected"), R_COLUMNS)
def test_curves_have_r_s_columns(call, at, expected):
    table = pd.DataFrame({"y": X, "x": X})
    terms = parse(f"y ~ {call}").fixed
    made = design(terms, _variables(table, terms, {}))
    (node,) = terms.variables()
    found = made.matrix({node: np.array([at])})[0, 1:]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("n ~ poly(few, 3)", "3 different values can't carry a polynomial of degree 3"),
        ("n ~ ns(wide, knots = c(-5, 3))", "knots must lie between"),
        ("n ~ ns(wide, df = 1, intercept = TRUE)", "df must be at least 2"),
        ("n ~ factor(b, levels = c('x', 'y'))", "does not list z, of which there are 8 rows"),
        ("n ~ relevel(b, ref = 'w')", "has no level 'w'"),
        ("n ~ I(poly(wide, 2)^2)", "can't be part of arithmetic"),
        ("n ~ poly(a, 2)", "'a' has text"),
    ],
)
def test_curves_and_levels_that_the_data_can_t_carry_are_refused(formula, words):
    table = TABLE.assign(few=np.arange(24) % 3.0, wide=np.arange(24.0))
    with pytest.raises(rs.RenshawError, match=words):
        rs.compare(table, formula)
