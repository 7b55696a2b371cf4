"""Answers of families other than normal: what has the odds, and what leaving people out changes."""

import re

import numpy as np
import pandas as pd
import pytest

import renshaw as rs


def settings(**changes):
    return rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0, **changes)


def visits(people=24, each=6, seed=3):
    """People of two groups, more of one of them well at a visit."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), each)
    treated = who % 2
    eta = rng.normal(0, 2.0, people)[who] - 0.3 + 1.4 * treated
    visit = np.tile(np.arange(each), people)
    well = rng.uniform(size=len(who)) < 1 / (1 + np.exp(-eta - 0.1 * visit))
    return pd.DataFrame(
        {
            "who": [f"P{n:02d}" for n in who],
            "group": np.where(treated, "drug", "placebo"),
            "visit": visit,
            "state": np.where(well, "well", "ill"),
            "attacks": rng.poisson(np.exp(0.4 * eta + 0.5)),
        }
    )


def test_the_outcome_whose_odds_are_told_is_named():
    model = rs.compare(visits(), "state ~ group + visit + (1|who)", settings(family="binomial"))
    group, visit = (each.sentence for each in model.findings())
    assert group.startswith("No clear difference in the odds of state = well: in drug ")
    assert " times those in placebo (" in group
    assert re.match(
        "The odds of state = well are multiplied by |"
        "No clear change in the odds of state = well with visit: multiplied by ",
        visit,
    )


def test_successes_of_trials_are_named_by_their_column():
    table = visits().assign(well=lambda t: (t["state"] == "well").astype(int))
    sums = table.groupby(["who", "group"], as_index=False).agg(
        well=("well", "sum"), visits=("well", "size")
    )
    how = settings(family="binomial", trials="visits")
    model = rs.compare(sums, "well ~ group + (1|who)", how)
    assert re.match(
        "The odds of well in drug are |No clear difference in the odds of well: in drug ",
        model.finding.sentence,
    )
    shares = sums.assign(share=sums["well"] / sums["visits"])
    other = rs.compare(shares, "share ~ group + (1|who)", how)
    assert other.finding.sentence == model.finding.sentence.replace("of well", "of share")
    # One row a person: its random effect is what trials scatter more than chance makes them.
    assert model.answers[0].df == pytest.approx(22)


def test_a_random_effect_for_every_row_is_no_level_of_the_design():
    table = visits().assign(row=range(24 * 6))
    model = rs.compare(table, "attacks ~ group + (1|who) + (1|row)", settings(family="poisson"))
    assert (model.layout.participants, model.layout.people) == ("who", 24)
    assert [each.name for each in model.layout.groupings] == ["who"]
    assert model.answers[0].df == pytest.approx(22)


def test_a_product_of_two_numbers_is_told_as_a_factor_of_rates():
    how = settings(family="poisson")
    table = visits().assign(age=lambda t: 20.0 + t["who"].str[1:].astype(int))
    model = rs.compare(table, "attacks ~ visit * age + (1|who)", how)
    words = model.finding.sentence
    factor = "the factor by which the rate of attacks changes for each unit of visit"
    assert re.match(
        f"T{factor[1:]} is itself multiplied by |"
        f"No clear change in {factor} with age: multiplied by ",
        words,
    )


@pytest.mark.parametrize(
    ("response", "family"), [("state", "binomial"), ("attacks", "negative-binomial")]
)
def test_leaving_people_out_moves_about_the_answer_itself(response, family):
    """Laplace's estimate is not that of the linear model at its end, which leaves people out."""
    table = visits()
    how = settings(family=family)
    model = rs.compare(table, f"{response} ~ group + (1|who)", how)
    found = model.influence
    assert len(found.without) == 24
    values = np.array([each.estimate for each in found.without])
    assert values.min() < found.all_of.estimate < values.max()
    for each in found.without:
        alone = rs.compare(
            table[table["who"] != each.person], model.formula.text, how.replace(structure="written")
        )
        truth = alone.answers[0].estimate
        spread = found.all_of.high - found.all_of.low
        assert each.estimate == pytest.approx(np.log(truth), abs=0.05 * spread)
        if each.refitted:
            assert each.estimate == pytest.approx(np.log(truth), rel=1e-4)
    assert sum(each.refitted for each in found.without) >= 2


def test_people_left_out_anew_keep_the_weights_and_the_groups_residuals():
    rng = np.random.default_rng(5)
    table = visits().assign(y=lambda t: rng.normal(0, np.where(t["group"] == "drug", 3, 1)))
    table["w"] = rng.uniform(0.2, 4, len(table))
    for how in (settings(weights="w"), settings(residual_by="group")):
        model = rs.compare(table, "y ~ group + (1|who)", how)
        anew = [each for each in model.influence.without if each.refitted]
        assert anew
        for each in anew:
            alone = rs.compare(table[table["who"] != each.person], model.formula.text, how)
            assert each.p_value == pytest.approx(alone.answers[0].p_value, rel=1e-3)
