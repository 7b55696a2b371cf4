"""renshaw measures, models and helps to calm an over-excitable spinal cord.

The nouns and verbs live here, loaded when first used::

    import renshaw as rs

    recording = rs.read("ramp.mat")
    estimates = rs.estimate(recording)
"""

from __future__ import annotations

import importlib
from typing import Any

from renshaw.core.results import PROVIDERS as _PROVIDERS
from renshaw.core.version import __version__

_HOMES: dict[str, tuple[str, ...]] = {
    "renshaw.core.errors": (
        "DataError",
        "ReadError",
        "RenshawError",
        "SettingsError",
        "SimulationError",
        "WriteError",
    ),
    "renshaw.core.history": ("History", "Step"),
    "renshaw.core.results": ("plot",),
    "renshaw.data.estimates": ("Estimate", "Estimates"),
    "renshaw.data.grid": ("Grid",),
    "renshaw.data.motor_units": ("MotorUnits",),
    "renshaw.data.recording": ("Event", "Recording", "Truth"),
    "renshaw.data.signal": ("Signal",),
    "renshaw.decompose.editing": ("Box", "Editing", "edits_of", "replay", "unedited"),
    "renshaw.decompose.edits": (
        "Accept",
        "AddDischarges",
        "Reestimate",
        "RemoveDischarges",
        "Restore",
        "SetAside",
        "edits_from_json",
        "edits_to_json",
    ),
    "renshaw.decompose.muaps": ("action_potentials",),
    "renshaw.decompose.settings": ("DecomposeSettings", "TrustSettings"),
    "renshaw.decompose.source": ("Source", "sources"),
    "renshaw.decompose.tracking": ("TrackSettings", "Tracked", "track"),
    "renshaw.decompose.verb": ("decompose",),
    "renshaw.electrodes.settings": ("ElectrodeSettings",),
    "renshaw.electrodes.verb": ("synthesize_emg",),
    "renshaw.engine": ("EngineSettings", "Inputs", "Job", "run_many"),
    "renshaw.estimate.multiverse": ("Multiverse", "MultiverseSettings", "multiverse"),
    "renshaw.estimate.rules": ("rules",),
    "renshaw.estimate.settings": (
        "DeltaFSettings",
        "EstimateSettings",
        "GeometrySettings",
        "RatesSettings",
        "SmoothingSettings",
        "SpasmSettings",
        "VibStimSettings",
    ),
    "renshaw.estimate.verb": ("estimate",),
    "renshaw.experiment.effort": ("Effort", "EffortSettings", "effort", "effort_of"),
    "renshaw.experiment.current_clamp": ("CurrentRamp", "CurrentRampSettings", "current_ramp"),
    "renshaw.experiment.electromyogram": ("electromyogram", "mvc_emg"),
    "renshaw.experiment.maximal": ("mvc_force",),
    "renshaw.experiment.night": ("Night", "NightSettings", "night"),
    "renshaw.experiment.observation": ("ObservationSettings", "observed"),
    "renshaw.experiment.simulate": ("Trial", "rehearse", "simulate", "simulate_many"),
    "renshaw.experiment.tracking": ("TrackingSettings",),
    "renshaw.experiment.voltage_clamp": ("VoltageRamp", "VoltageRampSettings", "voltage_ramp"),
    "renshaw.infer.change": ("Change", "infer_change"),
    "renshaw.infer.files": ("open_posterior",),
    "renshaw.infer.posterior": ("Posterior",),
    "renshaw.infer.settings": ("InferSettings", "NetworkSettings", "TrainSettings"),
    "renshaw.infer.verb": ("infer",),
    "renshaw.interventions": (
        "AntagonistVibration",
        "Baclofen",
        "Chlorpromazine",
        "Cyproheptadine",
        "Fatigue",
        "Intervention",
        "ReciprocalInhibition",
        "Relaxation",
        "RemoteHandgrip",
        "ResistanceTraining",
        "SSRI",
        "SpinalStimulation",
        "Stretch",
        "Tizanidine",
        "intervention",
        "interventions_table",
    ),
    "renshaw.io": ("losses", "read", "write", "write_bids"),
    "renshaw.model.evidence": ("evidence_table",),
    "renshaw.muscle.emg": ("EmgSettings", "emg", "emg_amplitude"),
    "renshaw.model.muscles": ("muscle_pool",),
    "renshaw.model.participant": ("Participant",),
    "renshaw.model.pool": ("Pool",),
    "renshaw.model.powers_heckman_2017": ("powers_heckman_2017",),
    "renshaw.model.treatment": ("Treatment",),
    "renshaw.optimize.design": ("Design",),
    "renshaw.optimize.goal": ("Goal", "Rule", "SearchSettings"),
    "renshaw.optimize.goal_file": ("built_in_goal", "load_goal"),
    "renshaw.optimize.price": ("Price",),
    "renshaw.optimize.therapy": ("Therapy",),
    "renshaw.optimize.verb": ("optimize",),
    "renshaw.protocols": (
        "NerveStimulation",
        "Protocol",
        "PulseTrain",
        "Ramp",
        "SpasmTest",
        "Stimulated",
        "Train",
        "Trapezoid",
        "TriggeredStimulation",
        "VibStim",
        "VibrationTrain",
    ),
    "renshaw.report": ("report",),
    "renshaw.statistics": (
        "FormulaError",
        "MixedModel",
        "MixedModelSettings",
        "PlanSettings",
        "Power",
        "Reliability",
        "mixed_model",
        "plan",
        "read_table",
        "reliability",
    ),
    "renshaw.study": (
        "Arm",
        "CohortSettings",
        "CompareSettings",
        "Comparison",
        "Condition",
        "Group",
        "Published",
        "RecordingsSettings",
        "Study",
        "StudyPlan",
        "StudyResult",
        "Task",
        "Validation",
        "ValidationSettings",
        "built_in_plan",
        "compare",
        "load_plan",
        "open_study",
        "plan_to_toml",
        "run_study",
        "Acceptance",
        "AcceptanceSettings",
        "validate",
        "validate_estimators",
    ),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

_PROVIDERS.extend(
    [
        "renshaw.io",
        "renshaw.report",
        "renshaw.report.study_pictures",
        "renshaw.report.involuntary_pictures",
        "renshaw.report.effort_report",
        "renshaw.report.figures.tracked_units",
        "renshaw.report.motoneuron_report",
        "renshaw.report.acceptance_report",
        "renshaw.report.design_report",
        "renshaw.report.infer_report",
    ]
)

__all__ = ["__version__", *sorted(_MODULE_OF)]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"renshaw has no {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
