"""One battery for every intervention: it commutes, does nothing at zero, and says what it is."""

from __future__ import annotations

import itertools
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import renshaw as rs
from renshaw.interventions import CERTAINTIES, INTERVENTIONS, drugs
from renshaw.study.study_file import plan_from_toml

NAMES = list(INTERVENTIONS)
PEOPLE = {
    "healthy TA": rs.Participant(n_units=5),
    "older soleus": rs.Participant(n_units=5, muscle="SOL", age_years=70),
    "complete injury": rs.Participant(n_units=5, condition="spinal-cord-injury", severity=1.0),
    "stroke": rs.Participant(n_units=5, muscle="GM", condition="stroke"),
    "treated before": rs.Participant(n_units=5, trained_weeks=3.3).treated(monoamines=0.98),
}
RAMP = rs.Ramp(rise_s=1.0, fall_s=1.0, rest_s=0.2)
TIMES_s = np.arange(0.0, RAMP.duration_s, 0.0004)
# Which setting is the dose, and another value of it that is allowed.
DOSES = {
    "reciprocal-inhibition": ("intensity_xmt", 1.3),
    "antagonist-vibration": ("amplitude_mm", 0.4),
    "relaxation": ("depth", 0.9),
    "remote-handgrip": ("effort_pct_mvc", 15.0),
    "spinal-stimulation": ("minutes", 45.0),
    "stretch": ("minutes", 3.0),
    "fatigue": ("lost_pct_mvc", 20.0),
    "resistance-training": ("weeks", 4.1),
}
# A drug says itself which setting is its dose.
DOSES |= {name: (kind.drug.dose, 0.6 * kind.drug.usual) for name, kind in drugs().items()}


def edited(person, protocol, *interventions):
    for each in interventions:
        person, protocol = each.edit(person, protocol)
    return person, protocol


def same(one, other):
    """Return whether two edits are equal to the last bit, and what arrives as well."""
    if one != other or one[0].pool.fingerprint() != other[0].pool.fingerprint():
        return False
    arrived = [protocol.arrivals(TIMES_s, who.cord, who.pool) for who, protocol in (one, other)]
    return all(
        np.array_equal(a, b) for a, b in zip(*(vars(x).values() for x in arrived), strict=True)
    )


def test_every_intervention_has_a_dose_here():
    assert set(DOSES) == set(NAMES)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", NAMES)
def test_a_dose_of_nothing_changes_nothing(name, who):
    nothing = INTERVENTIONS[name](**{DOSES[name][0]: 0.0})
    assert nothing.edit(PEOPLE[who], RAMP) == (PEOPLE[who], RAMP)


@pytest.mark.parametrize("name", NAMES)
def test_a_dose_changes_something_and_half_of_it_something_else(name):
    kind, (option, dose) = INTERVENTIONS[name], DOSES[name]
    person = PEOPLE["older soleus"]
    once = edited(person, RAMP, kind(**{option: dose / 2}))
    twice = edited(person, RAMP, kind(**{option: dose}))
    assert once != (person, RAMP)
    assert twice != once


@pytest.mark.parametrize("pair", list(itertools.combinations_with_replacement(NAMES, 2)))
def test_two_interventions_act_alike_in_either_order(pair):
    first, second = (INTERVENTIONS[n](**{DOSES[n][0]: DOSES[n][1]}) for n in pair)
    person = PEOPLE["treated before"]
    assert same(edited(person, RAMP, first, second), edited(person, RAMP, second, first))


@settings(max_examples=40, deadline=None)
@given(
    chosen=st.lists(
        st.tuples(st.sampled_from(NAMES), st.floats(0.05, 1.0)), min_size=2, max_size=6
    ),
    shuffle=st.randoms(use_true_random=False),
    who=st.sampled_from(list(PEOPLE)),
)
def test_any_number_of_interventions_in_any_order(chosen, shuffle, who):
    given_ = [INTERVENTIONS[n](**{DOSES[n][0]: share * DOSES[n][1]}) for n, share in chosen]
    shuffled = list(given_)
    shuffle.shuffle(shuffled)
    assert same(edited(PEOPLE[who], RAMP, *given_), edited(PEOPLE[who], RAMP, *shuffled))


@pytest.mark.parametrize("name", NAMES)
def test_an_edit_is_pure(name):
    made = INTERVENTIONS[name]()
    person, ramp = PEOPLE["stroke"], RAMP
    before = (person.as_python(), ramp.as_python(), made.as_python())
    assert made.edit(person, ramp) == made.edit(person, ramp)
    assert (person.as_python(), ramp.as_python(), made.as_python()) == before


@pytest.mark.parametrize("name", NAMES)
def test_the_task_stays_the_task(name):
    _, protocol = INTERVENTIONS[name]().edit(PEOPLE["healthy TA"], RAMP)
    assert protocol.duration_s == RAMP.duration_s
    assert protocol.tracks_torque
    assert protocol.highest_effort_pct_mvc == RAMP.highest_effort_pct_mvc
    np.testing.assert_array_equal(
        protocol.effort_pct_mvc(TIMES_s[::50]), RAMP.effort_pct_mvc(TIMES_s[::50])
    )
    assert set(RAMP.events()) <= set(protocol.events())


@pytest.mark.parametrize("name", NAMES)
def test_what_arrives_is_finite_and_never_negative(name):
    who, protocol = INTERVENTIONS[name]().edit(PEOPLE["healthy TA"], RAMP)
    arrived = protocol.arrivals(TIMES_s, who.cord, who.pool)
    for field, values in vars(arrived).items():
        assert np.all(np.isfinite(values)), field
        assert values.min() >= 0, field


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_rests_on(name):
    kind = INTERVENTIONS[name]
    assert kind.name == name
    assert kind.mechanism.endswith(".") and len(kind.mechanism) > 40
    assert kind.certainty in CERTAINTIES
    assert kind.source
    assert kind.fitted or kind.assumed
    assert all(sentence.endswith(".") for sentence in kind().assumptions())
    if not kind.fitted:
        assert "assum" in " ".join(kind.assumed)


@pytest.mark.parametrize("name", NAMES)
def test_its_settings_have_help_and_a_unit_or_none_by_nature(name):
    without = {"depth", "strength", "late_inhibition"}
    for info in INTERVENTIONS[name].describe():
        assert info.help
        if info.choices:
            continue
        assert info.unit or info.name in without, info.name
        assert info.ge is not None or info.gt is not None, info.name


@pytest.mark.parametrize("name", NAMES)
def test_it_survives_mappings_toml_python_and_its_short_name(name):
    made = INTERVENTIONS[name](**{DOSES[name][0]: DOSES[name][1]})
    assert type(made).from_mapping(made.to_mapping()) == made
    assert rs.interventions.intervention(made.as_text()) == made
    assert eval(made.as_python(), {"rs": rs}) == made
    text = f'[[conditions]]\nname = "a"\ngiven = ["{made.as_text()}"]\n'
    text += f'[[conditions]]\nname = "b"\ngiven = [{{ kind = "{name}" }}]\n'
    plan = plan_from_toml(text, "here")
    assert [each.given for each in plan.arms[0].conditions] == [(made,), (type(made)(),)]
    written = rs.study.plan_to_toml(plan)
    assert plan_from_toml(written, "again") == plan
    assert tomllib.loads(written)["arms"][0]["conditions"][0]["given"][0]["kind"] == name


def test_the_table_has_a_row_for_each():
    table = rs.interventions.interventions_table()
    assert list(table["name"]) == NAMES
    assert (table[["mechanism", "settings", "certainty", "assumed", "source"]] != "").all().all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("relaxtion", "Did you mean 'relaxation'"),
        ("relaxation:deep=1", "relaxation has no setting 'deep'. Did you mean 'depth'"),
        ("relaxation:depth", "depth needs a value, e.g. depth=0.5"),
        ("relaxation:depth=", "depth needs a value"),
        ("relaxation:depth=lots", "depth = 'lots' must be a number"),
        ("relaxation:depth=2", "must be from 0 to 1"),
        ("relaxation:depth=nan", "finite"),
        ("relaxation:depth=0.2,depth=0.3", "given twice"),
        ("reciprocal-inhibition:stop_s=later", "stop_s = 'later' must be a number"),
        ("", "There is no intervention ''"),
    ],
)
def test_a_wrong_name_or_setting_is_explained(text, words):
    with pytest.raises(rs.SettingsError, match=words):
        rs.interventions.intervention(text)


def test_short_names_are_lenient_about_spaces_and_dashes():
    wanted = rs.ReciprocalInhibition(frequency_hz=50, stop_s=None)
    assert (
        rs.interventions.intervention(" reciprocal-inhibition : frequency-hz = 50, stop_s=none,")
        == wanted
    )
