"""Tails of the distributions that tests need: the numbers of `scipy.stats`, without its start.

`scipy.stats` takes half a second of processor time to load, a quarter of a whole ``compare``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Floats = NDArray[np.float64]


def t_sf(t: ArrayLike, df: ArrayLike) -> _Floats:
    """Return the probability above a value of Student's t.

    Parameters
    ----------
    t, df : array_like
        They broadcast. The degrees of freedom may be infinite.
    """
    from scipy.special import stdtr

    return _floats(stdtr(_floats(df), -_floats(t)))[()]


def t_ppf(probability: ArrayLike, df: ArrayLike) -> _Floats:
    """Return the quantile of Student's t.

    Parameters
    ----------
    probability, df : array_like
        They broadcast. The degrees of freedom may be infinite.
    """
    from scipy.special import stdtrit

    q, df = _floats(probability), _floats(df)
    # stdtrit gives the wrong end there.
    lowest = np.where(df > 0, -np.inf, np.nan)
    return _floats(np.where(q == 0, lowest, stdtrit(df, q)))[()]


def t_isf(probability: ArrayLike, df: ArrayLike) -> _Floats:
    """Return the value of Student's t that is exceeded with a probability.

    Parameters
    ----------
    probability, df : array_like
        They broadcast. The degrees of freedom may be infinite.
    """
    return -t_ppf(probability, df)


def f_sf(f: ArrayLike, df: ArrayLike, df_within: ArrayLike) -> _Floats:
    """Return the probability above a value of F.

    Parameters
    ----------
    f : array_like
    df, df_within : array_like
        Of the numerator and of the denominator, which may be infinite: then chi-squared answers.
    """
    from scipy.special import fdtrc

    f, df, within = np.maximum(_floats(f), 0.0), _floats(df), _floats(df_within)
    endless = np.isposinf(within)
    within = np.where(endless, 1.0, within)
    return _floats(np.where(endless, chi2_sf(f * df, df), fdtrc(df, within, f)))[()]


def chi2_sf(chi2: ArrayLike, df: ArrayLike) -> _Floats:
    """Return the probability above a value of chi-squared.

    Parameters
    ----------
    chi2, df : array_like
        They broadcast.
    """
    from scipy.special import chdtrc

    return _floats(chdtrc(_floats(df), np.maximum(_floats(chi2), 0.0)))[()]


def _floats(values: ArrayLike) -> _Floats:
    return np.asarray(values, dtype=float)
