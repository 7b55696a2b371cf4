"""What the published pool does to delta-F, and the bands that humans set for participants.

Directions: a re-implementation that was checked against NEURON, 20-s triangles of excitation.
Bands: young adults' tibialis anterior at 20 % MVC, Orssatto et al. 2021 (open data of PICs-ageing).
"""

import functools
from dataclasses import dataclass

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.settings import setting
from renshaw.protocols import stimulated

SEEDS = (1, 2, 3)
POOL = rs.model.powers_heckman_2017(20)


@dataclass(frozen=True, kw_only=True)
class State(rs.Intervention):
    """Sets the state of the cord in which the published pool lives."""

    neuromodulation: float = setting(0.9, "scale of the L-type conductance")
    inhibition: float = setting(1.5, "tonic inhibition")
    inhibition_per_drive: float = setting(0.0, "inhibition that comes with drive")
    pic_shift_mV: float = setting(0.0, "shift of the L-type activation", unit="mV")

    def edit(self, participant, protocol):
        return participant.replace(**self.to_mapping()), protocol


@functools.cache
def ramp(peak_excitation=10.0, strength=0.0, **state):
    """Return mean delta-F and peak rate of the published pool over seeds."""
    # Published is how the pool answers a triangle of excitation, not of torque.
    protocol = rs.Ramp(follows="drive", drive_per_pct_mvc=peak_excitation / 20)
    if strength:
        protocol = stimulated(protocol, rs.protocols.PulseTrain(strength=strength))
    found = []
    for seed in SEEDS:
        estimates = rs.estimate(rs.simulate(POOL, protocol, [State(**state)], seed=seed))
        found.append(
            [estimates.values(name, bounds="keep").mean() for name in ("delta_f", "peak_rate")]
        )
    return tuple(np.mean(found, axis=0))


def test_delta_f_and_peak_rate_rise_with_neuromodulation():
    assert ramp(neuromodulation=1.0)[0] > ramp(neuromodulation=0.9)[0] + 0.5
    assert ramp(neuromodulation=0.7)[1] < ramp(neuromodulation=0.9)[1] < ramp(neuromodulation=1)[1]


def test_inhibition_lowers_delta_f_and_peak_rate():
    tonic, volleys = ramp(inhibition=3.0), ramp(strength=15.0)
    for inhibited in (tonic, volleys):
        assert inhibited[0] < ramp()[0] - 0.2
        assert inhibited[1] < ramp()[1]


def test_inhibition_that_comes_with_drive_and_a_pic_that_starts_later_lower_delta_f():
    for changed in (ramp(inhibition_per_drive=0.3), ramp(pic_shift_mV=2.0)):
        assert changed[0] < ramp()[0] - 0.2
        assert changed[1] < ramp()[1]


def test_with_fixed_neuromodulation_delta_f_falls_as_drive_rises():
    # Humans show the opposite: their neuromodulation grows with effort. The bare model must not.
    high = [ramp(peak, neuromodulation=1.0)[0] for peak in (6.0, 10.0, 16.0)]
    assert high[0] > high[1] > high[2]


def people(muscle, pct_mvc, seeds=6):
    """Return delta-F, peak rate and peak torque of a default participant who tracks torque."""
    person = rs.Participant(muscle=muscle)
    protocol = rs.Ramp(peak_pct_mvc=pct_mvc, rise_s=pct_mvc / 2, fall_s=pct_mvc / 2)
    learned = rs.experiment.rehearse(person, protocol)
    found = []
    for seed in range(seeds):
        recording = rs.simulate(person, protocol, seed=seed, learned=learned)
        estimates = rs.estimate(recording)
        means = [estimates.values(name, bounds="keep").mean() for name in ("delta_f", "peak_rate")]
        found.append([*means, recording.torque.values.max()])
    return tuple(np.mean(found, axis=0))


def test_a_default_participant_resembles_young_adults_at_20_percent():
    delta_f, peak_rate, torque = people("TA", 20)
    assert delta_f == pytest.approx(4.4, abs=1.0)
    assert 13 < peak_rate < 16
    assert torque == pytest.approx(20, abs=3)


def test_soleus_resembles_young_adults_and_delta_f_rises_with_effort():
    # Young adults' soleus: 2.84 [2.40, 3.28] pps at 20 % MVC (Orssatto et al. 2021, open data); 0.5
    # more at 30 % MVC, ramps of 2 %/s (Orssatto et al. 2021, contraction intensity).
    at_20, at_30 = people("SOL", 20)[0], people("SOL", 30)[0]
    assert 2.2 < at_20 < 3.4
    assert 0.1 < at_30 - at_20 < 1.2
