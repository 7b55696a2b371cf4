"""Reflex tests: what must be so whatever the strengths of the circuits are."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import SettingsError, SimulationError
from renshaw.engine import EngineSettings
from renshaw.experiment import (
    DepressionSettings,
    HReflexSettings,
    ReciprocalSettings,
    RecurrentSettings,
    reflex,
)
from renshaw.experiment.reflexes.bench import Bench, Volleys
from renshaw.experiment.reflexes.mixed_nerve import MixedNerve
from renshaw.experiment.reflexes.recurrent import _lasts_ms
from renshaw.model.circuits import ia_synapse
from renshaw.model.circuits.presynaptic_inhibition import lasting_release, release_left
from renshaw.model.circuits.recurrent_inhibition import RecurrentInhibition, volley_pps
from renshaw.model.circuits.strengths import strength, table

SOLEUS = rs.Participant(muscle="SOL", n_units=30)
# Fine enough that a reflex does not hang on one large unit.
WHOLE = SOLEUS.replace(n_units=100)
CURVE = HReflexSettings(points=6, repeats=2)


@pytest.fixture(scope="module")
def curve():
    return reflex(SOLEUS, CURVE)


def test_the_area_of_volleys_is_kept_on_any_grid():
    for step_s in (0.0001, 0.0004, 0.003):
        times_s = np.arange(0, 0.1, step_s)
        course = ia_synapse.excitation(times_s, np.array([0.0133, 0.05]), np.array([0.3, 0.1]))
        assert course.sum() * step_s == pytest.approx(0.4, rel=1e-6)
        assert np.all(course[times_s + step_s <= 0.0133] == 0)


def test_a_volley_is_an_alpha_function():
    times_s = np.arange(0, 0.02, 1e-5)
    course = ia_synapse.excitation(times_s, np.zeros(1), np.ones(1))
    v = ia_synapse.VOLLEY_ms / 1000
    assert times_s[np.argmax(course)] == pytest.approx(v, abs=2e-5)
    assert course.max() == pytest.approx(1 / (v * np.e), rel=1e-3)


def test_a_long_train_comes_to_the_steady_depression():
    for pps in (0.1, 1.0, 10.0):
        times_s = np.arange(400) / pps
        fired = np.ones(400, dtype=bool)
        last = ia_synapse.released(times_s, fired, 1.0, 0.0)[-1]
        steady = ia_synapse.released(np.zeros(1), fired[:1], 1.0, pps)[0]
        assert last == pytest.approx(steady, rel=1e-6)


def test_depressions_are_none_without_their_gain_and_recover_with_their_time_constants():
    fired = np.ones(2, dtype=bool)
    np.testing.assert_array_equal(ia_synapse.released(np.arange(2.0), fired, 0.0, 0.0), 1.0)
    slow = strength("depression") * strength("depression_by_a_volley")
    for waited_s in (0.1, 1.0, 5.0):
        second = ia_synapse.released(np.array([0.0, waited_s]), fired, 1.0, 0.0)[1]
        left = 1 - slow * np.exp(-waited_s / strength("depression_recovery_s"))
        recovery_s = strength("fast_depression_recovery_s")
        left *= 1 - strength("fast_depression") * np.exp(-waited_s / recovery_s)
        assert second == pytest.approx(left)


def test_the_fast_depression_acts_at_5_hz_and_leaves_1_hz_alone():
    def fast(pps):
        found = ia_synapse.released(np.arange(100) / pps, np.ones(100, dtype=bool), 1.0, 0.0)[-1]
        used, wait_s = strength("depression_by_a_volley"), 1 / pps
        left = np.exp(-wait_s / strength("depression_recovery_s"))
        slow = strength("depression") * used * left / (1 - (1 - used) * left)
        return found / (1 - slow)

    assert fast(1.0) > 0.95
    assert fast(5.0) < 0.9


def test_terminals_that_fire_anyway_have_little_to_lose():
    at_rest, contracting = (
        ia_synapse.released(np.arange(10.0), np.ones(10, dtype=bool), 1.0, pps)
        for pps in (0.0, 10.0)
    )
    assert at_rest[-1] / at_rest[0] < 0.9
    assert contracting[-1] / contracting[0] > 0.95


def test_presynaptic_inhibition_has_its_windows():
    left = release_left(np.array([-1.0, 5.0, 15.0, 100.0, 1000.0]), 1.0, 1.0)
    assert left[0] == left[1] == 1.0
    assert left[2] == pytest.approx(0.75, abs=0.02)
    assert left[3] == pytest.approx(0.7, abs=0.02)
    assert left[4] > 0.999
    np.testing.assert_array_equal(release_left(np.arange(200.0), 1.0, 0.0), 1.0)


def test_terminals_release_more_where_lasting_inhibition_is_lost():
    inhibited = strength("presynaptic_inhibition")
    assert lasting_release(1.0) == pytest.approx(1.0)
    assert lasting_release(0.0) == pytest.approx(1.0 / (1.0 - inhibited))
    assert lasting_release(10.0 / inhibited) == 0.0
    healthy, injured, stroke = (
        Bench(SOLEUS.replace(condition=each), (), CURVE, 0, EngineSettings()).largest_area
        for each in ("healthy", "spinal-cord-injury", "stroke")
    )
    assert injured / healthy == pytest.approx(lasting_release(0.75))
    assert stroke == healthy


def test_a_slow_stretch_leaves_a_smaller_reflex_in_health_than_after_injury():
    settings = DepressionSettings(
        frequencies_hz=(0.1, 0.2), pairs_s=(), stretches_s=(2.0, 30.0), repeats=2, reflexes=3
    )
    healthy = reflex(WHOLE, settings)
    soon, late = (healthy.outcome(f"H {t:g} s after a slow stretch") for t in (2.0, 30.0))
    assert soon < 80.0 < late < 120.0
    injured = reflex(WHOLE.replace(condition="spinal-cord-injury", severity=1.0), settings)
    assert injured.outcome("H 2 s after a slow stretch") > soon + 5.0
    # Nobody stretches the dorsiflexors here.
    shin = reflex(WHOLE.replace(muscle="TA"), settings)
    assert not any("stretch" in each.name for each in shin.outcomes)
    with pytest.raises(SettingsError, match="stretches_s"):
        settings.replace(stretches_s=(0.0,))


def test_a_volley_through_renshaw_cells_lasts_some_tens_of_milliseconds():
    t = np.arange(0, 300, 0.01)
    assert volley_pps(t).sum() * 0.01 / 1000 == pytest.approx(1.0, rel=1e-3)
    assert 5 < t[np.argmax(volley_pps(t))] < 10
    assert volley_pps(np.array([40.0]))[0] < 0.2 * volley_pps(t).max()


def test_all_renshaw_synapses_carry_the_same_conductance():
    cells = RecurrentInhibition.of(SOLEUS.pool, 2.0)
    area = SOLEUS.pool.dendrite_diameter_um * SOLEUS.pool.dendrite_length_um
    np.testing.assert_allclose(cells.inhibition * area, (cells.inhibition * area)[0])
    assert cells.weights.sum() == pytest.approx(1.0)
    assert cells.weights[-1] > cells.weights[0]
    assert RecurrentInhibition.of(SOLEUS.pool, 0.0) is None


def test_a_strong_pulse_has_an_m_wave_and_no_reflex(curve):
    last = curve.table.iloc[-1]
    assert last["m_pct"] == pytest.approx(100.0, abs=3.0)
    assert last["h_pct"] < 0.15 * curve.table["h_pct"].max()
    assert curve.table["h_pct"].max() > 5.0
    assert np.all(np.diff(curve.table["m_pct"]) > -3.0)


def test_axons_that_a_pulse_excites_are_more_the_stronger_it_is():
    nerve = MixedNerve.of(SOLEUS.pool, 3)
    counts = [nerve.excited(x).sum() for x in (0.9, 1.0, 1.5, 2.0, 4.0)]
    assert counts[0] == counts[1] == 0
    assert counts == sorted(counts)
    assert counts[-1] == 30


def test_without_afferents_there_is_no_reflex():
    found = reflex(SOLEUS.replace(ia_synapses=0.0), CURVE)
    assert found.outcome("H_max/M_max") == 0.0
    assert np.isnan(found.outcome("latency of H"))
    assert (
        "No reflex"
        in reflex(
            SOLEUS.replace(ia_synapses=0.0), DepressionSettings(repeats=1, reflexes=2)
        ).finding.sentence
    )


def test_the_wave_comes_when_nerve_and_motoneurons_let_it(curve):
    nerve = MixedNerve.of(SOLEUS.pool, 0)
    earliest_ms = 1000 * (nerve.arrives_s + nerve.down_s.min())
    assert earliest_ms < curve.outcome("latency of H") < earliest_ms + 16


def test_conditioning_that_comes_too_late_changes_nothing():
    settings = ReciprocalSettings(intervals_ms=(-50.0, 3.0), repeats=2)
    share = reflex(SOLEUS, settings).table["h_pct_control"]
    assert share[0] == pytest.approx(100.0)
    assert share[1] < 100.0


def test_recurrent_inhibition_needs_renshaw_cells():
    settings = RecurrentSettings(intervals_ms=(15.0, 25.0), repeats=2)
    without = reflex(SOLEUS, settings)
    np.testing.assert_allclose(without.table["h_pct_control"], 100.0)
    assert any("no Renshaw cells" in str(each) for each in without.findings())
    with_cells = reflex(WHOLE.replace(recurrent_inhibition=3.0), settings)
    assert with_cells.outcome("H at its smallest") < 90.0


def test_depression_is_weaker_after_stroke_and_injury():
    settings = DepressionSettings(frequencies_hz=(0.1, 1.0), pairs_s=(), repeats=2, reflexes=5)
    healthy = reflex(WHOLE, settings).outcome("H at 1 Hz")
    for condition in ("stroke", "spinal-cord-injury"):
        person = WHOLE.replace(condition=condition)
        assert reflex(person, settings).outcome("H at 1 Hz") > healthy + 5.0


def test_baclofen_lowers_the_reflex(curve):
    assert reflex(SOLEUS, CURVE, ["baclofen"]).outcome("H_max/M_max") < curve.outcome("H_max/M_max")


def test_stimulation_that_is_given_meanwhile_reaches_the_bench():
    given = rs.ReciprocalInhibition(frequency_hz=50.0)
    calmed = reflex(SOLEUS, CURVE, [given])
    assert calmed.outcome("H_max/M_max") < reflex(SOLEUS, CURVE).outcome("H_max/M_max")


def test_noise_is_shared_between_conditions():
    bench = Bench(SOLEUS, (), CURVE, 0, EngineSettings())
    at_s = np.array([bench.nerve.arrives_s])
    one, other, third = bench.record(
        [
            Volleys(at_s, np.array([0.5]), 7),
            Volleys(at_s, np.array([0.5]), 7),
            Volleys(at_s, np.array([0.5]), 8),
        ]
    )
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(len(a) != len(b) or np.any(a != b) for a, b in zip(one, third, strict=True))


def test_an_unknown_test_and_impossible_settings_are_refused():
    with pytest.raises(SettingsError, match="Did you mean 'h-reflex'"):
        reflex(SOLEUS, "h-reflx")
    with pytest.raises(SettingsError, match="frequencies_hz"):
        DepressionSettings(frequencies_hz=(1.0,))
    with pytest.raises(SettingsError, match="strongest_xmt"):
        HReflexSettings(weakest_xmt=2.0, strongest_xmt=1.0)
    with pytest.raises(SimulationError, match="participant"):
        reflex(SOLEUS.pool, CURVE)


def test_another_engine_cannot_close_the_loop():
    with pytest.raises(SimulationError, match="recurrent inhibition"):
        rs.simulate(
            rs.Participant(n_units=2, recurrent_inhibition=1.0),
            rs.Ramp(rise_s=0.5, fall_s=0.5, follows="drive"),
            engine=EngineSettings(engine="reference"),
        )


def test_the_table_of_strengths_says_what_each_is_fitted_to():
    for name, row in table().items():
        assert {"unit", "people", "source", "certainty"} <= set(row), name
        values = [row[key] for key in ("value", "SOL", "GM", "TA") if key in row]
        assert values
        assert all(row.get("low", -np.inf) <= value <= row.get("high", np.inf) for value in values)


def test_discharges_that_come_anyway_are_no_reflex():
    contracting = HReflexSettings(
        points=3, weakest_xmt=0.0, strongest_xmt=1.2, repeats=2, background_pct_mvc=20.0
    )
    table = reflex(SOLEUS, contracting).table
    assert table["h_pct"][0] == 0.0
    assert table["h_pct"][2] > 0.0


def test_bounds_of_people_at_rest_are_not_asked_of_a_contraction():
    settings = HReflexSettings(points=3, repeats=1, background_pct_mvc=10.0)
    assert all(each.low is None for each in reflex(SOLEUS, settings).outcomes[:2])


@pytest.mark.parametrize(
    ("share", "lasts"),
    [
        ([100, 80, 100], 10.0),
        ([100, 95, 100], 0.0),
        ([80, 70, 60], np.nan),
        ([np.nan] * 3, np.nan),
        ([100, 60, 80, 100], 22.5),
    ],
)
def test_the_inhibition_lasts_from_its_fall_to_its_rise(share, lasts):
    import pandas as pd

    at_ms = 10.0 * np.arange(len(share))
    table = pd.DataFrame({"interval_ms": at_ms, "h_pct_control": np.array(share, dtype=float)})
    assert _lasts_ms(table) == pytest.approx(lasts, nan_ok=True)


def test_no_reflex_is_said_to_be_none():
    assert "No reflex" in reflex(SOLEUS.replace(ia_synapses=0.0), CURVE).finding.sentence
