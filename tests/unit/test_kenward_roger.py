"""Kenward and Roger's adjustment, written out with the rows' whole covariance matrix."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from test_reml import problem

import renshaw as rs
from renshaw.statistics.fitting.kenward_roger import kenward_roger
from renshaw.statistics.fitting.optimum import minimize
from renshaw.statistics.fitting.reml import Problem
from renshaw.statistics.fitting.satterthwaite import precision


def patterns(made):
    """What each element of the random effects' covariances, and sigma squared, adds to V."""
    found = []
    for n, row, column in made._templates:
        one = made.blocks[n]
        same = one.codes[:, None] == one.codes[None, :]
        product = np.outer(one.columns[:, row], one.columns[:, column])
        found.append(same * (product if row == column else product + product.T))
    return [*found, np.diag(1 / (np.ones(made.n) if made.weights is None else made.weights))]


def dense(made, theta):
    """The adjusted covariance by the formulas of the paper."""
    sigma2 = made.sigma2(made.solve(theta))
    squares = [sigma2 * t @ t.T for t in made.triangles(theta)]
    sizes = [*(squares[b][row, column] for b, row, column in made._templates), sigma2]
    each = patterns(made)
    W = np.linalg.inv(sum(size * one for size, one in zip(sizes, each, strict=True)))
    X = made.X
    plain = np.linalg.inv(X.T @ W @ X)
    P = [-X.T @ W @ one @ W @ X for one in each]
    projector = W - W @ X @ plain @ X.T @ W
    information = [[np.trace(projector @ a @ projector @ b) / 2 for b in each] for a in each]
    known = np.linalg.inv(np.array(information))
    bias = sum(
        known[i, j] * (X.T @ W @ a @ W @ b @ W @ X - P[i] @ plain @ P[j])
        for i, a in enumerate(each)
        for j, b in enumerate(each)
    )
    return plain + 2 * plain @ bias @ plain


@pytest.mark.parametrize("case", [{}, {"nested": False}, {"slope": False}])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_covariance_is_that_of_the_paper(case, weighted):
    made = problem(3, people=8, units=3, **case)
    if case.get("nested") is False:  # fixed and random effects of time can't both be known
        made = Problem(made.X[:, [0, 3]], made.y, made.blocks)
    if weighted:
        made = made.changed(weights=np.random.default_rng(3).uniform(0.2, 4, made.n))
    best = minimize(made)
    plain = precision(made, best.theta, best.curve)
    found = kenward_roger(made, best.theta, plain)
    assert_allclose(found.covariance, dense(made, best.theta), rtol=1e-6, atol=1e-10)
    each = np.eye(made.p)
    assert all(0 < found.df(row) < made.n for row in each)
    # F of one contrast is t squared, with the same degrees of freedom.
    f, q, df = found.f_test(each[1:2], np.arange(made.p, dtype=float))
    assert (q, df) == (1, pytest.approx(found.df(each[1])))
    assert f == pytest.approx((1 / found.standard_error(each[1])) ** 2)


def test_a_balanced_paired_design_has_the_degrees_of_freedom_of_the_paired_t_test():
    rows = np.arange(20)
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "who": rows // 2,
            "when": np.where(rows % 2, "after", "before"),
            "y": np.repeat(rng.normal(0, 2, 10), 2) + rng.normal(size=20),
        }
    )
    table["who"] = "P" + table["who"].astype(str)
    settings = rs.stats.MixedModelSettings(df="kenward-roger", structure="written")
    model = rs.compare(table, "y ~ when + (1|who)", settings)
    assert model.fixed_effects["df"].iloc[1] == pytest.approx(9)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"df": "kenward-roger", "reml": False}, "needs restricted maximum likelihood"),
        ({"df": "kenward-roger", "residual_by": "time"}, "leave one of the settings"),
        ({"df": "kenward-roger", "family": "gamma"}, "not for the family gamma"),
        ({"weights": "w", "family": "gamma"}, "not for the family gamma"),
        ({"weights": "bad"}, "The weight 'bad' is 0 in row 0"),
        ({"weights": "time"}, "have text"),
        ({"weights": "none"}, "none"),
        ({"residual_by": "who"}, "needs at least 3"),
        ({"residual_by": "one"}, "has one group only"),
    ],
)
def test_what_can_t_be_is_refused_with_the_reason(settings, words):
    rng = np.random.default_rng(1)
    rows = np.arange(40)
    table = pd.DataFrame(
        {
            "who": [f"P{n // 2}" for n in rows],
            "time": np.where(rows % 2, "after", "before"),
            "y": 10 + rng.normal(size=40),
            "w": 1.0,
            "bad": rows * 1.0,
            "one": "x",
        }
    )
    with pytest.raises(rs.RenshawError, match=words):
        rs.compare(table, "y ~ time + (1|who)", rs.stats.MixedModelSettings(**settings))
