"""Epsilon support vector regression by libsvm, as scikit-learn brings it.

Chang and Lin 2011, doi:10.1145/1961189.1961199. Loading the whole of scikit-learn takes longer than
to smooth a recording, so only its binding of libsvm is loaded; where that can't be done, or calls
for other arguments than those known here, scikit-learn's own class does the same.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray

_EPSILON_SVR = 3
_PACKAGES = {"sklearn": "", "sklearn.utils": "/utils", "sklearn.svm": "/svm"}
_LOADING = threading.Lock()


def epsilon_svr(
    x: FloatArray, y: FloatArray, *, gamma: float, c: float, epsilon: float, weights: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Regress one variable on another by support vectors with a Gaussian kernel.

    Parameters
    ----------
    x, y : array, shape (n,)
    gamma : float
        The kernel is ``exp(-gamma (x - x')**2)``.
    c : float
        Cost of an error beyond epsilon.
    epsilon : float
        Errors smaller than this cost nothing; in the unit of y.
    weights : array, shape (n,)
        Factors of the cost.

    Returns
    -------
    support : array, shape (m,)
        The x of the support vectors.
    coefficients : array, shape (m,)
    offset : float
    """
    found = _by_binding(x, y, gamma, c, epsilon, weights)
    return found if found is not None else _by_class(x, y, gamma, c, epsilon, weights)


def _by_binding(
    x: FloatArray, y: FloatArray, gamma: float, c: float, epsilon: float, weights: FloatArray
) -> tuple[FloatArray, FloatArray, float] | None:
    """Return what libsvm finds; None where it can't be called alone."""
    binding = _binding()
    if binding is None or not np.isfinite(x).all() or not np.isfinite(y).all():
        return None
    try:
        # The other arguments are those that scikit-learn's class passes by default.
        _, support, _, dual, offset, *_ = binding.fit(
            np.ascontiguousarray(x[:, np.newaxis], dtype=np.float64),
            np.ascontiguousarray(y, dtype=np.float64),
            svm_type=_EPSILON_SVR,
            kernel="rbf",
            gamma=gamma,
            C=c,
            epsilon=epsilon,
            sample_weight=np.ascontiguousarray(weights, dtype=np.float64),
            tol=1e-3,
            cache_size=200.0,
            shrinking=1,
            max_iter=-1,
            random_seed=0,
        )
    except (TypeError, ValueError):
        return None
    return np.asarray(support)[:, 0], np.asarray(dual)[0], float(offset[0])


def _by_class(
    x: FloatArray, y: FloatArray, gamma: float, c: float, epsilon: float, weights: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    from sklearn.svm import SVR

    model = SVR(kernel="rbf", gamma=gamma, C=c, epsilon=epsilon)
    model.fit(x[:, np.newaxis], y, sample_weight=weights)
    dual = np.asarray(model.dual_coef_, dtype=float).ravel()
    return np.asarray(model.support_vectors_)[:, 0], dual, float(model.intercept_[0])


@cache
def _binding() -> Any:
    """Return scikit-learn's binding of libsvm without the rest of it; None where that fails."""
    with _LOADING:
        if "sklearn" in sys.modules:
            return _imported()
        found = importlib.util.find_spec("sklearn")
        places = found.submodule_search_locations if found is not None else None
        if not places:
            return None
        # Empty packages stand in for the real ones, whose loading is what takes long.
        stand_ins = {
            name: _package(name, [f"{place}{below}" for place in places])
            for name, below in (
                ("sklearn", ""),
                ("sklearn.utils", "/utils"),
                ("sklearn.svm", "/svm"),
            )
        }
        sys.modules.update(stand_ins)
        try:
            return _imported()
        finally:
            for name, package in stand_ins.items():
                if sys.modules.get(name) is package:
                    del sys.modules[name]


def _imported() -> Any:
    try:
        binding = importlib.import_module("sklearn.svm._libsvm")
        # Or it tells of every step on standard output.
        binding.set_verbosity_wrap(0)
    except (ImportError, AttributeError):
        return None
    return binding


def _package(name: str, places: list[str]) -> ModuleType:
    package = ModuleType(name)
    package.__path__ = places
    return package
