"""The engine of mixed models: likelihood, derivatives and optimum."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from renshaw.statistics.fitting.arrangement import RandomBlock
from renshaw.statistics.fitting.optimum import _Search, minimize
from renshaw.statistics.fitting.reml import Problem


def block(codes, *columns):
    levels, numbers = np.unique(codes, return_inverse=True)
    return RandomBlock.of(np.column_stack(columns), numbers, len(levels))


def problem(seed=1, *, people=9, units=6, times=3, nested=True, slope=True, deep=False, **options):
    """People with units, some rows lost; crossed with the times where it is not nested.

    Deep: only units are random, with a slope, and a person has ever more of them.
    """
    rng = np.random.default_rng(seed)
    rows = people * units * times
    kept = rng.uniform(size=rows) > 0.2
    person = np.repeat(np.arange(people), units * times)[kept]
    unit = np.repeat(np.arange(people * units), times)[kept]
    time = np.tile(np.arange(times), people * units)[kept]
    x = rng.uniform(0, 20, len(person))
    one = np.ones(len(person))
    y = rng.normal(3, 1, people)[person] + rng.normal(0, 0.7, people * units)[unit]
    y += rng.normal(-0.4, 0.5, people)[person] * time + 0.1 * x + rng.normal(0, 0.6, len(y))
    blocks = [block(person, one, x) if slope else block(person, one), block(unit, one)]
    blocks += [] if nested else [block(time, one)]
    if deep:
        blocks = [block(unit, one, x), *([block(person, one)] if slope else [])]
    return Problem(np.column_stack([one, time == 1, time == 2, x]), y, blocks, **options)


def dense_deviance(made, theta):
    """The deviance from the rows' whole covariance matrix."""
    V = np.diag(1 / (np.ones(made.n) if made.weights is None else made.weights))
    for one, triangle in zip(made.blocks, made.triangles(theta), strict=True):
        same = one.codes[:, None] == one.codes[None, :]
        V += same * (one.columns @ triangle @ triangle.T @ one.columns.T)
    W = np.linalg.inv(V)
    gram = made.X.T @ W @ made.X
    rest = made.y - made.X @ np.linalg.solve(gram, made.X.T @ W @ made.y)
    m = made.freedom
    found = np.linalg.slogdet(V)[1] + m * (1 + math.log(2 * math.pi * (rest @ W @ rest) / m))
    return found + (np.linalg.slogdet(gram)[1] if made.reml else 0.0)


CASES = [
    {},
    {"reml": False},
    {"nested": False},
    {"nested": False, "slope": False, "reml": False},
    {"people": 60, "units": 25, "slope": False},
    {"deep": True},
    {"deep": True, "slope": False, "reml": False},
]


def test_pieces_of_unlike_size_stand_in_stacks_of_their_own():
    rng = np.random.default_rng(0)
    units = np.r_[np.full(150, 2), 20, 120, 400]
    person = np.repeat(np.arange(len(units)), units * 3)
    unit, time = np.repeat(np.arange(units.sum()), 3), np.tile(np.arange(3), units.sum())
    one, x = np.ones(len(person)), rng.normal(size=len(person))
    y = rng.normal(size=len(units))[person] + rng.normal(size=units.sum())[unit]
    blocks = [block(person, one, x), block(unit, one), block(person * 3 + time, one)]
    made = Problem(np.column_stack([one, x]), y + rng.normal(size=len(y)), blocks)
    assert len(made.arrangement.shapes) > 1
    large = Problem(made.X, made.y, blocks, largest=0)
    theta = np.array([0.9, 0.2, 0.4, 0.7, 0.5])
    assert large.deviance(theta) == pytest.approx(made.deviance(theta), rel=1e-12)
    for one, other in zip(made.modes(theta), large.modes(theta), strict=True):
        assert_allclose(one, other, atol=1e-9)
    found, expected = made.curve(theta), made._differenced(theta)
    for one, other in zip(found, expected, strict=True):
        assert_allclose(one, other, rtol=2e-6, atol=1e-6 * np.abs(other).max())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_deviance_is_that_of_the_rows_covariance(case, weighted):
    made = problem(**case | {"people": min(12, case.get("people", 9))})
    if weighted:
        made = made.changed(weights=np.random.default_rng(3).uniform(0.2, 4, made.n))
    for seed in range(3):
        theta = np.random.default_rng(seed).normal(0.5, 0.6, made.n_theta)
        assert made.deviance(theta) == pytest.approx(dense_deviance(made, theta), rel=1e-10)


@pytest.mark.parametrize("case", CASES)
def test_exact_derivatives_are_those_of_differences(case):
    made = problem(**case)
    theta = made.start() * 0.7 + 0.1
    found, expected = made.curve(theta), made._differenced(theta)
    for one, other in zip(found, expected, strict=True):
        assert_allclose(one, other, rtol=2e-6, atol=1e-6 * np.abs(other).max())


@pytest.mark.parametrize("case", CASES[:3])
def test_a_large_problem_takes_the_same_values_as_a_small_one(case):
    weights = np.random.default_rng(3).uniform(0.2, 4, problem(**case).n)
    small, large = (problem(**case, weights=weights, largest=most) for most in (1200, 0))
    assert small.is_dense and not large.is_dense
    theta = small.start() * 0.7 + 0.1
    assert large.deviance(theta) == pytest.approx(small.deviance(theta), rel=1e-12)
    for one, other in zip(small.modes(theta), large.modes(theta), strict=True):
        assert_allclose(one, other, atol=1e-9)
    assert minimize(large).deviance == pytest.approx(minimize(small).deviance, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_start_finds_less(seed):
    made = problem(seed, people=5, units=3)
    best = minimize(made)
    assert best.converged
    rng = np.random.default_rng(seed)
    for _ in range(6):
        start = made.start() * 10 ** rng.uniform(-2, 1, made.n_theta)
        assert minimize(made, start).deviance >= best.deviance - 1e-8


def test_a_slope_on_a_column_far_from_zero_is_as_easy():
    """(1 + year | person) is the same model whatever year is called 0."""
    near = problem(2)
    own = np.column_stack([np.ones(near.n), 1e4 + near.X[:, 3]])
    far = Problem(near.X, near.y, [block(near.blocks[0].codes, *own.T), near.blocks[1]])
    a, b = minimize(near), minimize(far)
    assert b.deviance == pytest.approx(a.deviance, abs=1e-7)
    assert b.evaluations <= a.evaluations + 5


def test_own_columns_have_their_own_covariance():
    made = problem(4)
    first = made.blocks[0]
    triangle = made.triangles(minimize(made).theta)[0]
    own = first.own(triangle)
    back = first.columns @ np.linalg.inv(first.turn)
    assert_allclose(
        back @ own @ own.T @ back.T,
        first.columns @ triangle @ triangle.T @ first.columns.T,
        atol=1e-9,
    )
    assert (np.diag(own) >= 0).all() and own[0, 1] == 0


def test_another_response_and_other_weights_need_no_new_arrangement():
    made = problem(5)
    rng = np.random.default_rng(0)
    y, weights = rng.normal(size=made.n), rng.uniform(0.5, 2, made.n)
    theta = made.start()
    changed = made.changed(y=y, weights=weights)
    assert changed.arrangement is made.arrangement
    anew = Problem(made.X, y, made.blocks, weights=weights)
    assert changed.deviance(theta) == anew.deviance(theta)


def test_rows_of_weight_two_count_as_two_rows_at_their_mean():
    """In a balanced table the likelihood of means is that of the rows, but for a constant."""
    made = problem(6, slope=False)
    doubled = Problem(
        np.repeat(made.X, 2, axis=0),
        np.repeat(made.y, 2),
        [block(np.repeat(b.codes, 2), np.ones(2 * made.n)) for b in made.blocks],
    )
    weighted = made.changed(weights=np.full(made.n, 2.0))
    theta = np.array([0.8, 0.6])
    assert_allclose(
        weighted.solve(theta).coefficients, doubled.solve(theta).coefficients, rtol=1e-9
    )
    assert_allclose(weighted.solve(theta).residual, doubled.solve(theta).residual, rtol=1e-9)


def test_a_singular_covariance_takes_no_creeping():
    """Elements of a triangle that make up for each other turn about one that goes to 0."""
    rng = np.random.default_rng(1)
    person, time = np.repeat(np.arange(22), 99), np.tile(np.arange(3), 726)
    unit = np.repeat(np.arange(726), 3)
    y = 5 + rng.normal(0, 0.8, 22)[person] + rng.normal(0, 0.7, 726)[unit]
    y += (rng.normal(0, 0.35, 22)[person] - 0.5) * time + rng.normal(0, 0.6, len(time))
    one, levels = np.ones(len(person)), [time == 1, time == 2]
    blocks = [block(person, one, *levels), block(unit, one)]
    best = minimize(Problem(np.column_stack([one, *levels]), y, blocks))
    assert best.singular and best.converged
    assert best.evaluations < 30


def test_a_ridge_with_a_shallow_valley_beside_it_is_left():
    made = problem(7)
    rows = made.blocks[0].codes > 1
    own = [each.columns @ np.linalg.inv(each.turn) for each in made.blocks]
    some = [block(b.codes[rows], *c[rows].T) for b, c in zip(made.blocks, own, strict=True)]
    best = minimize(
        Problem(made.X[rows], made.y[rows], some), np.array([0.41332, -0.19875, 0, 0.73225])
    )
    assert best.theta[2] == pytest.approx(0.031165, abs=1e-5)
    assert np.linalg.eigvalsh(best.curve.hessian).min() > 0


def test_some_rows_are_a_problem_of_their_own():
    made = problem(7)
    rows = made.blocks[0].codes > 1
    some = made.of_rows(rows)
    own = [each.columns @ np.linalg.inv(each.turn) for each in made.blocks]
    anew = Problem(
        made.X[rows],
        made.y[rows],
        [block(b.codes[rows], *c[rows].T) for b, c in zip(made.blocks, own, strict=True)],
    )
    assert [b.levels for b in some.blocks] == [b.levels for b in anew.blocks]
    assert minimize(some).deviance == pytest.approx(minimize(anew).deviance, abs=1e-7)


@pytest.mark.parametrize("seed", [2, 7, 26])
def test_of_several_minima_the_least_is_found(seed):
    """People drift apart: slopes of each moment and an intercept stand in for each other."""
    rng = np.random.default_rng(seed)
    person, time = np.repeat(np.arange(8), 20), np.tile(np.arange(5), 32)
    one, levels = np.ones(160), [time == n for n in range(5)]
    y = rng.normal(0, 1, 8)[person] * time + rng.normal(0, 0.6, 160)
    blocks = [block(person, each) for each in (one, *levels)]
    drifting = Problem(np.column_stack([one, *levels[1:]]), y, blocks)

    best = minimize(drifting).deviance
    starts = [minimize(drifting, rng.exponential(size=6) + 0.01).deviance for _ in range(20)]
    from_one = _Search(drifting).descended(drifting.start()).curve.deviance

    assert best == pytest.approx(min(starts), abs=1e-6)
    assert best < from_one - 1
