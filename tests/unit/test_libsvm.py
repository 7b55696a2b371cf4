"""libsvm loaded alone gives what scikit-learn's class gives, and leaves scikit-learn whole."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from renshaw.estimation.smoothing import libsvm


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("epsilon", [0.0, 0.2])
def test_the_binding_gives_every_bit_of_the_class(seed: int, epsilon: float) -> None:
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.uniform(0.05, 0.2, int(rng.integers(2, 300))))
    y = 10 + np.sin(x) + rng.normal(0, 1, len(x))
    weights = np.where(np.arange(len(x)) < 5, 5.0, 1.0)
    asked = (x, y, float(1 / np.var(x)), 370.0, epsilon, weights)
    alone, whole = libsvm._by_binding(*asked), libsvm._by_class(*asked)
    assert alone is not None
    for mine, theirs in zip(alone, whole, strict=True):
        assert np.array_equal(mine, theirs)


def test_scikit_learn_can_be_loaded_after_its_binding_was() -> None:
    program = (
        "import sys\n"
        "from renshaw.estimation.smoothing import libsvm\n"
        "assert libsvm._binding() is not None\n"
        "assert 'sklearn' not in sys.modules and 'sklearn.base' not in sys.modules\n"
        "from sklearn.svm import SVC, SVR\n"
        "import sklearn.linear_model\n"
        "SVR().fit([[0.0], [1.0]], [0.0, 1.0])\n"
        "SVC().fit([[0.0], [1.0]], [0, 1])\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_the_binding_the_class_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Changed:
        @staticmethod
        def fit(*_: object, **__: object) -> None:
            raise TypeError("another version")

    x, weights = np.linspace(0.0, 5.0, 40), np.ones(40)
    asked = {"gamma": 0.5, "c": 100.0, "epsilon": 0.1, "weights": weights}
    expected = libsvm.epsilon_svr(x, np.cos(x), **asked)
    monkeypatch.setattr(libsvm, "_binding", Changed)
    found = libsvm.epsilon_svr(x, np.cos(x), **asked)
    assert all(np.array_equal(mine, other) for mine, other in zip(found, expected, strict=True))
