"""A response that looks like a count, a share or 0/1 is asked about; measurements are not."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.families.suspicion import suspicion


def values(kind, n=120, seed=0):
    rng = np.random.default_rng(seed)
    none = rng.uniform(size=n)
    return {
        "delta_f": np.round(rng.normal(3, 1.5, n), 1),
        "torque": np.where(none < 0.05, 0, np.round(rng.gamma(2, 1, n), 2)),
        "age": np.round(rng.uniform(18, 75, n)),
        "strength": np.round(100 * rng.beta(1.5, 1.5, n)),
        "percent": np.round(100 * rng.beta(1, 8, n)),
        "in steps of 5": 5.0 * rng.integers(0, 21, n),
        "latency": np.round(rng.gamma(2, 150, n)),
        "rate": np.round(rng.normal(12, 3, n)),
        "change": np.round(rng.normal(0, 2, n)),
        "coherence": rng.beta(2, 5, n),
        "spasms": rng.poisson(3 * rng.gamma(1, 1, n)).astype(float),
        "cramps": rng.poisson(1.0, n).astype(float),
        "steps": rng.poisson(10 * rng.gamma(1, 1, n)).astype(float),
        "spasm torque": np.where(none < 0.45, 0, np.round(rng.gamma(2, 1, n), 2)),
        "whole torque": np.where(none < 0.45, 0, np.round(rng.gamma(2, 20, n))),
        "share": np.clip(rng.beta(0.6, 0.8, n), 0.001, 0.999),
        "ashworth": rng.choice(5, n, p=[0.15, 0.25, 0.3, 0.2, 0.1]).astype(float),
    }[kind]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "kind",
    [
        *("delta_f", "torque", "age", "strength", "percent", "in steps of 5", "latency", "rate"),
        *("change", "coherence"),
    ],
)
def test_measurements_are_not_asked_about(kind, seed):
    assert suspicion(kind, values(kind, seed=seed)) is None


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        ("spasms", "negative-binomial"),
        ("cramps", "negative-binomial"),
        ("steps", "negative-binomial"),
        ("spasm torque", "tweedie"),
        ("whole torque", "tweedie"),
        ("share", "beta"),
    ],
)
def test_counts_shares_and_many_zeros_are(kind, family):
    found = suspicion(kind, values(kind))
    assert found.family == family
    assert found.warning
    assert f"--family {family}" in found.words


def test_grades_are_said_to_be_ordered_without_a_warning():
    found = suspicion("ashworth", values("ashworth"))
    assert not found.warning
    assert "ordered scale" in found.words


def table(y):
    n = len(y)
    people = np.repeat([f"P{k:02d}" for k in range(n // 8)], 8)
    return pd.DataFrame(
        {"participant": people, "time": np.tile(["pre", "post"], n // 2), "y": y},
    )


def test_zero_and_one_are_refused_unless_normal_is_said():
    rng = np.random.default_rng(1)
    data = table(rng.integers(0, 2, 120).astype(float))
    with pytest.raises(rs.DataError, match="--family binomial"):
        rs.compare(data, "y ~ time + (1|participant)")
    with pytest.raises(rs.DataError, match="Write them as 0 and 1"):
        rs.compare(data.assign(y=data["y"] + 1), "y ~ time + (1|participant)")
    normal = rs.stats.MixedModelSettings(family="normal", bootstraps=0, sign_flips=0)
    assert rs.compare(data, "y ~ time + (1|participant)", normal).statistics["n"] == 120


def test_the_warning_says_what_the_other_family_finds():
    data = table(values("spasms"))
    settings = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)
    first = rs.compare(data, "y ~ time + (1|participant)", settings).warnings[0]
    assert "looks like a count" in first
    assert "rate ratio" in first
    counted = rs.compare(
        data, "y ~ time + (1|participant)", settings.replace(family="negative-binomial")
    )
    assert not any("looks like" in words for words in counted.warnings)
    ratio = np.exp(counted.fixed_effects["estimate"].iloc[1])
    assert f"{ratio:.3g}"[:4] in first
