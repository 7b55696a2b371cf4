"""Effects of age, sex, training, interventions and chance are those of the person's edition."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.interventions import INTERVENTIONS, intervention
from renshaw.model.effects import constants, effect
from renshaw.model.second_edition.effects import data, effects
from renshaw.study.population import population_of


def cord(edition: int, muscle: str = "TA", given: str = "", **traits):
    person = rs.Participant(edition=edition, muscle=muscle, **traits)
    if not given:
        return person.cord
    return intervention(given).edit(person, rs.Ramp())[0].cord


def test_the_first_edition_is_what_it_was_bit_by_bit():
    assert cord(1, sex="female").monoaminergic == 0.935 * 1.007
    assert cord(1, sex="male").monoaminergic == 0.935 * 0.993
    old = cord(1, age_years=70.0)
    assert old.monoaminergic == 0.935 * (1.0 - 0.006 * 1.0)
    assert (old.ahp_scale, old.reciprocal_gain) == (1.1, 0.6)
    assert cord(1, "SOL", age_years=70.0).reciprocal_gain == 1.0
    grains = 2.0**40
    drug = np.exp(round(np.log(0.996) * grains) / grains)
    assert cord(1, given="cyproheptadine").monoaminergic == pytest.approx(0.935 * drug, rel=1e-12)
    assert cord(1, "SOL", "stretch").inhibition == pytest.approx(1.8, abs=1e-11)
    assert cord(1, "GM", "stretch").inhibition == 1.5
    spread = population_of(1)
    assert (spread.neuromodulation, spread.inhibition, spread.ahp) == (0.01, 0.05, 0.04)
    assert (spread.afferents, spread.session) == (0.36, 0.002)


def test_conditions_of_the_first_edition_are_what_they_were_bit_by_bit():
    injured = cord(1, condition="spinal-cord-injury", severity=0.75)
    assert injured.constitutive == 0.0 + 1.10 * 0.75
    assert injured.monoaminergic == 0.935 * 0.25
    assert cord(1, condition="multiple-sclerosis", severity=0.5).constitutive == 0.43 * 0.5
    assert cord(1, condition="stroke", severity=0.5).monoaminergic == 0.935 * (1.0 + 0.05 * 0.5)


def test_both_editions_have_the_same_effects():
    assert set(constants(1)) == set(constants(2))


@pytest.mark.parametrize("name", sorted(INTERVENTIONS))
def test_an_intervention_acts_by_the_constants_of_the_edition(name):
    """In the second edition neuromodulation is lost by what its table says, of the healthy PIC."""
    given = {"relaxation": "relaxation:depth=1"}.get(name, name)
    changed = cord(2, given=given).monoaminergic - 1.0
    signs = {"lost": -1.0, "gained": 1.0}
    told = {
        signs[key.rsplit("_", 1)[1]] * effect(2, key)
        for key in constants(2)
        if key.startswith(name.replace("-", "_"))
        and key.endswith(("monoamines_lost", "monoamines_gained", "driven_lost", "l_type_lost"))
    }
    # Training is a trait that grows with its weeks.
    if name != "resistance-training":
        assert changed == pytest.approx(next(iter(told), 0.0), abs=1e-9)


def test_values_lie_within_their_bounds_and_say_how_they_were_told():
    for each in effects():
        for cell, value in each.values.items():
            assert each.low <= value <= each.high, (each.name, cell)
            assert each.told[cell], (each.name, cell)
        assert each.source and each.meaning


def test_data_name_effects_that_are_fitted_and_effects_on_an_axis_have_data():
    fitted = {each.family for each in effects() if each.axis}
    assert {each.effect for each in data()} == fitted
    for family in fitted:
        assert any(each.role == "fitted" for each in data() if each.effect == family)


def test_what_follows_another_effect_is_as_large_times_its_factor():
    of = {each.name: each for each in effects()}
    for each in effects():
        for name, factor in each.follows:
            assert each.values["all"] == pytest.approx(factor * of[name].values["all"])
