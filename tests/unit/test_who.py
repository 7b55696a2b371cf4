"""What those who were measured are called."""

import pytest

from renshaw.statistics.structure.who import who_are


@pytest.mark.parametrize(
    "column", ["participant", "subj_id", "Subject", "id", "patientNr", "record_id", "who", "name"]
)
def test_columns_that_name_people(column):
    assert who_are([column]).of(12) == "12 people"


@pytest.mark.parametrize("column", ["batch", "Rail", "school", "litter_id", "block", "herd", "mu"])
def test_columns_that_do_not(column):
    who = who_are([column])
    assert (who.are_people, who.of(1), who.of(2)) == (
        False,
        f"1 level of {column}",
        f"2 levels of {column}",
    )


def test_nobody_and_columns_together():
    assert who_are([]).many == "people"
    assert who_are(["group", "subject"]).many == "people"
    assert who_are(["recipe", "replicate"]).many == "levels of recipe:replicate"
