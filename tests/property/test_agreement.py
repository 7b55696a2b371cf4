"""The rate of agreement, for any two trains."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from renshaw.data.agreement import agreement, distinct

trains = st.lists(st.integers(0, 5000), max_size=60, unique=True).map(
    lambda values: np.array(sorted(values), dtype=np.int64)
)


@given(trains, trains)
def test_it_is_a_part_of_one_and_symmetrical_in_the_number_of_discharges(a, b):
    rate, lag, common = agreement(a, b, 2, 50)
    assert 0 <= rate <= 1
    assert abs(lag) <= 50
    assert common <= min(len(a), len(b))


@given(trains, st.integers(-50, 50))
def test_a_train_agrees_with_itself_at_any_delay(train, delay):
    rate, lag, common = agreement(train, train + delay, 0, 50)
    if len(train) > 3:
        assert (rate, common) == (1.0, len(train))
        assert np.isin(train + delay - lag, train).all()
    elif len(train) == 0:
        assert rate == 0.0


@given(trains, trains)
def test_of_two_that_agree_the_better_one_stays(a, b):
    kept = distinct([a, b], [0.1, 0.9], 0.3, 2, 50)
    assert 1 in kept
    if len(kept) == 2 and len(a) and len(b):
        assert agreement(b, a, 2, 50).rate < 0.3
