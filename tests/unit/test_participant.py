"""Traits, conditions and treatments of a participant, and what they make of cord and pool."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

import renshaw as rs
from renshaw.engine import Inputs, run
from renshaw.model.conditions import CONDITIONS
from renshaw.model.cord import Cord

TREATMENTS = (
    {"monoamines": 0.93, "pic_shift_mV": 0.1},
    {"monoamines": 1.07, "receptors_driven": 0.9, "receptors_constitutive": 0.3},
    {"inhibition": 1.3, "inhibition_added": 0.7, "pic_shift_mV": 0.2},
    {"inhibition": 0.7, "afferents": 0.6, "largest_drive": 0.9, "inhibition_added": 0.1},
)


def test_treatments_commute():
    person = rs.Participant(condition="multiple-sclerosis")
    found = set()
    for order in permutations(TREATMENTS):
        treated = person
        for changes in order:
            treated = treated.treated(**changes)
        found.add(treated)
    assert len(found) == 1
    treated = found.pop()
    assert treated.treatment.inhibition == pytest.approx(1.3 * 0.7)
    assert treated.treatment.pic_shift_mV == pytest.approx(0.3)
    assert treated.untreated == person


def test_a_treatment_of_nothing_changes_nothing():
    person = rs.Participant(condition="stroke", age_years=60)
    assert rs.model.Treatment().of(person.cord) == person.cord
    assert person.treated() == person


@pytest.mark.parametrize("condition", CONDITIONS)
def test_severity_0_is_health_exactly(condition):
    healthy = rs.Participant(age_years=45, sex="female")
    mild = healthy.replace(condition=condition, severity=0.0)
    assert mild.cord == healthy.cord
    assert mild.pool.fingerprint() == healthy.pool.fingerprint()


@pytest.mark.parametrize("condition", list(CONDITIONS)[1:])
def test_conditions_get_worse_with_severity(condition):
    cords = [rs.Participant(condition=condition, severity=s).cord for s in (0.0, 0.4, 0.8, 1.0)]
    assert np.all(np.diff([c.inhibition for c in cords]) < 0)
    assert np.all(np.diff([c.inhibition_shift_mV for c in cords]) > 0)
    assert np.all(np.diff([c.largest_drive for c in cords]) < 0)
    assert np.all(np.diff([c.afferent_decay_s for c in cords]) > 0)


def test_serotonin_acts_only_where_it_comes_down_and_blockers_tell_the_difference():
    complete = rs.Participant(condition="spinal-cord-injury", severity=1.0)
    usual = complete.cord.neuromodulation_at(20)
    # A neutral antagonist finds nothing to block; an inverse agonist does (Murray et al. 2010).
    assert complete.treated(receptors_driven=0.3).cord.neuromodulation_at(20) == usual
    assert complete.treated(receptors_constitutive=0.3).cord.neuromodulation_at(20) < 0.5 * usual
    healthy = rs.Participant()
    assert healthy.treated(receptors_constitutive=0.0).cord == healthy.cord


def test_neuromodulation_grows_with_effort():
    cord = rs.Participant(neuromodulation=0.9, neuromodulation_per_pct_mvc=0.002).cord
    assert cord.neuromodulation_at(20) == pytest.approx(0.9)
    assert cord.neuromodulation_at(70) == pytest.approx(1.0)
    assert cord.changed(monoaminergic=0.0).neuromodulation_at(0) == 0.0


def test_women_men_and_the_unspecified():
    female, neither, male = (
        rs.Participant(sex=sex).cord.neuromodulation_at(20)
        for sex in ("female", "unspecified", "male")
    )
    assert female > neither > male
    assert neither == pytest.approx((female + male) / 2)


def test_units_are_lost_with_age_where_they_are_lost():
    left = {m: len(rs.Participant(muscle=m, age_years=65).pool) for m in ("TA", "SOL", "GM")}
    assert left["TA"] < left["GM"] < left["SOL"]
    young, old = (rs.Participant(age_years=age).pool for age in (25, 65))
    assert len(old) == round(0.61 * len(young))
    # Survivors have grown, and together they are nearly as strong.
    assert old.twitch.mean() > 1.3 * young.twitch.mean()
    assert old.twitch.sum() == pytest.approx(0.97 * young.twitch.sum())
    assert (old.position[0], old.position[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("muscle", ["TA", "SOL", "GM"])
def test_strength_is_continuous_in_age(muscle):
    # A hundred units, so that the loss of one is a small step.
    totals = [
        rs.Participant(muscle=muscle, age_years=age, n_units=100).pool.twitch.sum()
        for age in np.arange(25, 90, 1.0)
    ]
    assert np.max(np.abs(np.diff(totals)) / totals[0]) < 0.03


def test_training_strengthens_and_rounds_off():
    force = [
        rs.Participant(trained_weeks=weeks).pool.twitch.sum() for weeks in (0.0, 4.0, 8.0, 52.0)
    ]
    gained = np.diff(force) / force[0]
    # Strength of the tibialis anterior after 4 weeks: +17.6 % (Casolo et al. 2026).
    assert gained[0] == pytest.approx(0.176, abs=0.03)
    assert gained[1] < gained[0]


@pytest.mark.parametrize("change", [{"age_years": 17}, {"sex": "f"}, {"severity": 1.5}])
def test_impossible_people_are_refused(change):
    with pytest.raises(rs.SettingsError):
        rs.Participant(**change)


def test_a_cord_changes_the_pool_it_surrounds():
    pool = rs.model.muscle_pool("TA", 5)
    usual = rs.Participant().cord
    shifted = Cord(
        monoaminergic=1.0,
        monoaminergic_per_pct_mvc=0.0,
        inhibition=1.0,
        inhibition_per_drive=-2.0,
        largest_drive=30.0,
        inhibition_shift_mV=8.0,
        pic_shift_mV=1.5,
        ahp_scale=1.2,
    )
    around = shifted.around(pool)
    np.testing.assert_allclose(around.e_inhibition_mV, -67.0)
    np.testing.assert_allclose(around.theta_m_L_mV, pool.theta_m_L_mV + 1.5)
    np.testing.assert_allclose(around.calcium_removal_ms, 1.2 * pool.calcium_removal_ms)
    assert shifted.inhibition_at(10.0) == 0.0
    np.testing.assert_array_equal(usual.around(pool).e_inhibition_mV, pool.e_inhibition_mV)


@pytest.mark.parametrize(
    "change", [{"e_inhibition_mV": 0.8}, {"synaptic_noise": 3.0}, {"synaptic_noise": 0.0}]
)
def test_engines_agree_on_reversal_and_noise_of_each_motoneuron(change):
    pool = rs.model.muscle_pool("TA", 4, edition=1)
    name, factor = next(iter(change.items()))
    # Every motoneuron its own: the last ones are changed, the first ones are not.
    factors = np.linspace(1.0, factor, 4)
    changed = replace(pool, **{name: factors * getattr(pool, name)})
    one = np.ones(30_000)
    inputs = Inputs(25 * one, 4 * one, 0.9 * one)
    found = {
        engine: run(changed, inputs, rs.engine.EngineSettings(engine=engine), seed=4).spikes_s
        for engine in ("cpu", "reference")
    }
    usual = run(pool, inputs, seed=4).spikes_s
    np.testing.assert_array_equal(usual[0], found["cpu"][0])
    assert not np.array_equal(usual[3], found["cpu"][3])
    for mine, theirs in zip(*found.values(), strict=True):
        assert len(mine) > 5
        assert len(mine) == pytest.approx(len(theirs), abs=1)
        n = min(len(mine), len(theirs), 5)
        np.testing.assert_allclose(mine[:n], theirs[:n], atol=4e-3)
