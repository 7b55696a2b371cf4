import numpy as np
import pytest
from scipy.stats import rankdata

from renshaw.data.arrays import ranks_of


@pytest.mark.parametrize("values", [[3.0], [2.0, 2.0, 1.0, 5.0, 2.0], [0.0, -0.0, np.inf, -np.inf]])
def test_ranks_are_those_of_scipy(values):
    assert ranks_of(np.array(values)).tolist() == rankdata(values).tolist()
