"""A calf whose spindles are stretched: what reaches its motoneurons, and what torque comes of it.

The chain from the ankle to the cord and back, each link in its own file: the angle stretches the
fascicles (`muscle/ankle`), spindles fire (`muscle/spindle`), their terminals release less the more
they have fired (`circuits/ia_synapse`), and each discharge of all afferents excites as a volley in
all of them does. Both ways take as long as in the H-reflex, plus the way from the muscle to the
hollow of the knee.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from renshaw.core.errors import SimulationError
from renshaw.data.arrays import FloatArray
from renshaw.experiment.maximal import mvc_force
from renshaw.experiment.reflexes.bench import Bench, Spikes
from renshaw.experiment.reflexes.mixed_nerve import (
    CENTRAL_s,
    IA_m_per_s,
    TO_THE_CORD_m,
    TO_THE_MUSCLE_m,
)
from renshaw.model.circuits import ia_synapse
from renshaw.model.participant import Participant
from renshaw.muscle.ankle import LARGEST_Nm, stretch_mm
from renshaw.muscle.spindle import ia_pps
from renshaw.muscle.twitches import Twitches

# From a discharge of spindles to its arrival at the motoneurons.
UP_s: float = (TO_THE_CORD_m + TO_THE_MUSCLE_m) / IA_m_per_s + CENTRAL_s
_TORQUE_STEP_s = 0.002


class Limb:
    """The calf of the person at the bench.

    Parameters
    ----------
    bench : Bench
    """

    def __init__(self, bench: Bench) -> None:
        muscle, who = bench.pool.muscle, bench.person
        if muscle not in LARGEST_Nm:
            raise SimulationError(
                f"The ankle is turned against the calf: take {' or '.join(LARGEST_Nm)}, "
                f"not {muscle}."
            )
        self.bench = bench
        self.step_s: float = bench.engine.slow_ms / 1000
        self.background_pps: float = bench.contracting_pps
        self._weights = ia_synapse.weights_of_rates(UP_s, self.step_s)
        self._area = bench.largest_area
        # The torque is a young adult's: those who are weaker have weaker units or less drive.
        young = Participant(muscle=muscle, n_units=who.n_units, edition=who.edition)
        self.torque_of_force: float = LARGEST_Nm[muscle] / mvc_force(young, engine=bench.engine)

    def rates_pps(self, angle_rad: FloatArray, rad_per_s: FloatArray) -> FloatArray:
        """Return how often each Ia afferent fires while the ankle is turned."""
        return ia_pps(stretch_mm(angle_rad), stretch_mm(rad_per_s), self.background_pps)

    @property
    def lags(self) -> int:
        """How many steps ago a discharge may have been that excites now."""
        return len(self._weights)

    def terminals(self, count: int) -> ia_synapse.Terminals:
        """Return the Ia terminals of some trials, as they are before a movement."""
        gains = np.full(count, self.bench.cord.depression_gain)
        return ia_synapse.Terminals(gains, np.full(count, self.background_pps))

    def excitation(self, released_pps: FloatArray) -> FloatArray:
        """Return the excitation M_e in each step, given rates times what each discharge releases.

        Parameters
        ----------
        released_pps : array, shape (n, steps)
            The time before them was like the first of them.
        """
        lags = len(self._weights)
        before = np.repeat(released_pps[:, :1], lags, axis=1)
        long = np.concatenate([before, released_pps], axis=1)
        rows = [
            np.convolve(row, self._weights)[lags : lags + released_pps.shape[1]] for row in long
        ]
        return self._area * np.array(rows)

    def arriving(self, past_pps: FloatArray, steps: int) -> FloatArray:
        """Return the excitation M_e in the next steps, while the loop is closed.

        Parameters
        ----------
        past_pps : array, shape (n, past steps)
            Rates times release until now.
        steps : int
            Fewer than the way to the cord takes.
        """
        lags = len(self._weights)
        recent = past_pps[:, -lags:]
        # What is fired in these steps arrives after them.
        long = np.concatenate([recent, np.zeros((len(recent), steps))], axis=1)
        found = [long[:, i - lags + 1 : i + 1 or None] for i in range(-steps, 0)]
        return self._area * np.stack([each @ self._weights[::-1] for each in found], axis=1)

    def stretched(
        self, stretches_mm: FloatArray, every_s: float, before: int = 20, late_s: float = 0.0
    ) -> list[Callable[[FloatArray], FloatArray]]:
        """Return the excitation by the last of several stretches that are imposed one by one.

        Parameters
        ----------
        stretches_mm : array, shape (n, steps)
            Of the fascicles, from time 0 on, at the steps of the engine.
        every_s : float
            From one stretch to the next.
        before : int
            How many came before, which the terminals remember; after twenty each finds the same.
        late_s : float
            What the movement takes to reach the spindles.
        """
        velocity = np.diff(stretches_mm, axis=1, prepend=stretches_mm[:, :1]) / self.step_s
        rates = ia_pps(stretches_mm, velocity, self.background_pps)
        terminals, rest = self.terminals(len(rates)), np.full(len(rates), self.background_pps)
        left_s = max(0.0, every_s - rates.shape[1] * self.step_s)
        for _ in range(before):
            terminals.advance(rates, self.step_s)
            terminals.rest(rest, left_s)
        usual = rest * terminals.releasing
        releasing = rates * terminals.advance(rates, self.step_s)
        course = self.excitation(np.concatenate([usual[:, np.newaxis], releasing], axis=1))[:, 1:]
        change = course - self._area * usual[:, np.newaxis]
        times_s = np.asarray(self.step_s * np.arange(change.shape[1]) + late_s, dtype=float)
        return [_course(times_s, each) for each in change]

    def releasing_after(
        self, deg_per_s: float, amplitude_deg: float, waits_s: Sequence[float]
    ) -> list[float]:
        """Return what terminals release some time after a stretch, rested before.

        The muscle is let back at once: while it shortens, its spindles fall silent.

        Parameters
        ----------
        deg_per_s, amplitude_deg : float
        waits_s : sequence of float
            From the end of the stretch, in order.
        """
        steps = int(np.ceil(amplitude_deg / deg_per_s / self.step_s))
        velocity = np.radians(deg_per_s)
        angle = np.minimum(
            velocity * self.step_s * np.arange(1, steps + 1), np.radians(amplitude_deg)
        )
        terminals = self.terminals(1)
        terminals.advance(self.rates_pps(angle, np.full(steps, velocity))[np.newaxis], self.step_s)
        rest, found = np.full(1, self.background_pps), []
        for waited_s in np.diff(waits_s, prepend=0.0):
            terminals.rest(rest, float(waited_s))
            found.append(float(terminals.releasing[0]))
        return found

    def torque_Nm(self, spikes: Spikes, before_s: float, after_s: float) -> FloatArray:
        """Return the isometric torque of discharges, from time 0 on, every two milliseconds."""
        due = [s + d + before_s for s, d in zip(spikes, self.bench.nerve.down_s, strict=True)]
        steps = round((before_s + after_s) / _TORQUE_STEP_s)
        kept = [d[(d >= 0) & (d <= steps * _TORQUE_STEP_s)] for d in due]
        force = Twitches(self.bench.pool, _TORQUE_STEP_s).advance(kept, steps)
        return np.asarray(self.torque_of_force * force[round(before_s / _TORQUE_STEP_s) :])


def _course(times_s: FloatArray, values: FloatArray) -> Callable[[FloatArray], FloatArray]:
    return lambda at_s: np.interp(at_s, times_s, values, left=0.0)


def mean_of(courses: Sequence[FloatArray]) -> FloatArray:
    """Return the mean of courses of the same length."""
    return np.asarray(np.mean(np.stack(courses), axis=0))
