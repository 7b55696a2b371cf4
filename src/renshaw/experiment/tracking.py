"""How a person makes torque follow a target: what she has learned, corrected by what she sees.

Descending drive is the sum of a course that was learned in practice trials (feedforward) and of a
correction that follows the error on the screen with a reaction time (feedback). After each practice
trial she keeps the drive that she ended up using, plus what the remaining error asks for a little
earlier: iterative learning, as in Bristow et al. 2006 (doi:10.1109/MCS.2006.1636313).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import derived_seed
from renshaw.core.settings import Settings, setting
from renshaw.data.recording import Event
from renshaw.engine.inputs import Row
from renshaw.engine.run import EngineSettings, Inputs, Response
from renshaw.engine.session import Seat, Session
from renshaw.model.circuits.recurrent_inhibition import RecurrentInhibition
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.model.run_down import RunDown
from renshaw.muscle.twitches import Twitches
from renshaw.protocols import Arrivals, Devices, Protocol

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

TORQUE_hz: float = 200.0
# How often the drive is corrected.
_CONTROL_s = 0.05
# A drive is smoothed over this time when it is learned: people learn smooth commands. One that is
# learned to the last detail recruits half the pool in the first second, because inward currents are
# slow to start.
_SMOOTH_s = 2.5
# Time from drive to torque, by twitches and inward currents.
_TORQUE_LAG_s = 0.3
# Share of the largest drive that is explored in the weakest effort.
_EXPLORED_SHARE = 0.25
# The drive of a maximal effort for which gains and first guess are stated.
_USUAL_LARGEST_DRIVE = 30.0


@dataclass(frozen=True, kw_only=True)
class TorqueTrackingSettings(Settings):
    """How torque is made to follow its target."""

    practice: int = setting(2, "practice trials before the one that is recorded", ge=0, le=50)
    reaction_s: float = setting(0.15, "time from an error to its correction", unit="s", ge=0, le=2)
    gain: float = setting(0.015, "drive for each % MVC of error, M_e in 1e-5 S/cm2", ge=0, le=10)
    gain_per_s: float = setting(
        0.03, "drive for each % MVC of error that lasts a second", unit="1/s", ge=0, le=10
    )
    learning_gain: float = setting(
        0.06, "drive learned for each % MVC of error that practice left", ge=0, le=10
    )


def usual_tracking(edition: int) -> TorqueTrackingSettings:
    """Return how a person of an edition follows torque where nobody says otherwise.

    Twitches that potentiate and inward currents that close slowly make what an exploration tells
    about torque wrong a few seconds later, and common input makes it wander. The second edition's
    person corrects more than ten times as firmly for it, as far as reaction time allows: twice that
    makes her oscillate.

    Parameters
    ----------
    edition : int
        Of the participant or the pool.
    """
    if edition == 1:
        return TorqueTrackingSettings()
    return TorqueTrackingSettings(gain=0.3, gain_per_s=0.4, learning_gain=0.15)


@dataclass(frozen=True, eq=False)
class Part:
    """One person in one trial.

    Parameters
    ----------
    pool : Pool
    cord : Cord
    protocol : Protocol
    mvc_force : float
        Force of a maximal effort, in twitch units.
    seed : int
        Of the synaptic noise.
    learned : array, shape (control intervals,), optional
        Drive that was learned.
    """

    pool: Pool
    cord: Cord
    protocol: Protocol
    mvc_force: float
    seed: int
    learned: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Performance:
    """What happened in one trial; the inputs are sampled at slow steps of the engine.

    Events are what the muscle itself triggered.
    """

    response: Response
    inputs: Inputs
    drive: FloatArray
    torque_pct_mvc: FloatArray
    correction: FloatArray
    events: tuple[Event, ...] = ()


def perform(
    parts: Sequence[Part],
    settings: TorqueTrackingSettings,
    engine: EngineSettings,
    *,
    save: Sequence[str] = (),
    threads: int | None = None,
    progress: Progress | None = None,
    until: Callable[[float, list[tuple[FloatArray, ...]]], bool] | None = None,
) -> list[Performance]:
    """Let people do their trials side by side; all of the same duration.

    `until`, told the time and what everybody has just fired, may end all trials early.
    """
    clock = _Clock.of(parts[0].protocol.duration_s, engine)
    people = [_Person(part, settings, clock) for part in parts]
    session = Session(
        [
            Seat(p.part.pool, p.part.seed, gains=p.gains, recurrent=renshaw_cells(p.part))
            for p in people
        ],
        clock.duration_s,
        engine,
        save=save,
        threads=threads,
    )
    for interval in range(clock.intervals):
        inputs = np.stack([person.inputs(interval) for person in people])
        for seat, person in enumerate(people):
            if person.run_down.alone.any():
                session.share(seat, Row.NEUROMODULATION, person.gains[Row.NEUROMODULATION])
        fired = session.advance(inputs)
        for person, spikes in zip(people, fired, strict=True):
            person.felt(interval, spikes)
        if until is not None and until(session.now_s, fired):
            break
        if progress is not None and interval % 20 == 0:
            progress(interval, clock.intervals, "simulating motoneurons")
    return [
        person.performance(response)
        for person, response in zip(people, session.responses(), strict=True)
    ]


def renshaw_cells(part: Part) -> RecurrentInhibition | None:
    """Return the Renshaw cells of a person's pool, if she has any."""
    return RecurrentInhibition.of(part.pool, part.cord.recurrent_gain)


def rehearsed(
    parts: Sequence[Part],
    settings: TorqueTrackingSettings,
    engine: EngineSettings,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[FloatArray]:
    """Return the drive that each person has learned after her practice trials.

    Practice has noise of its own, the same for whatever trial is recorded afterwards.
    """
    guesses = _explored(parts, settings, engine, threads, progress)
    parts = [replace(part, learned=g) for part, g in zip(parts, guesses, strict=True)]
    return practiced(parts, settings, engine, threads, progress)


def practiced(
    parts: Sequence[Part],
    settings: TorqueTrackingSettings,
    engine: EngineSettings,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[FloatArray]:
    """Return what practice makes of the drive that each person brings along."""
    for trial in range(settings.practice):
        seed = derived_seed(0, "practice", trial)
        attempts = [replace(part, seed=seed) for part in parts]
        told = _renamed(progress, f"practice {trial + 1} of {settings.practice}")
        done = perform(attempts, settings, engine, threads=threads, progress=told)
        parts = [
            replace(part, learned=_learned(part, d, settings, engine))
            for part, d in zip(parts, done, strict=True)
        ]
    return [part.learned for part in parts if part.learned is not None]


def _renamed(progress: Progress | None, what: str) -> Progress | None:
    return None if progress is None else lambda done, total, _: progress(done, total, what)


def imposed_drive(part: Part, engine: EngineSettings) -> FloatArray:
    """Return the drive of a protocol that sets it, shape (control intervals,)."""
    clock = _Clock.of(part.protocol.duration_s, engine)
    return part.protocol.imposed_drive(clock.control_s)


def intervals_of(part: Part, engine: EngineSettings) -> int:
    """Return how many control intervals a trial has."""
    return _Clock.of(part.protocol.duration_s, engine).intervals


@dataclass(frozen=True, kw_only=True)
class _Exploration(Protocol):
    """A slow increase of drive, to feel how much torque comes of it."""

    highest: float = setting(10.0, "drive at the end, M_e in 1e-5 S/cm2", gt=0)
    effort_pct: float = setting(20.0, "effort whose level of neuromodulation is used", ge=0)

    @property
    def duration_s(self) -> float:
        return 10.0

    @property
    def highest_effort_pct_mvc(self) -> float:
        return self.effort_pct

    def imposed_drive(self, times_s: FloatArray) -> FloatArray:
        return np.asarray(self.highest * times_s / self.duration_s)


def _explored(
    parts: Sequence[Part],
    settings: TorqueTrackingSettings,
    engine: EngineSettings,
    threads: int | None,
    progress: Progress | None,
) -> list[FloatArray]:
    """Return for each person a first guess of the drive that her protocol takes."""
    attempts = []
    for part in parts:
        highest_pct = part.protocol.highest_effort_pct_mvc
        # Less effort than this is reached with far less drive than the same share of the largest.
        share = _EXPLORED_SHARE + (1.0 - _EXPLORED_SHARE) * highest_pct / 100.0
        slow = _Exploration(highest=share * part.cord.largest_drive, effort_pct=highest_pct)
        attempt = replace(part, protocol=slow, seed=derived_seed(0, "exploration"))
        attempts.append(replace(attempt, learned=imposed_drive(attempt, engine)))
    done = perform(
        attempts, settings, engine, threads=threads, progress=_renamed(progress, "exploring")
    )
    return [_first_guess(part, d, engine) for part, d in zip(parts, done, strict=True)]


def _first_guess(part: Part, explored: Performance, engine: EngineSettings) -> FloatArray:
    clock = _Clock.of(part.protocol.duration_s, engine)
    every = len(explored.torque_pct_mvc) // len(explored.correction)
    torque = explored.torque_pct_mvc.reshape(-1, every).mean(axis=1)
    lag = round(_TORQUE_LAG_s / _CONTROL_s)
    drive = explored.drive[:: len(explored.drive) // len(torque)][: len(torque) - lag]
    reached = np.maximum.accumulate(torque[lag:]) + 1e-9 * np.arange(len(drive))
    effort = part.protocol.effort_pct_mvc(clock.control_s)
    # Beyond what was explored, the largest drive brings all of the force.
    at = np.interp(effort, [*reached, 100.0], [*drive, part.cord.largest_drive])
    return _smoothed(np.where(effort > 0, at, 0.0))


def _learned(
    part: Part, done: Performance, settings: TorqueTrackingSettings, engine: EngineSettings
) -> FloatArray:
    clock = _Clock.of(part.protocol.duration_s, engine)
    torque = done.torque_pct_mvc.reshape(clock.intervals, -1).mean(axis=1)
    error = part.protocol.effort_pct_mvc(clock.control_s) - torque
    ahead = round(settings.reaction_s / _CONTROL_s)
    error = np.concatenate([error[ahead:], np.zeros(ahead)])
    scale = part.cord.largest_drive / _USUAL_LARGEST_DRIVE
    kept = done.correction + (0.0 if part.learned is None else part.learned)
    wanted = kept + scale * settings.learning_gain * error
    return np.clip(_smoothed(wanted), 0.0, part.cord.largest_drive)


def _smoothed(values: FloatArray) -> FloatArray:
    width = round(_SMOOTH_s / _CONTROL_s)
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")[: len(values)]


@dataclass(frozen=True)
class _Clock:
    """Time in slow steps of the engine, in control intervals, and in samples of torque."""

    slow_s: float
    steps: int
    intervals: int
    samples: int

    @classmethod
    def of(cls, duration_s: float, engine: EngineSettings) -> _Clock:
        slow_s = engine.slow_ms / 1000
        steps = max(1, round(_CONTROL_s / slow_s))
        intervals = max(1, round(duration_s / (steps * slow_s)))
        return cls(slow_s, steps, intervals, max(1, round(steps * slow_s * TORQUE_hz)))

    @property
    def duration_s(self) -> float:
        return float(self.intervals * self.steps * self.slow_s)

    @property
    def control_s(self) -> FloatArray:
        return np.asarray(np.arange(self.intervals) * self.steps * self.slow_s, dtype=float)

    @property
    def slow_times_s(self) -> FloatArray:
        return np.asarray(np.arange(self.intervals * self.steps) * self.slow_s, dtype=float)


class _Person:
    """One seat of a session, with eyes."""

    def __init__(self, part: Part, settings: TorqueTrackingSettings, clock: _Clock) -> None:
        self.part = part
        self.settings = settings
        self.clock = clock
        times_s = clock.slow_times_s
        self.arrivals: Arrivals = part.protocol.arrivals(times_s, part.cord, part.pool)
        self.target = part.protocol.effort_pct_mvc(clock.control_s)
        learned = np.zeros(clock.intervals) if part.learned is None else part.learned
        self.feedforward = np.interp(times_s, clock.control_s, learned)
        self.correction = np.zeros(clock.intervals)
        self.drive = np.zeros(len(times_s))
        self.columns = np.zeros((len(Row), len(times_s)))
        self.highest = part.protocol.highest_effort_pct_mvc
        self.run_down = RunDown(part.pool)
        self.columns[Row.CURRENT] = self.arrivals.stimulus_nA
        self.gains = np.ones((len(Row), len(part.pool)))
        self.gains[Row.CURRENT] = self.arrivals.stimulated
        self.twitches = Twitches(part.pool, 1 / TORQUE_hz)
        self.times_s = times_s
        self.devices = Devices(part.protocol.triggered, part.cord, part.pool)
        self.triggered = Arrivals.none(len(times_s), len(part.pool))
        self.torque = np.zeros(clock.intervals * clock.samples)
        self.lasting = 0.0
        self.most = part.cord.largest_drive

    def inputs(self, interval: int) -> FloatArray:
        cord, now = self.part.cord, self._steps(interval)
        self.correction[interval] = self._correction(interval)
        drive = np.clip(self.feedforward[now] + self.correction[interval], 0.0, cord.largest_drive)
        self.drive[now] = drive
        excitation = cord.resting_drive + drive + self.arrivals.excitation[now]
        self.columns[Row.EXCITATION, now] = excitation
        tonic = np.maximum(0.0, cord.inhibition + cord.inhibition_per_drive * drive)
        arriving = self.arrivals.inhibition[now] + self.triggered.inhibition[now]
        self.columns[Row.INHIBITION, now] = tonic + arriving
        largest, each = cord.neuromodulation_of_each(self.highest, self.run_down.share)
        self.columns[Row.NEUROMODULATION, now] = largest
        self.gains[Row.NEUROMODULATION] = each
        return self.columns[:, now]

    def felt(self, interval: int, spikes_s: Sequence[FloatArray]) -> None:
        force = self.twitches.advance(spikes_s, self.clock.samples)
        self.run_down.advance(_CONTROL_s, spikes_s)
        samples = slice(interval * self.clock.samples, (interval + 1) * self.clock.samples)
        steps = self._steps(interval)
        opposed = self.arrivals.antagonist_pct_mvc[steps] + self.triggered.antagonist_pct_mvc[steps]
        self.torque[samples] = 100.0 * force / self.part.mvc_force - opposed.mean()
        self._answered(interval, spikes_s)

    def _answered(self, interval: int, spikes_s: Sequence[FloatArray]) -> None:
        """Let stimulators that listen to the muscle begin a bout."""
        now_s = (interval + 1) * self.clock.steps * self.clock.slow_s
        at_rest = not self.drive[self._steps(interval)].any()
        if self.devices.hear(now_s, _CONTROL_s, spikes_s, at_rest=at_rest):
            gate = self.part.protocol.reciprocal_gate(self.times_s)
            self.triggered = self.devices.arrivals(self.times_s, gate)

    def performance(self, response: Response) -> Performance:
        rows = self.columns
        inputs = Inputs(
            excitation=rows[Row.EXCITATION],
            inhibition=rows[Row.INHIBITION],
            neuromodulation=rows[Row.NEUROMODULATION],
            current_nA=rows[Row.CURRENT],
            current_gain=self.gains[Row.CURRENT],
        )
        return Performance(
            response, inputs, self.drive, self.torque, self.correction, self.devices.events()
        )

    def _correction(self, interval: int) -> float:
        """Return what is added to the learned drive, by the error of a reaction time ago."""
        seen = interval - 1 - round(self.settings.reaction_s / _CONTROL_s)
        if not self.part.protocol.tracks_torque or seen < 0:
            return 0.0
        samples = slice(seen * self.clock.samples, (seen + 1) * self.clock.samples)
        error = self.target[seen] - float(self.torque[samples].mean())
        scale = self.part.cord.largest_drive / _USUAL_LARGEST_DRIVE
        more = scale * self.settings.gain_per_s * _CONTROL_s * error
        # What was corrected long ago is forgotten, so that the correction can't wind up; a firm one
        # would all the same, where all the drive there is doesn't do.
        spent = interval > 0 and self.drive[self._steps(interval - 1)][-1] >= self.most
        if spent and error > 0 and self.part.pool.edition > 1:
            more = 0.0
        self.lasting = 0.98 * self.lasting + more
        return float(scale * self.settings.gain * error + self.lasting)

    def _steps(self, interval: int) -> slice:
        return slice(interval * self.clock.steps, (interval + 1) * self.clock.steps)
