"""The virtual laboratory: who is measured, and that nobody's numbers depend on the machine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.study import laboratory
from renshaw.study.laboratory import Series, measure_all, measured, people_of
from renshaw.study.population import Population, population_of

POPULATION = population_of(DEFAULT_EDITION)
SHORT = rs.Ramp(rise_s=3.0, fall_s=3.0)
FEW = (("muscle", "TA"), ("n_units", 6))
CONTROL = Series("control", 5, SHORT, FEW, trials=1, group="g", observed=False)


def calmed(**changes) -> Series:
    given = (rs.Relaxation(),)
    return Series("calmed", 5, SHORT, FEW, given, **{"trials": 1, "group": "g", **changes})


def state(person: rs.Participant) -> tuple[float, ...]:
    return (person.neuromodulation, person.inhibition, person.ahp_scale, person.afferents)


def test_series_of_a_group_are_of_the_same_people_with_the_same_noise():
    one, other = (people_of(series, 3, POPULATION) for series in (CONTROL, calmed()))
    assert one == other
    assert len({state(person) for person in one}) == 5
    for k in range(5):
        noise = [laboratory._noise(series, k, 0, 3) for series in (CONTROL, calmed())]
        assert noise[0] == noise[1]


def test_groups_and_seeds_are_other_people():
    mine = people_of(CONTROL, 3, POPULATION)
    assert people_of(calmed(group="h"), 3, POPULATION) != mine
    assert people_of(CONTROL, 4, POPULATION) != mine
    assert people_of(CONTROL, 3, POPULATION) == mine


def test_another_session_moves_neuromodulation_a_little_and_brings_other_noise():
    spread = POPULATION
    first, second = (people_of(calmed(session=s), 3, spread) for s in (1, 2))
    shift = np.array(
        [b.neuromodulation - a.neuromodulation for a, b in zip(first, second, strict=True)]
    )
    assert (shift != 0).all()
    assert np.abs(shift).max() < 6 * spread.session
    for one, other in zip(first, second, strict=True):
        assert state(one)[1:] == state(other)[1:]
    noise = {laboratory._noise(calmed(session=s), 0, t, 3) for s in (1, 2) for t in (0, 1)}
    assert len(noise) == 4


def test_people_differ_as_much_as_is_asked_for():
    spread = Population(neuromodulation=0.02, inhibition=0.1, ahp=0.05, afferents=0.3, session=0.01)
    many = Series("many", 800, SHORT, FEW)
    people = people_of(many, 1, spread)
    usual = rs.Participant(muscle="TA", n_units=6)
    sd = [
        np.std([p.neuromodulation for p in people]),
        np.std([p.inhibition for p in people]),
        np.std(np.log([p.ahp_scale / usual.ahp_scale for p in people])),
        np.std(np.log([p.afferents / usual.afferents for p in people])),
    ]
    np.testing.assert_allclose(sd, [np.hypot(0.02, 0.01), 0.1, 0.05, 0.3], rtol=0.1)
    assert np.mean([p.neuromodulation for p in people]) == pytest.approx(
        usual.neuromodulation, abs=0.003
    )


def test_traits_are_shared_by_all():
    older = Series("older", 3, SHORT, (*FEW, ("age_years", 70.0)))
    assert {person.age_years for person in people_of(older, 0, POPULATION)} == {70.0}


def test_the_number_of_workers_changes_no_number():
    told = []
    series = (CONTROL, calmed(observed=False))
    one = measure_all(series, seed=2, workers=1, progress=lambda *x: told.append(x))
    two = measure_all(series, seed=2, workers=2)
    pd.testing.assert_frame_equal(one, two)
    assert [done for done, _, _ in told] == [1, 2, 3, 4]
    assert {total for _, total, _ in told} == {4}
    assert one.groupby("series").participant.nunique().to_dict() == {"control": 5, "calmed": 5}


def test_part_of_the_people_are_the_same_as_among_all():
    # At least for people who are measured together, whoever else belongs to the series.
    whole = measured(CONTROL, range(5), 2, POPULATION)
    part = measured(CONTROL, range(2, 4), 2, POPULATION)
    expected = whole[whole.participant.isin([2, 3])].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, expected)


def test_what_is_measured_has_estimates_and_effort():
    table = measured(CONTROL, range(1), 2, POPULATION)
    assert set(table.columns) == {
        "series", "participant", "trial", "unit", "quantity", "value", "bound", "ok",
    }  # fmt: skip
    effort = table[table.quantity == "effort"]
    assert len(effort) == 1
    assert 0 < effort.value.item() <= 100
    assert "peak_rate" in set(table.quantity)


def test_a_calmed_cord_takes_more_effort():
    control, calm = (measured(s, range(2), 2, POPULATION) for s in (CONTROL, calmed()))
    effort = [t[t.quantity == "effort"].value.mean() for t in (control, calm)]
    assert effort[1] > effort[0]


def test_electrodes_see_fewer_units():
    many = (("muscle", "TA"), ("n_units", 30))
    seen, all_of_them = (
        measured(Series("s", 1, SHORT, many, trials=1, observed=o), range(1), 2, POPULATION)
        for o in (True, False)
    )
    assert seen.unit.nunique() < all_of_them.unit.nunique()


def test_a_failure_in_a_worker_is_told():
    wrong = Series("wrong", 1, SHORT, (("muscle", "no such muscle"),), trials=1)
    with pytest.raises(rs.RenshawError, match="muscle"):
        measure_all([wrong], workers=1)
