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
    "renshaw.decomposition.editing": ("Box", "Editing", "edits_of", "replay", "unedited"),
    "renshaw.decomposition.edits": (
        "Accept",
        "AddDischarges",
        "Reestimate",
        "RemoveDischarges",
        "Restore",
        "SetAside",
        "edits_from_json",
        "edits_to_json",
    ),
    "renshaw.decomposition.muaps": ("action_potentials",),
    "renshaw.decomposition.settings": ("DecomposeSettings", "TrustSettings"),
    "renshaw.decomposition.source": ("Source", "sources"),
    "renshaw.decomposition.tracking": ("TrackSettings", "Tracked", "track"),
    "renshaw.decomposition.decompose": ("decompose",),
    "renshaw.electrodes.settings": ("ElectrodeSettings",),
    "renshaw.electrodes.synthesize_emg": ("synthesize_emg",),
    "renshaw.engine": ("EngineSettings", "Inputs", "Job", "run_many"),
    "renshaw.estimation.multiverse": ("Multiverse", "MultiverseSettings", "multiverse"),
    "renshaw.estimation.rules": ("rules",),
    "renshaw.estimation.settings": (
        "DeltaFSettings",
        "EstimateSettings",
        "GeometrySettings",
        "RatesSettings",
        "SmoothingSettings",
        "SpasmSettings",
        "VibStimSettings",
    ),
    "renshaw.estimation.estimate": ("estimate",),
    "renshaw.experiment.effort": ("Effort", "EffortSettings", "effort", "effort_of"),
    "renshaw.experiment.current_clamp": ("CurrentRamp", "CurrentRampSettings", "current_ramp"),
    "renshaw.experiment.electromyogram": ("electromyogram", "mvc_emg"),
    "renshaw.experiment.maximal": ("mvc_force",),
    "renshaw.experiment.night": ("Night", "NightSettings", "night"),
    "renshaw.experiment.observation": ("ObservationSettings", "observed"),
    "renshaw.experiment.simulate": ("Trial", "rehearse", "simulate", "simulate_many"),
    "renshaw.experiment.tracking": ("TrackingSettings",),
    "renshaw.experiment.voltage_clamp": ("VoltageRamp", "VoltageRampSettings", "voltage_ramp"),
    "renshaw.inference.change": ("Change", "infer_change"),
    "renshaw.inference.files": ("open_posterior",),
    "renshaw.inference.posterior": ("Posterior",),
    "renshaw.inference.settings": ("InferSettings", "NetworkSettings", "TrainSettings"),
    "renshaw.inference.infer": ("infer",),
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
    "renshaw.optimization.design": ("Design",),
    "renshaw.optimization.goal": ("Goal", "Rule", "SearchSettings"),
    "renshaw.optimization.goal_file": ("built_in_goal", "load_goal"),
    "renshaw.optimization.price": ("Price",),
    "renshaw.optimization.therapy": ("Therapy",),
    "renshaw.optimization.optimize": ("optimize",),
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
    "renshaw.reports": ("report",),
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
    "renshaw.validation": (
        "Acceptance",
        "AcceptanceSettings",
        "Validation",
        "ValidationSettings",
        "validate",
        "validate_estimators",
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
        "built_in_plan",
        "compare",
        "load_plan",
        "open_study",
        "plan_to_toml",
        "run_study",
    ),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

_PROVIDERS.extend(
    [
        "renshaw.io",
        "renshaw.reports",
        "renshaw.reports.study_pictures",
        "renshaw.reports.involuntary_pictures",
        "renshaw.reports.effort_report",
        "renshaw.reports.figures.tracked_units",
        "renshaw.reports.motoneuron_report",
        "renshaw.reports.acceptance_report",
        "renshaw.reports.design_report",
        "renshaw.reports.infer_report",
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
