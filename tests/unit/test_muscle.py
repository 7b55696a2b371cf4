import numpy as np
import pytest

from renshaw.model.muscles import MUSCLES, muscle_pool
from renshaw.muscle.torque import MVC_RATE_pps, fusion_gain, torque_pct_mvc


def test_twitch_gain_is_one_until_twitches_meet_and_falls_after():
    gain = fusion_gain(np.array([0.0, 0.2, 0.4, 1.0, 3.0, 10.0]))
    np.testing.assert_allclose(gain[:3], 1.0)
    assert np.all(np.diff(gain[2:]) < 0) or gain[3] > 1.0
    # Fuglevand's published form, with its rounded 0.3.
    assert gain[4] == pytest.approx((1 - np.exp(-2 * 27)) / 3 / 0.3, rel=0.002)


def test_a_single_twitch_peaks_at_its_contraction_time():
    pool = muscle_pool("TA").select([0])
    torque = torque_pct_mvc(pool, [np.array([0.1])], 2.0, fs_hz=1000.0)
    assert torque.argmax() / 1000 == pytest.approx(
        0.1 + pool.contraction_time_ms[0] / 1000, abs=2e-3
    )
    assert torque[:100].max() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("muscle", MUSCLES)
def test_all_units_at_their_maximal_rate_make_a_maximal_contraction(muscle):
    pool = muscle_pool(muscle)
    times = np.arange(0.0, 5.0, 1 / MVC_RATE_pps[muscle])
    torque = torque_pct_mvc(pool, [times] * len(pool), 5.0)
    assert torque[400:].mean() == pytest.approx(100.0, rel=0.01)


def test_no_spikes_no_torque():
    pool = muscle_pool("TA", 3)
    assert not torque_pct_mvc(pool, [np.array([])] * 3, 1.0).any()


def test_units_get_stronger_and_faster_along_the_pool():
    pool = muscle_pool("TA")
    assert np.all(np.diff(pool.twitch) > 0)
    assert np.all(np.diff(pool.contraction_time_ms) < 0)
    assert (pool.contraction_time_ms[0], pool.contraction_time_ms[-1]) == pytest.approx((110, 40))
