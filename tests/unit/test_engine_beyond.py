"""What renshaw adds to the published pool: neutral where left out, the same in every engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numba import njit

import renshaw as rs
from renshaw.engine import EngineSettings, Inputs, Job, beyond, lanes, run_many, scalar
from renshaw.engine.clamp import clamp
from renshaw.engine.membrane import membrane
from renshaw.engine.packing import packed
from renshaw.engine.reference import parameter_rows
from renshaw.engine.session import Seat, Session
from renshaw.model.mechanisms import common_input, l_type_calcium, somatic_synapse
from renshaw.model.muscles import muscle_pool

STEP_ms = EngineSettings().step_ms
ONE_BY_ONE = {
    "closing": {"closing_L_ms": 400.0},
    "share": {"somatic_share": 0.4},
    "inhibition": {"somatic_inhibition_share": 0.5},
    "noise": {"somatic_noise": 0.3, "somatic_noise_ms": 6.0},
    "fast": {"common_fast": 0.3},
    "slow": {"common_slow": 0.2, "common_slow_ms": 60.0},
    "adaptation": {"g_slow_ahp_S_per_cm2": 1e-4, "slow_ahp_ms": 700.0},
    "warm-up": {"warm_up_mV": 4.0, "warm_up_ms": 900.0},
    "doublet": {"g_hump_S_per_cm2": 4e-3, "hump_recovery_ms": 500.0},
    "all": {
        "closing_L_ms": 300.0,
        "somatic_share": 0.4,
        "somatic_inhibition_share": 0.2,
        "somatic_noise": 0.2,
        "common_fast": 0.25,
        "common_slow": 0.1,
        "g_slow_ahp_S_per_cm2": 2e-5,
        "warm_up_mV": 1.5,
        "g_hump_S_per_cm2": 6e-4,
    },
}


def grown(n=8, muscle="TA", **values):
    return replace(muscle_pool(muscle, n, 1), **(values or ONE_BY_ONE["all"]))


def effort(duration_s=1.5, peak=14.0, step_ms=STEP_ms):
    steps = round(1000 * duration_s / step_ms)
    t = (np.arange(steps) + 0.5) * step_ms / 1000
    drive = np.interp(t, [0, 0.6 * duration_s, duration_s], [0.0, peak, 0.2 * peak])
    return Inputs(drive, np.full(steps, 1.5), np.full(steps, 0.9))


def same(a, b):
    assert all(np.array_equal(x, y) for x, y in zip(a.spikes_s, b.spikes_s, strict=False))
    n = min(len(a.pic_nA), len(b.pic_nA))
    np.testing.assert_array_equal(a.pic_nA[:n], b.pic_nA[:n])
    np.testing.assert_array_equal(a.soma_mV[:n], b.soma_mV[:n])


BOTH = ("pic", "potential")


def test_one_value_stands_for_every_motoneuron_and_what_is_left_out_is_neutral():
    pool = grown(3, closing_L_ms=300.0)
    np.testing.assert_array_equal(pool.closing_L_ms, [300.0] * 3)
    np.testing.assert_array_equal(pool.somatic_share, [0.0] * 3)
    assert muscle_pool("TA", 3, 1).closing_L_ms.tolist() == [40.0] * 3
    assert pool.select([1]).closing_L_ms.tolist() == [300.0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("closing_L_ms", 0.0, "from 1 to 5000"),
        ("somatic_share", 1.2, "from 0 to 1"),
        ("somatic_inhibition_share", -0.1, "from 0 to 1"),
        ("somatic_noise", -1.0, "at least 0"),
        ("common_fast_ms", 0.0, "at least 1"),
        ("common_slow", np.nan, "finite"),
        ("common_fast", [1.0, 1.0], "shape"),
    ],
)
def test_impossible_values_are_refused_by_name(name, value, words):
    with pytest.raises(rs.SettingsError, match=f"Pool.{name} .*{words}"):
        grown(3, **{name: value})


def test_fingerprints_of_published_pools_stay_and_tell_what_is_added():
    # As it was before a pool could have more than Powers and Heckman's.
    assert muscle_pool("TA", 3, 1).fingerprint() == "0a212ee47e4898ae"
    others = {grown(3, **values).fingerprint() for values in ONE_BY_ONE.values()}
    assert len(others | {"0a212ee47e4898ae"}) == len(ONE_BY_ONE) + 1


def test_a_motoneuron_without_it_does_not_see_that_its_neighbor_has_it():
    plain = muscle_pool("TA", 16, 1)
    last = {name: np.array([*np.zeros(15), 1.0]) for name in ("somatic_share", "common_fast")}
    mixed = replace(plain, closing_L_ms=np.array([*np.full(15, 40.0), 400.0]), **last)
    found = [run_many([Job(p, effort(), 5)], save=BOTH)[0] for p in (plain, mixed)]
    alone = run_many([Job(mixed.select(range(15)), effort(), 5)], save=BOTH)[0]
    same(alone, found[1])
    for i in range(15):
        np.testing.assert_array_equal(found[0].soma_mV[i], found[1].soma_mV[i])
    assert not np.array_equal(found[0].soma_mV[15], found[1].soma_mV[15])


@pytest.mark.parametrize("values", ONE_BY_ONE.values(), ids=ONE_BY_ONE.keys())
def test_the_engines_agree(values):
    job = Job(grown(6, **values), effort(), seed=5, trial=2)
    found, fine = (
        run_many([job], EngineSettings(engine=e), save=BOTH)[0] for e in ("cpu", "reference")
    )
    plain = run_many([Job(muscle_pool("TA", 6, 1), effort(), seed=5, trial=2)])[0]
    assert sum(len(x) for x in found.spikes_s) > 40
    assert not np.array_equal(found.spikes_s[0], plain.spikes_s[0])
    for x, y in zip(found.spikes_s, fine.spikes_s, strict=True):
        assert len(x) == len(y)
        np.testing.assert_allclose(x, y, atol=1e-3)


def test_shorter_steps_give_the_same_discharges():
    coarse = EngineSettings()
    fine = EngineSettings(step_ms=0.025, slow_steps=4, noise_every=8)
    assert fine.slow_ms * fine.noise_every == coarse.slow_ms * coarse.noise_every
    found = [
        run_many([Job(grown(6), effort(step_ms=s.step_ms), seed=1)], s)[0] for s in (coarse, fine)
    ]
    for x, y in zip(found[0].spikes_s, found[1].spikes_s, strict=True):
        assert len(x) == len(y)
        np.testing.assert_allclose(x, y, atol=1e-3)


@pytest.mark.parametrize("edges", [(1, 2, 3, 750), (125, 250, 751, 1500)])
def test_a_session_goes_on_where_it_was_cut(edges):
    pools = (grown(19), grown(3, "SOL"), muscle_pool("GM", 2, 1))
    settings = EngineSettings()
    inputs = effort(edges[-1] * settings.slow_ms / 1000)
    rows = np.stack([inputs.excitation, inputs.inhibition, inputs.neuromodulation])
    held = rows.reshape(3, -1, settings.slow_steps).mean(axis=2)
    columns = np.stack([np.vstack([held, np.zeros(held.shape[1])])] * len(pools))
    again = Inputs(*np.repeat(columns[0], settings.slow_steps, axis=1))
    whole = run_many([Job(p, again, 7, i) for i, p in enumerate(pools)], save=BOTH)
    seats = [Seat(p, 7, i) for i, p in enumerate(pools)]
    session = Session(seats, edges[-1] * settings.slow_ms / 1000, settings, save=BOTH, threads=2)
    first = 0
    for last in edges:
        session.advance(columns[:, :, first:last])
        first = last
    for response, expected in zip(session.responses(), whole, strict=True):
        same(response, expected)


@njit(error_model="numpy")
def _gains(s, j, slow_ms, m_gain):
    beyond.tune_l_type(s, j, slow_ms, m_gain)


@pytest.mark.parametrize("closing_ms", [10.0, 40.0, 400.0, 1000.0])
def test_the_vectorized_time_of_closing_is_that_of_the_equation(closing_ms):
    V = np.linspace(-110.0, 40.0, 301)
    chunks = packed(membrane(grown(1, closing_L_ms=closing_ms)))
    theta = float(muscle_pool("TA", 1, 1).theta_m_L_mV[0])
    W, found = lanes.WIDTH, []
    for mV in V:
        s = chunks[0].copy()
        s[lanes.V_D * W : (lanes.V_D + 1) * W] = mV - lanes.ORIGIN_mV
        _gains(s, 0, np.float32(0.4), np.float32(1.0 - np.exp(-0.4 / 40.0)))
        found.append(s[lanes.M_GAIN * W])
    tau = [l_type_calcium.time_constant_ms(mV, theta, closing_ms) for mV in V]
    np.testing.assert_allclose(found, -np.expm1(-0.4 / np.array(tau)), rtol=1e-4)


def test_channels_open_as_published_and_close_in_the_time_given():
    theta = -42.0
    assert l_type_calcium.time_constant_ms(theta + 15.0, theta, 400.0) == pytest.approx(42, abs=1)
    assert l_type_calcium.time_constant_ms(theta - 25.0, theta, 400.0) == pytest.approx(398, abs=1)
    assert all(l_type_calcium.time_constant_ms(v, theta, 40.0) == 40.0 for v in (-80.0, -45.0, 0.0))


@pytest.mark.parametrize("closing_ms", [40.0, 200.0, 500.0])
def test_a_clamp_sees_tail_currents_of_that_time(closing_ms):
    # Coupled tightly, so that the clamp of the soma holds the dendrites too.
    pool = grown(1, closing_L_ms=closing_ms).scaled(Ra_dendrite_ohm_cm=0.01)
    t = np.arange(0.0, 3000.0, STEP_ms)
    command = np.where(t < 1000.0, -35.0, -65.0)
    command[t < 200.0] = -65.0
    courses = clamp(pool, command, every=20)
    at = np.arange(len(courses.l_type_nA)) * 20 * STEP_ms
    tail = (at > 1000.0 + 0.3 * closing_ms) & (at < 1000.0 + 1.5 * closing_ms)
    rest = courses.l_type_nA[at < 150.0].mean()
    fall = np.polyfit(at[tail], np.log(-(courses.l_type_nA[tail] - rest)), 1)[0]
    assert -1 / fall == pytest.approx(closing_ms, rel=0.05)
    opening = (at > 230.0) & (at < 300.0)
    full = courses.l_type_nA[(at > 700.0) & (at < 1000.0)].mean()
    rise = np.polyfit(at[opening], np.log(courses.l_type_nA[opening] - full), 1)[0]
    # Twelve millivolts above half activation the time is that of opening, within a few percent.
    assert -1 / rise == pytest.approx(40.0 + (closing_ms - 40.0) * 0.04, rel=0.15)


def test_fluctuations_of_the_potential_are_not_rectified():
    # A gate that opened fast and closed slowly by its own state would follow the peaks.
    rng = np.random.default_rng(3)
    theta, V, m, free = -42.0, -45.0, 0.0, 0.0
    total, plain, steps, sd = 0.0, 0.0, 100_000, 2.0
    x = 0.0
    for kick in rng.standard_normal(steps):
        x = 0.96 * x + 0.28 * kick
        inf = l_type_calcium.activation(V + sd * x, theta)
        m += (inf - m) * 0.4 / l_type_calcium.time_constant_ms(V + sd * x, theta, 500.0)
        free += (inf - free) * 0.4 / 40.0
        total, plain = total + m, plain + free
    assert total / plain == pytest.approx(1.0, abs=0.1)


def fluctuations(pool, updates, seed=3):
    """Return the four processes that are added, step by step, shape (updates, 4)."""
    p = parameter_rows(membrane(pool))[0]
    y, name = np.zeros(scalar.STATES), np.array([0, 1, seed, 0], dtype=np.uint32)
    found = np.empty((updates, 4))
    for number in range(updates):
        scalar.fluctuate_beyond(y, p, number, name, 1.0, 0.8)
        found[number] = y[scalar.X_SOMA : scalar.X_SLOW + 1]
    return found[500:]


def test_fluctuations_have_unit_variance_and_their_own_bandwidth():
    pool = grown(1, somatic_noise=0.2, somatic_noise_ms=4.0, common_fast_ms=12.0, common_slow_ms=50)
    own, fast, first, slow = fluctuations(pool, 60_500).T
    for x, time_constant_ms in ((own, 4.0), (fast, 12.0), (first, 50.0)):
        independent = len(x) * 0.8 / (2 * time_constant_ms)
        assert x.std() == pytest.approx(1.0, abs=3 / np.sqrt(independent))
        lag = round(time_constant_ms / 0.8)
        kept = np.mean(x[lag:] * x[:-lag]) / x.var()
        assert kept == pytest.approx(np.exp(-lag * 0.8 / time_constant_ms), abs=0.1)
    assert slow.std() == pytest.approx(1.0, abs=0.15)
    power = np.abs(np.fft.rfft(slow - slow.mean())) ** 2
    hz = np.fft.rfftfreq(len(slow), 0.8e-3)
    assert power[hz < 3.0].sum() > 0.75 * power.sum()
    assert abs(np.corrcoef(own, fast)[0, 1]) < 0.05


@pytest.mark.parametrize("decay", [0.2, 0.9, 0.99])
def test_smoothing_once_more_keeps_the_variance(decay):
    lags = decay ** np.arange(5000)
    # Impulse response of both stages in a row; the kick of the first keeps its own variance at 1.
    response = np.convolve(lags, lags)[:5000] * np.sqrt(1 - decay**2)
    gain = common_input.smoothing_gain(decay)
    assert gain**2 * np.sum(response**2) == pytest.approx(1.0, rel=1e-6)


def test_a_pool_shares_its_common_input_and_nothing_else():
    kept = {"synaptic_noise": np.zeros(4)}
    alike = replace(muscle_pool("TA", 1, 1).select([0, 0, 0, 0]), **kept)
    shared = run_many([Job(replace(alike, common_fast=0.5), effort(), 2)], save=BOTH)[0]
    own = run_many([Job(replace(alike, somatic_share=0.3, somatic_noise=0.5), effort(), 2)])[0]
    # Without noise of their own, motoneurons that are alike do exactly the same.
    for train in shared.spikes_s[1:]:
        np.testing.assert_array_equal(train, shared.spikes_s[0])
    assert not np.array_equal(own.spikes_s[0], own.spikes_s[1])
    other = run_many([Job(replace(alike, common_fast=0.5), effort(), 2, trial=1)])[0]
    assert not np.array_equal(shared.spikes_s[0], other.spikes_s[0])


def test_no_noise_is_no_noise_of_any_kind():
    noisy = grown(3, somatic_noise=0.4, somatic_share=0.2, common_fast=0.4, common_slow=0.4)
    quiet = grown(3, somatic_share=0.2)
    settings = EngineSettings(noise=0.0)
    a, b = (run_many([Job(p, effort(), 1)], settings, save=BOTH)[0] for p in (noisy, quiet))
    same(a, b)


def test_all_of_an_input_reaches_the_motoneuron_wherever_it_lands():
    for share in (0.0, 0.3, 1.0):
        pool = grown(1, somatic_share=share, somatic_inhibition_share=share)
        s = packed(membrane(pool))[0].reshape(lanes.ROWS, lanes.WIDTH)[:, 0].astype(float)
        whole = packed(membrane(muscle_pool("TA", 1, 1)))[0].reshape(lanes.ROWS, -1)[:, 0]
        assert s[lanes.SYNAPTIC_E] + s[lanes.SOMATIC_E] == pytest.approx(whole[lanes.SYNAPTIC_E])
        assert s[lanes.SYNAPTIC_I] + s[lanes.SOMATIC_I] == pytest.approx(whole[lanes.SYNAPTIC_I])
    found = somatic_synapse.somatic_excitation_S_per_cm2
    assert found(0.5, 0.0, 4.0, 1.6e-4, 1.0) == pytest.approx(0.8e-4)
    assert found(0.0, 1.0, 4.0, 1.6e-4, 1.0) == pytest.approx(4 * 1.2e-5 * 2.0)
    assert found(0.1, 1.0, 4.0, 1.6e-4, -1.0) == 0.0


def test_a_share_at_the_soma_lifts_the_rate_that_dendrites_cap():
    strong = effort(peak=40.0)
    rates = [
        sum(len(x) for x in run_many([Job(grown(6, somatic_share=share), strong)])[0].spikes_s)
        for share in (0.0, 0.2, 0.4)
    ]
    assert rates[0] < rates[1] < rates[2]


def held(level, duration_s, *, then=None):
    """Return an excitation that is there after half a second, or as often as `then` says."""
    steps = round(1000 * duration_s / STEP_ms)
    t = np.arange(steps) * STEP_ms / 1000
    on = t > 0.5 if then is None else then(t)
    return Inputs(level * on, np.full(steps, 1.5), np.full(steps, 0.85))


def test_a_slow_afterhyperpolarization_lets_firing_fall_for_seconds():
    quiet = EngineSettings(noise=0.0)
    falls = []
    for g in (0.0, 1e-4):
        pool = grown(3, g_slow_ahp_S_per_cm2=g, slow_ahp_ms=2000.0)
        train = run_many([Job(pool, held(10.0, 9.0))], quiet)[0].spikes_s[0]
        early, late = (np.sum((train > a) & (train < a + 1.0)) for a in (1.0, 8.0))
        falls.append(early - late)
    assert abs(falls[0]) <= 1
    assert falls[1] >= 2


def test_channels_that_were_open_open_more_easily_for_a_few_seconds():
    quiet = EngineSettings(noise=0.0)

    def drive_at_recruitment(gap_s, **values):
        period_s = 6.0 + gap_s

        def triangles(t):
            since = (t - 0.5) % period_s
            return np.where(t < 0.5, 0.0, np.clip(1.0 - np.abs(since - 3.0) / 3.0, 0.0, None))

        inputs = held(6.0, 0.5 + 2 * period_s, then=triangles)
        pool = grown(16, **values).select([4])
        train = run_many([Job(pool, inputs)], quiet)[0].spikes_s[0]
        t = np.arange(len(inputs.excitation)) * STEP_ms / 1000
        begins = (train[0], train[train > 0.5 + period_s][0])
        return [float(np.interp(at, t, inputs.excitation)) for at in begins]

    first, soon = drive_at_recruitment(2.0, warm_up_mV=6.0)
    again, later = drive_at_recruitment(20.0, warm_up_mV=6.0)
    cold, as_cold = drive_at_recruitment(2.0)
    assert soon < 0.97 * first
    assert later > 0.99 * again
    assert as_cold == pytest.approx(cold, rel=0.01)


def test_a_hump_makes_a_doublet_of_the_first_discharge_and_of_no_other():
    quiet = EngineSettings(noise=0.0)
    pool = grown(8, g_hump_S_per_cm2=np.array([0.0, 4e-3] * 4))
    found = run_many([Job(pool, effort(3.0))], quiet)[0].spikes_s
    for i, train in enumerate(found):
        if len(train) > 3:
            assert np.sum(np.diff(train) < 0.02) == i % 2
            assert (train[1] - train[0] < 0.02) == bool(i % 2)
