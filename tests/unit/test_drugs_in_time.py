"""Drugs from hour to hour: nothing changes without a time, and the plasma rules with one."""

import numpy as np
import pytest

import renshaw as rs
from renshaw.interventions import INTERVENTIONS
from renshaw.interventions.dose import share_of_studied
from renshaw.model.effects import effect

SOLEUS = rs.Participant(muscle="SOL", n_units=4)
RAMP = rs.Ramp(rise_s=1.0, fall_s=1.0, rest_s=0.2)
DAILY = ("baclofen", "tizanidine")
SINGLE = ("cyproheptadine", "chlorpromazine")


def treatment(name, **settings):
    return INTERVENTIONS[name](**settings).edit(SOLEUS, RAMP)[0].treatment


def strength(name, **settings):
    """Return how much of its effect a drug has, from what it leaves."""
    left = treatment(name, **settings)
    whole = treatment(name)
    field = "afferents" if name in DAILY else "receptors_driven"
    return (1 - getattr(left, field)) / (1 - getattr(whole, field))


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("mg", [10.0, 60.0, 100.0])
def test_without_a_time_baclofen_is_what_it_was(edition, mg):
    """The numbers before drugs had a time."""
    who = SOLEUS.replace(edition=edition)
    share = mg / (mg + 30.0) * (60.0 + 30.0) / 60.0
    lost = {
        "afferents": effect(edition, "baclofen.afferents_lost"),
        "receptors_driven": effect(edition, "baclofen.l_type_lost"),
        "receptors_constitutive": effect(edition, "baclofen.l_type_lost"),
        "largest_drive": effect(edition, "baclofen.drive_lost"),
    }
    before = who.treated(**{name: 1.0 - part * share for name, part in lost.items()})
    for times in (1, 3, 8):
        given = rs.interventions.Baclofen(dose_mg_per_day=mg, times_a_day=times)
        assert given.edit(who, RAMP)[0] == before


@pytest.mark.parametrize("name", SINGLE)
def test_without_a_time_a_single_dose_is_what_it_was(name):
    given = INTERVENTIONS[name]()
    half = studied = given.drug.usual
    lost = effect(SOLEUS.edition, f"{name}.driven_lost")
    for mg in (2.0, 8.0, 20.0):
        share = share_of_studied(mg, half, studied)
        assert treatment(name, dose_mg=mg).receptors_driven == pytest.approx(
            1 - lost * share, abs=2e-12
        )
    assert treatment(name, hours_after_dose=3.0) == treatment(name)


@pytest.mark.parametrize("name", DAILY)
def test_between_doses_the_effect_is_about_that_of_the_mean(name):
    hours = np.linspace(0, 8, 81)[:-1]
    course = np.array([strength(name, hours_after_dose=h) for h in hours])
    # By a curve that flattens, the mean of effects is below the effect of the mean.
    assert 0.8 < course.mean() < 1.0
    assert course.max() > 1.05 and course.min() < 0.85
    assert 0.5 < hours[course.argmax()] < 2.0


@pytest.mark.parametrize("name", DAILY)
def test_more_often_is_steadier(name):
    def swing(times):
        hours = np.linspace(0, 24 / times, 40)
        return np.ptp([strength(name, hours_after_dose=h, times_a_day=times) for h in hours])

    swings = [swing(times) for times in (1, 2, 3, 6)]
    assert swings == sorted(swings, reverse=True)


@pytest.mark.parametrize("name", (*DAILY, *SINGLE))
def test_it_washes_out(name):
    left = [strength(name, hours_after_dose=h) for h in (8.0, 24.0, 72.0, 336.0)]
    assert left == sorted(left, reverse=True)
    assert left[-1] < 1e-6


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_dose_comes_on(name):
    course = [strength(name, hours_after_dose=h) for h in (0.0, 0.25, 0.5, 1.0, 2.0)]
    assert course == sorted(course) and course[0] == 0.0 and course[-1] > 0.3


def test_tizanidine_is_gone_sooner_than_baclofen():
    """The label: its effect passes within 3 to 6 h, while doses come six to eight hours apart."""
    ends = [strength(name, hours_after_dose=6.0) for name in DAILY]
    assert ends[1] < ends[0]
