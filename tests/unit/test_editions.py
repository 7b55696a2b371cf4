"""Editions of the virtual person: the first stays as it was, the second is stated in health."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.model.editions import DEFAULT_EDITION, EDITIONS
from renshaw.model.muscles import MUSCLES, muscle_pool
from renshaw.model.second_edition.table import origin, parameters, values_of


def test_the_default_is_an_edition():
    assert rs.Participant().edition == DEFAULT_EDITION
    assert DEFAULT_EDITION in EDITIONS


@pytest.mark.parametrize("muscle", MUSCLES)
def test_the_first_edition_is_the_person_of_published_numbers(muscle):
    who = rs.Participant(edition=1, muscle=muscle)
    assert (who.neuromodulation, who.neuromodulation_per_pct_mvc, who.largest_drive) == (
        0.935,
        0.0015,
        30.0,
    )
    assert who.pool.fingerprint() == MUSCLES[muscle](40).fingerprint()
    assert not who.pool.potentiation.any()


@pytest.mark.parametrize("muscle", MUSCLES)
def test_the_second_edition_states_neuromodulation_in_health(muscle):
    who = rs.Participant(edition=2, muscle=muscle)
    of = values_of(muscle)
    assert who.neuromodulation == 1.0
    assert who.largest_drive == of["largest_drive"]
    assert who.pool.edition == 2
    np.testing.assert_allclose(who.pool.closing_L_ms, of["closing_L_ms"])


def test_what_is_usual_follows_the_edition_and_what_was_said_stays():
    who = rs.Participant(inhibition=1.0, edition=1)
    assert who.replace(edition=2).neuromodulation == 1.0
    assert who.replace(edition=2).replace(edition=1) == who
    weak = who.replace(neuromodulation=0.8)
    assert weak.replace(edition=2).neuromodulation == 0.8
    assert "neuromodulation" not in who.as_python()
    assert "neuromodulation=0.8" in weak.as_python()
    assert rs.Participant.from_mapping(who.to_mapping()) == who


@pytest.mark.parametrize("number", [0, 3, 1.5, "2"])
def test_there_is_no_other_edition(number):
    with pytest.raises(rs.SettingsError, match="edition"):
        rs.Participant(edition=number)
    with pytest.raises(rs.SettingsError, match="edition"):
        muscle_pool("TA", 4, number)


def test_a_bare_pool_lies_in_the_cord_of_its_edition():
    ramp = rs.Ramp(peak_pct_mvc=10, rise_s=2, fall_s=2, follows="drive")
    who = rs.Participant(edition=2, n_units=4)
    bare = rs.simulate(muscle_pool("TA", 4, 2), ramp, seed=3)
    person = rs.simulate(who, ramp, seed=3)
    for one, other in zip(bare.units, person.units, strict=True):
        np.testing.assert_array_equal(one, other)
    assert "edition=2" in bare.history.as_python()


@pytest.mark.parametrize("muscle", MUSCLES)
def test_every_value_is_within_its_bounds_and_says_where_it_comes_from(muscle):
    assert origin(muscle)
    for each in parameters():
        assert each.low <= each.values[muscle] <= each.high, each.name
        assert each.source and each.pinned_by, each.name
