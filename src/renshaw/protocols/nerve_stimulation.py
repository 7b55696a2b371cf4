"""Electrical stimulation of the antagonist's nerve: from the pulse on the skin to the motoneuron.

A pulse excites a share of the nerve's Ia afferents and, when it is strong, of its motor axons. The
afferent volley travels to the cord, crosses one interneuron, and inhibits the motoneurons of the
muscle that contracts (disynaptic reciprocal inhibition). The motor axons make the antagonist
twitch, against which the person must work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import setting
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.muscle.twitches import fusion_gain
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.nerve import CHRONAXIE_AFFERENT_ms, CHRONAXIE_MOTOR_ms
from renshaw.protocols.train import Train

FloatArray = NDArray[np.float64]

# Recruitment: threshold, relative to motor threshold, and how far above it 63 % of the axons are
# excited. Afferents respond from 0.6 times motor threshold on; motor threshold is 1 by definition.
AFFERENT_THRESHOLD, AFFERENT_SPREAD = 0.6, 0.45
MOTOR_SPREAD = 0.6
# The pulse width for which `AFFERENT_THRESHOLD` is stated.
USUAL_WIDTH_ms: float = 1.0

# Torque of the whole antagonist, tetanized, in % MVC of the muscle that contracts, and contraction
# time of its twitch: the dorsiflexors are about a third as strong as the plantar flexors.
ANTAGONIST: dict[str, tuple[float, float]] = {
    "TA": (300.0, 110.0),
    "SOL": (30.0, 60.0),
    "GM": (30.0, 60.0),
}
_ANOTHER = (100.0, 80.0)

# Late components relative to the disynaptic one, where they are asked for: when they peak after it,
# and with which time constants they rise and decay (D1: 10 to 30 ms, D2: 70 to 200 ms).
_D1 = (8.0, 15.0)
_D2 = (60.0, 90.0)


def afferents_excited(intensity_xmt: float, width_ms: float) -> float:
    """Return the share of Ia afferents that a pulse excites, 0 to 1.

    Parameters
    ----------
    intensity_xmt : float
        Relative to motor threshold at this pulse width.
    width_ms : float
    """
    above = intensity_xmt - afferent_threshold(width_ms)
    return float(-np.expm1(-((max(0.0, above) / AFFERENT_SPREAD) ** 2)))


def motor_axons_excited(intensity_xmt: float) -> float:
    """Return the share of motor axons that a pulse excites, 0 at motor threshold and below."""
    return float(-np.expm1(-((max(0.0, intensity_xmt - 1.0) / MOTOR_SPREAD) ** 2)))


def afferent_threshold(width_ms: float) -> float:
    """Return the threshold of Ia afferents relative to motor threshold at a pulse width."""

    def ratio(width: float) -> float:
        return (1.0 + CHRONAXIE_AFFERENT_ms / width) / (1.0 + CHRONAXIE_MOTOR_ms / width)

    return AFFERENT_THRESHOLD * ratio(width_ms) / ratio(USUAL_WIDTH_ms)


@dataclass(frozen=True, kw_only=True)
class NerveStimulation(Train):
    """Pulses to the antagonist's nerve, steady or in trains, and what comes of them."""

    frequency_hz: float = setting(10.0, "pulses per second", unit="Hz", ge=0, le=500)
    intensity_xmt: float = setting(
        1.0, "intensity relative to motor threshold", unit="x MT", ge=0, le=5
    )
    pulse_width_ms: float = setting(1.0, "width of a pulse", unit="ms", gt=0.01, le=5)
    on_s: float = setting(1.0, "length of a train, if there are pauses", unit="s", gt=0, le=600)
    off_s: float = setting(
        0.0, "pause between trains (0: steady stimulation)", unit="s", ge=0, le=600
    )
    start_s: float = setting(0.0, "time of the first pulse", unit="s", ge=0, le=86400)
    stop_s: float | None = setting(
        None, "time at which stimulation ends (empty: end of the trial)", unit="s", ge=0
    )
    path_m: float = setting(
        0.8, "length of nerve from the electrode to the cord", unit="m", ge=0, le=2
    )
    conduction_m_per_s: float = setting(
        60.0, "conduction velocity of Ia afferents", unit="m/s", gt=1, le=150
    )
    central_ms: float = setting(2.0, "central delay: two synapses", unit="ms", ge=0, le=20)
    rise_ms: float = setting(0.5, "time constant of the rise of inhibition", unit="ms", gt=0, le=50)
    decay_ms: float = setting(
        10.0, "time constant of the decay of inhibition", unit="ms", gt=0, le=500
    )
    strength: float = setting(
        4.0,
        "peak inhibition by one pulse that excites all afferents, M_i in 1e-5 S/cm2",
        ge=0,
        le=1000,
    )
    depression: float = setting(
        0.1, "share of the available transmitter that a pulse uses up", ge=0, lt=1
    )
    recovery_ms: float = setting(
        100.0, "time constant of the recovery of transmitter", unit="ms", gt=0, le=60000
    )
    late_inhibition: float = setting(
        0.0, "size of the late components D1 and D2 relative to the disynaptic one", ge=0, le=1
    )

    @property
    def latency_s(self) -> float:
        """Time from a pulse to the beginning of inhibition."""
        return self.path_m / self.conduction_m_per_s + self.central_ms / 1000

    def pulses_s(self, end_s: float) -> FloatArray:
        """Return the times of the pulses before `end_s`, shape (pulses,)."""
        end_s = end_s if self.stop_s is None else min(end_s, self.stop_s)
        if self.frequency_hz == 0 or end_s <= self.start_s:
            return np.zeros(0)
        since_s = np.arange(0.0, end_s - self.start_s, 1.0 / self.frequency_hz)
        if self.off_s > 0:
            # Every train begins with a pulse.
            within_s = np.arange(0.0, self.on_s, 1.0 / self.frequency_hz)
            begins_s = np.arange(0.0, end_s - self.start_s, self.on_s + self.off_s)
            since_s = (begins_s[:, None] + within_s).ravel()
        times_s = self.start_s + since_s
        return np.asarray(times_s[times_s < end_s])

    def released(self, pulses_s: FloatArray) -> FloatArray:
        """Return how much each volley inhibits relative to the first, shape of `pulses_s`."""
        sizes = np.ones(len(pulses_s))
        for i, wait_s in enumerate(np.diff(pulses_s), start=1):
            left = sizes[i - 1] * (1.0 - self.depression)
            sizes[i] = 1.0 - (1.0 - left) * np.exp(-1000 * wait_s / self.recovery_ms)
        return sizes

    def inhibition(self, times_s: FloatArray) -> FloatArray:
        """Return the inhibition M_i of a healthy cord at evenly spaced times.

        Parameters
        ----------
        times_s : array
            Evenly spaced.
        """
        share = afferents_excited(self.intensity_xmt, self.pulse_width_ms)
        pulses_s = self.pulses_s(float(times_s[-1])) if len(times_s) else np.zeros(0)
        if share * self.strength == 0.0 or len(pulses_s) == 0:
            return np.zeros(len(times_s))
        felt = pulses_s + self.latency_s <= times_s[-1]
        arrive_s = pulses_s[felt] + self.latency_s
        sizes = share * self.strength * self.released(pulses_s[felt])
        course = _volleys(times_s, arrive_s, sizes, self.rise_ms, self.decay_ms)
        for rise_ms, decay_ms in (_D1, _D2) if self.late_inhibition else ():
            more = self.late_inhibition * sizes
            course = course + _volleys(times_s, arrive_s, more, rise_ms, decay_ms)
        return course

    def antagonist_pct_mvc(self, times_s: FloatArray, muscle: str) -> FloatArray:
        """Return the torque of the antagonist at evenly spaced times, % MVC of the other muscle.

        Parameters
        ----------
        times_s : array
            Evenly spaced.
        muscle : str
            The muscle whose antagonist is stimulated.
        """
        share = motor_axons_excited(self.intensity_xmt)
        pulses_s = self.pulses_s(float(times_s[-1])) if len(times_s) else np.zeros(0)
        if share == 0.0 or len(pulses_s) == 0:
            return np.zeros(len(times_s))
        tetanus_pct, contraction_ms = ANTAGONIST.get(muscle, _ANOTHER)
        waits_ms = 1000 * np.diff(pulses_s, prepend=-np.inf)
        gains = fusion_gain(contraction_ms / waits_ms)
        sizes = share * tetanus_pct * gains / _tetanus_of_twitch()
        return _twitches(times_s, pulses_s, sizes, contraction_ms / 1000)

    def arrivals(self, times_s: FloatArray, gate: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return the volleys, as strong as this cord's reciprocal inhibition, and the twitches."""
        return replace(
            Arrivals.none(len(times_s), len(pool)),
            inhibition=cord.reciprocal_gain * gate * self.inhibition(times_s),
            antagonist_pct_mvc=self.antagonist_pct_mvc(times_s, pool.muscle),
        )

    def event(self, duration_s: float) -> Event:
        """Return the stimulation as one event."""
        stop_s = duration_s if self.stop_s is None else min(self.stop_s, duration_s)
        trains = f", {self.on_s:g} s on, {self.off_s:g} s off" if self.off_s > 0 else ""
        words = (
            f"antagonist nerve stimulation at {self.frequency_hz:g} Hz, {self.intensity_xmt:g} x "
            f"motor threshold{trains}"
        )
        return Event(self.start_s, max(0.0, stop_s - self.start_s), words)


def _volleys(
    times_s: FloatArray, at_s: FloatArray, sizes: FloatArray, rise_ms: float, decay_ms: float
) -> FloatArray:
    """Return the sum of inhibitions, each with a peak of its size, at evenly spaced times."""
    rise_ms = min(rise_ms, 0.999 * decay_ms)
    peak_ms = rise_ms * decay_ms / (decay_ms - rise_ms) * np.log(decay_ms / rise_ms)
    peak = np.exp(-peak_ms / decay_ms) - np.exp(-peak_ms / rise_ms)
    slow, fast = (
        _decaying(times_s, at_s, sizes, time_ms / 1000) for time_ms in (decay_ms, rise_ms)
    )
    # Where both have all but gone, rounding must not leave less than nothing.
    return np.asarray(np.maximum(0.0, (slow - fast) / peak))


def _twitches(
    times_s: FloatArray, at_s: FloatArray, sizes: FloatArray, contraction_s: float
) -> FloatArray:
    """Return the sum of twitches t/T exp(1 - t/T) at evenly spaced times."""
    from scipy.signal import lfilter

    step_s = _step_s(times_s)
    left = np.exp(-step_s / contraction_s)
    begun, late_s = _impulses(times_s, at_s)
    new = sizes * np.exp(-late_s / contraction_s)
    falling = _decaying(times_s, at_s, sizes, contraction_s)
    own = np.bincount(begun, new * late_s, len(times_s) + 1)[: len(times_s)]
    rising = lfilter([1.0], [1.0, -left], own + np.append(0.0, step_s * left * falling[:-1]))
    return np.asarray(np.e / contraction_s * rising)


def _decaying(
    times_s: FloatArray, at_s: FloatArray, sizes: FloatArray, time_s: float
) -> FloatArray:
    """Return the sum of exponential decays that begin at `at_s`, at evenly spaced times."""
    from scipy.signal import lfilter

    begun, late_s = _impulses(times_s, at_s)
    new = np.bincount(begun, sizes * np.exp(-late_s / time_s), len(times_s) + 1)[: len(times_s)]
    return np.asarray(lfilter([1.0], [1.0, -np.exp(-_step_s(times_s) / time_s)], new))


def _impulses(times_s: FloatArray, at_s: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the sample in which each is first felt, and how long after its beginning that is."""
    begun = np.searchsorted(times_s, at_s)
    felt_s = np.append(times_s, np.inf)[begun]
    return begun, np.asarray(felt_s - at_s)


def _step_s(times_s: FloatArray) -> float:
    return float(times_s[1] - times_s[0]) if len(times_s) > 1 else 1.0


def _tetanus_of_twitch() -> float:
    """Return the mean force of fused twitches of size 1 (Fuglevand 1993)."""
    fast = 100.0
    return float(np.e * fast * fusion_gain(np.array([fast]))[0])
