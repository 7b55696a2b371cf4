"""Experiments on simulated persons: from who and what is done to a recording of known truth.

`rs.simulate`, `rs.night`, `rs.effort` and `rs.observe` are at the front door; the rest of the
laboratory is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.experiment.current_clamp import CurrentRamp, CurrentRampSettings, current_ramp
    from renshaw.experiment.effort import Effort, EffortSettings, effort_of
    from renshaw.experiment.maximal import MaximalEffort, mvc_force
    from renshaw.experiment.night import Night, NightSettings
    from renshaw.experiment.observation import ObservationSettings
    from renshaw.experiment.one_motoneuron import ImpalementSettings
    from renshaw.experiment.reflexes import (
        REFLEXES,
        AshworthSettings,
        ClonusSettings,
        ConditionedSettings,
        DepressionSettings,
        HReflexSettings,
        ReciprocalSettings,
        RecurrentSettings,
        Reflex,
        ReflexSettings,
        StretchSettings,
        TapSettings,
        reflex,
    )
    from renshaw.experiment.simulate import Trial, rehearse, simulate_many
    from renshaw.experiment.tracking import TorqueTrackingSettings, usual_tracking
    from renshaw.experiment.voltage_clamp import VoltageRamp, VoltageRampSettings, voltage_ramp
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "REFLEXES",
    "AshworthSettings",
    "ClonusSettings",
    "ConditionedSettings",
    "CurrentRamp",
    "CurrentRampSettings",
    "DepressionSettings",
    "Effort",
    "EffortSettings",
    "HReflexSettings",
    "ImpalementSettings",
    "MaximalEffort",
    "Night",
    "NightSettings",
    "ObservationSettings",
    "ReciprocalSettings",
    "RecurrentSettings",
    "Reflex",
    "ReflexSettings",
    "StretchSettings",
    "TapSettings",
    "TorqueTrackingSettings",
    "Trial",
    "VoltageRamp",
    "VoltageRampSettings",
    "current_ramp",
    "effort_of",
    "mvc_force",
    "reflex",
    "rehearse",
    "simulate_many",
    "usual_tracking",
    "voltage_ramp",
]
