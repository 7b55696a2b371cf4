"""One population: whoever draws virtual people draws them from the same one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import DataError, SettingsError
from renshaw.model.editions import DEFAULT_EDITION, TRAINED_EDITION
from renshaw.model.participant import Participant
from renshaw.optimization.folder import cohort_like
from renshaw.optimization.goal import Goal
from renshaw.optimization.goal_file import built_in_goal
from renshaw.optimization.people import people_of as sought_for
from renshaw.study.cohort import CohortSettings, draw_cohort, in_session
from renshaw.study.laboratory import Series, people_of
from renshaw.study.population import Population, population_of
from renshaw.study.study_file import built_in_plan

MANY = 3000
POPULATION = population_of(DEFAULT_EDITION)


def differences(people: Sequence[Participant]) -> np.ndarray:
    """Means and standard deviations of what people differ in."""
    told = np.array(
        [
            (who.neuromodulation, who.inhibition, np.log(who.ahp_scale), np.log(who.afferents))
            for who in people
        ]
    )
    return np.array([told.mean(axis=0), told.std(axis=0)])


def test_studies_plans_and_designs_declare_the_population_of_validation():
    assert CohortSettings().population == POPULATION
    for goal in (Goal(), built_in_goal()):
        assert goal.cohort.population == population_of(TRAINED_EDITION)
    cohorts = [arm.cohort for arm in built_in_plan().arms]
    assert cohorts and all(cohort.population == POPULATION for cohort in cohorts)


def test_a_study_and_validation_draw_people_alike():
    settings = CohortSettings(participants=MANY)
    # In validation whoever comes comes on some day.
    study = [in_session(who, settings, 1, 1) for who in draw_cohort(settings, seed=1)]
    validation = people_of(Series("s", MANY, rs.Ramp(), (("muscle", "TA"),)), 2, POPULATION)
    tolerances = 4 * np.array(
        [POPULATION.neuromodulation, POPULATION.inhibition, POPULATION.ahp, POPULATION.afferents]
    )
    off = np.abs(differences(study) - differences(validation))
    assert (off < tolerances * np.sqrt(2 / MANY)).all()


def test_another_session_is_as_far_away_in_a_study_as_in_validation():
    settings = CohortSettings(participants=MANY)
    moved = [
        in_session(who, settings, 1, 2).neuromodulation - who.neuromodulation
        for who in draw_cohort(settings, seed=1)
    ]
    first, second = (
        people_of(Series("s", MANY, rs.Ramp(), session=session, group="g"), 2, POPULATION)
        for session in (1, 2)
    )
    both = [b.neuromodulation - a.neuromodulation for a, b in zip(first, second, strict=True)]
    assert np.std(moved) == pytest.approx(POPULATION.session, rel=0.06)
    # These are between two sessions, either of which is a draw.
    assert np.std(both) == pytest.approx(POPULATION.session * np.sqrt(2), rel=0.06)


def test_a_person_is_moved_by_her_deviates_and_by_nothing_else():
    spread = Population(neuromodulation=0.1, inhibition=0.2, ahp=0.3, afferents=0.4, session=0.5)
    usual = Participant(muscle="TA")
    assert spread.person(usual, (0, 0, 0, 0)) == usual
    moved = spread.person(usual, (1, -1, 2, -2), 1)
    assert moved.neuromodulation == pytest.approx(usual.neuromodulation + 0.6)
    assert moved.inhibition == pytest.approx(usual.inhibition - 0.2)
    assert moved.ahp_scale == pytest.approx(usual.ahp_scale * np.exp(0.6))
    assert moved.afferents == pytest.approx(usual.afferents * np.exp(-0.8))
    assert spread.in_session(usual, 1).neuromodulation == usual.neuromodulation + 0.5
    assert spread.person(usual, (-99, -99, 0, 0)).inhibition == 0.0


@pytest.mark.parametrize("edition", [1, 2])
def test_a_cohort_is_of_an_edition_and_healthy_as_that_edition_says(edition):
    cohort = CohortSettings(edition=edition, neuromodulation_sd=0.0)
    typical = Participant(edition=edition)
    assert cohort.neuromodulation == typical.neuromodulation
    for who in draw_cohort(cohort, seed=1):
        assert (who.edition, who.neuromodulation) == (edition, typical.neuromodulation)


def test_therapies_are_sought_on_the_edition_on_which_cords_are_inferred():
    goal = built_in_goal()
    people = sought_for(goal.replace(people=3, few=2, held_out=4, sleepers=0))
    assert {who.edition for who in (*people.search, *people.held_out)} == {TRAINED_EDITION}
    with pytest.raises(SettingsError, match="edition = 1"):
        goal.replace(cohort=goal.cohort.replace(edition=2))
    with pytest.raises(DataError, match="persons of edition 1"):
        sought_for(goal, tuple(Participant(edition=2, name=str(k)) for k in range(8)))
    alike = [Participant(edition=1, age_years=age) for age in (30.0, 40.0)]
    assert cohort_like(alike).edition == 1
