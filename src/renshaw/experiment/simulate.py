"""`simulate`: a person does a protocol, and everything that happened is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from renshaw.engine.run import EngineSettings, Inputs, Response, run
from renshaw.interventions import Intervention, intervention
from renshaw.model.muscles import muscle_pool
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.muscle.torque import torque_pct_mvc
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]

_TORQUE_hz = 200.0
_CITES = ("powers2017", "destexhe2001", "fuglevand1993")


@dataclass(frozen=True)
class _Setup:
    """Everything that the engine needs, with the time axis it needs it on."""

    pool: Pool
    participant: Participant
    protocol: Protocol
    times_s: FloatArray
    inputs: Inputs


def simulate(
    participant: Participant | Pool,
    protocol: Protocol,
    given: Sequence[Intervention | str] = (),
    *,
    seed: int = 0,
    engine: EngineSettings | None = None,
    name: str | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Recording:
    """Let a person do a protocol, under the interventions given, and record it.

    Parameters
    ----------
    participant : Participant or Pool
        A pool is taken as that of a default participant.
    protocol : Protocol
    given : sequence of Intervention or str
        Applied in order; a name such as ``"relaxation"`` stands for its default settings.
    seed : int
        Seed of the synaptic noise. The same seed gives the same noise in every condition, which
        makes conditions comparable motoneuron by motoneuron.
    engine : EngineSettings, optional
    name : str, optional
        Name of the recording; made of the participant and the interventions by default.
    progress : callable, optional
        Called with (motoneurons done, motoneurons in all, what is done now); also says when the
        model is being compiled, which happens once on a machine.

    Returns
    -------
    Recording
        Units (one a motoneuron), torque (% MVC), and `truth`: drive (M_e), inhibition (M_i),
        neuromodulation (scale of the L-type conductance) and PIC (nA, inward positive).

    Raises
    ------
    SettingsError
        An unknown intervention or an impossible setting.
    SimulationError
        The job is too large, or its state diverged.
    """
    engine = engine or EngineSettings()
    interventions = _interventions(given)
    setup = _set_up(participant, protocol, interventions, engine)
    response = run(setup.pool, setup.inputs, engine, seed=checked_seed(seed), progress=progress)
    return Recording(
        units=MotorUnits(response.spikes_s, (0.0, protocol.duration_s)),
        signals={"torque": _torque(setup, response)},
        events=setup.protocol.events(),
        truth=_truth(setup, response),
        name=name or _name(participant, interventions),
        history=History((simulation_step(participant, protocol, given, seed, engine),)),
    )


def _interventions(given: Sequence[Intervention | str]) -> tuple[Intervention, ...]:
    if isinstance(given, str | Intervention):
        given = (given,)
    return tuple(intervention(each) if isinstance(each, str) else each for each in given)


def _set_up(
    who: Participant | Pool,
    protocol: Protocol,
    interventions: Sequence[Intervention],
    engine: EngineSettings,
) -> _Setup:
    if not isinstance(who, Participant | Pool):
        raise SettingsError(f"simulate needs a Participant or a Pool, not a {type(who).__name__}.")
    participant = who if isinstance(who, Participant) else Participant()
    for each in interventions:
        participant, protocol = each.edit(participant, protocol)
    pool = participant.shaped(who) if isinstance(who, Pool) else participant.pool
    times_s = np.arange(round(protocol.duration_s * 1000 / engine.step_ms)) * engine.step_ms / 1000
    effort = protocol.effort_pct_mvc(times_s)
    drive = participant.drive_per_pct_mvc * effort
    tonic = participant.inhibition + participant.inhibition_per_drive * drive
    inhibition = np.maximum(0.0, tonic) + protocol.added_inhibition(times_s)
    level = participant.neuromodulation_at(float(effort.max()))
    neuromodulation = np.full(len(times_s), level)
    inputs = Inputs(drive, inhibition, neuromodulation)
    return _Setup(pool, participant, protocol, times_s, inputs)


def _torque(setup: _Setup, response: Response) -> Signal:
    torque = torque_pct_mvc(
        setup.pool, response.spikes_s, setup.protocol.duration_s, fs_hz=_TORQUE_hz
    )
    return Signal(torque, _TORQUE_hz, "% MVC")


def _truth(setup: _Setup, response: Response) -> Truth:
    every = round(1 / (response.save_hz * (setup.times_s[1] - setup.times_s[0])))

    def course(values: FloatArray, unit: str) -> Signal:
        return Signal(_block_mean(values, every), response.save_hz, unit)

    return Truth(
        signals={
            "drive": course(setup.inputs.excitation, "1e-5 S/cm2"),
            "inhibition": course(setup.inputs.inhibition, "1e-5 S/cm2"),
            "neuromodulation": course(setup.inputs.neuromodulation, ""),
            "pic_current": Signal(_compact(response.pic_nA.T), response.save_hz, "nA"),
        },
        parameters={
            "neuromodulation": float(setup.inputs.neuromodulation[0]),
            "inhibition": setup.participant.inhibition,
            "pic_shift_mV": setup.participant.pic_shift_mV,
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
) -> Step:
    """Return the step of history that `simulate` would write for these arguments."""
    engine = engine or EngineSettings()
    interventions = _interventions(given)
    settings = {
        "protocol": {type(protocol).__name__: protocol.to_mapping()},
        "given": {type(each).__name__: each.to_mapping() for each in interventions},
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
    if engine != EngineSettings():
        arguments.append(f"engine={engine.as_python()}")
    code = f"recording = rs.simulate({', '.join(arguments)})"
    if person == "pool":
        code = f"# pool: a motoneuron pool of your own, fingerprint {fingerprint}\n{code}"
    return Step("simulate", code, settings, seed, fingerprint, _CITES, __version__)
