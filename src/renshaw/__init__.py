"""renshaw measures, models and helps to calm an over-excitable spinal cord.

The line of every day is at the front door::

    import renshaw as rs

    recording = rs.read("ramp.mat")
    estimates = rs.estimate(recording)

and what is needed less often is in a namespace:

=====================  =======================================================================
`rs.calibration`       the fit of the virtual person to what people do
`rs.datasets`          open data sets: what there is, and how it comes here
`rs.edit`              a decomposition edited by hand
`rs.emg`               electrodes, electromyograms, and motor units found again
`rs.engine`            the kernels that integrate pools of motoneurons
`rs.estimation`        how excitability is measured: settings, named rules, the multiverse
`rs.experiment`        experiments on simulated persons: clamps, reflexes, nights, effort
`rs.files`             files other than recordings, and what a format can't hold
`rs.inference`         posteriors, their networks and files
`rs.interventions`     what is done to calm: drugs, training, stimulation
`rs.kinds`             for packages that add a kind of their own
`rs.model`             pools, muscles and the evidence behind their constants
`rs.optimization`      goals, therapies and what a search finds
`rs.protocols`         what is done over time
`rs.results`           what results have in common
`rs.stats`             mixed models, reliability, power
`rs.study`             plans of studies, their parts and results
`rs.validation`        the model held against people, the estimators against truth
=====================  =======================================================================

Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door
from renshaw.core.results import PROVIDERS as _PROVIDERS
from renshaw.core.version import __version__

if TYPE_CHECKING:
    from renshaw import (
        calibration,
        datasets,
        edit,
        emg,
        engine,
        estimation,
        experiment,
        files,
        inference,
        interventions,
        kinds,
        model,
        optimization,
        protocols,
        results,
        stats,
        study,
        validation,
    )
    from renshaw.core.errors import (
        DataError,
        ReadError,
        RenshawError,
        SettingsError,
        SimulationError,
        WriteError,
    )
    from renshaw.core.results import plot
    from renshaw.data.cut import cut
    from renshaw.data.estimates import Estimates
    from renshaw.data.grid import Grid
    from renshaw.data.motor_units import MotorUnits
    from renshaw.data.recording import Event, Recording, Truth
    from renshaw.data.signal import Signal
    from renshaw.decomposition.decompose import decompose
    from renshaw.decomposition.settings import DecomposeSettings
    from renshaw.decomposition.tracking import track
    from renshaw.electrodes.synthesize_emg import synthesize_emg
    from renshaw.estimation.contractions.contractions import contractions
    from renshaw.estimation.estimate import estimate
    from renshaw.estimation.multiverse import multiverse
    from renshaw.estimation.settings import EstimateSettings
    from renshaw.experiment.effort import effort
    from renshaw.experiment.night import night
    from renshaw.experiment.observation import observe
    from renshaw.experiment.simulate import simulate
    from renshaw.inference.change import infer_change
    from renshaw.inference.infer import infer
    from renshaw.inference.settings import InferSettings
    from renshaw.interventions import Intervention, ReciprocalInhibition, Relaxation
    from renshaw.io import ReadOptions, read, write
    from renshaw.model.participant import Participant
    from renshaw.optimization.goal import Goal
    from renshaw.optimization.optimize import optimize
    from renshaw.protocols import (
        NerveStimulation,
        Protocol,
        Ramp,
        SpasmTest,
        Trapezoid,
        VibStim,
    )
    from renshaw.reports.report import report
    from renshaw.statistics.planning.plan_settings import PlanSettings
    from renshaw.statistics.planning.power import plan
    from renshaw.statistics.trials.reliability import reliability
    from renshaw.study.compare import CompareSettings, compare
    from renshaw.study.plan import StudyPlan
    from renshaw.study.result import open_study
    from renshaw.study.run import run_study
    from renshaw.study.study_file import load_plan
    from renshaw.validation import validate_estimators, validate_model
else:
    __getattr__, __dir__ = door(
        __name__,
        moved={
            "TrackSettings": "rs.emg.UnitTrackingSettings",
            "TrackingSettings": "rs.experiment.TorqueTrackingSettings",
            "observed": "rs.observe",
            "validate": "rs.validate_model",
            "Acceptance": "rs.validation.ModelValidation",
            "AcceptanceSettings": "rs.validation.ModelValidationSettings",
            "Validation": "rs.validation.EstimatorValidation",
            "ValidationSettings": "rs.validation.EstimatorValidationSettings",
        },
    )

__all__ = [
    "CompareSettings",
    "DataError",
    "DecomposeSettings",
    "EstimateSettings",
    "Estimates",
    "Event",
    "Goal",
    "Grid",
    "InferSettings",
    "Intervention",
    "MotorUnits",
    "NerveStimulation",
    "Participant",
    "PlanSettings",
    "Protocol",
    "Ramp",
    "ReadError",
    "ReadOptions",
    "ReciprocalInhibition",
    "Recording",
    "Relaxation",
    "RenshawError",
    "SettingsError",
    "Signal",
    "SimulationError",
    "SpasmTest",
    "StudyPlan",
    "Trapezoid",
    "Truth",
    "VibStim",
    "WriteError",
    "__version__",
    "calibration",
    "compare",
    "contractions",
    "cut",
    "datasets",
    "decompose",
    "edit",
    "effort",
    "emg",
    "engine",
    "estimate",
    "estimation",
    "experiment",
    "files",
    "infer",
    "infer_change",
    "inference",
    "interventions",
    "kinds",
    "load_plan",
    "model",
    "multiverse",
    "night",
    "observe",
    "open_study",
    "optimization",
    "optimize",
    "plan",
    "plot",
    "protocols",
    "read",
    "reliability",
    "report",
    "results",
    "run_study",
    "simulate",
    "stats",
    "study",
    "synthesize_emg",
    "track",
    "validate_estimators",
    "validate_model",
    "validation",
    "write",
]

_TABLES = ("renshaw.reports.study_pictures",)
_IN_BED = ("renshaw.reports.involuntary_pictures",)
_PROVIDERS.update(
    {
        "Result": ("renshaw.reports.report", "renshaw.reports.notebook"),
        "Recording": ("renshaw.io", "renshaw.reports"),
        "Estimates": ("renshaw.reports",),
        "Contractions": ("renshaw.reports.pages.contractions",),
        "Multiverse": _TABLES,
        "BeforeAfter": _TABLES,
        "Comparison": _TABLES,
        "MixedModel": _TABLES,
        "Power": _TABLES,
        "Reliability": _TABLES,
        "StudyResult": _TABLES,
        "Trial": _TABLES,
        "EstimatorValidation": _TABLES,
        "Protocol": _IN_BED,
        "NerveStimulation": _IN_BED,
        "Night": _IN_BED,
        "Effort": ("renshaw.reports.pages.effort",),
        "Reflex": ("renshaw.reports.pages.reflex",),
        "Peristimulus": ("renshaw.reports.pages.peristimulus",),
        "Tracked": ("renshaw.reports.figures.tracked_units",),
        "MunitquestScore": ("renshaw.reports.pages.munitquest_score",),
        "CurrentRamp": ("renshaw.reports.pages.current_ramp",),
        "VoltageRamp": ("renshaw.reports.pages.voltage_ramp",),
        "ModelValidation": ("renshaw.reports.pages.model_validation",),
        "SeedsValidation": ("renshaw.reports.pages.seeds_validation",),
        "RecordingValidation": ("renshaw.reports.pages.recording_validation",),
        "Design": ("renshaw.reports.pages.design",),
        "Posterior": ("renshaw.reports.pages.posterior",),
        "Change": ("renshaw.reports.pages.change",),
    }
)
