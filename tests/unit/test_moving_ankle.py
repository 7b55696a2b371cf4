"""Reflex tests with a moving ankle: what must be so whatever the strengths of the circuits are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import renshaw as rs
from renshaw.core.errors import SettingsError, SimulationError
from renshaw.engine import EngineSettings
from renshaw.experiment.reflexes import (
    AshworthSettings,
    ClonusSettings,
    StretchSettings,
    TapSettings,
    reflex,
)
from renshaw.experiment.reflexes.ashworth import (
    GRADES,
    KAPPA,
    agreement,
    grade_of,
    rated,
    rater_sd,
)
from renshaw.experiment.reflexes.bench import Bench
from renshaw.experiment.reflexes.clonus import beats
from renshaw.experiment.reflexes.limb import Limb, UP_s
from renshaw.experiment.reflexes.stretch import ramp, slope, threshold
from renshaw.experiment.reflexes.tap import shaken
from renshaw.model.circuits import ia_synapse
from renshaw.model.circuits.strengths import strength
from renshaw.muscle.ankle import (
    Ankle,
    Feet,
    PASSIVE_Nm_per_rad,
    RESTS_rad,
    stops_Nm,
    while_moving,
)
from renshaw.muscle.spindle import ia_pps

SOLEUS = rs.Participant(muscle="SOL", n_units=20)
STRETCH = StretchSettings(velocities_deg_per_s=(60.0, 300.0), repeats=2)
CLONUS = ClonusSettings(loads_nm=(4.0, 8.0), repeats=1, lasts_s=0.6)
ALL = (
    STRETCH,
    TapSettings(taps_mm=(4.0,), intervals_s=(1.0,), repeats=1),
    CLONUS,
    AshworthSettings(repeats=1, raters=3),
)


def test_a_spindle_follows_the_velocity_with_a_power_law_and_the_length_in_a_line():
    c = strength("spindle_velocity")
    assert ia_pps(np.zeros(1), np.ones(1))[0] == pytest.approx(c)
    assert ia_pps(np.zeros(1), np.array([32.0]))[0] == pytest.approx(8.0 * c)  # 32^.6 is 8
    assert ia_pps(np.array([5.0]), np.zeros(1))[0] == pytest.approx(2.0)
    assert ia_pps(np.zeros(1), np.array([-32.0]), background_pps=8.0 * c + 1.0)[0] == pytest.approx(
        1
    )
    assert ia_pps(np.array([-5.0]), np.array([-1.0]))[0] == 0.0


def test_a_foot_without_reflex_swings_with_the_period_and_decay_of_a_damped_oscillator():
    ankle, step_s = Ankle.loaded(0.02), 0.0005
    feet = Feet(ankle, 1, step_s)
    feet.angle_rad = np.array([0.05])
    angles = []
    for _ in range(4000):
        # The stops are another spring; they are taken out to be left with the linear one.
        feet.advance(stops_Nm(feet.angle_rad) - stops_Nm(np.zeros(1)))
        angles.append(float(feet.angle_rad[0]))
    angle = np.array(angles)
    tops = np.flatnonzero((angle[1:-1] > angle[:-2]) & (angle[1:-1] >= angle[2:])) + 1
    assert np.diff(tops[:3]) * step_s == pytest.approx([ankle.period_s] * 2, abs=2 * step_s)
    decay = np.exp(-ankle.damping_Nm_s_per_rad * ankle.period_s / (2 * ankle.inertia_kg_m2))
    assert angle[tops[1]] / angle[tops[0]] == pytest.approx(decay, rel=0.01)


def test_a_foot_comes_to_rest_where_its_load_meets_its_tissue():
    feet = Feet(Ankle(), 2, 0.001)
    for _ in range(3000):
        feet.advance(np.array([0.0, 2.0]))
    assert feet.angle_rad[0] == pytest.approx(0.0, abs=1e-9)
    assert feet.angle_rad[1] == pytest.approx(2.0 / PASSIVE_Nm_per_rad, rel=0.05)
    assert feet.rad_per_s == pytest.approx([0.0, 0.0], abs=1e-6)


def test_the_stops_end_the_range():
    up, down = np.radians([30.0, -42.0]) - RESTS_rad
    assert stops_Nm(np.array([up]))[0] > 2.0
    assert stops_Nm(np.array([down]))[0] < -0.15
    feet = Feet(Ankle(), 1, 0.0004)
    for _ in range(5000):
        feet.advance(np.array([60.0]))
    assert np.degrees(feet.angle_rad[0] + RESTS_rad) < 40.0


def test_a_heavier_foot_swings_more_slowly_and_a_stiffer_one_faster():
    assert Ankle.loaded(0.03).period_s == pytest.approx(2 * Ankle().period_s, rel=0.1)
    assert Ankle.loaded(0.01, 2.5).period_s < Ankle.loaded(0.01).period_s
    assert Ankle(damping_Nm_s_per_rad=2.0).period_s == np.inf


def test_a_calf_loses_torque_as_it_shortens_and_gains_as_it_is_stretched():
    best = np.radians(10.0) - RESTS_rad
    still, faster = np.zeros(1), np.full(1, 2.0)
    assert while_moving(np.ones(1), np.full(1, best), still)[0] == pytest.approx(1.0)
    assert while_moving(np.ones(1), np.full(1, best), -faster)[0] < 1.0
    assert 1.0 < while_moving(np.ones(1), np.full(1, best), faster)[0] <= 1.4
    assert while_moving(np.ones(1), np.radians([-60.0]) - RESTS_rad, still)[0] == pytest.approx(0.0)


def test_terminals_that_fire_at_a_rate_depress_as_by_volleys():
    # One discharge each in a millisecond, once a second.
    step_s, gain = 0.001, 1.0
    rates = np.zeros((1, 5000))
    rates[0, ::1000] = 1.0 / step_s
    found = ia_synapse.Terminals(np.array([gain]), np.zeros(1))
    found.advance(rates[:, :4001], step_s)
    volleys = ia_synapse.released(np.arange(6.0), np.ones(6, dtype=bool), gain, 0.0)
    found.rest(np.zeros(1), 1.0)
    assert found.releasing[0] == pytest.approx(volleys[5], rel=1e-3)


def test_what_is_left_after_a_stretch_solves_the_equation():
    limb = Limb(Bench(SOLEUS, (), StretchSettings(), 0, EngineSettings()))
    deg_per_s, size_deg, waits_s = 17.0, 10.0, (0.5, 5.0)
    ends_s, velocity = size_deg / deg_per_s, np.radians(deg_per_s)

    def rate_pps(t):
        if t > ends_s:
            return 0.0
        return float(limb.rates_pps(np.array([velocity * t]), np.array([velocity]))[0])

    def change(most, used, recovery_s):
        return lambda t, d: -np.log1p(-used) * rate_pps(t) * (most - d) - d / recovery_s

    at_s = [ends_s + t for t in waits_s]
    left = np.ones(2)
    for most, name in (
        (strength("depression"), "depression_by_a_volley"),
        (1.0, "fast_depression"),
    ):
        recovery_s = strength(f"{name.removesuffix('_by_a_volley')}_recovery_s")
        of = change(most, strength(name), recovery_s)
        left *= 1 - solve_ivp(of, (0, at_s[-1]), [0.0], t_eval=at_s, max_step=0.005).y[0]
    assert limb.releasing_after(deg_per_s, size_deg, waits_s) == pytest.approx(left, rel=2e-3)


def test_terminals_without_depression_release_all():
    found = ia_synapse.Terminals(np.zeros(2), np.full(2, 10.0))
    assert found.advance(np.full((2, 50), 80.0), 0.01) == pytest.approx(np.ones((2, 50)))


def test_a_discharge_of_all_afferents_excites_as_a_volley_in_all_of_them():
    step_s = 0.0004
    weights = ia_synapse.weights_of_rates(UP_s, step_s)
    assert weights.sum() == pytest.approx(1.0, abs=1e-4)
    rates = np.zeros(200)
    rates[10] = 1.0 / step_s
    course = np.convolve(rates, weights)[:200]
    times_s = step_s * np.arange(200)
    # A discharge within a step is a volley in its middle.
    volley = ia_synapse.excitation(times_s, np.array([10.5 * step_s + UP_s]), np.ones(1))
    assert course.sum() * step_s == pytest.approx(1.0, abs=1e-4)
    assert times_s[np.argmax(course)] == pytest.approx(times_s[np.argmax(volley)], abs=2 * step_s)
    assert np.all(course[times_s + step_s <= 10 * step_s + UP_s] == 0)


def test_piece_by_piece_as_much_arrives_as_at_once():
    limb = Limb(Bench(SOLEUS, (), STRETCH, 0, EngineSettings()))
    rates = np.abs(np.random.default_rng(1).standard_normal((2, 120)))
    rates[:, : limb.lags] = 1.0
    whole = limb.excitation(rates)
    for first in range(limb.lags, 115, 5):
        piece = limb.arriving(rates[:, :first], 5)
        np.testing.assert_allclose(piece, whole[:, first : first + 5], rtol=1e-9)


def test_a_ramp_has_its_velocity_and_its_end():
    angle = ramp(100.0, 6.0, 0.0004)
    assert angle[-1] == pytest.approx(6.0, abs=0.05)
    assert np.diff(angle).max() / 0.0004 == pytest.approx(100.0)
    assert ramp(1000.0, 6.0, 0.0004)[-1] == pytest.approx(6.0, rel=0.05)


def test_threshold_and_slope_of_a_curve_by_hand():
    velocities = np.array([20.0, 40.0, 60.0, 80.0])
    sizes = np.array([0.0, 1.0, 3.0, 5.0])
    assert threshold(velocities, sizes) == pytest.approx(50.0)
    assert slope(velocities, sizes) == pytest.approx(0.1)
    assert np.isnan(threshold(velocities, 0 * sizes))
    assert np.isnan(slope(velocities, 0 * sizes))


def test_a_tap_needs_no_pairs():
    found = reflex(SOLEUS, TapSettings(taps_mm=(6.0,), intervals_s=(), repeats=1))
    assert list(found.table["kind"]) == ["tap"]


def test_a_tap_shakes_at_80_Hz_and_dies_away():
    (shape,) = shaken(np.array([2.0]), 0.0004)
    # The first top of a damped sine of these constants.
    assert shape.max() == pytest.approx(2.0 * 0.746, rel=0.01)
    rising = np.flatnonzero((shape[:-1] < 0) & (shape[1:] >= 0))
    assert np.diff(rising[:3]) * 0.0004 == pytest.approx([1 / 80] * 2, abs=0.0009)
    assert abs(shape[-1]) < 0.01


def test_beats_by_hand():
    rng = np.random.default_rng(0)
    spikes = tuple(
        np.sort(0.1 + 0.2 * np.arange(9) + 0.004 * rng.standard_normal(9)) for _ in range(20)
    )
    found = beats(spikes, 2.0)
    assert len(found.at_s) == 9
    assert found.hz == pytest.approx(5.0, rel=0.02)
    assert found.once == 1.0
    steady = tuple(rng.uniform(0.0, 2.0) + np.empty(0) for _ in range(20))
    assert len(beats(steady, 2.0).at_s) == 0
    twice = tuple(np.sort(np.concatenate([s, s + 0.012])) for s in spikes)
    assert beats(twice, 2.0).once == 0.0
    every = tuple(np.arange(0.001 * i, 2.0, 0.02) for i in range(20))
    assert len(beats(every, 2.0).at_s) == 0


@pytest.mark.parametrize("test", ALL, ids=lambda each: each.name)
def test_without_afferents_there_is_no_reflex(test):
    found = reflex(SOLEUS.replace(ia_synapses=0.0), test)
    by_name = {each.name: each.value for each in found.outcomes}
    if isinstance(test, ClonusSettings):
        assert by_name["most beats"] == 0
    elif isinstance(test, AshworthSettings):
        assert by_name["of it by the reflex"] == 0
        assert by_name["modified Ashworth grade"] == 0
    else:
        assert found.table["reflex_pct"].to_numpy() == pytest.approx(0.0)
        assert np.isnan(by_name["latency"])


@pytest.mark.parametrize("test", ALL, ids=lambda each: each.name)
def test_the_same_numbers_come_twice(test):
    one, other = reflex(SOLEUS, test, seed=3), reflex(SOLEUS, test, seed=3)
    np.testing.assert_array_equal(
        one.table.select_dtypes("number").to_numpy(), other.table.select_dtypes("number").to_numpy()
    )
    assert one.findings()
    assert one.plot() is not None


def test_numbers_do_not_depend_on_threads(monkeypatch):
    from renshaw.engine import session

    found = []
    for threads in (1, 3):
        monkeypatch.setattr(session, "cores", lambda threads=threads: threads)
        found.append((reflex(SOLEUS, CLONUS).table, reflex(SOLEUS, STRETCH).table))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one.to_numpy(), other.to_numpy())


def test_an_injured_person_answers_to_a_stretch_more_than_a_healthy_one():
    fast = StretchSettings(velocities_deg_per_s=(150.0, 300.0), repeats=2)
    healthy = reflex(SOLEUS, fast).table
    injured = reflex(SOLEUS.replace(condition="spinal-cord-injury"), fast).table
    assert np.all(injured["torque_nm"] > healthy["torque_nm"])


def test_a_repeated_tap_finds_less_in_health_than_after_injury():
    twice = TapSettings(taps_mm=(6.0,), repeated_mm=6.0, intervals_s=(1.0,), repeats=2)
    left = [
        reflex(SOLEUS.replace(condition=condition), twice).outcome("jerk 1 s after another")
        for condition in ("healthy", "spinal-cord-injury")
    ]
    assert left[0] < left[1] <= 101.0


def test_stiff_tissue_is_graded_without_any_reflex():
    who = SOLEUS.replace(ia_synapses=0.0)
    found = reflex(who, AshworthSettings(repeats=1, stiffer=2.5))
    assert found.outcome("of it by the reflex") == 0
    assert found.outcome("modified Ashworth grade") > 0


def test_raters_agree_as_people_do():
    assert agreement(rater_sd()) == pytest.approx(KAPPA)
    assert agreement(0.01) > 0.95
    # The same from two raters drawn by chance: persons are spread evenly over the grades.
    resistance = 2.0 * 1.5 ** np.random.default_rng(0).uniform(-1.0, len(GRADES) - 1.0, 40_000)
    one, other = rated(resistance, 1), rated(resistance, 2)
    shares = [np.bincount(each.astype(int), minlength=6) / len(each) for each in (one, other)]
    chance = float(shares[0] @ shares[1])
    assert (np.mean(one == other) - chance) / (1 - chance) == pytest.approx(KAPPA, abs=0.02)


def test_grades_of_resistances():
    assert list(grade_of(np.array([0.0, 1.9, 2.1, 3.1, 100.0]))) == [0, 0, 1, 2, 5]


def test_another_muscle_is_refused():
    with pytest.raises(SimulationError, match="SOL or GM"):
        reflex(rs.Participant(muscle="TA", n_units=5), STRETCH)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: StretchSettings(velocities_deg_per_s=()),
        lambda: StretchSettings(velocities_deg_per_s=(0.0,)),
        lambda: TapSettings(taps_mm=(0.0,)),
        lambda: TapSettings(intervals_s=(0.1,)),
        lambda: ClonusSettings(loads_nm=()),
        lambda: ClonusSettings(loads_nm=(-1.0,)),
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(SettingsError):
        wrong()
