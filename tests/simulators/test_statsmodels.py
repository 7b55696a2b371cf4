"""A second opinion that needs no R: statsmodels' mixed models, where it has them."""

import warnings

import numpy as np
import pytest
from test_lme4 import made

import renshaw as rs

formula_api = pytest.importorskip("statsmodels.formula.api", reason="statsmodels is not installed")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_intercepts_agree_with_statsmodels(seed):
    table = made(seed).rename(columns={"ΔF": "y"})
    as_written = rs.stats.MixedModelSettings(structure="written")
    ours = rs.compare(table, "y ~ time + rt + (1|participant)", as_written)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = formula_api.mixedlm("y ~ time + rt", table, groups=table["participant"])
        theirs = model.fit(reml=True, method=["lbfgs", "bfgs"])
    found = ours.fixed_effects
    np.testing.assert_allclose(found["estimate"].iloc[3], theirs.fe_params["rt"], rtol=1e-3)
    np.testing.assert_allclose(found["std_error"].iloc[3], theirs.bse_fe["rt"], rtol=1e-3)
    parts = ours.variance_components.set_index("group")["variance"]
    np.testing.assert_allclose(parts["participant"], float(theirs.cov_re.iloc[0, 0]), rtol=5e-3)
    np.testing.assert_allclose(parts["Residual"], float(theirs.scale), rtol=1e-3)
