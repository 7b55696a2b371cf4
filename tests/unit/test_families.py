"""Families of responses: densities, Laplace's approximation, and what compare makes of them."""

import math
import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.integrate import quad

import renshaw as rs
from renshaw.statistics.families.densities import density
from renshaw.statistics.families.families import FAMILIES, LINKS, family_of
from renshaw.statistics.fitting.laplace import Laplace
from renshaw.statistics.fitting.reml import RandomBlock

CASES = [
    ("poisson", "default", [0, 1, 5, 30], []),
    ("negative-binomial", "default", [0, 1, 5, 30], [0.3]),
    ("truncated-poisson", "default", [1, 2, 5, 30], []),
    ("truncated-negative-binomial", "default", [1, 2, 5, 30], [0.3]),
    ("gamma", "default", [0.1, 1, 3, 9], [-0.4]),
    ("binomial", "default", [0, 1, 2, 3], []),
    ("binomial", "probit", [0, 1, 2, 3], []),
    ("binomial", "cloglog", [0, 1, 2, 3], []),
    ("beta", "default", [0.1, 0.4, 0.9, 0.99], [1.2]),
    ("tweedie", "default", [0, 0.3, 1, 9], [0.2, 0.3]),
]


def settings(**how):
    return rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0, **how)


def made(name, y, link="default"):
    y = np.array(y, dtype=float)
    trials = np.full(len(y), 4.0) if name == "binomial" else None
    return density(family_of(name, link), y, trials)


@pytest.mark.parametrize(("name", "link", "y", "free"), CASES)
def test_derivatives_are_those_of_the_density(name, link, y, free):
    found, free, step = made(name, y, link), np.array(free), 1e-5
    for eta in (np.array([-2, -0.5, 0.7, 2.0]), np.array([1.5, 1.0, -3.0, 0.0])):
        down, here, up = (found.at(eta + side, free) for side in (-step, 0.0, step))
        for n in range(3):
            slope = (np.asarray(up[n]) - np.asarray(down[n])) / (2 * step)
            np.testing.assert_allclose(slope, here[n + 1], rtol=1e-5, atol=1e-6)


def test_densities_are_those_of_scipy():
    eta, mu = np.array([0.7]), math.exp(0.7)

    def log(name, y, free=(), link="default"):
        return float(made(name, [y], link).at(eta, np.array(free, dtype=float)).log[0])

    size = math.exp(0.3)
    assert log("poisson", 5) == pytest.approx(stats.poisson.logpmf(5, mu))
    nb = stats.nbinom(size, size / (size + mu))
    assert log("negative-binomial", 5, [0.3]) == pytest.approx(nb.logpmf(5))
    assert log("truncated-negative-binomial", 5, [0.3]) == pytest.approx(
        nb.logpmf(5) - math.log1p(-nb.pmf(0))
    )
    chance = LINKS["probit"].inverse(eta)[0]
    assert log("binomial", 3, link="probit") == pytest.approx(stats.binom.logpmf(3, 4, chance))
    shape = math.exp(0.8)
    assert log("gamma", 2, [-0.4]) == pytest.approx(stats.gamma.logpdf(2, shape, 0, mu / shape))


def test_tweedie_is_a_distribution_with_the_mean_it_says():
    free, eta = np.array([0.2, 0.3]), np.array([0.4])

    def density_at(value):
        return float(np.exp(made("tweedie", [value]).at(eta, free).log[0]))

    total = density_at(0.0) + quad(density_at, 1e-9, 80, limit=300)[0]
    mean = quad(lambda value: value * density_at(value), 1e-9, 80, limit=300)[0]
    assert total == pytest.approx(1, abs=1e-6)
    assert mean == pytest.approx(math.exp(0.4), abs=1e-5)


@pytest.mark.parametrize(("name", "link", "y", "free"), CASES)
def test_draws_have_the_mean_they_should(name, link, y, free):
    n = 40_000
    start = np.full(n, 0.5) if name == "beta" else np.ones(n)
    found, eta, free = made(name, start, link), np.full(n, 0.4), np.array(free)
    drawn = found.draw(eta, free, np.random.default_rng(1))
    error = drawn.std() / math.sqrt(n)
    assert abs(drawn.mean() - found.mean(eta, free)[0]) < 4 * error


def test_an_inverse_link_is_the_inverse_and_has_its_slope():
    for name, link in LINKS.items():
        mean = np.array([0.2, 0.5, 0.9])
        eta = link.forward(mean)
        np.testing.assert_allclose(link.inverse(eta), mean, err_msg=name)
        slope = (link.inverse(eta + 1e-6) - link.inverse(eta - 1e-6)) / 2e-6
        np.testing.assert_allclose(link.slope(eta), slope, rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("name", [n for n in FAMILIES if not family_of(n).normal])
def test_the_slope_of_the_likelihood_is_exact(name):
    rng = np.random.default_rng(1)
    n, free = (
        120,
        np.array({"tweedie": [0.1, 0.2]}.get(name, [0.5] * len(family_of(name).dispersion))),
    )
    who, unit, x = np.repeat(np.arange(12), 10), np.arange(n) // 5, np.tile([0.0, 1.0], 60)
    X = np.column_stack([np.ones(n), x])
    eta = 0.5 + 0.4 * x + 0.6 * rng.normal(size=12)[who]
    y = density(family_of(name), np.full(n, 0.5)).draw(eta, free, rng)
    y = np.clip(y, 1e-3, 1 - 1e-3) if name == "beta" else y
    blocks = [RandomBlock.of(X, who, 12), RandomBlock.of(np.ones((n, 1)), unit, 24)]
    model = Laplace(X, blocks, density(family_of(name), y))
    parameters = np.concatenate([[0.4, 0.3], [0.5, 0.1, 0.3, 0.25], free])
    slope = model.value_and_slope(parameters)[1]
    for k in range(len(parameters)):
        nudge = np.eye(len(parameters))[k] * 1e-4
        expected = (model.value(parameters + nudge) - model.value(parameters - nudge)) / 2e-4
        assert slope[k] == pytest.approx(expected, rel=1e-5, abs=1e-4)


def test_laplace_is_close_to_the_integral_over_the_random_effect():
    rng = np.random.default_rng(5)
    who = np.repeat(np.arange(6), 20)
    y = rng.poisson(np.exp(1 + 0.5 * rng.normal(size=6)[who])).astype(float)
    block = RandomBlock.of(np.ones((120, 1)), who, 6)
    model = Laplace(np.ones((120, 1)), [block], density(family_of("poisson"), y))
    intercept, spread = 1.1, 0.4
    gamma = model.R[0, 0] * intercept
    log, u = 0.0, np.linspace(-8, 8, 4001)
    for person in range(6):
        rate = np.exp(intercept + spread * u)
        each = stats.poisson.logpmf(y[who == person][:, None], rate).sum(axis=0)
        log += math.log((np.exp(each) * stats.norm.pdf(u)).sum() * (u[1] - u[0]))
    assert model.value(np.array([gamma, spread])) == pytest.approx(-log, abs=0.01)


# -- compare ----------------------------------------------------------------------------------


def spasms(seed=3, people=15, days=6, effect=-0.5):
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(people):
        level = rng.normal(0, 0.7)
        for condition in ("sham", "tens"):
            response = rng.normal(0, 0.3) + effect * (condition == "tens")
            for _ in range(days):
                hours = int(rng.integers(1, 4))
                rate = math.exp(1 + level + response)
                count = rng.poisson(rate * hours * rng.gamma(1.5, 1 / 1.5))
                some = rng.uniform() < 1 / (1 + math.exp(-level - response))
                torque = round(float(rng.gamma(2, math.exp(level + response))), 3) if some else 0.0
                hits = rng.binomial(10, 1 / (1 + math.exp(-level)))
                rows.append((f"P{p:02d}", condition, hours, count, int(some), torque, hits, 10))
    names = ["participant", "condition", "hours", "spasms", "any", "torque", "hits", "trials"]
    return pd.DataFrame(rows, columns=names)


FORMULA = "spasms ~ condition + offset(log(hours)) + (1|participant/condition)"


def test_counts_are_compared_by_rate_ratios():
    model = rs.compare(spasms(), FORMULA, settings(family="negative-binomial"))
    answer = model.answers[0]
    assert answer.scale == "rate ratio"
    effect = model.fixed_effects.set_index("term").loc["conditiontens"]
    assert answer.estimate == pytest.approx(math.exp(effect["estimate"]))
    assert effect["df"] == 14  # of 15 people
    assert model.statistics["size"] == pytest.approx(1.5, rel=0.5)
    # The rate of one hour, of a typical person; people who differ have a higher mean.
    means = model.marginal_means.set_index("level")
    first = model.fixed_effects["estimate"].iloc[0]
    assert means.loc["sham", "response"] == pytest.approx(math.exp(first))
    assert means.loc["sham", "population"] > means.loc["sham", "response"]
    assert means.loc["sham", "response_low"] < means.loc["sham", "response"]


def test_a_poisson_fit_of_what_scatters_more_is_warned_of():
    model = rs.compare(spasms(), FORMULA, settings(family="poisson"))
    words = " ".join(model.warnings)
    assert "overdispersion" in words
    assert "--family negative-binomial" in words
    other = rs.compare(spasms(), FORMULA, settings(family="negative-binomial"))
    assert "overdispersion" not in " ".join(other.warnings)


def test_poisson_counts_are_not_said_to_scatter_more():
    wrong = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        table = spasms(seed)
        level = 0.5 * rng.normal(size=15).repeat(12)
        table["spasms"] = rng.poisson(np.exp(1 + level))
        formula = "spasms ~ condition + (1|participant)"
        words = " ".join(rs.compare(table, formula, settings(family="poisson")).warnings)
        wrong += "overdispersion" in words or "Too many zeros" in words
    assert wrong <= 1


def test_trials_are_successes_or_their_share():
    table = spasms().assign(share=lambda t: t["hits"] / t["trials"])
    formula = "~ condition + (1|participant)"
    by_count = rs.compare(table, f"hits {formula}", settings(trials="trials"))
    by_share = rs.compare(table, f"share {formula}", settings(trials="trials"))
    bound = rs.compare(table, f"cbind(hits, trials - hits) {formula}", settings())
    for other in (by_share, bound):
        np.testing.assert_allclose(
            other.fixed_effects["estimate"], by_count.fixed_effects["estimate"]
        )
    assert by_count.answers[0].scale == "odds ratio"
    assert by_count.marginal_means["response"].between(0, 1).all()


def test_outcomes_in_words_are_two():
    table = spasms().assign(answer=lambda t: np.where(t["any"] == 1, "yes", "no"))
    numbers = rs.compare(table, "any ~ condition + (1|participant)", settings(family="binomial"))
    words = rs.compare(table, "answer ~ condition + (1|participant)", settings(family="binomial"))
    np.testing.assert_allclose(numbers.fixed_effects["estimate"], words.fixed_effects["estimate"])
    assert any("answer = yes" in each.words for each in words.remarks)


def test_a_log_normal_model_is_that_of_the_logarithm():
    table = spasms()
    table = table[table["torque"] > 0]
    formula = "torque ~ condition + (1|participant)"
    one = rs.compare(table, formula, settings(family="log-normal"))
    other = rs.compare(table, f"log({formula.replace(' ~', ') ~', 1)}", settings())
    np.testing.assert_allclose(one.fixed_effects["estimate"], other.fixed_effects["estimate"])
    np.testing.assert_allclose(one.fixed_effects["df"], other.fixed_effects["df"])
    assert one.answers[0].scale == "ratio"


def test_a_hurdle_is_two_models_and_their_product():
    table = spasms()
    formula = "torque ~ condition + (1|participant)"
    model = rs.compare(table, formula, settings(family="hurdle-gamma"))
    some = table.assign(some=(table["torque"] > 0) * 1)
    first = rs.compare(some, "some ~ condition + (1|participant)", settings(family="binomial"))
    second = rs.compare(table[table["torque"] > 0], formula, settings(family="gamma"))
    np.testing.assert_allclose(
        model.zero_part.fixed_effects["estimate"], first.fixed_effects["estimate"]
    )
    np.testing.assert_allclose(model.fixed_effects["estimate"], second.fixed_effects["estimate"])
    means = model.overall.means
    np.testing.assert_allclose(means["mean"], means["any"] * means["amount"])
    ratio = model.overall.ratios.iloc[0]
    assert ratio["ratio"] == pytest.approx(means["mean"].iloc[1] / means["mean"].iloc[0])
    assert ratio["ci_low"] < ratio["ratio"] < ratio["ci_high"]
    findings = model.findings()
    assert "zeros included" in findings[0].sentence
    assert any(each.sentence.startswith("Where there is any") for each in findings)


@pytest.mark.parametrize(
    ("formula", "how", "words"),
    [
        ("torque ~ condition", {"family": "poisson"}, r"for counts, and torque is .* in row"),
        ("torque ~ condition", {"family": "gamma"}, "above 0, and torque is 0 in row"),
        ("spasms ~ condition", {"family": "tweedie", "link": "logit"}, "no link 'logit'"),
        ("spasms ~ condition", {"family": "binomial"}, "cbind"),
        ("cbind(hits, trials - hits) ~ condition", {"family": "poisson"}, "binomial"),
        ("hits ~ condition", {"trials": "shots"}, "no column 'shots'"),
        ("hits ~ condition", {"family": "beta"}, "above 0 and below 1"),
        ("hours ~ condition", {"family": "hurdle-gamma"}, "No value of hours is 0"),
        (
            "spasms ~ condition + offset(log(hours))",
            {"family": "hurdle-poisson"},
            "takes no offset",
        ),
    ],
)
def test_what_a_family_can_not_have_is_refused_with_what_to_do(formula, how, words):
    with pytest.raises(rs.RenshawError, match=words):
        rs.compare(spasms(), formula, settings(**how))


def test_a_level_without_any_has_no_ratio():
    table = spasms()
    table.loc[table["condition"] == "tens", "spasms"] = 0
    with pytest.raises(rs.DataError, match="where condition is tens"):
        rs.compare(table, "spasms ~ condition + (1|participant)", settings(family="poisson"))


def test_outcomes_that_people_alone_decide_are_no_endless_search():
    rng = np.random.default_rng(0)
    people = np.repeat([f"P{n}" for n in range(12)], 10)
    y = (np.repeat(np.arange(12), 10) % 2).astype(float)
    y[:2] = 1.0, 1.0
    table = pd.DataFrame({"participant": people, "x": rng.normal(size=120), "y": y})
    start = time.perf_counter()
    with pytest.raises(rs.DataError, match="variance has no end"):
        rs.compare(table, "y ~ x + (1|participant)", settings(family="binomial"))
    assert time.perf_counter() - start < 20


def test_too_few_events_are_warned_of():
    table = spasms().assign(rare=0)
    table.loc[[3, 40, 90, 130], "rare"] = 1
    model = rs.compare(table, "rare ~ condition + (1|participant)", settings(family="binomial"))
    assert any("occurs 4 times in 180" in words for words in model.warnings)
    model = rs.compare(table, "any ~ condition + (1|participant)", settings(family="binomial"))
    assert not any("occurs" in words for words in model.warnings)


def test_means_of_a_normal_model_are_left_as_they_are():
    table = spasms()
    model = rs.compare(table, "torque ~ condition + (1|participant)", settings(family="normal"))
    assert "response" not in model.marginal_means


def test_counts_may_scatter_by_an_effect_of_every_row():
    rng = np.random.default_rng(8)
    who = np.repeat(np.arange(20), 15)
    own, row = rng.normal(0, 0.5, 20)[who], rng.normal(0, 0.6, 300)
    table = pd.DataFrame(
        {"who": [f"P{n}" for n in who], "row": range(300), "x": rng.normal(size=300)}
    )
    table["y"] = rng.poisson(np.exp(1.0 + 0.3 * table["x"] + own + row))
    how = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0, family="poisson")
    model = rs.compare(table, "y ~ x + (1|who) + (1|row)", how)
    spread = model.variance_components.set_index("group")["std_dev"]
    assert spread["row"] == pytest.approx(0.6, abs=0.12)
    assert model.layout.participants == "who" and len(model.layout.groupings) == 1
    table["n"] = 12
    table["some"] = rng.binomial(12, 1 / (1 + np.exp(-own - row)))
    shares = rs.compare(
        table, "some ~ x + (1|who) + (1|row)", how.replace(family="binomial", trials="n")
    )
    spread = shares.variance_components.set_index("group")["std_dev"]
    assert spread["row"] == pytest.approx(0.6, abs=0.2)


@pytest.mark.parametrize("family", ["normal", "negative-binomial", "binomial"])
def test_an_effect_of_every_row_is_refused_where_the_family_has_it_already(family):
    rng = np.random.default_rng(8)
    table = pd.DataFrame({"who": np.repeat(range(12), 6), "row": range(72)})
    table["y"] = rng.binomial(1, 0.5, 72) if family == "binomial" else rng.poisson(3, 72)
    how = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0, family=family)
    with pytest.raises(rs.DataError, match="can't be told from the residuals"):
        rs.compare(table, "y ~ 1 + (1|who) + (1|row)", how)
