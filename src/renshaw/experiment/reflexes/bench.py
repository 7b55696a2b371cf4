"""The bench of the reflex tests: a pool that receives volleys, and the waves that come of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SimulationError
from renshaw.core.seeds import checked_seed, derived_seed, stream
from renshaw.core.settings import setting
from renshaw.engine.inputs import Row
from renshaw.engine.run import EngineSettings
from renshaw.engine.session import Seat, Session
from renshaw.experiment.reflexes.mixed_nerve import MixedNerve
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.experiment.simulate import simulate
from renshaw.experiment.trial import edited
from renshaw.interventions import Intervention, as_interventions
from renshaw.model.circuits import ia_synapse
from renshaw.model.circuits.presynaptic_inhibition import lasting_release
from renshaw.model.circuits.recurrent_inhibition import RecurrentInhibition
from renshaw.model.cord import Cord
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.muscle.emg import muap_duration_s, muaps
from renshaw.protocols import Protocol, Trapezoid

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]
Spikes = tuple[FloatArray, ...]

EMG_hz: float = 4096.0
# A discharge within this time of the arrival of a volley is the reflex.
_WITHIN_s = 0.016
# How long a pool is left alone before: at rest for its potentials, in a contraction for its
# persistent inward currents.
_SETTLES_s, _SETTLES_CONTRACTING_s = 0.3, 2.0
_SEATS_AT_ONCE = 64


@dataclass(frozen=True, kw_only=True)
class _Quiet(Protocol):
    """A person who does nothing, for interventions to be given to."""

    lasts_s: float = setting(1.0, "length", unit="s", gt=0)

    @property
    def duration_s(self) -> float:
        return self.lasts_s


@dataclass(frozen=True, eq=False)
class Volleys:
    """What reaches the pool in one trial; time 0 is the pulse of the tested reflex.

    Parameters
    ----------
    at_s : array, shape (volleys,)
        When each Ia volley arrives.
    areas : array, shape (volleys,)
        Excitation by each, area of M_e (1e-5 S/cm2 s).
    noise : int
        Number of the chance that rules this trial: trials that share it differ by nothing else
        than what reaches them.
    inhibition : callable, optional
        From times (s) to inhibition M_i on top of the tonic one.
    excitation : callable, optional
        From times (s) to excitation M_e by afferents that fire besides these volleys, relative to
        what they gave before.
    """

    at_s: FloatArray
    areas: FloatArray
    noise: int = 0
    inhibition: Callable[[FloatArray], FloatArray] | None = None
    excitation: Callable[[FloatArray], FloatArray] | None = None


class Bench:
    """A person whose reflexes are tested.

    Parameters
    ----------
    who : Participant
    given : sequence of Intervention or str
    settings : ReflexSettings
    seed : int
    engine : EngineSettings
    """

    def __init__(
        self,
        who: Participant,
        given: Sequence[Intervention | str],
        settings: ReflexSettings,
        seed: int,
        engine: EngineSettings,
    ) -> None:
        if not isinstance(who, Participant):
            raise SimulationError("A reflex is tested in a participant, not in a pool by itself.")
        self.settings: ReflexSettings = settings
        self.engine: EngineSettings = engine
        self.seed: int = checked_seed(seed)
        self.given: tuple[Intervention, ...] = as_interventions(given)
        person, self._quiet = edited(who, _Quiet(), self.given)
        self.person: Participant = person
        self.pool: Pool = person.pool
        self.cord: Cord = person.cord
        self.nerve: MixedNerve = MixedNerve.of(self.pool, derived_seed(0, "nerve", who.name))
        place = derived_seed(0, "electrode", who.name)
        self._waves = muaps(self.person.units, EMG_hz, place)
        self.drive: float = self._drive(who)

    @property
    def contracting_pps(self) -> float:
        """How often Ia terminals fire by themselves."""
        return ia_synapse.CONTRACTING_pps if self.settings.background_pct_mvc else 0.0

    @property
    def largest_area(self) -> float:
        """The excitation by a volley in all afferents of rested terminals."""
        lasting = lasting_release(self.cord.presynaptic_gain)
        return self.cord.ia_gain * lasting * ia_synapse.volley_area(self.pool.muscle)

    @property
    def settles_s(self) -> float:
        """How long the pool is left alone before anything is done."""
        return _SETTLES_CONTRACTING_s if self.drive else _SETTLES_s

    def area(self, intensity_xmt: float, released: float = 1.0) -> float:
        """Return the excitation by the volley of a pulse to the muscle's own nerve."""
        share = self.nerve.afferents(intensity_xmt, self.settings.pulse_ms)
        return share * released * self.largest_area

    def released(self, times_s: FloatArray) -> FloatArray:
        """Return what each of several pulses releases in this person's cord."""
        fired = np.ones(len(times_s), dtype=bool)
        gain = self.cord.depression_gain
        return ia_synapse.released(times_s, fired, gain, self.contracting_pps)

    def rested(self) -> float:
        """Return what a single pulse releases."""
        return float(self.released(np.zeros(1))[0])

    def record(
        self,
        trials: Sequence[Volleys],
        before_s: float = 0.0,
        after_s: float = 0.06,
        progress: Progress | None = None,
    ) -> list[Spikes]:
        """Return the discharges of each trial, times counted from its pulse.

        Parameters
        ----------
        trials : sequence of Volleys
        before_s, after_s : float
            What is looked at before the pulse, and after it.
        progress : callable, optional
        """
        slow_s = self.engine.slow_ms / 1000
        settles_s = self.settles_s
        steps = int(np.ceil((settles_s + before_s + after_s) / slow_s))
        times_s: FloatArray = np.asarray(np.arange(steps) * slow_s, dtype=float)
        rows = self.rows(times_s)
        zero_s = settles_s + before_s
        recurrent = RecurrentInhibition.of(self.pool, self.cord.recurrent_gain)
        found: list[Spikes] = []
        for first in range(0, len(trials), _SEATS_AT_ONCE):
            some = trials[first : first + _SEATS_AT_ONCE]
            seats = [Seat(self.pool, self.seed, t.noise, None, recurrent) for t in some]
            session = Session(seats, steps * slow_s, self.engine, volleys=True)
            arriving = [self._arriving(rows, times_s, zero_s, trial) for trial in some]
            session.advance(*(np.stack(each) for each in zip(*arriving, strict=True)))
            for response in session.responses():
                found.append(tuple(s - zero_s for s in response.spikes_s))
            if progress is not None:
                progress(len(found), len(trials), "testing reflexes")
        return found

    def reflexes(
        self, trials: Sequence[Volleys], before_s: float = 0.0, progress: Progress | None = None
    ) -> list[FloatArray]:
        """Return when each motoneuron fires in answer to the last volley, NaN where it doesn't.

        Discharges that come without the volley as well, by the same noise, are no answer: in a
        contraction some fall into the time of the reflex.

        Parameters
        ----------
        trials : sequence of Volleys
        before_s : float
            What is simulated before the pulse.
        progress : callable, optional
        """
        noises = list(dict.fromkeys(trial.noise for trial in trials))
        none = np.zeros(0)
        quiet = [Volleys(none, none, noise) for noise in noises]
        spikes = self.record([*quiet, *trials], before_s=before_s, progress=progress)
        alone = dict(zip(noises, map(self._answers, spikes), strict=False))
        return [
            np.where(np.isfinite(alone[trial.noise]), np.nan, self._answers(each))
            for trial, each in zip(trials, spikes[len(quiet) :], strict=True)
        ]

    def _answers(self, spikes: Spikes) -> FloatArray:
        start = self.nerve.arrives_s
        answers = [s[(s >= start) & (s < start + _WITHIN_s)] for s in spikes]
        return np.array([a[0] if len(a) else np.nan for a in answers])

    def h_wave(self, fired_s: FloatArray, *, but: NDArray[np.bool_] | None = None) -> FloatArray:
        """Return the wave of a reflex at the electrode, from the pulse on.

        Parameters
        ----------
        fired_s : array, shape (n,)
            When each motoneuron fires, NaN where it doesn't.
        but : array of bool, shape (n,), optional
            Motor axons in which the reflex is extinguished.
        """
        times_s = fired_s + self.nerve.down_s
        return self._wave(times_s if but is None else np.where(but, np.nan, times_s))

    def m_wave(self, excited: NDArray[np.bool_]) -> FloatArray:
        """Return the wave of motor axons that a pulse excites, from the pulse on."""
        return self._wave(np.where(excited, self.nerve.direct_s, np.nan))

    def emg(self, spikes: Spikes, lasts_s: float) -> FloatArray:
        """Return the wave of all discharges at the electrode, from time 0 on."""
        down_s = self.nerve.down_s
        return self._drawn([s + down for s, down in zip(spikes, down_s, strict=True)], lasts_s)

    def m_max(self) -> float:
        """Return the amplitude of the M-wave of all motor axons."""
        return amplitude(self.m_wave(np.ones(len(self.pool), dtype=bool)))

    def _wave(self, times_s: FloatArray) -> FloatArray:
        return self._drawn([t[np.isfinite(t)] for t in times_s[:, np.newaxis]], 0.1)

    def _drawn(self, times_s: Sequence[FloatArray], lasts_s: float) -> FloatArray:
        """Return the wave of action potentials that begin at some times, one array a unit."""
        width = self._waves.shape[1]
        # An action potential is over within half its duration of its middle.
        early = round((width / EMG_hz - muap_duration_s(self.pool.muscle)) / 2 * EMG_hz)
        wave = np.zeros(int(lasts_s * EMG_hz) + width)
        for mine_s, potential in zip(times_s, self._waves, strict=True):
            for time_s in mine_s:
                # It begins when the impulse arrives.
                at = round(time_s * EMG_hz) - early
                first, last = max(0, at), min(len(wave), at + width)
                if first < last:
                    wave[first:last] += potential[first - at : last - at]
        return wave

    def rows(self, times_s: FloatArray) -> FloatArray:
        """Return what reaches the pool without any volley, shape (4, steps)."""
        level = self.settings.background_pct_mvc
        arrivals = self._quiet.replace(**self._lasting(times_s)).arrivals(
            times_s, self.cord, self.pool
        )
        rows = np.zeros((len(Row), len(times_s)))
        rows[Row.EXCITATION] = self.cord.resting_drive + self.drive + arrivals.excitation
        rows[Row.INHIBITION] = self.cord.inhibition_at(self.drive) + arrivals.inhibition
        rows[Row.NEUROMODULATION] = self.cord.neuromodulation_at(level)
        return rows

    def _lasting(self, times_s: FloatArray) -> dict[str, object]:
        lasts_s = float(times_s[-1]) + 1.0
        if isinstance(self._quiet, _Quiet):
            return {"lasts_s": lasts_s}
        return {"protocol": _Quiet(lasts_s=lasts_s)}

    def _arriving(
        self, rows: FloatArray, times_s: FloatArray, zero_s: float, trial: Volleys
    ) -> tuple[FloatArray, FloatArray]:
        """Return what reaches the pool in a trial, and the volleys in it."""
        mine = rows.copy()
        if trial.inhibition is not None:
            mine[Row.INHIBITION] += trial.inhibition(times_s - zero_s)
        chances = stream(self.seed, "release", trial.noise)
        chance = chances.standard_normal(len(trial.at_s))
        areas = trial.areas * np.exp(ia_synapse.RELEASE_SD * chance)
        reaching = ia_synapse.excitation(times_s, trial.at_s + zero_s, areas)
        if trial.excitation is not None:
            usual = trial.excitation(times_s - zero_s)
            usual = usual * np.exp(ia_synapse.RELEASE_SD * chances.standard_normal())
            reaching += np.maximum(0.0, usual)
            # Where afferents fall silent, what they gave before is missing.
            mine[Row.EXCITATION] = np.maximum(0.0, mine[Row.EXCITATION] + np.minimum(0.0, usual))
        return mine, reaching

    def _drive(self, who: Participant) -> float:
        """Return the drive with which the person holds the contraction, M_e."""
        level = self.settings.background_pct_mvc
        if level == 0:
            return 0.0
        hold = Trapezoid(peak_pct_mvc=level, rise_s=2.0, hold_s=4.0, fall_s=2.0, rest_s=0.5)
        held = simulate(who, hold, self.given, seed=self.seed, engine=self.engine)
        drive = held.truth.signals["drive"] if held.truth is not None else None
        assert drive is not None
        during = (drive.times_s > 4.0) & (drive.times_s < 6.5)
        return float(np.asarray(drive.values)[during].mean())


def amplitude(wave: FloatArray) -> float:
    """Return the peak-to-peak amplitude of a wave."""
    return float(np.ptp(wave))


def onset_s(wave: FloatArray) -> float:
    """Return when a wave first exceeds a twentieth of its largest value; NaN without any."""
    size = np.abs(wave)
    return float(np.argmax(size > 0.05 * size.max()) / EMG_hz) if size.max() > 0 else float("nan")
