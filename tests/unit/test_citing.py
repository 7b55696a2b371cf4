"""A model cites what it rests on: its method, its family, its tests, and nothing else."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.core.citations import citation
from renshaw.stats import MixedModelSettings

LINEAR = ("Bates", "Kuznetsova")
GENERALIZED = ("Bolker BM", "glmmTMB")


def table():
    rng = np.random.default_rng(1)
    who, post = np.repeat(np.arange(10), 6), np.tile([0, 1], 30)
    mean = np.exp(1 + 0.4 * rng.normal(size=10)[who] - 0.3 * post)
    return pd.DataFrame(
        {
            "who": [f"P{each}" for each in who],
            "time": np.where(post, "post", "pre"),
            "count": rng.poisson(mean),
            "amount": rng.gamma(4, mean / 4),
            "part": rng.beta(4, 4, size=60),
            "some": rng.gamma(4, mean / 4) * (rng.random(60) < 0.8),
        }
    )


def cited(formula, **changes):
    given = {"bootstraps": 0, "sign_flips": 0} | changes
    model = rs.compare(table(), formula, MixedModelSettings(**given))
    return " ".join(model.history.citations())


@pytest.mark.parametrize(
    ("formula", "changes", "there", "absent"),
    [
        ("amount ~ time + (1|who)", {}, LINEAR, (*GENERALIZED, "Hemerik")),
        ("amount ~ time + (1|who)", {"sign_flips": 99}, ("Hemerik",), GENERALIZED),
        ("amount ~ time + (1|who)", {"df": "kenward-roger"}, ("Kenward",), ()),
        ("amount ~ time + (1|who)", {"family": "log-normal"}, LINEAR, GENERALIZED),
        ("count ~ time + (1|who)", {"family": "poisson"}, GENERALIZED, LINEAR),
        ("amount ~ time + (1|who)", {"family": "gamma"}, GENERALIZED, LINEAR),
        ("part ~ time + (1|who)", {"family": "beta"}, ("Ferrari", *GENERALIZED), LINEAR),
        ("some ~ time + (1|who)", {"family": "hurdle-gamma"}, ("Mullahy", *GENERALIZED), LINEAR),
        ("some ~ time + (1|who)", {"family": "tweedie"}, ("Dunn", *GENERALIZED), LINEAR),
    ],
)
def test_a_model_cites_its_own_method(formula, changes, there, absent):
    words = cited(formula, **changes)
    for name in there:
        assert name in words
    for name in absent:
        assert name not in words


def test_dois_are_written_whole():
    for key, doi in {
        "bolker2009": "10.1016/j.tree.2008.10.008",
        "brooks2017": "10.32614/RJ-2017-066",
        "ferrari2004": "10.1080/0266476042000214501",
        "grizzle1965": "10.2307/2528104",
    }.items():
        assert citation(key).endswith(doi)
