"""`simulate`: a person does a protocol, and everything that happened is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.core.history import History, Step
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import as_python
from renshaw.core.version import __version__
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording, Truth
from renshaw.data.signal import Signal
from renshaw.engine.run import EngineSettings, Inputs, Progress, run
from renshaw.experiment.maximal import mvc_force, pool_mvc_force
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    TrackingSettings,
    imposed_drive,
    perform,
    rehearsed,
)
from renshaw.interventions import Intervention, intervention
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
        Units (one a motoneuron), torque (% MVC), and `truth`: drive (M_e), effort (% of the largest
        drive), inhibition (M_i), neuromodulation (scale of the L-type conductance) and PIC (nA,
        inward positive).

    Raises
    ------
    SettingsError
        An unknown intervention or an impossible setting.
    SimulationError
        The job is too large, or its state diverged.
    """
    engine, tracking = engine or EngineSettings(), tracking or TrackingSettings()
    interventions = _interventions(given)
    setup = _set_up(participant, protocol, interventions, engine, checked_seed(seed))
    setup = replace(setup, learned=learned)
    if learned is None:
        setup = replace(setup, learned=_rehearsed(setup, tracking, engine, progress))
    performed = _performed(setup, tracking, engine, progress)
    step = simulation_step(participant, protocol, given, seed, engine, tracking)
    return Recording(
        units=MotorUnits(performed.response.spikes_s, (0.0, setup.protocol.duration_s)),
        signals={"torque": Signal(performed.torque_pct_mvc, TORQUE_hz, "% MVC")},
        events=setup.protocol.events(),
        truth=_truth(setup, performed, engine),
        name=name or _name(participant, interventions),
        history=History((step,)),
    )


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
    setup = _set_up(participant, protocol, _interventions(given), engine, 0)
    return _rehearsed(setup, tracking, engine, progress)


def edited(
    participant: Participant, protocol: Protocol, given: Sequence[Intervention | str]
) -> tuple[Participant, Protocol]:
    """Return the person and the protocol as they are under the interventions."""
    for each in _interventions(given):
        participant, protocol = each.edit(participant, protocol)
    return participant, protocol


def _interventions(given: Sequence[Intervention | str]) -> tuple[Intervention, ...]:
    if isinstance(given, str | Intervention):
        given = (given,)
    return tuple(intervention(each) if isinstance(each, str) else each for each in given)


def _set_up(
    who: Participant | Pool,
    protocol: Protocol,
    interventions: Sequence[Intervention],
    engine: EngineSettings,
    seed: int,
) -> Part:
    if not isinstance(who, Participant | Pool):
        raise SettingsError(f"simulate needs a Participant or a Pool, not a {type(who).__name__}.")
    untreated = who if isinstance(who, Participant) else Participant(muscle=who.muscle)
    person, protocol = edited(untreated, protocol, interventions)
    if isinstance(who, Pool):
        pool, force = person.cord.around(who), pool_mvc_force(who, untreated.cord, engine)
    else:
        pool, force = person.pool, mvc_force(untreated.untreated, engine)
    return Part(pool, person.cord, protocol, force, seed)


def _rehearsed(
    part: Part, tracking: TrackingSettings, engine: EngineSettings, progress: Progress | None
) -> FloatArray:
    cpu = engine.replace(engine="cpu")
    if part.protocol.tracks_torque:
        return rehearsed(part, tracking, cpu, progress)
    return imposed_drive(part, cpu)


def _performed(
    part: Part, tracking: TrackingSettings, engine: EngineSettings, progress: Progress | None
) -> Performance:
    done = perform(
        [part], tracking, engine.replace(engine="cpu"), save=("pic",), progress=progress
    )[0]
    if engine.engine == "cpu":
        return done
    # Another engine gets the drive that was found; it can't be stopped to look at the screen.
    again = {
        name: np.repeat(values, engine.slow_steps)
        for name, values in vars(done.inputs).items()
        if values is not None and not name.endswith("_gain")
    }
    inputs = Inputs(**again, current_gain=done.inputs.current_gain)
    response = run(part.pool, inputs, engine, seed=part.seed, progress=progress)
    force = Twitches(part.pool, 1 / TORQUE_hz).advance(response.spikes_s, len(done.torque_pct_mvc))
    torque = 100.0 * force / part.mvc_force
    return replace(done, response=response, torque_pct_mvc=torque)


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
    interventions = _interventions(given)
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
