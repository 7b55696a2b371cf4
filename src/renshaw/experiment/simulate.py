"""`simulate`: a person does a protocol, and everything that happened is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SimulationError
from renshaw.core.seeds import checked_seed
from renshaw.data.recording import Recording
from renshaw.engine.run import EngineSettings, Inputs, Progress, run
from renshaw.experiment.maximal import mvc_force, pool_mvc_force
from renshaw.experiment.recorded import recorded
from renshaw.experiment.simulation_step import simulation_step
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    TorqueTrackingSettings,
    imposed_drive,
    perform,
    rehearsed,
    usual_tracking,
)
from renshaw.experiment.trial import Trial, edited
from renshaw.interventions import Intervention, as_interventions
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.muscle.twitches import Twitches
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]

__all__ = ["Trial", "edited", "rehearse", "simulate", "simulate_many", "simulation_step"]


def simulate(
    participant: Participant | Pool,
    protocol: Protocol,
    given: Sequence[Intervention | str] = (),
    *,
    seed: int = 0,
    tracking: TorqueTrackingSettings | None = None,
    engine: EngineSettings | None = None,
    learned: FloatArray | None = None,
    name: str | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Recording:
    """Let a person do a protocol, under the interventions given, and record it.

    Where the protocol asks for torque, the person practices first, under the same interventions,
    and then finds the drive that makes torque follow: `renshaw.experiment.tracking`.

    Parameters
    ----------
    participant : Participant or Pool
        A pool is taken as that of a default participant.
    protocol : Protocol
    given : sequence of Intervention or str
        The order makes no difference; a name such as ``"relaxation"`` stands for its default
        settings.
    seed : int
        Seed of the synaptic noise. The same seed gives the same noise in every condition, which
        makes conditions comparable motoneuron by motoneuron.
    tracking : TorqueTrackingSettings, optional
        How torque is made to follow its target; that of the participant's edition if not given.
    engine : EngineSettings, optional
    learned : array, optional
        What `rehearse` returned for the same person, protocol and interventions: spares the
        practice where several trials are recorded, and changes nothing else.
    name : str, optional
        Name of the recording; made of the participant and the interventions by default.
    progress : callable, optional
        Called with (done, total, what is done now).

    Returns
    -------
    Recording
        Units (one a motoneuron), torque (% MVC), the amplitude of the EMG (% MVC, without M-waves)
        and `truth`: drive (M_e), effort (% of the largest
        drive), inhibition (M_i), neuromodulation (scale of the L-type conductance) and PIC (nA,
        inward positive).

    Raises
    ------
    SettingsError
        An unknown intervention, one given twice, or an impossible setting.
    SimulationError
        The job is too large, or its state diverged.

    Examples
    --------
    >>> import renshaw as rs
    >>> ramp = rs.Ramp(rise_s=2, fall_s=2, follows="drive")
    >>> recording = rs.simulate(rs.Participant(n_units=8), ramp, seed=1)
    >>> len(recording.units), sorted(recording.signals)
    (8, ['emg', 'torque'])
    """
    trial = Trial(participant, protocol, as_interventions(given), seed, name, learned)
    return simulate_many([trial], tracking=tracking, engine=engine, progress=progress)[0]


def simulate_many(
    trials: Sequence[Trial],
    *,
    tracking: TorqueTrackingSettings | None = None,
    engine: EngineSettings | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[Recording]:
    """Let people do trials side by side; each recording is that of `simulate`, but sooner.

    A person who does the same protocol under the same interventions several times practices once.

    Parameters
    ----------
    trials : sequence of Trial
    tracking, engine, progress : optional
        As in `simulate`.
    threads : int, optional
        As many as there are cores if not given; the numbers don't depend on it.
    """
    engine = engine or EngineSettings()
    recordings: dict[int, Recording] = {}
    for batch in _batches(trials):
        told = _within(progress, len(recordings), len(trials))
        some = [trials[i] for i in batch]
        follows = tracking or usual_tracking(some[0].participant.edition)
        parts = _practiced(some, follows, engine, threads, told)
        performed = _performed(parts, follows, engine, threads, told)
        for i, part, done in zip(batch, parts, performed, strict=True):
            recordings[i] = recorded(trials[i], part, done, follows, engine)
    return [recordings[i] for i in range(len(trials))]


# Motoneurons done side by side: enough to fill vectors, few enough for memory.
_MOST_AT_ONCE = 1000


def _batches(trials: Sequence[Trial]) -> Iterator[list[int]]:
    """Yield the numbers of trials that last equally long, some thousand motoneurons at a time.

    People of two editions are apart: they follow torque differently.
    """
    like: dict[tuple[float, int], list[int]] = {}
    for i, trial in enumerate(trials):
        _, protocol = trial.edited
        like.setdefault((protocol.duration_s, trial.participant.edition), []).append(i)
    for alike in like.values():
        batch: list[int] = []
        units = 0
        for i in alike:
            who = trials[i].participant
            units += who.n_units if isinstance(who, Participant) else len(who)
            batch.append(i)
            if units >= _MOST_AT_ONCE:
                yield batch
                batch, units = [], 0
        if batch:
            yield batch


def _within(progress: Progress | None, done: int, total: int) -> Progress | None:
    """Let a batch say what it does, in words; alone, it also says how far it is."""
    if progress is None or total == 1:
        return progress
    return lambda _done, _total, what: progress(done, total, what)


def _practiced(
    trials: Sequence[Trial],
    tracking: TorqueTrackingSettings,
    engine: EngineSettings,
    threads: int | None,
    progress: Progress | None,
) -> list[Part]:
    """Return the parts of the trials, each with the drive that was learned for it."""
    parts = [_part(trial, engine) for trial in trials]
    wanting: dict[Any, list[int]] = {}
    for i, trial in enumerate(trials):
        if trial.learned is None:
            who = trial.participant
            key = who if isinstance(who, Participant) else who.fingerprint()
            wanting.setdefault((key, trial.protocol, trial.given), []).append(i)
    firsts = [parts[numbers[0]] for numbers in wanting.values()]
    learned = _rehearsed(firsts, tracking, engine, threads, progress) if firsts else []
    for numbers, drive in zip(wanting.values(), learned, strict=True):
        for i in numbers:
            parts[i] = replace(parts[i], learned=drive)
    return parts


def rehearse(
    participant: Participant | Pool,
    protocol: Protocol,
    given: Sequence[Intervention | str] = (),
    *,
    tracking: TorqueTrackingSettings | None = None,
    engine: EngineSettings | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> FloatArray:
    """Return the drive that a person has learned after practicing a protocol, M_e (1e-5 S/cm2).

    For `simulate`'s `learned`, where several trials of the same person are recorded.

    Parameters
    ----------
    participant : Participant or Pool
        Who practices.
    protocol : Protocol
        What is practiced.
    given : sequence of Intervention or str
        What calms meanwhile.
    tracking : TorqueTrackingSettings, optional
        How torque is made to follow its target; that of the participant's edition if not given.
    engine : EngineSettings, optional
        How the pool is integrated.
    progress : callable, optional
        Called with (done, total, what is done now).
    """
    engine, tracking = engine or EngineSettings(), tracking or usual_tracking(participant.edition)
    part = _part(Trial(participant, protocol, as_interventions(given)), engine)
    return _rehearsed([part], tracking, engine, None, progress)[0]


def _part(trial: Trial, engine: EngineSettings) -> Part:
    person, protocol = trial.edited
    who, seed = trial.participant, checked_seed(trial.seed)
    if isinstance(who, Pool):
        force = pool_mvc_force(who, person.untreated.cord, engine)
        units = person.treatment.of_muscle(who)
        return Part(person.cord.around(units), person.cord, protocol, force, seed, trial.learned)
    force = mvc_force(person.untreated, engine=engine)
    return Part(person.pool, person.cord, protocol, force, seed, trial.learned)


def _rehearsed(
    parts: Sequence[Part],
    tracking: TorqueTrackingSettings,
    engine: EngineSettings,
    threads: int | None,
    progress: Progress | None,
) -> list[FloatArray]:
    cpu = engine.replace(engine="cpu")
    learned = {i: imposed_drive(part, cpu) for i, part in enumerate(parts)}
    tracking_torque = [i for i, part in enumerate(parts) if part.protocol.tracks_torque]
    if tracking_torque:
        some = [parts[i] for i in tracking_torque]
        found = rehearsed(some, tracking, cpu, threads, progress)
        learned.update(zip(tracking_torque, found, strict=True))
    return [learned[i] for i in range(len(parts))]


def _performed(
    parts: Sequence[Part],
    tracking: TorqueTrackingSettings,
    engine: EngineSettings,
    threads: int | None,
    progress: Progress | None,
) -> list[Performance]:
    cpu = engine.replace(engine="cpu")
    done = perform(parts, tracking, cpu, save=("pic",), threads=threads, progress=progress)
    if engine.engine == "cpu":
        return done
    return [_replayed(part, d, engine, progress) for part, d in zip(parts, done, strict=True)]


def _replayed(
    part: Part, done: Performance, engine: EngineSettings, progress: Progress | None
) -> Performance:
    """Return the trial by another engine, which can't look at a screen, under the drive found."""
    if np.any(part.pool.run_down_per_s > 0) and part.cord.constitutive > 0:
        raise SimulationError(
            f'engine="{engine.engine}" can\'t let each motoneuron run down by itself; use '
            'engine="cpu".'
        )
    if part.cord.recurrent_gain > 0:
        raise SimulationError(
            f'engine="{engine.engine}" can\'t close the loop of recurrent inhibition; use '
            'engine="cpu".'
        )
    again = {
        name: np.repeat(values, engine.slow_steps)
        for name, values in vars(done.inputs).items()
        if values is not None and not name.endswith("_gain")
    }
    inputs = Inputs(**again, current_gain=done.inputs.current_gain)
    response = run(part.pool, inputs, engine, seed=part.seed, progress=progress)
    force = Twitches(part.pool, 1 / TORQUE_hz).advance(response.spikes_s, len(done.torque_pct_mvc))
    return replace(done, response=response, torque_pct_mvc=100.0 * force / part.mvc_force)
