"""The step of history that `simulate` writes: a simulation as runnable Python."""

from __future__ import annotations

from collections.abc import Sequence

from renshaw.core.history import Step
from renshaw.core.settings import as_python
from renshaw.core.version import __version__
from renshaw.engine.run import EngineSettings
from renshaw.experiment.tracking import TorqueTrackingSettings, usual_tracking
from renshaw.interventions import Intervention, as_interventions
from renshaw.model.muscles import muscle_pool
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.protocols import Protocol

_CITES = ("powers2017", "destexhe2001", "fuglevand1993")


def simulation_step(
    who: Participant | Pool,
    protocol: Protocol,
    given: Sequence[Intervention | str] = (),
    seed: int = 0,
    engine: EngineSettings | None = None,
    tracking: TorqueTrackingSettings | None = None,
) -> Step:
    """Return the step of history that `simulate` would write for these arguments."""
    usual = usual_tracking(who.edition)
    engine, tracking = engine or EngineSettings(), tracking or usual
    interventions = as_interventions(given)
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
        published = muscle_pool(who.muscle, len(who), who.edition).fingerprint()
        # A pool that someone changed can't be written down; the program must not pretend it can.
        person = (
            f"rs.model.muscle_pool({who.muscle!r}, {len(who)}, edition={who.edition})"
            if fingerprint == published
            else "pool"
        )
    arguments = [person, protocol.as_python()]
    if interventions:
        arguments.append(f"given={as_python(interventions)}")
    arguments.append(f"seed={seed}")
    if tracking != usual:
        arguments.append(f"tracking={tracking.as_python()}")
    if engine != EngineSettings():
        arguments.append(f"engine={engine.as_python()}")
    code = f"recording = rs.simulate({', '.join(arguments)})"
    if person == "pool":
        code = f"# pool: a motoneuron pool of your own, fingerprint {fingerprint}\n{code}"
    return Step("simulate", code, settings, seed, fingerprint, _CITES, __version__)
