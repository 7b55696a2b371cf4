"""Tails of t, F and chi-squared are those of scipy.stats, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from renshaw.core.tails import chi2_sf, f_sf, t_isf, t_ppf, t_sf

DF = np.array([0.3, 1.0, 2.5, 14.0, 1e3, 1e10, np.nan, 0.0, -1.0])
VALUES = np.array([-np.inf, -40.0, -1.3, 0.0, 1e-9, 0.7, 2.0, 41.0, np.inf, np.nan])
PROBABILITIES = np.array([0.0, 1e-12, 0.025, 0.5, 0.975, 1.0, np.nan, -0.1, 1.1])
ENDLESS = np.append(DF, np.inf)


def same(ours: object, theirs: object) -> None:
    np.testing.assert_array_equal(ours, theirs)


def test_student() -> None:
    same(t_sf(VALUES[:, None], ENDLESS), stats.t.sf(VALUES[:, None], ENDLESS))
    same(t_ppf(PROBABILITIES[:, None], ENDLESS), stats.t.ppf(PROBABILITIES[:, None], ENDLESS))
    same(t_isf(PROBABILITIES[:, None], ENDLESS), stats.t.isf(PROBABILITIES[:, None], ENDLESS))


@pytest.mark.parametrize("df", [1, 2, 7])
def test_f_and_chi_squared(df: int) -> None:
    same(f_sf(VALUES[:, None], df, DF), stats.f.sf(VALUES[:, None], df, DF))
    same(chi2_sf(VALUES, df), stats.chi2.sf(VALUES, df))
    same(f_sf(VALUES, df, np.inf), stats.chi2.sf(VALUES * df, df))


def test_a_number_gives_a_number() -> None:
    for found in (t_sf(2.0, 5), t_ppf(0.9, 5), t_isf(0.1, 5), f_sf(2.0, 2, 5), chi2_sf(2.0, 2)):
        assert isinstance(found, float)
