"""One population: whoever draws virtual people draws them from the same one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import renshaw as rs
from renshaw.model.participant import Participant
from renshaw.optimization.goal import Goal
from renshaw.optimization.goal_file import built_in_goal
from renshaw.study.cohort import CohortSettings, draw_cohort, in_session
from renshaw.study.laboratory import Series, people_of
from renshaw.study.population import POPULATION, Population
from renshaw.study.study_file import built_in_plan

MANY = 3000


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
    assert Goal().cohort.population == POPULATION
    assert built_in_goal().cohort.population == POPULATION
    cohorts = [arm.cohort for arm in built_in_plan().arms]
    assert cohorts and all(cohort.population == POPULATION for cohort in cohorts)


def test_a_study_and_validation_draw_people_alike():
    study = draw_cohort(CohortSettings(participants=MANY), seed=1)
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
