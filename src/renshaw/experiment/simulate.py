"""`simulate`: a person does a protocol, and everything that happened is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.core.history import History, Step
from renshaw.core.seeds import checked_seed, derived_seed
from renshaw.core.settings import as_python
from renshaw.core.version import __version__
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording, Truth
from renshaw.data.signal import Signal
from renshaw.engine.run import EngineSettings, Inputs, Progress, run
from renshaw.experiment.electromyogram import amplitude_course, largest_amplitude
from renshaw.experiment.maximal import (
    maximal_discharges,
    mvc_force,
    pool_maximal_discharges,
    pool_mvc_force,
)
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    TrackingSettings,
    imposed_drive,
    perform,
    rehearsed,
)
from renshaw.interventions import Intervention, chosen
from renshaw.model.muscles import muscle_pool
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.muscle.twitches import Twitches
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]

_CITES = ("powers2017", "destexhe2001", "fuglevand1993")


def simulate(
    participant: Participant | Pool,
    protocol: Protocol,
    given: Sequence[Intervention | str] = (),
    *,
    seed: int = 0,
    tracking: TrackingSettings | None = None,
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
    tracking : TrackingSettings, optional
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
    """
    trial = Trial(participant, protocol, chosen(given), seed, name, learned)
    return simulate_many([trial], tracking=tracking, engine=engine, progress=progress)[0]


@dataclass(frozen=True, eq=False)
class Trial:
    """One recording to be made: the arguments of `simulate` that tell trials apart."""

    participant: Participant | Pool
    protocol: Protocol
    given: tuple[Intervention, ...] = ()
    seed: int = 0
    name: str | None = None
    learned: FloatArray | None = None


def simulate_many(
    trials: Sequence[Trial],
    *,
    tracking: TrackingSettings | None = None,
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
    engine, tracking = engine or EngineSettings(), tracking or TrackingSettings()
    recordings: dict[int, Recording] = {}
    for batch in _batches(trials):
        told = _within(progress, len(recordings), len(trials))
        some = [trials[i] for i in batch]
        parts = _practiced(some, tracking, engine, threads, told)
        performed = _performed(parts, tracking, engine, threads, told)
        for i, part, done in zip(batch, parts, performed, strict=True):
            recordings[i] = _recording(trials[i], part, done, tracking, engine)
    return [recordings[i] for i in range(len(trials))]


# Motoneurons done side by side: enough to fill vectors, few enough for memory.
_MOST_AT_ONCE = 1000


def _batches(trials: Sequence[Trial]) -> Iterator[list[int]]:
    """Yield the numbers of trials that last equally long, some thousand motoneurons at a time."""
    lasting: dict[float, list[int]] = {}
    for i, trial in enumerate(trials):
        _, protocol = _edited(trial)
        lasting.setdefault(protocol.duration_s, []).append(i)
    for alike in lasting.values():
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
    tracking: TrackingSettings,
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


def _recording(
    trial: Trial,
    part: Part,
    done: Performance,
    tracking: TrackingSettings,
    engine: EngineSettings,
) -> Recording:
    step = simulation_step(
        trial.participant, trial.protocol, trial.given, trial.seed, engine, tracking
    )
    return Recording(
        units=MotorUnits(done.response.spikes_s, (0.0, part.protocol.duration_s)),
        signals={**_seen(part.protocol, done), "emg": _electromyogram(trial, done, engine)},
        events=(*part.protocol.events(), *done.events),
        truth=_truth(part, done, engine),
        name=trial.name or _name(trial.participant, trial.given),
        history=History((step,)),
    )


def _seen(protocol: Protocol, done: Performance) -> dict[str, Signal]:
    """Return what the person saw on the screen: torque and, where she was to follow it, target."""
    torque = Signal(done.torque_pct_mvc, TORQUE_hz, "% MVC")
    if not protocol.tracks_torque:
        return {"torque": torque}
    target = protocol.effort_pct_mvc(torque.times_s)
    return {"torque": torque, "target": Signal(target, TORQUE_hz, "% MVC")}


def _electromyogram(trial: Trial, done: Performance, engine: EngineSettings) -> Signal:
    """Return the amplitude of the EMG, in % of that of the untreated person's MVC.

    M-waves are left out: discharges that a stimulus to the muscle's own nerve evokes directly.
    """
    who, pool = _edited(trial)[0].untreated, trial.participant
    if isinstance(pool, Pool):
        largest = pool_maximal_discharges(pool, who.cord, engine)
    else:
        pool, largest = who.units, maximal_discharges(who, engine)
    # The electrode stays in place: of a person, recordings differ by what she does.
    place = derived_seed(0, "electrode", who.name)
    samples = len(done.torque_pct_mvc)
    amplitude = amplitude_course(
        pool,
        _not_evoked(done, engine),
        samples,
        TORQUE_hz,
        largest_amplitude(pool, largest, place),
        place,
    )
    return Signal(amplitude, TORQUE_hz, "% MVC")


# A shock to the motor axon evokes its discharge within that time.
_EVOKED_WITHIN_s = 0.004


def _not_evoked(done: Performance, engine: EngineSettings) -> list[FloatArray]:
    """Return the discharges that no stimulus to the motor axon evoked."""
    trains = [np.asarray(times) for times in done.response.spikes_s]
    current = done.inputs.current_nA
    if current is None or not current.any() or done.inputs.current_gain is None:
        return trains
    given = np.flatnonzero(np.diff(current, prepend=0.0) > 0) * engine.slow_ms / 1000
    for i in np.flatnonzero(done.inputs.current_gain):
        last = np.searchsorted(given, trains[i], side="right") - 1
        since = np.where(last >= 0, trains[i] - given[last], np.inf)
        trains[i] = trains[i][since > _EVOKED_WITHIN_s]
    return trains


def rehearse(
    participant: Participant | Pool,
    protocol: Protocol,
    given: Sequence[Intervention | str] = (),
    *,
    tracking: TrackingSettings | None = None,
    engine: EngineSettings | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> FloatArray:
    """Return the drive that a person has learned after practicing a protocol, M_e (1e-5 S/cm2).

    For `simulate`'s `learned`, where several trials of the same person are recorded.
    """
    engine, tracking = engine or EngineSettings(), tracking or TrackingSettings()
    part = _part(Trial(participant, protocol, chosen(given)), engine)
    return _rehearsed([part], tracking, engine, None, progress)[0]


def edited(
    participant: Participant, protocol: Protocol, given: Sequence[Intervention | str]
) -> tuple[Participant, Protocol]:
    """Return the person and the protocol as they are under the interventions."""
    for each in chosen(given):
        participant, protocol = each.edit(participant, protocol)
    return participant, protocol


def _edited(trial: Trial) -> tuple[Participant, Protocol]:
    who = trial.participant
    if not isinstance(who, Participant | Pool):
        raise SettingsError(f"simulate needs a Participant or a Pool, not a {type(who).__name__}.")
    untreated = who if isinstance(who, Participant) else Participant(muscle=who.muscle)
    return edited(untreated, trial.protocol, trial.given)


def _part(trial: Trial, engine: EngineSettings) -> Part:
    person, protocol = _edited(trial)
    who, seed = trial.participant, checked_seed(trial.seed)
    if isinstance(who, Pool):
        force = pool_mvc_force(who, person.untreated.cord, engine)
        return Part(person.cord.around(who), person.cord, protocol, force, seed, trial.learned)
    force = mvc_force(person.untreated, engine)
    return Part(person.pool, person.cord, protocol, force, seed, trial.learned)


def _rehearsed(
    parts: Sequence[Part],
    tracking: TrackingSettings,
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
    tracking: TrackingSettings,
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
    again = {
        name: np.repeat(values, engine.slow_steps)
        for name, values in vars(done.inputs).items()
        if values is not None and not name.endswith("_gain")
    }
    inputs = Inputs(**again, current_gain=done.inputs.current_gain)
    response = run(part.pool, inputs, engine, seed=part.seed, progress=progress)
    force = Twitches(part.pool, 1 / TORQUE_hz).advance(response.spikes_s, len(done.torque_pct_mvc))
    return replace(done, response=response, torque_pct_mvc=100.0 * force / part.mvc_force)


def _truth(part: Part, done: Performance, engine: EngineSettings) -> Truth:
    save_hz = done.response.save_hz
    every = engine.save_every

    def course(values: FloatArray, unit: str) -> Signal:
        return Signal(_block_mean(values, every), save_hz, unit)

    cord = part.cord
    return Truth(
        signals={
            "drive": course(done.drive, "1e-5 S/cm2"),
            "effort": course(100.0 * done.drive / cord.largest_drive, "% of maximal drive"),
            "excitation": course(done.inputs.excitation, "1e-5 S/cm2"),
            "inhibition": course(done.inputs.inhibition, "1e-5 S/cm2"),
            "neuromodulation": course(done.inputs.neuromodulation, ""),
            "pic_current": Signal(_compact(done.response.pic_nA.T), save_hz, "nA"),
        },
        parameters={
            "neuromodulation": float(done.inputs.neuromodulation[0]),
            "inhibition": cord.inhibition,
            "pic_shift_mV": cord.pic_shift_mV,
        },
    )


def _compact(pic_nA: FloatArray) -> Any:
    # A thousandth of a nanoampere is far below what matters, and files shrink to a third.
    return np.asarray(np.round(pic_nA * 1024) / 1024, dtype=np.float32)


def _block_mean(values: FloatArray, every: int) -> FloatArray:
    # Means, not samples: a decimated train of volleys would show beats that were never there.
    edges = np.arange(0, len(values), every)
    return np.asarray(np.add.reduceat(values, edges) / np.diff(np.append(edges, len(values))))


def _name(who: Participant | Pool, interventions: Sequence[Intervention]) -> str:
    conditions = [type(each).__name__ for each in interventions] or ["control"]
    person = who.name if isinstance(who, Participant) else who.muscle
    return f"{person} {' + '.join(conditions)}"


def simulation_step(
    who: Participant | Pool,
    protocol: Protocol,
    given: Sequence[Intervention | str] = (),
    seed: int = 0,
    engine: EngineSettings | None = None,
    tracking: TrackingSettings | None = None,
) -> Step:
    """Return the step of history that `simulate` would write for these arguments."""
    engine, tracking = engine or EngineSettings(), tracking or TrackingSettings()
    interventions = chosen(given)
    settings = {
        "protocol": {type(protocol).__name__: protocol.to_mapping()},
        "given": {type(each).__name__: each.to_mapping() for each in interventions},
        "tracking": tracking.to_mapping(),
        "engine": engine.to_mapping(),
    }
    if isinstance(who, Participant):
        person = who.as_python()
        settings["participant"] = who.to_mapping()
        fingerprint = who.pool.fingerprint()
    else:
        fingerprint = who.fingerprint()
        published = muscle_pool(who.muscle, len(who)).fingerprint()
        # A pool that someone changed can't be written down; the program must not pretend it can.
        person = (
            f"rs.muscle_pool({who.muscle!r}, {len(who)})" if fingerprint == published else "pool"
        )
    arguments = [person, protocol.as_python()]
    if interventions:
        arguments.append(f"given={as_python(interventions)}")
    arguments.append(f"seed={seed}")
    if tracking != TrackingSettings():
        arguments.append(f"tracking={tracking.as_python()}")
    if engine != EngineSettings():
        arguments.append(f"engine={engine.as_python()}")
    code = f"recording = rs.simulate({', '.join(arguments)})"
    if person == "pool":
        code = f"# pool: a motoneuron pool of your own, fingerprint {fingerprint}\n{code}"
    return Step("simulate", code, settings, seed, fingerprint, _CITES, __version__)
