"""No release with a worse optimum: 240 generated models against the best of lme4's optimizers.

What lme4 found is kept beside (``lme4_models.py`` finds it anew).
"""

import numpy as np
import pandas as pd
import pytest
from lme4_models import COUNT, KEPT, drawn

from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.fitting.scatter import Scatter
from renshaw.statistics.formulas.formula import parse

BEST = pd.read_csv(KEPT, index_col="seed")["log_likelihood"]


def fit_of(seed):
    model = drawn(seed)
    scatter = Scatter("weight" if model.weighted else "")
    return fitted(model.table, parse(model.formula), reml=model.reml, scatter=scatter)


@pytest.mark.parametrize("start", range(0, COUNT, 20))
def test_the_log_likelihood_is_never_below_that_of_lme4(start):
    worse, singular = {}, 0
    for seed in range(start, start + 20):
        best = BEST[seed]
        if np.isnan(best):
            continue
        fit = fit_of(seed)
        found = -fit.optimum.deviance / 2
        singular += fit.optimum.singular
        if not fit.optimum.converged or found < best - 1e-6 * max(1.0, abs(best)):
            worse[seed] = (found, best, fit.optimum.words)
    assert not worse
    assert 0 < singular < 20  # the models are of both kinds


def test_lme4_answered_for_nearly_all_models():
    assert len(BEST) == COUNT
    assert BEST.notna().mean() > 0.97
