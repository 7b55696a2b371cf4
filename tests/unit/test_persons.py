"""Persons from samples of their state."""

import pandas as pd
import pytest

import renshaw as rs
from renshaw.study.persons import persons_from_samples

SAMPLES = pd.DataFrame(
    {"neuromodulation": [0.9, 0.95, 1.0], "inhibition": [1.0, 1.5, 2.0], "peak_drive": 6.0}
)


def test_each_person_is_one_sample_of_a_typical_one():
    typical = rs.Participant(name="Ada", muscle="SOL", age_years=60)
    persons = persons_from_samples(SAMPLES, typical, 3, seed=1)
    states = {(p.neuromodulation, p.inhibition) for p in persons}
    assert states == {(0.9, 1.0), (0.95, 1.5), (1.0, 2.0)}
    assert [p.name for p in persons] == ["Ada 1", "Ada 2", "Ada 3"]
    assert {(p.muscle, p.age_years) for p in persons} == {("SOL", 60.0)}


def test_the_seed_decides_and_more_persons_than_samples_repeat_them():
    typical = rs.Participant()
    assert persons_from_samples(SAMPLES, typical, 7, 2) == persons_from_samples(
        SAMPLES, typical, 7, 2
    )
    drawn = [p.neuromodulation for p in persons_from_samples(SAMPLES, typical, 6, 2)]
    assert sorted(drawn) == [0.9, 0.9, 0.95, 0.95, 1.0, 1.0]


@pytest.mark.parametrize(
    ("table", "n", "says"),
    [
        (SAMPLES, 0, "one at least"),
        (SAMPLES[["peak_drive"]], 2, "says anything of a person"),
        (SAMPLES.assign(inhibition=float("nan")), 2, "missing value"),
    ],
)
def test_what_says_nothing_of_a_person_is_refused(table, n, says):
    with pytest.raises(rs.DataError, match=says):
        persons_from_samples(table, rs.Participant(), n)
