"""Persons from samples of their state."""

import pandas as pd
import pytest

import renshaw as rs
from renshaw.model.effects import effect
from renshaw.study.persons import in_condition, persons_from_samples

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


@pytest.mark.parametrize("condition", ["spinal-cord-injury", "multiple-sclerosis", "stroke"])
def test_a_condition_explains_what_was_inferred_and_does_not_add_to_it(condition):
    who = rs.Participant(neuromodulation=1.06, inhibition=0.8)
    ill = in_condition(who, condition, 0.6)
    assert (ill.condition, ill.severity) == (condition, 0.6)
    assert ill.cord.neuromodulation_at(20) == pytest.approx(who.cord.neuromodulation_at(20))
    # A ramp does not tell the level of inhibition: the condition weakens it as in anyone.
    assert ill.cord.inhibition == pytest.approx(
        who.replace(condition=condition, severity=0.6).cord.inhibition
    )
    assert ill.cord.reciprocal_gain < who.cord.reciprocal_gain
    assert ill.cord.afferent_decay_s > who.cord.afferent_decay_s


def test_where_a_condition_makes_more_than_was_inferred_it_stays_at_that():
    who = rs.Participant(neuromodulation=0.8)
    complete = in_condition(who, "spinal-cord-injury", 1.0)
    assert complete.cord.monoaminergic == 0
    constant = effect(who.edition, "spinal_cord_injury.constitutive")
    assert complete.cord.constitutive == pytest.approx(constant)
    severe = in_condition(who, "spinal-cord-injury", 0.75)
    assert severe.neuromodulation == 0 and severe.cord.neuromodulation_at(20) > 0.8


def test_no_condition_changes_nothing():
    who = rs.Participant(neuromodulation=0.97, inhibition=1.2)
    same = in_condition(who, "healthy", 0.5)
    assert same.cord.neuromodulation_at(20) == pytest.approx(0.97)
    assert same.inhibition == pytest.approx(1.2)
