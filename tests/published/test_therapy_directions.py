"""Directions that a design must not miss: inhibition shortens spasms, two treatments do more.

That antagonist stimulation and inverse agonists calm is measured in people (D1, PMC3602940); that
together they do more at the same force is the prediction that a design is made of.
"""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.experiment.maximal import MaximalEffort
from renshaw.model.editions import TRAINED_EDITION
from renshaw.optimization.measuring import Job, measured
from renshaw.study.cohort import CohortSettings, draw_cohort

PEOPLE = draw_cohort(
    CohortSettings(
        edition=TRAINED_EDITION,
        participants=5,
        muscle="SOL",
        n_units=16,
        condition="spinal-cord-injury",
        severity=0.75,
        afferents_sd=0.1,
    ),
    seed=11,
)
STIMULATION = "reciprocal-inhibition:frequency_hz=80,intensity_xmt=1.1,timing=triggered"
DRUG = "cyproheptadine:dose_mg=1"


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]]:
    """Burden and force of each person, by what is given."""
    numbers = {}
    for given in ((), (STIMULATION,), (DRUG,), (STIMULATION, DRUG)):
        edits = tuple(rs.interventions.intervention(words) for words in given)
        seeds = tuple(range(len(PEOPLE)))
        spasms = measured(Job(rs.SpasmTest(watched_s=20.0), edits, PEOPLE, seeds))
        drugs = tuple(each for each in edits if each.name != "reciprocal-inhibition")
        forces = measured(Job(MaximalEffort(), drugs, PEOPLE, seeds))
        numbers[given] = (
            np.array([each["burden"] for each in spasms]),
            np.array([each["force_pct"] for each in forces]),
        )
    return numbers


def test_each_treatment_lessens_the_burden(found) -> None:
    untreated = found[()][0]
    assert (untreated > 5).all()
    for given in ((STIMULATION,), (DRUG,)):
        assert np.mean(found[given][0] < untreated) >= 0.8
        assert found[given][0].mean() < 0.95 * untreated.mean()


def test_both_lessen_it_more_than_either_at_the_force_of_the_drug(found) -> None:
    both = found[STIMULATION, DRUG]
    for given in ((STIMULATION,), (DRUG,)):
        assert both[0].mean() < 0.95 * found[given][0].mean()
    np.testing.assert_allclose(both[1], found[DRUG,][1])
