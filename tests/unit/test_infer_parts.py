"""Prior, scales, flow and familiarity: the parts of inference, each by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

import renshaw as rs
from renshaw.inference import flow as flows
from renshaw.inference.calibration import calibrated
from renshaw.inference.familiar import Familiar
from renshaw.inference.flow import Flow
from renshaw.inference.prior import TRAITS, draw_case, more_than_usual
from renshaw.inference.scales import Scores, Seen


def small_flow(parameters=3, inputs=4, seed=0):
    """A flow with random weights, masked as an autoregressive one must be."""
    chance = np.random.default_rng(seed)
    embedding = ((chance.normal(size=(6, inputs)), chance.normal(size=6)),)
    transforms, orders = [], []
    for k in range(2):
        order = np.arange(parameters) if k == 0 else np.arange(parameters)[::-1].copy()
        hidden_of = np.arange(12) % (parameters - 1)
        first = chance.normal(size=(12, parameters + 6)) / 3
        first[:, :parameters] *= order[None, :] <= hidden_of[:, None]
        last = chance.normal(size=(parameters, 2, 12)) / 3
        last *= (order[:, None, None] > hidden_of[None, None, :]) * 1.0
        transforms.append(
            (
                (first, chance.normal(size=12)),
                (last.reshape(2 * parameters, 12), chance.normal(size=2 * parameters) / 5),
            )
        )
        orders.append(order)
    return Flow(embedding, tuple(transforms), np.array(orders))


def test_a_flow_is_undone_by_itself():
    flow, chance = small_flow(), np.random.default_rng(1)
    seen, z = chance.normal(size=4), chance.normal(size=(50, 3))
    again, _ = flow.normal(flow.at(z, seen), seen)
    np.testing.assert_allclose(again, z, atol=1e-9)


def test_the_density_of_a_flow_sums_to_one():
    flow = small_flow(parameters=2)
    grid = np.linspace(-25, 25, 601)
    x, y = np.meshgrid(grid, grid)
    theta = np.column_stack([x.ravel(), y.ravel()])
    density = np.exp(flow.log_prob(theta, np.ones(4)))
    assert density.sum() * (grid[1] - grid[0]) ** 2 == pytest.approx(1.0, abs=0.01)


def test_samples_have_the_density_of_the_flow():
    flow, seen = small_flow(), np.ones(4)
    z, slope = flow.normal(flow.sample(4000, seen, np.random.default_rng(2)), seen)
    assert np.all(np.isfinite(slope))
    assert all(kstest(column, "norm").pvalue > 0.001 for column in z.T)


def test_a_flow_comes_back_from_its_arrays():
    flow, seen = small_flow(), np.ones(4)
    again = flows.from_arrays(flows.to_arrays(flow, "a."), "a.")
    theta = np.random.default_rng(3).normal(size=(5, 3))
    np.testing.assert_allclose(again.log_prob(theta, seen), flow.log_prob(theta, seen), rtol=1e-4)


def test_the_prior_becomes_standard_normal_and_comes_back():
    names = tuple(trait.name for trait in TRAITS)
    shares = np.random.default_rng(4).random((500, len(TRAITS)))
    values = np.array([[t.at(u) for t, u in zip(TRAITS, row, strict=True)] for row in shares])
    scores = Scores.of(names, values)
    normal = scores.scores(values)
    assert all(kstest(column, "norm").pvalue > 0.001 for column in normal.T)
    np.testing.assert_allclose(scores.values(normal), values, rtol=1e-9, atol=1e-9)
    far = scores.values(np.full((1, len(names)), 9.0))[0]
    assert all(v <= t.high * (1 + 1e-12) for v, t in zip(far, TRAITS, strict=True))


@given(st.floats(-30, 30))
def test_scores_of_what_a_simulation_gave_go_on_beyond_what_was_seen(value):
    seen = np.random.default_rng(5).laplace(size=(2000, 1))
    scores = Scores.of(("neuromodulation_change",), seen, exact=False)
    there = scores.scores(np.array([[value]]))
    assert scores.values(there)[0, 0] == pytest.approx(value, abs=1e-6)


def test_missing_summaries_are_flagged_and_never_nan():
    chance = np.random.default_rng(6)
    summaries = chance.normal(5.0, 2.0, size=(400, 3))
    summaries[::4, 1] = np.nan
    summaries[:, 2] = np.nan
    seen = Seen.of(summaries, muscles=2)
    inputs = seen.inputs(summaries, np.zeros(400, dtype=int))
    assert inputs.shape == (400, 3 + 1 + 2)
    assert np.all(np.isfinite(inputs))
    assert inputs[::4, 3].min() == 1.0 and inputs[1::4, 3].max() == 0.0
    assert np.ptp(inputs[:, 2]) == 0.0


def test_equal_recordings_have_no_change_among_their_inputs():
    summaries = np.random.default_rng(7).normal(size=(50, 4))
    seen = Seen.of(summaries, muscles=1)
    which = np.zeros(50, dtype=int)
    alone = seen.inputs(summaries, which)
    both = seen.change_inputs(summaries, summaries, which)
    assert np.all(both[:, alone.shape[1] :] == 0.0)


def test_a_case_is_the_same_for_its_number_and_seed():
    assert draw_case(5, 1) == draw_case(5, 1)
    assert draw_case(5, 1) != draw_case(6, 1) != draw_case(6, 2)


def test_cases_stay_within_the_prior_before_and_after():
    for k in range(200):
        case = draw_case(k, 3)
        who = case.participant
        first = who.neuromodulation + more_than_usual(who.muscle, case.ramp.peak_pct_mvc)
        for value in (first, first + case.neuromodulation_change):
            assert 0.75 - 1e-9 <= value <= 1.15 + 1e-9
        assert -1e-9 <= who.inhibition + case.inhibition_change <= 3 + 1e-9


def test_changes_leave_the_prior_even():
    cases = [draw_case(k, 4) for k in range(600)]
    after = [
        c.participant.neuromodulation
        + more_than_usual(c.participant.muscle, c.ramp.peak_pct_mvc)
        + c.neuromodulation_change
        for c in cases
    ]
    assert kstest((np.array(after) - 0.75) / 0.4, "uniform").pvalue > 0.001


def test_what_is_far_from_all_simulations_is_unfamiliar_and_named():
    chance = np.random.default_rng(8)
    train = np.exp(chance.normal(size=(4000, 3)))
    train[:, 2] = train[:, 0] * np.exp(0.1 * chance.normal(size=4000))
    zero = np.zeros(4000, dtype=int)
    familiar = Familiar.of(train, zero, np.arange(4000), 1)
    assert familiar.percentile(np.ones(3), 0) < 50
    # Each value is usual by itself; together they are not.
    odd = np.exp([1.5, 0.0, -1.5])
    assert familiar.percentile(odd, 0) > 99
    names = ("a", "b", "c")
    assert {each.name for each in familiar.unusual(odd, 0, names)[:2]} == {"a", "c"}
    assert 0 <= familiar.percentile(np.array([1.3, np.nan, 1.3]), 0) <= 100


def test_familiarity_of_others_of_the_same_kind_is_even():
    chance = np.random.default_rng(9)
    zero = np.zeros(3000, dtype=int)
    familiar = Familiar.of(chance.normal(size=(3000, 4)), zero, np.arange(3000), 1)
    shares = [familiar.percentile(each, 0) / 100 for each in chance.normal(size=(300, 4))]
    assert kstest(shares, "uniform").pvalue > 0.001


def test_calibration_knows_right_posteriors_from_overconfident_ones():
    chance = np.random.default_rng(9)
    truth = chance.normal(size=(800, 1))
    seen = truth + chance.normal(size=(800, 1))
    right = seen[:, None] / 2 + np.sqrt(0.5) * chance.normal(size=(800, 300, 1))
    sure = seen[:, None] / 2 + 0.3 * chance.normal(size=(800, 300, 1))
    muscle = np.zeros(800, dtype=int)
    good, bad = (calibrated(("a",), truth, each, muscle, 1, np.ones(1)) for each in (right, sure))
    assert good.coverage[0, 2] == pytest.approx(0.9, abs=0.04)
    assert bad.coverage[0, 2] < 0.7
    assert good.explained[0, 0] == pytest.approx(0.5, abs=0.06)
    p = [made.to_table(("TA",))["ranks_p"][0] for made in (good, bad)]
    assert p[0] > 0.001 > p[1]


def test_settings_refuse_what_is_impossible():
    with pytest.raises(rs.SettingsError, match="Did you mean|one of TA"):
        rs.InferSettings(muscle="VL")
    with pytest.raises(rs.SettingsError):
        rs.InferSettings(peak_pct_mvc=0)
